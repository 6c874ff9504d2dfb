import re
import uuid

import django.contrib.postgres.constraints
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import common.ids
import common.migrations
import common.ranges


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("members", "0001_initial"),
        ("program", "0001_initial"),
    ]

    operations = [
        common.migrations.Together(
            operations=[
                migrations.CreateModel(
                    name="Ladder",
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
                        ("name", models.CharField(max_length=60)),
                        (
                            "counter",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="ladders",
                                to="program.unit",
                            ),
                        ),
                        (
                            "window",
                            models.CharField(
                                choices=[
                                    ("lifetime", "everything ever counted"),
                                    ("year", "a program year"),
                                    ("half_year", "a half-year of the calendar"),
                                    ("quarter", "a quarter of the calendar"),
                                    ("month", "a month of the calendar"),
                                    ("months", "the months before"),
                                    ("membership_year", "a year of membership"),
                                    ("membership_half_year", "a half-year of membership"),
                                    ("since_change", "since the tier last changed"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("window_months", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "validity",
                            models.CharField(
                                choices=[
                                    ("life", "for life"),
                                    ("years", "to the end of a program year"),
                                    ("half_years", "to the end of a half-year"),
                                    ("months", "months from attaining it"),
                                    ("active", "while something happens every so many months"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "validity_years",
                            models.PositiveSmallIntegerField(
                                default=0,
                                help_text="0: this program year, or half-year; 1: the next one.",
                            ),
                        ),
                        (
                            "validity_months",
                            models.PositiveSmallIntegerField(
                                default=0,
                                help_text="Months from attaining, without activity, or after the year's end.",
                            ),
                        ),
                        (
                            "validity_round_to",
                            models.CharField(
                                choices=[
                                    ("day", "that day"),
                                    ("month", "end of the month"),
                                    ("quarter", "end of the quarter"),
                                    ("half_year", "end of the half-year"),
                                    ("year", "end of the year"),
                                ],
                                default="day",
                                help_text="To the end of what the last day is moved, where it is counted in months.",
                                max_length=9,
                            ),
                        ),
                        (
                            "downgrade",
                            models.CharField(
                                choices=[
                                    ("to_earned", "to what has been earned"),
                                    ("one_step", "one step at a time"),
                                    ("never", "never"),
                                ],
                                default="to_earned",
                                max_length=10,
                            ),
                        ),
                        (
                            "shared",
                            models.CharField(
                                choices=[
                                    ("never", "everybody for themselves"),
                                    ("household", "the highest of a household holds for all"),
                                    (
                                        "after_first",
                                        "the highest of a household, once one has earned something",
                                    ),
                                ],
                                default="never",
                                max_length=12,
                            ),
                        ),
                        (
                            "rolls_over",
                            models.BooleanField(
                                default=False,
                                help_text="What lies above the threshold reached counts for status in the next year.",
                            ),
                        ),
                        (
                            "uses_up",
                            models.BooleanField(
                                default=False,
                                help_text="Reaching a tier takes its threshold off the counter; the surplus stays.",
                            ),
                        ),
                        (
                            "carries_at_most",
                            models.PositiveBigIntegerField(
                                blank=True, help_text="The most of a surplus that stays.", null=True
                            ),
                        ),
                        (
                            "year_starts",
                            models.PositiveSmallIntegerField(
                                default=1, help_text="The month in which a program year starts."
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                    ],
                    options={
                        "ordering": ("position", "code"),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("year_starts__gte", 1), ("year_starts__lte", 12)
                                ),
                                name="tiers_ladder_year_starts_in_a_month",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("window", "months"),
                                        ("window_months__gte", 1),
                                        ("window_months__isnull", False),
                                    ),
                                    models.Q(
                                        models.Q(("window", "months"), _negated=True),
                                        ("window_months__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="tiers_ladder_window_names_its_months",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("validity__in", ["life", "years", "half_years"]),
                                    ("validity_months__gte", 1),
                                    _connector="OR",
                                ),
                                name="tiers_ladder_validity_names_its_months",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("validity__in", ["months", "active"]),
                                    ("validity_round_to", "day"),
                                    _connector="OR",
                                ),
                                name="tiers_ladder_only_months_are_rounded",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("uses_up", False),
                                    models.Q(
                                        ("rolls_over", False),
                                        ("validity__in", ["life", "months"]),
                                        ("window", "since_change"),
                                    ),
                                    _connector="OR",
                                ),
                                name="tiers_ladder_using_up_has_its_own_periods",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("carries_at_most__isnull", True),
                                    ("uses_up", True),
                                    ("rolls_over", True),
                                    _connector="OR",
                                ),
                                name="tiers_ladder_only_a_surplus_has_a_most",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Tier",
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
                            "ladder",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="tiers",
                                to="tiers.ladder",
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
                        ("name", models.CharField(max_length=60)),
                        ("rank", models.PositiveSmallIntegerField()),
                        (
                            "threshold",
                            models.PositiveBigIntegerField(
                                blank=True,
                                help_text="Of the ladder's counter over its window; empty: its routes say what it takes.",
                                null=True,
                            ),
                        ),
                        (
                            "head_start",
                            models.PositiveBigIntegerField(
                                default=0,
                                help_text="What a program year begins with for who holds this tier then.",
                            ),
                        ),
                        (
                            "colors",
                            models.JSONField(
                                default=list, help_text="Two or three colors of the form #1a2b3c."
                            ),
                        ),
                        (
                            "field",
                            models.CharField(
                                choices=[
                                    ("solid", "one color"),
                                    ("horizontal", "two halves, one above the other"),
                                    ("vertical", "two halves, side by side"),
                                    ("stripes", "stripes"),
                                    ("cross", "cross"),
                                    ("saltire", "diagonal cross"),
                                    ("diamond", "diamond"),
                                    ("disc", "disc"),
                                    ("border", "border"),
                                ],
                                default="solid",
                                max_length=12,
                            ),
                        ),
                        (
                            "outline",
                            models.CharField(
                                choices=[
                                    ("pennant", "pointed"),
                                    ("swallowtail", "swallow tail"),
                                    ("flag", "rectangle"),
                                ],
                                default="pennant",
                                max_length=12,
                            ),
                        ),
                        (
                            "benefits",
                            models.JSONField(
                                blank=True, default=list, help_text="One sentence each."
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("ladder", "rank"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("ladder", "code"), name="tiers_tier_code_is_unique"
                            ),
                            models.UniqueConstraint(
                                fields=("ladder", "rank"), name="tiers_tier_rank_is_unique"
                            ),
                            models.UniqueConstraint(
                                fields=("ladder", "threshold"),
                                name="tiers_tier_threshold_is_unique",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Standing",
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
                                related_name="standings",
                                to="members.member",
                            ),
                        ),
                        (
                            "ladder",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tiers.ladder",
                            ),
                        ),
                        (
                            "tier",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="standings",
                                to="tiers.tier",
                            ),
                        ),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("earned", "earned"),
                                    ("granted", "granted"),
                                    ("matched", "matched"),
                                    ("kept", "kept after a return"),
                                    ("bought", "bought"),
                                    ("merged", "kept from before a merge"),
                                ],
                                default="earned",
                                max_length=10,
                            ),
                        ),
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField(blank=True, null=True)),
                        ("reason", models.CharField(blank=True, max_length=240)),
                        ("actor", models.CharField(blank=True, max_length=80)),
                        (
                            "cause",
                            models.CharField(
                                blank=True,
                                help_text="The activity whose return it outlives.",
                                max_length=40,
                            ),
                        ),
                        (
                            "merge",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="standings",
                                to="members.membermerge",
                            ),
                        ),
                        (
                            "challenge_unit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="program.unit",
                            ),
                        ),
                        (
                            "challenge_amount",
                            models.PositiveBigIntegerField(
                                blank=True,
                                help_text="What must be counted until the end to keep it.",
                                null=True,
                            ),
                        ),
                        ("keeps_until", models.DateTimeField(blank=True, null=True)),
                        ("kept_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "recorded_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-starts_at",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ends_at__isnull", True),
                                    ("ends_at__gt", models.F("starts_at")),
                                    _connector="OR",
                                ),
                                name="tiers_standing_ends_after_it_starts",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("source", "earned"),
                                    models.Q(
                                        models.Q(("reason", ""), _negated=True),
                                        models.Q(("actor", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="tiers_standing_given_has_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("source", "kept"), models.Q(("cause", ""), _negated=True)
                                    ),
                                    models.Q(
                                        models.Q(("source", "kept"), _negated=True), ("cause", "")
                                    ),
                                    _connector="OR",
                                ),
                                name="tiers_standing_kept_names_its_cause",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("merge__isnull", False), ("source", "merged")),
                                    models.Q(
                                        models.Q(("source", "merged"), _negated=True),
                                        ("merge__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="tiers_standing_merged_names_its_merge",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("challenge_amount__isnull", True),
                                        ("challenge_unit__isnull", True),
                                        ("keeps_until__isnull", True),
                                        ("kept_at__isnull", True),
                                    ),
                                    models.Q(
                                        ("challenge_unit__isnull", False),
                                        ("source", "matched"),
                                        ("challenge_amount__gte", 1),
                                        ("challenge_amount__isnull", False),
                                        models.Q(
                                            ("kept_at__isnull", False),
                                            ("ends_at__isnull", False),
                                            _connector="OR",
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="tiers_standing_challenge_is_whole",
                            ),
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                expressions=[
                                    ("member", "="),
                                    ("ladder", "="),
                                    ("source", "="),
                                    (
                                        django.db.models.functions.comparison.Coalesce(
                                            "merge",
                                            models.Value(
                                                uuid.UUID("00000000-0000-0000-0000-000000000000")
                                            ),
                                        ),
                                        "=",
                                    ),
                                    (common.ranges.MomentRange("starts_at", "ends_at"), "&&"),
                                ],
                                name="tiers_standing_periods_do_not_overlap",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TierExpiry",
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
                            "tier",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="expiries",
                                to="tiers.tier",
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
                            "expiry",
                            models.CharField(
                                choices=[
                                    ("never", "what is earned at it never ends"),
                                    ("days", "what is earned at it ends after days"),
                                    ("months", "what is earned at it ends after months"),
                                    ("held", "nothing ends while it is held"),
                                ],
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
                    ],
                    options={
                        "ordering": ("tier", "unit"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("tier", "unit"), name="tiers_expiry_unit_is_unique"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("expiry__in", ["never", "held"]),
                                        ("expiry_count__isnull", True),
                                    ),
                                    models.Q(
                                        ("expiry__in", ["months", "days"]),
                                        ("expiry_count__gte", 1),
                                        ("expiry_count__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="tiers_expiry_names_its_count",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TierRoute",
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
                            "tier",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="routes",
                                to="tiers.tier",
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                        ("starts_on", models.DateField(blank=True, null=True)),
                        (
                            "ends_on",
                            models.DateField(
                                blank=True,
                                help_text="The first day on which it no longer counts.",
                                null=True,
                            ),
                        ),
                        (
                            "keeps",
                            models.BooleanField(
                                default=False,
                                help_text="Only for those who hold the tier, or a higher one, already.",
                            ),
                        ),
                        (
                            "for_life",
                            models.BooleanField(
                                default=False,
                                help_text="Who reaches the tier this way has it for life.",
                            ),
                        ),
                        (
                            "segment",
                            models.ForeignKey(
                                blank=True,
                                help_text="Only for members who are in this segment then.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="members.segment",
                            ),
                        ),
                        (
                            "plan",
                            models.CharField(
                                blank=True,
                                help_text="Only for members who have this plan then.",
                                max_length=40,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("tier", "position"),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("starts_on__isnull", True),
                                    ("ends_on__isnull", True),
                                    ("ends_on__gt", models.F("starts_on")),
                                    _connector="OR",
                                ),
                                name="tiers_route_ends_after_it_starts",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("for_life", True), ("keeps", True), _negated=True
                                ),
                                name="tiers_route_keeps_or_is_for_life",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("segment__isnull", True), ("plan", ""), _connector="OR"
                                ),
                                name="tiers_route_is_for_one_group",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TierNeed",
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
                            "route",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="needs",
                                to="tiers.tierroute",
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
                            "type",
                            models.ForeignKey(
                                blank=True,
                                help_text="Activities of this type are counted.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="program.activitytype",
                            ),
                        ),
                        (
                            "distinct",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("day", "days with one"),
                                    ("partner", "partners with one"),
                                    ("location", "locations with one"),
                                ],
                                help_text="Of activities: what is counted instead of each one.",
                                max_length=8,
                            ),
                        ),
                        (
                            "held",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tiers.tier",
                            ),
                        ),
                        ("at_least", models.PositiveBigIntegerField()),
                        (
                            "window",
                            models.CharField(
                                choices=[
                                    ("lifetime", "everything ever counted"),
                                    ("year", "a program year"),
                                    ("half_year", "a half-year of the calendar"),
                                    ("quarter", "a quarter of the calendar"),
                                    ("month", "a month of the calendar"),
                                    ("months", "the months before"),
                                    ("membership_year", "a year of membership"),
                                    ("membership_half_year", "a half-year of membership"),
                                    ("since_change", "since the tier last changed"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("window_months", models.PositiveSmallIntegerField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ("id",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("held__isnull", True),
                                        ("type__isnull", True),
                                        ("unit__isnull", False),
                                    ),
                                    models.Q(
                                        ("held__isnull", True),
                                        ("type__isnull", False),
                                        ("unit__isnull", True),
                                    ),
                                    models.Q(
                                        ("held__isnull", False),
                                        ("type__isnull", True),
                                        ("unit__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="tiers_need_counts_one_thing",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("distinct", ""), ("type__isnull", False), _connector="OR"
                                ),
                                name="tiers_need_only_activities_are_distinct",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("less__isnull", True),
                                    models.Q(
                                        ("unit__isnull", False),
                                        models.Q(("less", models.F("unit")), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="tiers_need_takes_off_another_counter",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("at_least__gte", 1)),
                                name="tiers_need_is_positive",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("window", "months"),
                                        ("window_months__gte", 1),
                                        ("window_months__isnull", False),
                                    ),
                                    models.Q(
                                        models.Q(("window", "months"), _negated=True),
                                        ("window_months__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="tiers_need_window_names_its_months",
                            ),
                        ],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="ladder",
                    trigger=pgtrigger.compiler.Trigger(
                        name="program_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="UPDATE program_program SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); RETURN NULL;",
                            hash="b6ed69b8ec41a931817abb2acfb07fc76eaf2c80",
                            level="STATEMENT",
                            operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_program_version_6c444",
                            table="tiers_ladder",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="tier",
                    trigger=pgtrigger.compiler.Trigger(
                        name="program_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="UPDATE program_program SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); RETURN NULL;",
                            hash="41b43eab3415303ba0bc7542aeec2fd7cffd1384",
                            level="STATEMENT",
                            operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_program_version_9af22",
                            table="tiers_tier",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="tierexpiry",
                    trigger=pgtrigger.compiler.Trigger(
                        name="program_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="UPDATE program_program SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); RETURN NULL;",
                            hash="3df5eac71d9cfd3b383787dc52c5150787268dc0",
                            level="STATEMENT",
                            operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_program_version_923d9",
                            table="tiers_tierexpiry",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="tierroute",
                    trigger=pgtrigger.compiler.Trigger(
                        name="program_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="UPDATE program_program SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); RETURN NULL;",
                            hash="156e60478f508518b7b911b1d4c485566ca6e87d",
                            level="STATEMENT",
                            operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_program_version_a8493",
                            table="tiers_tierroute",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="tierneed",
                    trigger=pgtrigger.compiler.Trigger(
                        name="program_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="UPDATE program_program SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); RETURN NULL;",
                            hash="ef144ec010cf011cb9dafcc7cac7d5e53310855f",
                            level="STATEMENT",
                            operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_program_version_d9f70",
                            table="tiers_tierneed",
                            when="AFTER",
                        ),
                    ),
                ),
            ],
        ),
    ]
