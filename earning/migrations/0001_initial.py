import re

import django.contrib.postgres.constraints
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import common.clock
import common.ids
import common.migrations
import common.ranges


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("members", "0001_initial"),
        ("points", "0001_initial"),
        ("program", "0001_initial"),
        ("tiers", "0001_initial"),
    ]

    operations = [
        common.migrations.Together(
            operations=[
                migrations.CreateModel(
                    name="ActivityKey",
                    fields=[
                        ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                        ("activity_id", models.UUIDField()),
                        ("member_id", models.UUIDField(blank=True, null=True)),
                        ("request_hash", models.CharField(blank=True, max_length=64)),
                    ],
                ),
                migrations.CreateModel(
                    name="ChangeKey",
                    fields=[
                        ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                        ("change_id", models.UUIDField()),
                        ("request_hash", models.CharField(max_length=64)),
                    ],
                ),
                migrations.CreateModel(
                    name="Dividend",
                    fields=[
                        (
                            "code",
                            models.CharField(
                                max_length=40,
                                primary_key=True,
                                serialize=False,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        re.compile("^[a-z][a-z0-9]*(-[a-z0-9]+)*$"),
                                        "Use lower-case letters, digits and single hyphens.",
                                    )
                                ],
                            ),
                        ),
                        (
                            "name",
                            models.CharField(
                                help_text="What members read in their account.", max_length=80
                            ),
                        ),
                        (
                            "counter",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="program.unit",
                            ),
                        ),
                        (
                            "less",
                            models.ForeignKey(
                                blank=True,
                                help_text="What this counter has counted is taken off: purchases less returns.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="program.unit",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                help_text="What it pays, rounded down.",
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="program.unit",
                            ),
                        ),
                        (
                            "year_starts",
                            models.PositiveSmallIntegerField(
                                default=1, help_text="The month in which its year starts."
                            ),
                        ),
                        ("is_active", models.BooleanField(default=True)),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                    ],
                    options={
                        "ordering": ("position", "code"),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("year_starts__gte", 1), ("year_starts__lte", 12)
                                ),
                                name="earning_dividend_year_starts_in_a_month",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("unit", models.F("counter")), _negated=True),
                                    models.Q(
                                        ("less__isnull", True),
                                        models.Q(
                                            models.Q(("less", models.F("counter")), _negated=True),
                                            models.Q(("less", models.F("unit")), _negated=True),
                                        ),
                                        _connector="OR",
                                    ),
                                ),
                                name="earning_dividend_units_are_different",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Declaration",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=common.ids.uuid7,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        (
                            "dividend",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="declarations",
                                to="earning.dividend",
                            ),
                        ),
                        (
                            "year",
                            models.PositiveSmallIntegerField(help_text="In which its year starts."),
                        ),
                        ("revision", models.PositiveSmallIntegerField(default=1)),
                        ("percent", models.DecimalField(decimal_places=4, max_digits=7)),
                        ("declared_on", models.DateField()),
                        (
                            "state",
                            models.CharField(
                                choices=[("paying", "being paid out"), ("paid", "paid out")],
                                default="paying",
                                max_length=6,
                            ),
                        ),
                        (
                            "cursor",
                            models.UUIDField(
                                editable=False,
                                help_text="The last member who has been paid.",
                                null=True,
                            ),
                        ),
                        ("members", models.PositiveIntegerField(default=0)),
                        (
                            "total",
                            models.BigIntegerField(
                                default=0, help_text="In the unit's smallest part."
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=240)),
                        ("actor", models.CharField(max_length=80)),
                        (
                            "recorded_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                        ("paid_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ("-year", "-revision"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("dividend", "year", "revision"),
                                name="earning_declaration_revision_is_unique",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "paying")),
                                fields=("dividend", "year"),
                                name="earning_declaration_is_paid_one_at_a_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("percent__gte", 0),
                                    ("percent__lte", 100),
                                    models.Q(
                                        ("percent__gt", 0), ("revision__gt", 1), _connector="OR"
                                    ),
                                ),
                                name="earning_declaration_is_a_share",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("revision", 1),
                                    models.Q(("reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="earning_declaration_correction_has_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("paid_at__isnull", True), ("state", "paying")),
                                    models.Q(("paid_at__isnull", False), ("state", "paid")),
                                    _connector="OR",
                                ),
                                name="earning_declaration_state_has_its_facts",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DividendShare",
                    fields=[
                        ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                        (
                            "member",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="dividends",
                                to="members.member",
                            ),
                        ),
                        (
                            "declaration",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="shares",
                                to="earning.declaration",
                            ),
                        ),
                        (
                            "posting",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="points.posting",
                            ),
                        ),
                        (
                            "base",
                            models.BigIntegerField(help_text="In the counter's smallest part."),
                        ),
                        (
                            "amount",
                            models.BigIntegerField(help_text="In the unit's smallest part."),
                        ),
                        ("sentence", models.CharField(max_length=240)),
                    ],
                    options={
                        "ordering": ("-id",),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("member", "declaration"), name="earning_share_is_paid_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount", 0), _negated=True),
                                name="earning_share_is_something",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ImportRun",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=common.ids.uuid7,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("file_name", models.CharField(max_length=200)),
                        (
                            "digest",
                            models.CharField(
                                help_text="SHA-256 of the file and its mapping.", max_length=64
                            ),
                        ),
                        (
                            "partner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="program.partner",
                            ),
                        ),
                        (
                            "shifted_days",
                            models.IntegerField(
                                default=0, help_text="How far dates were moved, in days."
                            ),
                        ),
                        ("counts", models.JSONField(default=dict)),
                        ("actor", models.CharField(max_length=80)),
                        (
                            "started_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [
                            models.Index(fields=["digest"], name="earning_import_by_digest")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LimitUse",
                    fields=[
                        ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                        ("code", models.CharField(max_length=60)),
                        ("owner", models.CharField(blank=True, max_length=260)),
                        ("period", models.CharField(blank=True, max_length=20)),
                        ("amount", models.BigIntegerField(default=0)),
                        ("times", models.IntegerField(default=0)),
                    ],
                    options={
                        "ordering": ("code", "owner", "period"),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount__gte", 0), ("times__gte", 0)),
                                name="earning_limituse_is_not_negative",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Milestone",
                    fields=[
                        (
                            "code",
                            models.CharField(
                                max_length=40,
                                primary_key=True,
                                serialize=False,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        re.compile("^[a-z][a-z0-9]*(-[a-z0-9]+)*$"),
                                        "Use lower-case letters, digits and single hyphens.",
                                    )
                                ],
                            ),
                        ),
                        ("name", models.CharField(max_length=80)),
                        (
                            "counter",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="milestones",
                                to="program.unit",
                            ),
                        ),
                        (
                            "type",
                            models.ForeignKey(
                                blank=True,
                                help_text="Activities of this type are counted, instead of a counter.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="milestones",
                                to="program.activitytype",
                            ),
                        ),
                        (
                            "distinct",
                            models.CharField(
                                blank=True,
                                help_text="What is counted of the activities: day, partner, location, or the values of an attribute, by its code; empty: each one.",
                                max_length=40,
                            ),
                        ),
                        (
                            "at",
                            models.PositiveBigIntegerField(
                                help_text="In the counter's smallest part."
                            ),
                        ),
                        ("every", models.PositiveBigIntegerField(blank=True, null=True)),
                        (
                            "up_to",
                            models.PositiveBigIntegerField(
                                blank=True,
                                help_text="The last mark of those; empty: there is none.",
                                null=True,
                            ),
                        ),
                        (
                            "window",
                            models.CharField(
                                choices=[
                                    ("lifetime", "everything ever counted"),
                                    ("year", "a program year"),
                                    ("half_year", "a half of the calendar's year"),
                                    ("quarter", "a quarter of the calendar"),
                                    ("month", "a month of the calendar"),
                                    ("week", "a week, from Monday"),
                                    ("membership_year", "a year of membership"),
                                    ("membership_half_year", "a half-year of membership"),
                                    ("months", "the months before"),
                                    ("days", "the days before"),
                                ],
                                default="lifetime",
                                max_length=20,
                            ),
                        ),
                        (
                            "window_count",
                            models.PositiveSmallIntegerField(
                                blank=True, help_text="How many days or months before.", null=True
                            ),
                        ),
                        (
                            "year_starts",
                            models.PositiveSmallIntegerField(
                                default=1, help_text="The month in which a program year starts."
                            ),
                        ),
                        (
                            "streak",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("day", "days"),
                                    ("week", "weeks"),
                                    ("month", "months"),
                                    ("quarter", "quarters"),
                                    ("year", "years"),
                                ],
                                help_text="The mark is so many of these in a row; empty: it is of what is counted.",
                                max_length=7,
                            ),
                        ),
                        (
                            "streak_least",
                            models.PositiveBigIntegerField(
                                blank=True,
                                help_text="What has to be counted in each of them.",
                                null=True,
                            ),
                        ),
                        (
                            "per",
                            models.CharField(
                                choices=[("member", "each member"), ("household", "a household")],
                                default="member",
                                max_length=9,
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="program.unit",
                            ),
                        ),
                        (
                            "amount",
                            models.PositiveBigIntegerField(
                                blank=True,
                                help_text="What it pays, in the unit's smallest part.",
                                null=True,
                            ),
                        ),
                        (
                            "choose",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                help_text="How many of its options the member chooses.",
                                null=True,
                            ),
                        ),
                        (
                            "choose_days",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                help_text="How many days there are to choose.",
                                null=True,
                            ),
                        ),
                        (
                            "choose_month",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                help_text="Or the month of the last day to choose,",
                                null=True,
                            ),
                        ),
                        (
                            "choose_day",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                help_text="and the day: the next one after it was reached.",
                                null=True,
                            ),
                        ),
                        ("is_active", models.BooleanField(default=True)),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                    ],
                    options={
                        "ordering": ("position", "code"),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("at__gte", 1)),
                                name="earning_milestone_lies_above_zero",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("every__isnull", True), ("every__gte", 1), _connector="OR"
                                ),
                                name="earning_milestone_repeats_by_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("up_to__isnull", True),
                                    models.Q(
                                        ("every__isnull", False),
                                        ("up_to__gte", models.F("at")),
                                        ("up_to__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="earning_milestone_last_mark_is_a_further_one",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("window__in", ["membership_year", "membership_half_year"]),
                                        _negated=True,
                                    ),
                                    ("per", "member"),
                                    _connector="OR",
                                ),
                                name="earning_milestone_own_year_is_each_members",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("unit__isnull", True),
                                    ("counter__isnull", True),
                                    models.Q(("unit", models.F("counter")), _negated=True),
                                    ("every__isnull", True),
                                    ("amount__lt", models.F("every")),
                                    _connector="OR",
                                ),
                                name="earning_milestone_does_not_feed_itself_for_ever",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("counter__isnull", False),
                                        ("distinct", ""),
                                        ("type__isnull", True),
                                    ),
                                    models.Q(("counter__isnull", True), ("type__isnull", False)),
                                    _connector="OR",
                                ),
                                name="earning_milestone_counts_one_thing",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("amount__gte", 1),
                                        ("amount__isnull", False),
                                        ("unit__isnull", False),
                                    ),
                                    models.Q(
                                        ("amount__isnull", True),
                                        ("choose__isnull", False),
                                        ("unit__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="earning_milestone_pays_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("every__isnull", True),
                                        ("per", "member"),
                                        ("window__in", ["months", "days"]),
                                        ("window_count__gte", 1),
                                        ("window_count__isnull", False),
                                    ),
                                    models.Q(
                                        models.Q(("window__in", ["months", "days"]), _negated=True),
                                        ("window_count__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="earning_milestone_window_names_its_length",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("year_starts__gte", 1), ("year_starts__lte", 12)
                                ),
                                name="earning_milestone_year_starts_in_a_month",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("streak", ""), ("streak_least__isnull", True)),
                                    models.Q(
                                        models.Q(("streak", ""), _negated=True),
                                        ("streak_least__gte", 1),
                                        ("streak_least__isnull", False),
                                        ("per", "member"),
                                        ("window", "lifetime"),
                                    ),
                                    _connector="OR",
                                ),
                                name="earning_milestone_streak_names_its_least",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("choose__isnull", True),
                                        ("choose_day__isnull", True),
                                        ("choose_days__isnull", True),
                                        ("choose_month__isnull", True),
                                    ),
                                    models.Q(
                                        ("choose__gte", 1),
                                        ("choose__isnull", False),
                                        ("choose_day__isnull", True),
                                        ("choose_month__isnull", True),
                                    ),
                                    models.Q(
                                        ("choose__gte", 1),
                                        ("choose__isnull", False),
                                        ("choose_day__gte", 1),
                                        ("choose_day__isnull", False),
                                        ("choose_day__lte", 31),
                                        ("choose_days__isnull", True),
                                        ("choose_month__gte", 1),
                                        ("choose_month__isnull", False),
                                        ("choose_month__lte", 12),
                                    ),
                                    _connector="OR",
                                ),
                                name="earning_milestone_choice_has_one_deadline",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("choose_days__isnull", True),
                                    ("choose_days__gte", 1),
                                    _connector="OR",
                                ),
                                name="earning_milestone_choice_takes_a_day",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Occasion",
                    fields=[
                        (
                            "code",
                            models.CharField(
                                max_length=40,
                                primary_key=True,
                                serialize=False,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        re.compile("^[a-z][a-z0-9]*(-[a-z0-9]+)*$"),
                                        "Use lower-case letters, digits and single hyphens.",
                                    )
                                ],
                            ),
                        ),
                        (
                            "on",
                            models.CharField(
                                choices=[
                                    ("enrolment", "joining"),
                                    ("birthday", "every birthday"),
                                    ("anniversary", "every anniversary of joining"),
                                    ("tier", "reaching a higher tier"),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "type",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="program.activitytype",
                            ),
                        ),
                        (
                            "partner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="program.partner",
                            ),
                        ),
                        ("is_active", models.BooleanField(default=True)),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                        (
                            "since",
                            models.DateTimeField(
                                default=common.clock.now,
                                editable=False,
                                help_text="What happened before is not recorded.",
                            ),
                        ),
                        ("after_event", models.UUIDField(default=common.ids.uuid7, editable=False)),
                    ],
                    options={
                        "ordering": ("position", "code"),
                    },
                ),
                migrations.CreateModel(
                    name="ParkedChange",
                    fields=[
                        (
                            "partner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="program.partner",
                            ),
                        ),
                        ("reference", models.CharField(max_length=100)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("cancel", "cancelled"),
                                    ("amend", "amended"),
                                    ("review", "looked at again"),
                                ],
                                max_length=6,
                            ),
                        ),
                        (
                            "attributes",
                            models.JSONField(
                                default=dict, help_text="New values of some attributes."
                            ),
                        ),
                        (
                            "returned",
                            models.JSONField(default=dict, help_text="Amounts that came back."),
                        ),
                        ("occurred_at", models.DateTimeField()),
                        ("reason", models.CharField(max_length=240)),
                        ("actor", models.CharField(max_length=80)),
                        (
                            "recorded_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                        (
                            "id",
                            models.UUIDField(
                                default=common.ids.uuid7,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("activity_id", models.UUIDField()),
                        ("activity_reference", models.CharField(max_length=100)),
                        ("settled_at", models.DateTimeField(blank=True, null=True)),
                        ("problem", models.CharField(blank=True, max_length=400)),
                    ],
                    options={
                        "ordering": ("id",),
                        "indexes": [
                            models.Index(
                                fields=["activity_id", "id"], name="earning_parked_by_activity"
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("problem", ""), ("settled_at__isnull", False), _connector="OR"
                                ),
                                name="earning_parked_problem_is_settled",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("reason", ""), _negated=True),
                                    models.Q(("actor", ""), _negated=True),
                                    models.Q(("reference", ""), _negated=True),
                                ),
                                name="earning_parked_says_why_and_who",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PendingActivity",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=common.ids.uuid7,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        (
                            "partner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="program.partner",
                            ),
                        ),
                        ("reference", models.CharField(max_length=100)),
                        (
                            "type",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="program.activitytype",
                            ),
                        ),
                        (
                            "location",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="program.location",
                            ),
                        ),
                        ("occurred_at", models.DateTimeField()),
                        ("attributes", models.JSONField(default=dict)),
                        (
                            "recorded_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                        ("actor", models.CharField(max_length=80)),
                        (
                            "member",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="pending_activities",
                                to="members.member",
                            ),
                        ),
                        (
                            "due_on",
                            models.DateField(
                                blank=True,
                                help_text="The day on which it counts; empty: by call.",
                                null=True,
                            ),
                        ),
                        ("expected", models.JSONField(default=list)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("waiting", "waiting"),
                                    ("confirmed", "confirmed"),
                                    ("cancelled", "cancelled"),
                                ],
                                default="waiting",
                                max_length=9,
                            ),
                        ),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        ("ended_by", models.CharField(blank=True, max_length=80)),
                        ("end_reason", models.CharField(blank=True, max_length=240)),
                    ],
                    options={
                        "verbose_name_plural": "pending activities",
                        "ordering": ("-id",),
                        "indexes": [
                            models.Index(
                                condition=models.Q(("status", "waiting")),
                                fields=["due_on", "id"],
                                name="earning_pending_due",
                            ),
                            models.Index(
                                condition=models.Q(("status", "waiting")),
                                fields=["member", "-occurred_at"],
                                name="earning_pending_of_member",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("ended_at__isnull", True),
                                        ("ended_by", ""),
                                        ("status", "waiting"),
                                    ),
                                    models.Q(
                                        ("ended_at__isnull", False),
                                        ("status__in", ["confirmed", "cancelled"]),
                                        models.Q(("ended_by", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="earning_pending_end_is_complete",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "cancelled"), _negated=True),
                                    models.Q(("end_reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="earning_pending_cancel_has_a_reason",
                            ),
                            models.UniqueConstraint(
                                fields=("member", "partner", "reference"),
                                name="earning_pending_reference_is_unique",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReferralCode",
                    fields=[
                        ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                        ("code", models.CharField(max_length=12)),
                        ("member_id", models.UUIDField()),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("member_id",), name="earning_code_one_for_a_member"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReferralTerms",
                    fields=[
                        (
                            "code",
                            models.CharField(
                                max_length=40,
                                primary_key=True,
                                serialize=False,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        re.compile("^[a-z][a-z0-9]*(-[a-z0-9]+)*$"),
                                        "Use lower-case letters, digits and single hyphens.",
                                    )
                                ],
                            ),
                        ),
                        ("name", models.CharField(max_length=80)),
                        (
                            "summary",
                            models.CharField(
                                help_text="The rule in one line, for members.", max_length=160
                            ),
                        ),
                        (
                            "type",
                            models.ForeignKey(
                                help_text="What the friend has to do.",
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="program.activitytype",
                            ),
                        ),
                        ("attribute", models.CharField(blank=True, max_length=40)),
                        (
                            "least",
                            models.DecimalField(
                                blank=True, decimal_places=4, max_digits=12, null=True
                            ),
                        ),
                        (
                            "is_first_only",
                            models.BooleanField(
                                default=True,
                                help_text="Only the friend's first activity of the kind counts.",
                            ),
                        ),
                        (
                            "within_days",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                help_text="So many days after the friend joined.",
                                null=True,
                            ),
                        ),
                        (
                            "referrer_type",
                            models.ForeignKey(
                                help_text="What is recorded for the member who invited.",
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="program.activitytype",
                            ),
                        ),
                        (
                            "friend_type",
                            models.ForeignKey(
                                blank=True,
                                help_text="What is recorded for the friend.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="program.activitytype",
                            ),
                        ),
                        ("is_active", models.BooleanField(default=True)),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                    ],
                    options={
                        "verbose_name_plural": "referral terms",
                        "ordering": ("position", "code"),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("attribute", ""), ("least__isnull", True)),
                                    models.Q(
                                        models.Q(("attribute", ""), _negated=True),
                                        ("least__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="earning_terms_ask_for_an_amount_of_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("type", models.F("referrer_type")), _negated=True),
                                    models.Q(
                                        ("friend_type__isnull", True),
                                        models.Q(("type", models.F("friend_type")), _negated=True),
                                        _connector="OR",
                                    ),
                                ),
                                name="earning_terms_record_something_else",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("within_days__isnull", True),
                                    ("within_days__gte", 1),
                                    _connector="OR",
                                ),
                                name="earning_terms_leave_a_day",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Rule",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=common.ids.uuid7,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        (
                            "code",
                            models.CharField(
                                max_length=40,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        re.compile("^[a-z][a-z0-9]*(-[a-z0-9]+)*$"),
                                        "Use lower-case letters, digits and single hyphens.",
                                    )
                                ],
                            ),
                        ),
                        ("revision", models.PositiveSmallIntegerField(default=1)),
                        (
                            "name",
                            models.CharField(
                                help_text="What members read in front of the arithmetic.",
                                max_length=80,
                            ),
                        ),
                        (
                            "type",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rules",
                                to="program.activitytype",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="program.unit",
                            ),
                        ),
                        (
                            "award_class",
                            models.CharField(
                                choices=[("base", "base"), ("bonus", "bonus")],
                                default="base",
                                max_length=5,
                            ),
                        ),
                        (
                            "group",
                            models.CharField(
                                blank=True,
                                help_text="In a group only the best rule pays.",
                                max_length=40,
                            ),
                        ),
                        (
                            "effect",
                            models.CharField(
                                choices=[
                                    ("fixed", "a fixed amount"),
                                    ("per", "an amount per unit of an attribute"),
                                    ("percent", "a percentage of the base"),
                                ],
                                max_length=8,
                            ),
                        ),
                        (
                            "amount",
                            models.DecimalField(
                                decimal_places=4,
                                help_text="Whole units, an amount per step, or a percentage.",
                                max_digits=12,
                            ),
                        ),
                        ("attribute", models.CharField(blank=True, max_length=40)),
                        ("step", models.DecimalField(decimal_places=4, default=1, max_digits=12)),
                        (
                            "percent_of",
                            models.ForeignKey(
                                blank=True,
                                help_text="Whose base the percentage is of; empty: the rule's own unit.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="program.unit",
                            ),
                        ),
                        (
                            "whole_steps",
                            models.BooleanField(
                                default=False, help_text="Only full steps of the attribute pay."
                            ),
                        ),
                        (
                            "above",
                            models.DecimalField(
                                decimal_places=4,
                                default=0,
                                help_text="Only what the attribute has above this pays.",
                                max_digits=12,
                            ),
                        ),
                        (
                            "up_to",
                            models.DecimalField(
                                blank=True,
                                decimal_places=4,
                                help_text="Only what the attribute has up to this pays.",
                                max_digits=12,
                                null=True,
                            ),
                        ),
                        (
                            "expiry",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("never", "never"),
                                    ("days", "after days"),
                                    ("months", "after months"),
                                    ("on", "on a day"),
                                ],
                                help_text="How what it pays ends, where not as its unit or the member's tier says.",
                                max_length=10,
                            ),
                        ),
                        ("expiry_count", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "expiry_round_to",
                            models.CharField(
                                choices=[
                                    ("day", "that day"),
                                    ("month", "end of the month"),
                                    ("quarter", "end of the quarter"),
                                    ("half_year", "end of the half-year"),
                                    ("year", "end of the year"),
                                ],
                                default="day",
                                max_length=9,
                            ),
                        ),
                        (
                            "expiry_on",
                            models.DateField(
                                blank=True,
                                help_text="The last day of what ends on a day.",
                                null=True,
                            ),
                        ),
                        ("starts_on", models.DateField(blank=True, null=True)),
                        (
                            "ends_on",
                            models.DateField(
                                blank=True,
                                help_text="The first day on which it no longer pays.",
                                null=True,
                            ),
                        ),
                        (
                            "is_counted",
                            models.BooleanField(
                                default=True,
                                help_text="Whether counters that count its unit count what it pays.",
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                        (
                            "published_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now(),
                                editable=False,
                                help_text="What was recorded before knows nothing of it.",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("position", "code", "revision"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("code", "revision"), name="earning_rule_revision_is_unique"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)),
                                name="earning_rule_pays_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("step__gt", 0)),
                                name="earning_rule_step_is_positive",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("effect", "per"),
                                        models.Q(("attribute", ""), _negated=True),
                                    ),
                                    models.Q(
                                        models.Q(("effect", "per"), _negated=True),
                                        ("attribute", ""),
                                    ),
                                    _connector="OR",
                                ),
                                name="earning_rule_per_names_its_attribute",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("effect", "percent"), _negated=True),
                                    ("award_class", "bonus"),
                                    models.Q(
                                        ("percent_of__isnull", False),
                                        models.Q(("percent_of", models.F("unit")), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="earning_rule_percent_is_bonus",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("effect", "percent"),
                                    ("percent_of__isnull", True),
                                    _connector="OR",
                                ),
                                name="earning_rule_only_percent_names_a_base",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("effect", "per"),
                                    models.Q(("above", 0), ("up_to__isnull", True)),
                                    _connector="OR",
                                ),
                                name="earning_rule_only_per_has_a_band",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("above__gte", 0),
                                    models.Q(
                                        ("up_to__isnull", True),
                                        ("up_to__gt", models.F("above")),
                                        _connector="OR",
                                    ),
                                ),
                                name="earning_rule_band_is_not_empty",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("expiry__in", ["", "never", "on"]),
                                        ("expiry_count__isnull", True),
                                    ),
                                    models.Q(("expiry", "months"), ("expiry_count__isnull", False)),
                                    models.Q(
                                        ("expiry", "days"),
                                        ("expiry_count__gte", 1),
                                        ("expiry_count__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="earning_rule_expiry_names_its_count",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("expiry", "on"), ("expiry_on__isnull", False)),
                                    models.Q(
                                        models.Q(("expiry", "on"), _negated=True),
                                        ("expiry_on__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="earning_rule_expiry_names_its_day",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("starts_on__isnull", True),
                                    ("ends_on__isnull", True),
                                    ("ends_on__gt", models.F("starts_on")),
                                    _connector="OR",
                                ),
                                name="earning_rule_ends_after_it_starts",
                            ),
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                expressions=[
                                    ("code", "="),
                                    (common.ranges.DateRange("starts_on", "ends_on"), "&&"),
                                ],
                                name="earning_rule_periods_do_not_overlap",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RuleCondition",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=common.ids.uuid7,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        (
                            "rule",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="conditions",
                                to="earning.rule",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("attribute", "attribute"),
                                    ("tier", "tier held"),
                                    ("partner", "partner"),
                                    ("location", "location"),
                                    ("weekday", "day of the week"),
                                    ("month", "month"),
                                    ("month_day", "day of the month"),
                                    ("hour", "hour of the day"),
                                    ("segment", "segment"),
                                    ("plan", "plan held"),
                                    ("offer", "offer activated"),
                                    ("birthday", "birthday"),
                                    ("age", "age in years"),
                                    ("first", "first of its kind"),
                                    ("membership_months", "months of membership"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("attribute", models.CharField(blank=True, max_length=40)),
                        (
                            "operator",
                            models.CharField(
                                choices=[
                                    ("in", "is one of"),
                                    ("not_in", "is none of"),
                                    ("at_least", "is at least"),
                                    ("at_most", "is at most"),
                                    ("before", "is before"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("values", models.JSONField(default=list)),
                    ],
                    options={
                        "ordering": ("id",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("kind", "attribute"),
                                        models.Q(("attribute", ""), _negated=True),
                                    ),
                                    ("kind__in", ["weekday", "month", "month_day"]),
                                    models.Q(
                                        models.Q(("kind", "attribute"), _negated=True),
                                        ("attribute", ""),
                                    ),
                                    _connector="OR",
                                ),
                                name="earning_condition_names_its_attribute",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("values", []), _negated=True),
                                name="earning_condition_has_values",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        ["attribute", "tier", "hour", "age", "membership_months"],
                                    ),
                                    ("operator__in", ["in", "not_in"]),
                                    _connector="OR",
                                ),
                                name="earning_condition_order_needs_a_number",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("operator", "before"), _negated=True),
                                    ("kind", "attribute"),
                                    _connector="OR",
                                ),
                                name="earning_condition_before_is_of_an_attribute",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RuleLimit",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=common.ids.uuid7,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        (
                            "rule",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="limits",
                                to="earning.rule",
                            ),
                        ),
                        (
                            "code",
                            models.CharField(
                                max_length=60,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        re.compile("^[a-z][a-z0-9]*(-[a-z0-9]+)*$"),
                                        "Use lower-case letters, digits and single hyphens.",
                                    )
                                ],
                            ),
                        ),
                        (
                            "per",
                            models.CharField(
                                choices=[
                                    ("activity", "one activity"),
                                    ("member", "one member"),
                                    ("partner", "one partner"),
                                    ("budget", "everybody together"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "period",
                            models.CharField(
                                choices=[
                                    ("day", "a day"),
                                    ("week", "a week"),
                                    ("month", "a month"),
                                    ("quarter", "a quarter"),
                                    ("year", "a year"),
                                    ("ever", "ever"),
                                ],
                                default="ever",
                                max_length=8,
                            ),
                        ),
                        (
                            "amount",
                            models.PositiveBigIntegerField(
                                blank=True, help_text="In the unit's smallest part.", null=True
                            ),
                        ),
                        ("times", models.PositiveIntegerField(blank=True, null=True)),
                        (
                            "each",
                            models.CharField(
                                blank=True,
                                help_text="An attribute, location or partner: the limit then holds for each of its values.",
                                max_length=40,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("id",),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("rule", "code"), name="earning_limit_code_is_unique"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("amount__gte", 1),
                                        ("amount__isnull", False),
                                        ("times__isnull", True),
                                    ),
                                    models.Q(
                                        ("amount__isnull", True),
                                        ("times__gte", 1),
                                        ("times__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="earning_limit_counts_amount_or_times",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("per", "activity"), _negated=True),
                                    models.Q(("amount__isnull", False), ("period", "ever")),
                                    _connector="OR",
                                ),
                                name="earning_limit_of_one_activity_is_an_amount",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("per", "activity"), _negated=True),
                                    ("each", ""),
                                    _connector="OR",
                                ),
                                name="earning_limit_of_one_activity_is_not_split",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SimulationRun",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=common.ids.uuid7,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        (
                            "draft",
                            models.TextField(help_text="The blueprint, as it was handed in."),
                        ),
                        ("since", models.DateField(blank=True, null=True)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("waiting", "waits for a worker"),
                                    ("running", "is running"),
                                    ("done", "done"),
                                    ("failed", "failed"),
                                ],
                                default="waiting",
                                max_length=8,
                            ),
                        ),
                        ("done", models.PositiveBigIntegerField(default=0)),
                        ("total", models.PositiveBigIntegerField(default=0)),
                        ("report", models.JSONField(default=dict)),
                        ("error", models.TextField(blank=True)),
                        ("actor", models.CharField(max_length=80)),
                        (
                            "ordered_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ("-id",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("error", ""),
                                        ("finished_at__isnull", True),
                                        ("status__in", ["waiting", "running"]),
                                    ),
                                    models.Q(
                                        ("error", ""),
                                        ("finished_at__isnull", False),
                                        ("status", "done"),
                                    ),
                                    models.Q(
                                        ("finished_at__isnull", False),
                                        ("status", "failed"),
                                        models.Q(("error", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="earning_simulationrun_status_has_its_facts",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="UnclaimedActivity",
                    fields=[
                        (
                            "partner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="program.partner",
                            ),
                        ),
                        ("reference", models.CharField(max_length=100)),
                        (
                            "type",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="program.activitytype",
                            ),
                        ),
                        (
                            "location",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="program.location",
                            ),
                        ),
                        ("occurred_at", models.DateTimeField()),
                        ("attributes", models.JSONField(default=dict)),
                        (
                            "recorded_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                        ("actor", models.CharField(max_length=80)),
                        (
                            "id",
                            models.UUIDField(
                                default=common.ids.uuid7,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        (
                            "named",
                            models.CharField(
                                blank=True, help_text="Whom it named, if anybody.", max_length=260
                            ),
                        ),
                        ("claimed_at", models.DateTimeField(blank=True, null=True)),
                        ("claimed_by", models.CharField(blank=True, max_length=80)),
                        ("member_id", models.UUIDField(blank=True, null=True)),
                    ],
                    options={
                        "verbose_name_plural": "unclaimed activities",
                        "ordering": ("-id",),
                        "indexes": [
                            models.Index(
                                condition=models.Q(("claimed_at__isnull", True)),
                                fields=["-occurred_at"],
                                name="earning_unclaimed_waiting",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("claimed_at__isnull", True),
                                        ("claimed_by", ""),
                                        ("member_id__isnull", True),
                                    ),
                                    models.Q(
                                        ("claimed_at__isnull", False),
                                        ("member_id__isnull", False),
                                        models.Q(("claimed_by", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="earning_unclaimed_claim_is_complete",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Activity",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=common.ids.uuid7,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("reference", models.CharField(max_length=100)),
                        (
                            "type",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="program.activitytype",
                            ),
                        ),
                        (
                            "location",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="program.location",
                            ),
                        ),
                        ("occurred_at", models.DateTimeField()),
                        ("attributes", models.JSONField(default=dict)),
                        (
                            "recorded_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                        ("actor", models.CharField(max_length=80)),
                        (
                            "member",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="activities",
                                to="members.member",
                            ),
                        ),
                        (
                            "partner",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="program.partner",
                            ),
                        ),
                        (
                            "result",
                            models.JSONField(
                                default=dict,
                                help_text="Balances and tier right after it was recorded.",
                            ),
                        ),
                        (
                            "facts",
                            models.JSONField(
                                default=dict,
                                help_text="What rules were told of the member at that moment.",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "activities",
                        "ordering": ("-id",),
                        "indexes": [
                            models.Index(
                                fields=["member", "-occurred_at", "-id"],
                                name="earning_activity_by_member",
                            ),
                            models.Index(
                                fields=["partner", "reference"],
                                name="earning_activity_by_reference",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("member", "partner", "reference"),
                                name="earning_activity_reference_is_unique",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ActivityChange",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=common.ids.uuid7,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        (
                            "partner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="program.partner",
                            ),
                        ),
                        ("reference", models.CharField(max_length=100)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("cancel", "cancelled"),
                                    ("amend", "amended"),
                                    ("review", "looked at again"),
                                ],
                                max_length=6,
                            ),
                        ),
                        (
                            "attributes",
                            models.JSONField(
                                default=dict, help_text="New values of some attributes."
                            ),
                        ),
                        (
                            "returned",
                            models.JSONField(default=dict, help_text="Amounts that came back."),
                        ),
                        ("occurred_at", models.DateTimeField()),
                        ("reason", models.CharField(max_length=240)),
                        ("actor", models.CharField(max_length=80)),
                        (
                            "recorded_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="changes",
                                to="members.member",
                            ),
                        ),
                        (
                            "activity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="changes",
                                to="earning.activity",
                            ),
                        ),
                        ("number", models.PositiveSmallIntegerField()),
                        ("stated", models.JSONField(default=dict)),
                        ("after", models.JSONField(default=dict)),
                        ("facts", models.JSONField(default=dict)),
                        (
                            "cause",
                            models.ForeignKey(
                                blank=True,
                                help_text="The late activity that brought it about.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="earning.activity",
                            ),
                        ),
                        (
                            "result",
                            models.JSONField(
                                default=dict, help_text="Balances and tier right after it."
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "activity changes",
                        "ordering": ("activity", "number"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("member", "activity", "number"),
                                name="earning_change_number_is_unique",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("kind", "cancel")),
                                fields=("member", "activity"),
                                name="earning_change_cancels_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("number__gte", 1)),
                                name="earning_change_counts_from_one",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("reason", ""), _negated=True),
                                    models.Q(("actor", ""), _negated=True),
                                    models.Q(("reference", ""), _negated=True),
                                ),
                                name="earning_change_says_why_and_who",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("kind", "amend"),
                                        models.Q(
                                            ("attributes", {}), ("returned", {}), _negated=True
                                        ),
                                    ),
                                    models.Q(
                                        models.Q(("kind", "amend"), _negated=True),
                                        ("attributes", {}),
                                        ("returned", {}),
                                    ),
                                    _connector="OR",
                                ),
                                name="earning_change_amends_something",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Award",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=common.ids.uuid7,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="awards",
                                to="members.member",
                            ),
                        ),
                        (
                            "activity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="awards",
                                to="earning.activity",
                            ),
                        ),
                        (
                            "rule",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="awards",
                                to="earning.rule",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="program.unit",
                            ),
                        ),
                        (
                            "entry",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="awards",
                                to="points.entry",
                            ),
                        ),
                        (
                            "award_class",
                            models.CharField(
                                choices=[("base", "base"), ("bonus", "bonus")], max_length=5
                            ),
                        ),
                        ("amount", models.BigIntegerField()),
                        ("sentence", models.CharField(max_length=240)),
                        ("inputs", models.JSONField(default=dict)),
                    ],
                    options={
                        "ordering": ("id",),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("member", "activity", "rule", "unit"),
                                name="earning_award_once_per_rule",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)),
                                name="earning_award_amount_is_positive",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("sentence", ""), _negated=True),
                                name="earning_award_explains_itself",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Correction",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=common.ids.uuid7,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="corrections",
                                to="members.member",
                            ),
                        ),
                        (
                            "change",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="corrections",
                                to="earning.activitychange",
                            ),
                        ),
                        (
                            "activity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="corrections",
                                to="earning.activity",
                            ),
                        ),
                        (
                            "rule",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="earning.rule",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="program.unit",
                            ),
                        ),
                        (
                            "entry",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="corrections",
                                to="points.entry",
                            ),
                        ),
                        ("amount", models.BigIntegerField()),
                        ("lapsed", models.BigIntegerField(default=0)),
                        ("sentence", models.CharField(max_length=240)),
                        ("inputs", models.JSONField(default=dict)),
                    ],
                    options={
                        "ordering": ("id",),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("member", "change", "rule", "unit"),
                                name="earning_correction_once_per_rule",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount", 0), _negated=True),
                                name="earning_correction_changes_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("lapsed__gte", 0),
                                    models.Q(
                                        ("lapsed", 0),
                                        (
                                            "amount__lte",
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("lapsed"), "*", models.Value(-1)
                                            ),
                                        ),
                                        _connector="OR",
                                    ),
                                ),
                                name="earning_correction_lapsed_is_a_part",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        (
                                            "amount",
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("lapsed"), "*", models.Value(-1)
                                            ),
                                        ),
                                        ("entry__isnull", True),
                                        ("lapsed__gt", 0),
                                    ),
                                    models.Q(
                                        ("entry__isnull", False),
                                        models.Q(
                                            (
                                                "amount",
                                                django.db.models.expressions.CombinedExpression(
                                                    models.F("lapsed"), "*", models.Value(-1)
                                                ),
                                            ),
                                            _negated=True,
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="earning_correction_has_its_entry",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("sentence", ""), _negated=True),
                                name="earning_correction_explains_itself",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MilestoneReached",
                    fields=[
                        ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="milestones",
                                to="members.member",
                            ),
                        ),
                        (
                            "milestone",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reached",
                                to="earning.milestone",
                            ),
                        ),
                        ("level", models.PositiveBigIntegerField()),
                        ("period", models.CharField(blank=True, max_length=10)),
                        (
                            "activity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="milestones",
                                to="earning.activity",
                            ),
                        ),
                        (
                            "turn",
                            models.PositiveSmallIntegerField(
                                default=0,
                                help_text="How often the level was passed and made void before.",
                            ),
                        ),
                        (
                            "recorded_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "milestones reached",
                        "ordering": ("-recorded_at",),
                    },
                ),
                migrations.CreateModel(
                    name="MilestoneVoid",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=common.ids.uuid7,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="members.member",
                            ),
                        ),
                        (
                            "reached",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="voids",
                                to="earning.milestonereached",
                            ),
                        ),
                        ("owner", models.CharField(max_length=60)),
                        (
                            "change_id",
                            models.UUIDField(
                                help_text="The change of an activity that brought it about."
                            ),
                        ),
                        (
                            "entry",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="points.entry",
                            ),
                        ),
                        ("sentence", models.CharField(max_length=240)),
                        (
                            "recorded_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-id",),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("member", "reached"), name="earning_void_once_per_level"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("owner", ""), _negated=True),
                                    models.Q(("sentence", ""), _negated=True),
                                ),
                                name="earning_void_explains_itself",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Referral",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=common.ids.uuid7,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="referrals",
                                to="members.member",
                            ),
                        ),
                        (
                            "referrer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="referred",
                                to="members.member",
                            ),
                        ),
                        (
                            "terms",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="referrals",
                                to="earning.referralterms",
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("open", "waits for the friend"),
                                    ("doubted", "waits for a clerk"),
                                    ("refused", "refused"),
                                    ("paid", "paid"),
                                    ("missed", "did not come about"),
                                ],
                                default="open",
                                max_length=8,
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=240)),
                        ("actor", models.CharField(max_length=80)),
                        ("referred_at", models.DateTimeField()),
                        ("decided_by", models.CharField(blank=True, max_length=80)),
                        ("decided_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "activity",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="referrals",
                                to="earning.activity",
                            ),
                        ),
                        (
                            "referrer_activity",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="earning.activity",
                            ),
                        ),
                        (
                            "friend_activity",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="earning.activity",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [
                            models.Index(
                                fields=["status", "-id"], name="earning_referral_by_status"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("status", "refused"), _negated=True),
                                fields=("member",),
                                name="earning_referral_one_for_a_friend",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status", "refused"),
                                    models.Q(("member", models.F("referrer")), _negated=True),
                                    _connector="OR",
                                ),
                                name="earning_referral_is_of_another",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("activity__isnull", False),
                                        ("referrer_activity__isnull", False),
                                        ("status", "paid"),
                                    ),
                                    models.Q(
                                        models.Q(("status", "paid"), _negated=True),
                                        ("activity__isnull", True),
                                        ("friend_activity__isnull", True),
                                        ("referrer_activity__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="earning_referral_paid_names_its_activities",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status__in", ["refused", "doubted"]), _negated=True),
                                    models.Q(("reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="earning_referral_doubt_has_a_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OccasionProgress",
                    fields=[
                        (
                            "occasion",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                serialize=False,
                                to="earning.occasion",
                            ),
                        ),
                        ("done_on", models.DateField(null=True)),
                        ("last_event", models.UUIDField(null=True)),
                        (
                            "ran_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("done_on__isnull", True),
                                    ("last_event__isnull", True),
                                    _connector="OR",
                                ),
                                name="earning_occasionprogress_is_by_day_or_by_event",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MilestoneOption",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=common.ids.uuid7,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        (
                            "milestone",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="options",
                                to="earning.milestone",
                            ),
                        ),
                        (
                            "code",
                            models.CharField(
                                max_length=40,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        re.compile("^[a-z][a-z0-9]*(-[a-z0-9]+)*$"),
                                        "Use lower-case letters, digits and single hyphens.",
                                    )
                                ],
                            ),
                        ),
                        ("name", models.CharField(max_length=80)),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="program.unit",
                            ),
                        ),
                        (
                            "amount",
                            models.PositiveBigIntegerField(
                                help_text="What it gives, in the unit's smallest part."
                            ),
                        ),
                        (
                            "at_most",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                help_text="How often it can be chosen each time; empty: freely.",
                                null=True,
                            ),
                        ),
                        (
                            "default",
                            models.PositiveSmallIntegerField(
                                default=0,
                                help_text="How many of it whoever does not choose gets after the last day.",
                            ),
                        ),
                        ("is_active", models.BooleanField(default=True)),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                    ],
                    options={
                        "ordering": ("milestone", "position", "code"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("milestone", "code"), name="earning_option_code_is_unique"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount__gte", 1)),
                                name="earning_option_gives_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("at_most__isnull", True),
                                    (
                                        "at_most__gte",
                                        django.db.models.functions.comparison.Greatest(
                                            models.F("default"), 1
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="earning_option_default_is_within_its_limit",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MilestoneChoice",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=common.ids.uuid7,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="choices",
                                to="members.member",
                            ),
                        ),
                        (
                            "reached",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="choices",
                                to="earning.milestonereached",
                            ),
                        ),
                        (
                            "many",
                            models.PositiveSmallIntegerField(
                                help_text="How many options are chosen."
                            ),
                        ),
                        (
                            "due_at",
                            models.DateTimeField(
                                blank=True,
                                help_text="The exclusive end of the last day to choose.",
                                null=True,
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("open", "to be made"),
                                    ("made", "made"),
                                    ("defaulted", "made by the program"),
                                    ("lapsed", "lapsed"),
                                    ("void", "void"),
                                ],
                                default="open",
                                max_length=9,
                            ),
                        ),
                        (
                            "reminded_at",
                            models.DateTimeField(
                                blank=True,
                                help_text="When the member was told that the last day comes.",
                                null=True,
                            ),
                        ),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        ("actor", models.CharField(blank=True, max_length=80)),
                        (
                            "recorded_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [
                            models.Index(
                                condition=models.Q(("due_at__isnull", False), ("status", "open")),
                                fields=["due_at"],
                                name="earning_choice_by_due",
                            ),
                            models.Index(
                                condition=models.Q(("status", "open")),
                                fields=["member"],
                                name="earning_choice_open",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("member", "reached"), name="earning_choice_once_per_level"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("many__gte", 1)),
                                name="earning_choice_is_of_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("reminded_at__isnull", True),
                                    ("due_at__gt", models.F("reminded_at")),
                                    _connector="OR",
                                ),
                                name="earning_choice_reminds_before_its_end",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("actor", ""),
                                        ("ended_at__isnull", True),
                                        ("status", "open"),
                                    ),
                                    models.Q(
                                        models.Q(("status", "open"), _negated=True),
                                        ("ended_at__isnull", False),
                                        models.Q(("actor", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="earning_choice_status_has_its_facts",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MilestonePick",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=common.ids.uuid7,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="members.member",
                            ),
                        ),
                        (
                            "choice",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="picks",
                                to="earning.milestonechoice",
                            ),
                        ),
                        (
                            "option",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="picks",
                                to="earning.milestoneoption",
                            ),
                        ),
                        ("times", models.PositiveSmallIntegerField()),
                        (
                            "amount",
                            models.PositiveBigIntegerField(help_text="What it gave in all."),
                        ),
                        (
                            "entry",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="points.entry",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("id",),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("member", "choice", "option"),
                                name="earning_pick_once_per_option",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount__gte", 1), ("times__gte", 1)),
                                name="earning_pick_is_of_something",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Offer",
                    fields=[
                        (
                            "code",
                            models.CharField(
                                max_length=40,
                                primary_key=True,
                                serialize=False,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        re.compile("^[a-z][a-z0-9]*(-[a-z0-9]+)*$"),
                                        "Use lower-case letters, digits and single hyphens.",
                                    )
                                ],
                            ),
                        ),
                        ("name", models.CharField(max_length=80)),
                        (
                            "summary",
                            models.CharField(
                                help_text="What members read below its name.", max_length=160
                            ),
                        ),
                        ("terms", models.TextField(blank=True)),
                        (
                            "starts_on",
                            models.DateField(
                                blank=True,
                                help_text="The first day on which it can be activated.",
                                null=True,
                            ),
                        ),
                        (
                            "ends_on",
                            models.DateField(
                                blank=True,
                                help_text="The first day on which it no longer can be.",
                                null=True,
                            ),
                        ),
                        (
                            "holds_until",
                            models.DateField(
                                blank=True,
                                help_text="The first day on which it no longer holds, whenever it was activated.",
                                null=True,
                            ),
                        ),
                        (
                            "days",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                help_text="It lapses at the end of the day so many days after it was activated.",
                                null=True,
                            ),
                        ),
                        (
                            "counts_before",
                            models.BooleanField(
                                default=False,
                                help_text="What was done since its first day counts, too, once it is activated.",
                            ),
                        ),
                        (
                            "picks_day",
                            models.BooleanField(
                                default=False,
                                help_text="The member picks the day on which it holds.",
                            ),
                        ),
                        (
                            "ahead_days",
                            models.PositiveSmallIntegerField(
                                default=0,
                                help_text="How many days ahead the day is picked; 0: today can be.",
                            ),
                        ),
                        (
                            "times",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                default=1,
                                help_text="How often one member can activate it; empty: as often as they like.",
                                null=True,
                            ),
                        ),
                        (
                            "per",
                            models.CharField(
                                choices=[
                                    ("day", "a day"),
                                    ("week", "a week, from Monday"),
                                    ("month", "a month of the calendar"),
                                    ("quarter", "a quarter of the calendar"),
                                    ("year", "a year of the calendar"),
                                    ("ever", "ever"),
                                ],
                                default="ever",
                                help_text="In which time that is meant, each time anew.",
                                max_length=7,
                            ),
                        ),
                        (
                            "places",
                            models.PositiveIntegerField(
                                blank=True,
                                help_text="How often it can be activated by all together; empty: there is no limit.",
                                null=True,
                            ),
                        ),
                        (
                            "segment",
                            models.ForeignKey(
                                blank=True,
                                help_text="Only members of this segment see it.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="members.segment",
                            ),
                        ),
                        (
                            "lowest_tier",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tiers.tier",
                            ),
                        ),
                        ("is_active", models.BooleanField(default=True)),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                    ],
                    options={
                        "ordering": ("position", "code"),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("name", ""), _negated=True),
                                    models.Q(("summary", ""), _negated=True),
                                ),
                                name="earning_offer_has_its_words",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("starts_on__isnull", True),
                                    ("ends_on__isnull", True),
                                    ("ends_on__gt", models.F("starts_on")),
                                    _connector="OR",
                                ),
                                name="earning_offer_ends_after_it_starts",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("holds_until__isnull", True),
                                    models.Q(
                                        models.Q(
                                            ("ends_on__isnull", True),
                                            ("holds_until__gte", models.F("ends_on")),
                                            _connector="OR",
                                        ),
                                        models.Q(
                                            ("starts_on__isnull", True),
                                            ("holds_until__gt", models.F("starts_on")),
                                            _connector="OR",
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="earning_offer_holds_while_it_is_open",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("days__isnull", True),
                                    models.Q(("days__gte", 1), ("days__lte", 3650)),
                                    _connector="OR",
                                ),
                                name="earning_offer_lapses_after_a_day",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("counts_before", False),
                                    models.Q(("picks_day", False), ("starts_on__isnull", False)),
                                    _connector="OR",
                                ),
                                name="earning_offer_counts_since_its_first_day",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("ahead_days__lte", 366),
                                        ("days__isnull", True),
                                        ("picks_day", True),
                                    ),
                                    models.Q(("ahead_days", 0), ("picks_day", False)),
                                    _connector="OR",
                                ),
                                name="earning_offer_day_is_picked_or_not",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("per", "ever"), ("times__isnull", True)),
                                    models.Q(("times__gte", 1), ("times__isnull", False)),
                                    _connector="OR",
                                ),
                                name="earning_offer_times_are_of_a_period",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("places__isnull", True), ("places__gte", 1), _connector="OR"
                                ),
                                name="earning_offer_has_a_place",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OfferActivation",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=common.ids.uuid7,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="activations",
                                to="members.member",
                            ),
                        ),
                        (
                            "offer",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="activations",
                                to="earning.offer",
                            ),
                        ),
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "picked_on",
                            models.DateField(
                                blank=True, help_text="The day that the member picked.", null=True
                            ),
                        ),
                        ("activated_at", models.DateTimeField()),
                        ("actor", models.CharField(max_length=80)),
                        ("undone_at", models.DateTimeField(blank=True, null=True)),
                        ("undone_by", models.CharField(blank=True, max_length=80)),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [
                            models.Index(
                                fields=["offer", "-id"], name="earning_activation_by_offer"
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ends_at__isnull", True),
                                    ("ends_at__gt", models.F("starts_at")),
                                    _connector="OR",
                                ),
                                name="earning_activation_ends_after_it_starts",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("undone_at__isnull", True), ("undone_by", "")),
                                    models.Q(
                                        ("undone_at__isnull", False),
                                        models.Q(("undone_by", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="earning_activation_is_undone_by_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("actor", ""), _negated=True),
                                name="earning_activation_says_who",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("picked_on__isnull", True),
                                    ("ends_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="earning_activation_of_a_day_ends",
                            ),
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                condition=models.Q(("undone_at__isnull", True)),
                                expressions=[
                                    ("member", "="),
                                    ("offer", "="),
                                    (common.ranges.MomentRange("starts_at", "ends_at"), "&&"),
                                ],
                                name="earning_activation_periods_do_not_overlap",
                            ),
                        ],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="dividend",
                    trigger=pgtrigger.compiler.Trigger(
                        name="program_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="UPDATE program_program SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); RETURN NULL;",
                            hash="64125bf1aa0801687b555f75ebabbdbc235259fd",
                            level="STATEMENT",
                            operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_program_version_9efd5",
                            table="earning_dividend",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="dividendshare",
                    trigger=pgtrigger.compiler.Trigger(
                        name="rows_are_final",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="4e5ca3fa5e2200ab7f2a30579407c4ac95f712d1",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_rows_are_final_3494d",
                            table="earning_dividendshare",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="dividendshare",
                    trigger=pgtrigger.compiler.Trigger(
                        name="no_truncate",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'this table is append-only';",
                            hash="bc313f32b5278107770aa50cf46e24a03af7c3ba",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_no_truncate_c7c1b",
                            table="earning_dividendshare",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="milestone",
                    trigger=pgtrigger.compiler.Trigger(
                        name="program_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="UPDATE program_program SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); RETURN NULL;",
                            hash="2017060772497271ed23a12509681ca30f4cdd17",
                            level="STATEMENT",
                            operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_program_version_7827e",
                            table="earning_milestone",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="occasion",
                    trigger=pgtrigger.compiler.Trigger(
                        name="program_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="UPDATE program_program SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); RETURN NULL;",
                            hash="0538df28c10cddab4c0bfd6cf3588c04e006c0d2",
                            level="STATEMENT",
                            operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_program_version_cfbcc",
                            table="earning_occasion",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="referralterms",
                    trigger=pgtrigger.compiler.Trigger(
                        name="program_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="UPDATE program_program SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); RETURN NULL;",
                            hash="d5fc7f2f167ba0c45e87c335a75b17133a5d2248",
                            level="STATEMENT",
                            operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_program_version_0ea23",
                            table="earning_referralterms",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="rule",
                    trigger=pgtrigger.compiler.Trigger(
                        name="program_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="UPDATE program_program SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); RETURN NULL;",
                            hash="55e226c2f75e642fb4ea4715b4320fd0538edf3b",
                            level="STATEMENT",
                            operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_program_version_e0ab4",
                            table="earning_rule",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="rulecondition",
                    trigger=pgtrigger.compiler.Trigger(
                        name="program_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="UPDATE program_program SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); RETURN NULL;",
                            hash="e627a19e50597f9b0a3efa9af8997a12be8f26eb",
                            level="STATEMENT",
                            operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_program_version_a93a9",
                            table="earning_rulecondition",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="rulelimit",
                    trigger=pgtrigger.compiler.Trigger(
                        name="program_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="UPDATE program_program SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); RETURN NULL;",
                            hash="6f28e98c0ce9b632b261a8445ad9900dfb8155c5",
                            level="STATEMENT",
                            operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_program_version_e672e",
                            table="earning_rulelimit",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="activity",
                    trigger=pgtrigger.compiler.Trigger(
                        name="rows_are_final",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="IF TG_OP = 'UPDATE' AND current_setting('pennant.erasing', true) = 'on' AND to_jsonb(NEW) - '{attributes,facts}'::text[] = to_jsonb(OLD) - '{attributes,facts}'::text[] THEN RETURN NEW; END IF; RAISE EXCEPTION 'this table is append-only';",
                            hash="b2b21e2595b53b39adbbe503abfe7f0eb81970db",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_rows_are_final_ed301",
                            table="earning_activity",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="activity",
                    trigger=pgtrigger.compiler.Trigger(
                        name="no_truncate",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'this table is append-only';",
                            hash="9dc469e99147d744fdf785eadd71321d9bead058",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_no_truncate_a443b",
                            table="earning_activity",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="activitychange",
                    trigger=pgtrigger.compiler.Trigger(
                        name="rows_are_final",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="IF TG_OP = 'UPDATE' AND current_setting('pennant.erasing', true) = 'on' AND to_jsonb(NEW) - '{attributes,facts,reason,stated,after}'::text[] = to_jsonb(OLD) - '{attributes,facts,reason,stated,after}'::text[] THEN RETURN NEW; END IF; RAISE EXCEPTION 'this table is append-only';",
                            hash="f760bbdba5a93027a7fe8689175b8e2eca3926a5",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_rows_are_final_164d1",
                            table="earning_activitychange",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="activitychange",
                    trigger=pgtrigger.compiler.Trigger(
                        name="no_truncate",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'this table is append-only';",
                            hash="86a03b590e34f162ff44575c956051fa3d09fd3a",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_no_truncate_9c7e5",
                            table="earning_activitychange",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="award",
                    trigger=pgtrigger.compiler.Trigger(
                        name="rows_are_final",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="IF TG_OP = 'UPDATE' AND current_setting('pennant.erasing', true) = 'on' AND to_jsonb(NEW) - '{sentence,inputs}'::text[] = to_jsonb(OLD) - '{sentence,inputs}'::text[] THEN RETURN NEW; END IF; RAISE EXCEPTION 'this table is append-only';",
                            hash="78324f2337aa3125bc6a3b655668a8e5abb9ad5f",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_rows_are_final_8c168",
                            table="earning_award",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="award",
                    trigger=pgtrigger.compiler.Trigger(
                        name="no_truncate",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'this table is append-only';",
                            hash="13ddc4faf4a34aa5cf4e4603e3b6d317f4f00ffc",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_no_truncate_96f4b",
                            table="earning_award",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="correction",
                    trigger=pgtrigger.compiler.Trigger(
                        name="rows_are_final",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="IF TG_OP = 'UPDATE' AND current_setting('pennant.erasing', true) = 'on' AND to_jsonb(NEW) - '{sentence,inputs}'::text[] = to_jsonb(OLD) - '{sentence,inputs}'::text[] THEN RETURN NEW; END IF; RAISE EXCEPTION 'this table is append-only';",
                            hash="7f7674d2ace3be96f9543aafadb3bc964e65982a",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_rows_are_final_927d7",
                            table="earning_correction",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="correction",
                    trigger=pgtrigger.compiler.Trigger(
                        name="no_truncate",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'this table is append-only';",
                            hash="774c393dd0c9d12477f799d5cc11b0bf19f209ca",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_no_truncate_bcbca",
                            table="earning_correction",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="milestonereached",
                    trigger=pgtrigger.compiler.Trigger(
                        name="rows_are_final",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="d446c162964ae0d21c9661701607ab873395645b",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_rows_are_final_f14a1",
                            table="earning_milestonereached",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="milestonereached",
                    trigger=pgtrigger.compiler.Trigger(
                        name="no_truncate",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'this table is append-only';",
                            hash="645ad7904bc9588f627b2327e224130187b78ca1",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_no_truncate_8695d",
                            table="earning_milestonereached",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="milestonevoid",
                    trigger=pgtrigger.compiler.Trigger(
                        name="rows_are_final",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="IF TG_OP = 'UPDATE' AND current_setting('pennant.erasing', true) = 'on' AND to_jsonb(NEW) - '{sentence}'::text[] = to_jsonb(OLD) - '{sentence}'::text[] THEN RETURN NEW; END IF; RAISE EXCEPTION 'this table is append-only';",
                            hash="31582bd6dfe14177a687e940f2321b2ee3d73f88",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_rows_are_final_cfe2d",
                            table="earning_milestonevoid",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="milestonevoid",
                    trigger=pgtrigger.compiler.Trigger(
                        name="no_truncate",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'this table is append-only';",
                            hash="d2b4d5a9b3f1d280a7f1f9e73e23152fd16ea832",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_no_truncate_7026a",
                            table="earning_milestonevoid",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="milestoneoption",
                    trigger=pgtrigger.compiler.Trigger(
                        name="program_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="UPDATE program_program SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); RETURN NULL;",
                            hash="5078aa06af04c046eaad3105646225f3c3b3327e",
                            level="STATEMENT",
                            operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_program_version_8baea",
                            table="earning_milestoneoption",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="milestonepick",
                    trigger=pgtrigger.compiler.Trigger(
                        name="rows_are_final",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="d72a740c41731c9cef7dcff7beec0ffeb118816c",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_rows_are_final_21b99",
                            table="earning_milestonepick",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="milestonepick",
                    trigger=pgtrigger.compiler.Trigger(
                        name="no_truncate",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'this table is append-only';",
                            hash="59325bb66a613fb4814ab38adacf33eaaf16f154",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_no_truncate_b1310",
                            table="earning_milestonepick",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="offer",
                    trigger=pgtrigger.compiler.Trigger(
                        name="program_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="UPDATE program_program SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); RETURN NULL;",
                            hash="3ab4c7684da0f788e378592df200822ccac42a91",
                            level="STATEMENT",
                            operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_program_version_2efec",
                            table="earning_offer",
                            when="AFTER",
                        ),
                    ),
                ),
            ],
        ),
    ]
