import re
import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import common.ids
import common.migrations


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("members", "0001_initial"),
        ("points", "0001_initial"),
        ("program", "0001_initial"),
    ]

    operations = [
        common.migrations.Together(
            operations=[
                migrations.CreateModel(
                    name="ReplyText",
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
                        ("text", models.TextField()),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                    ],
                    options={
                        "ordering": ("position", "code"),
                    },
                ),
                migrations.CreateModel(
                    name="Survey",
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
                            "kind",
                            models.CharField(
                                choices=[
                                    ("nps", "Recommendation (NPS)"),
                                    ("ces", "Effort (CES 2.0)"),
                                    ("csat", "Satisfaction (CSAT)"),
                                    ("cli", "Loyalty (CLI)"),
                                ],
                                max_length=4,
                            ),
                        ),
                        (
                            "is_anonymous",
                            models.BooleanField(
                                default=False,
                                help_text="Answers keep no link to the member. It stays for ever.",
                            ),
                        ),
                        ("is_active", models.BooleanField(default=True)),
                        (
                            "open_days",
                            models.PositiveSmallIntegerField(
                                default=30, help_text="How many days an invitation can be answered."
                            ),
                        ),
                        (
                            "activity_type",
                            models.ForeignKey(
                                blank=True,
                                help_text="Taking part is recorded as such an activity, and may earn points.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="program.activitytype",
                            ),
                        ),
                        (
                            "partner",
                            models.ForeignKey(
                                blank=True,
                                help_text="In whose name taking part is recorded.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="program.partner",
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                    ],
                    options={
                        "ordering": ("position", "code"),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["nps", "ces", "csat", "cli"])),
                                name="surveys_survey_kind_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("open_days__gte", 1)),
                                name="surveys_survey_is_open_a_day",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("activity_type__isnull", True), ("partner__isnull", True)
                                    ),
                                    models.Q(
                                        ("activity_type__isnull", False), ("partner__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="surveys_survey_activity_names_its_partner",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Tally",
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
                            "survey",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="surveys.survey",
                            ),
                        ),
                        ("series", models.CharField(blank=True, max_length=40)),
                        ("month", models.DateField()),
                        ("tier", models.CharField(blank=True, max_length=40)),
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
                        ("trigger", models.CharField(blank=True, max_length=40)),
                        (
                            "value",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=5, null=True
                            ),
                        ),
                        ("answers", models.PositiveIntegerField(default=0)),
                        ("asked", models.PositiveIntegerField(default=0)),
                        ("made_up", models.PositiveIntegerField(default=0)),
                        ("eligible", models.PositiveIntegerField(default=0)),
                        ("counted_at", models.DateTimeField()),
                    ],
                    options={
                        "verbose_name_plural": "tallies",
                        "ordering": ("survey", "month"),
                    },
                ),
                migrations.CreateModel(
                    name="Trigger",
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
                            "survey",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="triggers",
                                to="surveys.survey",
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
                        (
                            "on",
                            models.CharField(
                                choices=[
                                    ("activity", "an activity is confirmed"),
                                    ("voucher", "a voucher is used"),
                                    ("case", "a case is closed"),
                                    ("wave", "every so many months"),
                                ],
                                max_length=8,
                            ),
                        ),
                        (
                            "activity_type",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="program.activitytype",
                            ),
                        ),
                        (
                            "only",
                            models.JSONField(
                                blank=True,
                                default=dict,
                                help_text="Attributes that the activity has: only those are asked about.",
                            ),
                        ),
                        ("every_months", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("delay_hours", models.PositiveSmallIntegerField(default=0)),
                        (
                            "rate",
                            models.DecimalField(
                                decimal_places=2,
                                default=100,
                                help_text="Percent of those who could be asked.",
                                max_digits=5,
                            ),
                        ),
                        (
                            "quota",
                            models.PositiveIntegerField(
                                blank=True,
                                help_text="How many are asked in a calendar month at most.",
                                null=True,
                            ),
                        ),
                        ("is_active", models.BooleanField(default=True)),
                    ],
                    options={
                        "ordering": ("survey", "code"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("code",), name="surveys_trigger_code_is_unique"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("rate__gt", 0), ("rate__lte", 100)),
                                name="surveys_trigger_rate_is_a_percentage",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("every_months__gte", 1),
                                        ("every_months__isnull", False),
                                        ("on", "wave"),
                                    ),
                                    models.Q(
                                        models.Q(("on", "wave"), _negated=True),
                                        ("every_months__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="surveys_trigger_wave_names_its_months",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("on", "activity"),
                                    ("activity_type__isnull", True),
                                    _connector="OR",
                                ),
                                name="surveys_trigger_only_activities_have_a_type",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="QuotaUse",
                    fields=[
                        ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                        (
                            "trigger",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="surveys.trigger",
                            ),
                        ),
                        ("month", models.DateField()),
                        ("used", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "ordering": ("-month",),
                    },
                ),
                migrations.CreateModel(
                    name="Version",
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
                            "survey",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="versions",
                                to="surveys.survey",
                            ),
                        ),
                        ("number", models.PositiveSmallIntegerField()),
                        (
                            "why_words",
                            models.CharField(
                                blank=True,
                                help_text="The open question; empty: What is the reason?",
                                max_length=160,
                            ),
                        ),
                        (
                            "created_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now(), editable=False
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("survey", "-number"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("survey", "number"), name="surveys_version_number_is_unique"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Question",
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
                            "version",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="questions",
                                to="surveys.version",
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
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("choice", "choice"),
                                    ("scale", "scale"),
                                    ("text", "text"),
                                ],
                                max_length=6,
                            ),
                        ),
                        ("words", models.CharField(max_length=160)),
                        (
                            "choices",
                            models.JSONField(
                                blank=True,
                                default=list,
                                help_text="Pairs of code and words, in the order in which they are shown.",
                            ),
                        ),
                        ("least", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("most", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                    ],
                    options={
                        "ordering": ("version", "position"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("version", "code"), name="surveys_question_code_is_unique"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("kind", "choice"),
                                        models.Q(("choices", []), _negated=True),
                                        models.Q(("choices", {}), _negated=True),
                                    ),
                                    models.Q(
                                        ("kind", "scale"),
                                        ("least__isnull", False),
                                        ("most__gt", models.F("least")),
                                        ("most__isnull", False),
                                    ),
                                    models.Q(
                                        ("choices", []),
                                        ("kind", "text"),
                                        ("least__isnull", True),
                                        ("most__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="surveys_question_has_its_answers",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Answer",
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
                            "survey",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="answers",
                                to="surveys.survey",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="answers",
                                to="surveys.version",
                            ),
                        ),
                        (
                            "series",
                            models.CharField(
                                help_text="Kind, scale, direction and mapping.", max_length=40
                            ),
                        ),
                        ("is_anonymous", models.BooleanField(default=False)),
                        ("is_made_up", models.BooleanField(default=False)),
                        ("score", models.PositiveSmallIntegerField()),
                        ("least", models.PositiveSmallIntegerField()),
                        ("most", models.PositiveSmallIntegerField()),
                        (
                            "items",
                            models.JSONField(
                                blank=True, default=list, help_text="Scores of the further items."
                            ),
                        ),
                        (
                            "index",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                help_text="The loyalty index, once every item was answered.",
                                max_digits=5,
                                null=True,
                            ),
                        ),
                        ("comment", models.TextField(blank=True, max_length=2000)),
                        ("tags", models.JSONField(blank=True, default=list)),
                        ("answered_on", models.DateField()),
                        ("answered_at", models.DateTimeField(blank=True, null=True)),
                        ("trigger", models.CharField(blank=True, max_length=40)),
                        ("tier", models.CharField(blank=True, max_length=40)),
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
                    ],
                    options={
                        "ordering": ("-answered_on", "-id"),
                        "indexes": [
                            models.Index(
                                condition=models.Q(("comment", ""), _negated=True),
                                fields=["survey", "-answered_on", "-id"],
                                name="surveys_answer_with_words",
                            ),
                            models.Index(
                                fields=["-answered_on", "-id"], name="surveys_answer_by_day"
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["tags"], name="surveys_answer_by_tag"
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.search.SearchVector(
                                    "comment", config="simple"
                                ),
                                name="surveys_answer_by_word",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("score__gte", models.F("least")),
                                    ("score__lte", models.F("most")),
                                ),
                                name="surveys_answer_score_is_on_the_scale",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("answered_at__isnull", True), ("is_anonymous", True)),
                                    models.Q(
                                        ("answered_at__isnull", False), ("is_anonymous", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="surveys_answer_anonymous_has_no_moment",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("is_anonymous", False),
                                    ("id__regex", "^.{14}4"),
                                    _connector="OR",
                                ),
                                name="surveys_answer_anonymous_has_a_random_id",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("is_anonymous", False),
                                    models.Q(("location__isnull", True), ("tier", "")),
                                    _connector="OR",
                                ),
                                name="surveys_answer_anonymous_has_no_tier_or_place",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("is_anonymous", False),
                                    ("answered_on__day", 1),
                                    _connector="OR",
                                ),
                                name="surveys_answer_anonymous_has_only_its_month",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("index__isnull", True),
                                    models.Q(("index__gte", 0), ("index__lte", 100)),
                                    _connector="OR",
                                ),
                                name="surveys_answer_index_is_on_its_scale",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Care",
                    fields=[
                        (
                            "id",
                            models.PositiveSmallIntegerField(
                                default=1, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "contact_days",
                            models.PositiveSmallIntegerField(
                                default=90,
                                help_text="How many days lie between two surveys to one person, whichever.",
                            ),
                        ),
                        (
                            "max_age_days",
                            models.PositiveSmallIntegerField(
                                default=14,
                                help_text="What happened longer ago than this is not asked about.",
                            ),
                        ),
                        (
                            "opens_hour",
                            models.PositiveSmallIntegerField(
                                default=9, help_text="The hour at which a business day begins."
                            ),
                        ),
                        (
                            "closes_hour",
                            models.PositiveSmallIntegerField(
                                default=18, help_text="The hour at which a business day ends."
                            ),
                        ),
                        (
                            "weekdays",
                            models.JSONField(
                                blank=True,
                                default=list,
                                help_text="Business days, 0 for Monday; empty: Monday to Friday.",
                            ),
                        ),
                        (
                            "holidays",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.DateField(),
                                blank=True,
                                default=list,
                                help_text="Days on which nobody is there, as 2026-12-25, separated by commas.",
                                size=None,
                            ),
                        ),
                        (
                            "goodwill_max",
                            models.PositiveIntegerField(
                                default=500,
                                help_text="The most a clerk may give to make good, in the smallest part of the unit.",
                            ),
                        ),
                        (
                            "asked_elsewhere",
                            models.ForeignKey(
                                blank=True,
                                help_text="Members of this segment are asked by somebody else and not by us.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="members.segment",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "way of asking",
                        "verbose_name_plural": "ways of asking",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("id", 1)), name="surveys_care_is_the_only_one"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("closes_hour__gt", models.F("opens_hour")),
                                    ("closes_hour__lte", 24),
                                ),
                                name="surveys_care_closes_after_it_opens",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CaseRule",
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
                            "survey",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="case_rules",
                                to="surveys.survey",
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
                        ("least", models.PositiveSmallIntegerField(default=0)),
                        ("most", models.PositiveSmallIntegerField()),
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
                        (
                            "owner",
                            models.EmailField(
                                blank=True,
                                help_text="The login of whoever answers; without one, a manager picks.",
                                max_length=254,
                            ),
                        ),
                        (
                            "contact_hours",
                            models.PositiveSmallIntegerField(
                                default=16,
                                help_text="Business hours until the member should have heard from us.",
                            ),
                        ),
                        (
                            "close_hours",
                            models.PositiveSmallIntegerField(
                                default=45,
                                help_text="Business hours until the case should be closed.",
                            ),
                        ),
                        (
                            "escalates_to",
                            models.EmailField(
                                blank=True,
                                help_text="Whose it becomes when nobody answered in time.",
                                max_length=254,
                            ),
                        ),
                        ("is_active", models.BooleanField(default=True)),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                    ],
                    options={
                        "ordering": ("survey", "position"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("survey", "code"), name="surveys_rule_code_is_unique"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("most__gte", models.F("least"))),
                                name="surveys_rule_least_not_above_most",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("close_hours__gte", models.F("contact_hours")),
                                    ("contact_hours__gte", 1),
                                ),
                                name="surveys_rule_contacts_before_it_closes",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Case",
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
                                related_name="cases",
                                to="members.member",
                            ),
                        ),
                        (
                            "survey",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="cases",
                                to="surveys.survey",
                            ),
                        ),
                        (
                            "answer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="cases",
                                to="surveys.answer",
                            ),
                        ),
                        (
                            "rule",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="surveys.caserule",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="cases",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("open", "nobody has replied"),
                                    ("replied", "replied"),
                                    ("closed", "closed"),
                                ],
                                default="open",
                                max_length=8,
                            ),
                        ),
                        ("opened_at", models.DateTimeField()),
                        ("contact_due_at", models.DateTimeField()),
                        ("close_due_at", models.DateTimeField()),
                        ("replied_at", models.DateTimeField(blank=True, null=True)),
                        ("escalated_at", models.DateTimeField(blank=True, null=True)),
                        ("closed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "result",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("solved", "solved"),
                                    ("explained", "explained"),
                                    ("made_good", "made good"),
                                    ("unreached", "could not be reached"),
                                    ("unsolved", "could not be solved"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "cause",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("service", "service"),
                                    ("product", "product or room"),
                                    ("price", "price"),
                                    ("process", "how we work"),
                                    ("digital", "website or app"),
                                    ("other", "something else"),
                                ],
                                max_length=8,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("contact_due_at",),
                        "indexes": [
                            models.Index(
                                condition=models.Q(("status", "closed"), _negated=True),
                                fields=["contact_due_at"],
                                name="surveys_case_unfinished",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("member", "answer"),
                                name="surveys_case_once_for_each_answer",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("closed_at__isnull", False),
                                        ("status", "closed"),
                                        models.Q(("result", ""), _negated=True),
                                        models.Q(("cause", ""), _negated=True),
                                    ),
                                    models.Q(
                                        models.Q(("status", "closed"), _negated=True),
                                        ("cause", ""),
                                        ("closed_at__isnull", True),
                                        ("result", ""),
                                    ),
                                    _connector="OR",
                                ),
                                name="surveys_case_closed_has_its_result",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "open"), _negated=True),
                                    ("replied_at__isnull", True),
                                    _connector="OR",
                                ),
                                name="surveys_case_replied_is_not_open",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "replied"), _negated=True),
                                    ("replied_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="surveys_case_replied_has_its_moment",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("close_due_at__gte", models.F("contact_due_at"))
                                ),
                                name="surveys_case_contact_comes_first",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CaseStep",
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
                                related_name="+",
                                to="members.member",
                            ),
                        ),
                        (
                            "case",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="steps",
                                to="surveys.case",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("opened", "opened"),
                                    ("assigned", "given to somebody"),
                                    ("escalated", "escalated"),
                                    ("note", "note"),
                                    ("reply", "reply to the member"),
                                    ("goodwill", "points to make good"),
                                    ("closed", "closed"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("text", models.TextField(blank=True)),
                        (
                            "posting",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="points.posting",
                            ),
                        ),
                        ("actor", models.CharField(max_length=80)),
                        ("happened_at", models.DateTimeField()),
                    ],
                    options={
                        "ordering": ("id",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind__in", ["note", "reply"]), _negated=True),
                                    models.Q(("text", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="surveys_step_says_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "goodwill"), ("posting__isnull", False)),
                                    models.Q(
                                        models.Q(("kind", "goodwill"), _negated=True),
                                        ("posting__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="surveys_step_goodwill_has_its_posting",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Contact",
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
                        ("asked_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("member",), name="surveys_contact_once_a_member"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Decision",
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
                                related_name="survey_decisions",
                                to="members.member",
                            ),
                        ),
                        (
                            "trigger",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="surveys.trigger",
                            ),
                        ),
                        (
                            "source",
                            models.CharField(
                                help_text="What it was about; decided upon once for each trigger.",
                                max_length=110,
                            ),
                        ),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("asked", "asked"),
                                    ("not_sampled", "not in the sample"),
                                    ("asked_lately", "asked lately"),
                                    ("quota_full", "enough were asked this month"),
                                    ("open_case", "a case is open"),
                                    ("opted_out", "does not want to be asked"),
                                    ("gone", "no longer a member"),
                                    ("asked_elsewhere", "asked by somebody else"),
                                    ("too_late", "too long ago"),
                                ],
                                max_length=16,
                            ),
                        ),
                        (
                            "until",
                            models.DateField(
                                blank=True,
                                help_text="The first day on which the member can be asked again.",
                                null=True,
                            ),
                        ),
                        ("occurred_at", models.DateTimeField()),
                        (
                            "decided_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [
                            models.Index(
                                fields=["member", "-id"], name="surveys_decision_by_member"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("member", "source"), name="surveys_decision_is_made_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Invitation",
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
                                related_name="invitations",
                                to="members.member",
                            ),
                        ),
                        (
                            "survey",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="invitations",
                                to="surveys.survey",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="surveys.version",
                            ),
                        ),
                        (
                            "trigger",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="surveys.trigger",
                            ),
                        ),
                        ("source", models.CharField(max_length=110)),
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
                        ("tier", models.CharField(blank=True, max_length=40)),
                        ("occurred_at", models.DateTimeField()),
                        ("opens_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField()),
                        ("opened_at", models.DateTimeField(blank=True, null=True)),
                        ("shown_at", models.DateTimeField(blank=True, null=True)),
                        ("answered_at", models.DateTimeField(blank=True, null=True)),
                        ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                        ("withdrawn_why", models.CharField(blank=True, max_length=16)),
                        ("is_made_up", models.BooleanField(default=False)),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [
                            models.Index(
                                condition=models.Q(
                                    ("opened_at__isnull", True), ("withdrawn_at__isnull", True)
                                ),
                                fields=["opens_at", "id"],
                                name="surveys_invitation_waiting",
                            ),
                            models.Index(
                                fields=["member", "-id"], name="surveys_invitation_by_member"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("member", "source"),
                                name="surveys_invitation_once_for_each_source",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("ends_at__gt", models.F("opens_at"))),
                                name="surveys_invitation_ends_after_it_opens",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("answered_at__isnull", True),
                                    ("opened_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="surveys_invitation_answered_was_open",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("answered_at__isnull", True),
                                    ("withdrawn_at__isnull", True),
                                    _connector="OR",
                                ),
                                name="surveys_invitation_ends_in_one_way",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("withdrawn_at__isnull", True), ("withdrawn_why", "")),
                                    models.Q(
                                        ("withdrawn_at__isnull", False),
                                        models.Q(("withdrawn_why", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="surveys_invitation_withdrawn_says_why",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Authorship",
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
                                related_name="answers",
                                to="members.member",
                            ),
                        ),
                        (
                            "invitation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="surveys.invitation",
                            ),
                        ),
                        (
                            "answer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="authors",
                                to="surveys.answer",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("member", "answer"), name="surveys_authorship_one_author"
                            ),
                            models.UniqueConstraint(
                                fields=("member", "invitation"),
                                name="surveys_authorship_one_answer",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Line",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=uuid.uuid4,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        (
                            "answer",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="surveys.answer",
                            ),
                        ),
                        (
                            "question",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="surveys.question",
                            ),
                        ),
                        ("value", models.CharField(max_length=2000)),
                    ],
                    options={
                        "ordering": ("question__position",),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("answer", "question"),
                                name="surveys_line_question_is_answered_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("value", ""), _negated=True),
                                name="surveys_line_says_something",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Branch",
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
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="branches",
                                to="surveys.version",
                            ),
                        ),
                        (
                            "question",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="branches",
                                to="surveys.question",
                            ),
                        ),
                        ("least", models.PositiveSmallIntegerField()),
                        ("most", models.PositiveSmallIntegerField()),
                    ],
                    options={
                        "verbose_name_plural": "branches",
                        "ordering": ("version", "least"),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("most__gte", models.F("least"))),
                                name="surveys_branch_least_not_above_most",
                            )
                        ],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="replytext",
                    trigger=pgtrigger.compiler.Trigger(
                        name="program_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="UPDATE program_program SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); RETURN NULL;",
                            hash="2bc4805b3362ff2bee0aafedf2dea134ae36f940",
                            level="STATEMENT",
                            operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_program_version_62963",
                            table="surveys_replytext",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="survey",
                    trigger=pgtrigger.compiler.Trigger(
                        name="program_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="UPDATE program_program SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); RETURN NULL;",
                            hash="38c133871c2226548d6c6bb705d4189495f46eba",
                            level="STATEMENT",
                            operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_program_version_c61e3",
                            table="surveys_survey",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="trigger",
                    trigger=pgtrigger.compiler.Trigger(
                        name="program_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="UPDATE program_program SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); RETURN NULL;",
                            hash="fd0af96e15f971bbd689c24be74d3b452a72c7b8",
                            level="STATEMENT",
                            operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_program_version_860d0",
                            table="surveys_trigger",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="version",
                    trigger=pgtrigger.compiler.Trigger(
                        name="program_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="UPDATE program_program SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); RETURN NULL;",
                            hash="3d99a50336932470b83d26143b10157862204d76",
                            level="STATEMENT",
                            operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_program_version_2a44b",
                            table="surveys_version",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="version",
                    trigger=pgtrigger.compiler.Trigger(
                        name="complete_once_answered",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="IF EXISTS (SELECT 1 FROM surveys_answer WHERE version_id = NEW.id) THEN RAISE EXCEPTION 'what was answered is not rewritten' USING ERRCODE = 'check_violation', CONSTRAINT = 'surveys_version_is_final_once_answered'; END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;",
                            hash="38ea4a93ad227e32b4d9b83d24c5b69cc4e93f95",
                            operation="INSERT",
                            pgid="pgtrigger_complete_once_answered_c395b",
                            table="surveys_version",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="version",
                    trigger=pgtrigger.compiler.Trigger(
                        name="final_once_answered",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="IF EXISTS (SELECT 1 FROM surveys_answer WHERE version_id = OLD.id) THEN RAISE EXCEPTION 'what was answered is not rewritten' USING ERRCODE = 'check_violation', CONSTRAINT = 'surveys_version_is_final_once_answered'; END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;",
                            hash="ce69996b7c1bf8a45010a971046d73e4d2c5e0c5",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_final_once_answered_dccad",
                            table="surveys_version",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="question",
                    trigger=pgtrigger.compiler.Trigger(
                        name="program_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="UPDATE program_program SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); RETURN NULL;",
                            hash="e62545e17e8c46a88df15efedd6bd087a23f5776",
                            level="STATEMENT",
                            operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_program_version_a7b6b",
                            table="surveys_question",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="question",
                    trigger=pgtrigger.compiler.Trigger(
                        name="complete_once_answered",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="IF EXISTS (SELECT 1 FROM surveys_answer WHERE version_id = NEW.version_id) THEN RAISE EXCEPTION 'what was answered is not rewritten' USING ERRCODE = 'check_violation', CONSTRAINT = 'surveys_version_is_final_once_answered'; END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;",
                            hash="4f19ef24c39ace6f49903d49d3d102c3512acc22",
                            operation="INSERT",
                            pgid="pgtrigger_complete_once_answered_19710",
                            table="surveys_question",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="question",
                    trigger=pgtrigger.compiler.Trigger(
                        name="final_once_answered",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="IF EXISTS (SELECT 1 FROM surveys_answer WHERE version_id = OLD.version_id) THEN RAISE EXCEPTION 'what was answered is not rewritten' USING ERRCODE = 'check_violation', CONSTRAINT = 'surveys_version_is_final_once_answered'; END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;",
                            hash="b351e566b4621def4eb6a036c67aab9f58e55d7e",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_final_once_answered_8b538",
                            table="surveys_question",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="care",
                    trigger=pgtrigger.compiler.Trigger(
                        name="program_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="UPDATE program_program SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); RETURN NULL;",
                            hash="c6621b36a241b3bb11286b31c962f66ce569ca40",
                            level="STATEMENT",
                            operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_program_version_d930e",
                            table="surveys_care",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="caserule",
                    trigger=pgtrigger.compiler.Trigger(
                        name="program_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="UPDATE program_program SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); RETURN NULL;",
                            hash="7e59654c4bde75e3977e2023110d02da1314d8b8",
                            level="STATEMENT",
                            operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_program_version_222db",
                            table="surveys_caserule",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="casestep",
                    trigger=pgtrigger.compiler.Trigger(
                        name="rows_are_final",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="IF TG_OP = 'UPDATE' AND current_setting('pennant.erasing', true) = 'on' AND to_jsonb(NEW) - '{text}'::text[] = to_jsonb(OLD) - '{text}'::text[] THEN RETURN NEW; END IF; RAISE EXCEPTION 'this table is append-only';",
                            hash="5a355b9f9faf59f54cb136b6f2dba9707e639090",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_rows_are_final_9e0cb",
                            table="surveys_casestep",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="casestep",
                    trigger=pgtrigger.compiler.Trigger(
                        name="no_truncate",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'this table is append-only';",
                            hash="521b31c177d8751bddc4480fc611611fa92857c3",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_no_truncate_59469",
                            table="surveys_casestep",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="decision",
                    trigger=pgtrigger.compiler.Trigger(
                        name="rows_are_final",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="96ddee1828ace4fa5a1afc370101654ba964304e",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_rows_are_final_5c97c",
                            table="surveys_decision",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="decision",
                    trigger=pgtrigger.compiler.Trigger(
                        name="no_truncate",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'this table is append-only';",
                            hash="6a37c66086e8efdb8a1ec4a1c15121e0170cd20e",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_no_truncate_55b34",
                            table="surveys_decision",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="authorship",
                    trigger=pgtrigger.compiler.Trigger(
                        name="anonymous_has_none",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="IF EXISTS (SELECT 1 FROM surveys_answer WHERE id = NEW.answer_id AND is_anonymous) THEN RAISE EXCEPTION 'an anonymous answer has no author' USING ERRCODE = 'check_violation', CONSTRAINT = 'surveys_authorship_anonymous_has_none'; END IF; RETURN NEW;",
                            hash="7c56d44b28cfa1f98db64e132ee6ad2f3aea89bd",
                            operation="INSERT OR UPDATE",
                            pgid="pgtrigger_anonymous_has_none_51760",
                            table="surveys_authorship",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="authorship",
                    trigger=pgtrigger.compiler.Trigger(
                        name="rows_are_final",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="fe5329825a30b4c0774f49306e7aac81f061baa1",
                            operation="UPDATE",
                            pgid="pgtrigger_rows_are_final_5b1ba",
                            table="surveys_authorship",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="branch",
                    trigger=pgtrigger.compiler.Trigger(
                        name="program_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="UPDATE program_program SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); RETURN NULL;",
                            hash="54e8d9730ac01ebf2c9b934642fcf72b34fa3d7d",
                            level="STATEMENT",
                            operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_program_version_2467e",
                            table="surveys_branch",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="branch",
                    trigger=pgtrigger.compiler.Trigger(
                        name="complete_once_answered",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="IF EXISTS (SELECT 1 FROM surveys_answer WHERE version_id = NEW.version_id) THEN RAISE EXCEPTION 'what was answered is not rewritten' USING ERRCODE = 'check_violation', CONSTRAINT = 'surveys_version_is_final_once_answered'; END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;",
                            hash="c28b1aadb76ca45eee207cd704ddfa24134f9029",
                            operation="INSERT",
                            pgid="pgtrigger_complete_once_answered_adc1c",
                            table="surveys_branch",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="branch",
                    trigger=pgtrigger.compiler.Trigger(
                        name="final_once_answered",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="IF EXISTS (SELECT 1 FROM surveys_answer WHERE version_id = OLD.version_id) THEN RAISE EXCEPTION 'what was answered is not rewritten' USING ERRCODE = 'check_violation', CONSTRAINT = 'surveys_version_is_final_once_answered'; END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;",
                            hash="2dc1e4c9693192c0d9688184a6cafd08bb45245d",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_final_once_answered_7688b",
                            table="surveys_branch",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="branch",
                    trigger=pgtrigger.compiler.Trigger(
                        name="question_is_its_own",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="IF NOT EXISTS (SELECT 1 FROM surveys_question WHERE id = NEW.question_id AND version_id = NEW.version_id) THEN RAISE EXCEPTION 'a branch leads to a question of its own version' USING ERRCODE = 'check_violation', CONSTRAINT = 'surveys_branch_question_is_its_own'; END IF; RETURN NEW;",
                            hash="d814a5a54a6f0d5ff1dd4d8f16a1759e2169d885",
                            operation="INSERT OR UPDATE",
                            pgid="pgtrigger_question_is_its_own_92f51",
                            table="surveys_branch",
                            when="BEFORE",
                        ),
                    ),
                ),
            ],
        ),
    ]
