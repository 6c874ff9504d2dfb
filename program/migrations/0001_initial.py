import re

import django.contrib.postgres.operations
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import common.ids
import common.migrations
import program.models.programs


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        django.contrib.postgres.operations.BtreeGistExtension(),  # periods that must not overlap, on every floor above
        common.migrations.Together(
            operations=[
                migrations.CreateModel(
                    name="Partner",
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
                            "contact",
                            models.EmailField(
                                blank=True,
                                help_text="Who is written to about its keys: an address of the business.",
                                max_length=254,
                            ),
                        ),
                        ("is_active", models.BooleanField(default=True)),
                    ],
                    options={
                        "ordering": ("code",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("contact", ""), ("contact__contains", "@"), _connector="OR"
                                ),
                                name="program_partner_contact_is_an_address",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Location",
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
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="locations",
                                to="program.partner",
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
                            "earns",
                            models.BooleanField(
                                default=True, help_text="What happens here may earn."
                            ),
                        ),
                        (
                            "burns",
                            models.BooleanField(
                                default=True,
                                help_text="Points may be spent and vouchers used here.",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("partner", "code"),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("earns", True), ("burns", True), _connector="OR"
                                ),
                                name="program_location_has_a_part",
                            ),
                            models.UniqueConstraint(
                                fields=("partner", "code"), name="program_location_code_is_unique"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Program",
                    fields=[
                        (
                            "id",
                            models.PositiveSmallIntegerField(
                                default=1, editable=False, primary_key=True, serialize=False
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
                            "business",
                            models.CharField(
                                help_text="The business that runs the program.", max_length=80
                            ),
                        ),
                        ("tagline", models.CharField(blank=True, max_length=160)),
                        ("time_zone", models.CharField(default="UTC", max_length=60)),
                        ("currency", models.CharField(default="EUR", max_length=3)),
                        ("language", models.CharField(default="en", max_length=10)),
                        ("support_email", models.EmailField(blank=True, max_length=254)),
                        (
                            "brand_accent",
                            models.CharField(
                                default="#b3392f",
                                max_length=7,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^#[0-9a-fA-F]{6}$", "Use a color of the form #1a2b3c."
                                    )
                                ],
                            ),
                        ),
                        (
                            "brand_ink",
                            models.CharField(
                                default="#14213d",
                                max_length=7,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^#[0-9a-fA-F]{6}$", "Use a color of the form #1a2b3c."
                                    )
                                ],
                            ),
                        ),
                        (
                            "brand_paper",
                            models.CharField(
                                default="#faf7f0",
                                max_length=7,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^#[0-9a-fA-F]{6}$", "Use a color of the form #1a2b3c."
                                    )
                                ],
                            ),
                        ),
                        (
                            "logo",
                            models.CharField(
                                blank=True,
                                help_text="A picture below static/; empty flies the pennant.",
                                max_length=120,
                            ),
                        ),
                        (
                            "notice",
                            models.CharField(
                                blank=True,
                                help_text="A sentence shown to everybody at the foot of each page.",
                                max_length=240,
                            ),
                        ),
                        (
                            "hold_minutes",
                            models.PositiveSmallIntegerField(
                                default=15,
                                help_text="How long points are held for an open cart or till, unless it says how long.",
                            ),
                        ),
                        (
                            "hold_minutes_most",
                            models.PositiveSmallIntegerField(
                                default=60,
                                help_text="The longest that a cart or till may hold points.",
                            ),
                        ),
                        (
                            "expiry_notices",
                            models.JSONField(
                                blank=True,
                                default=program.models.programs.notice_days,
                                help_text="How many days before points end a notice is given.",
                            ),
                        ),
                        (
                            "household_size",
                            models.PositiveSmallIntegerField(
                                default=8, help_text="How many people a household has at most."
                            ),
                        ),
                        (
                            "is_pooling",
                            models.BooleanField(
                                default=False,
                                help_text="The people of a household who agree to it spend from each other's points.",
                            ),
                        ),
                        ("version", models.PositiveBigIntegerField(default=1, editable=False)),
                    ],
                    options={
                        "verbose_name": "program",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("id", 1)),
                                name="program_program_is_the_only_one",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("hold_minutes__gte", 1),
                                    ("hold_minutes__lte", models.F("hold_minutes_most")),
                                    ("hold_minutes_most__lte", 1440),
                                ),
                                name="program_program_holds_are_short",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("household_size__gte", 2)),
                                name="program_program_household_has_two",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Revision",
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
                        ("blueprint", models.CharField(max_length=40)),
                        ("text", models.TextField()),
                        ("changes", models.JSONField(default=list)),
                        ("actor", models.CharField(max_length=80)),
                        (
                            "applied_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-id",),
                    },
                ),
                migrations.CreateModel(
                    name="Unit",
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
                            "kind",
                            models.CharField(
                                choices=[("spendable", "spendable"), ("counter", "counter")],
                                max_length=10,
                            ),
                        ),
                        ("singular", models.CharField(max_length=40)),
                        ("plural", models.CharField(max_length=40)),
                        ("decimals", models.PositiveSmallIntegerField(default=0)),
                        (
                            "rounding",
                            models.CharField(
                                choices=[("down", "down"), ("half_up", "half up"), ("up", "up")],
                                default="down",
                                max_length=8,
                            ),
                        ),
                        (
                            "expiry",
                            models.CharField(
                                choices=[
                                    ("never", "never"),
                                    ("days", "days after the activity"),
                                    ("months", "months after the activity"),
                                    ("fixed_day", "a fixed day of the year"),
                                    ("inactivity", "months without activity"),
                                ],
                                default="never",
                                max_length=10,
                            ),
                        ),
                        (
                            "expiry_count",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                help_text="Days, months, or for a fixed day the years to add: 0 is the next such day.",
                                null=True,
                            ),
                        ),
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
                        ("expiry_month", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("expiry_day", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "expiry_counts",
                            models.CharField(
                                choices=[
                                    ("earning", "earning"),
                                    ("any", "earning or spending"),
                                    ("types", "activities of certain types"),
                                ],
                                default="any",
                                help_text="What keeps points alive that end after months without activity.",
                                max_length=8,
                            ),
                        ),
                        (
                            "expiry_types",
                            models.JSONField(
                                blank=True,
                                default=list,
                                help_text="Codes of the activity types that keep them alive.",
                            ),
                        ),
                        (
                            "expiry_since",
                            models.DateField(
                                blank=True,
                                help_text="Points of earlier activities never end.",
                                null=True,
                            ),
                        ),
                        (
                            "expiry_min_days",
                            models.PositiveSmallIntegerField(
                                default=0,
                                help_text="How many days points live at least, from when they are posted.",
                            ),
                        ),
                        (
                            "expiry_most_months",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                help_text="However much happens, points end so many months after they were earned; empty: only without activity.",
                                null=True,
                            ),
                        ),
                        (
                            "transfers",
                            models.CharField(
                                choices=[
                                    ("never", "nobody"),
                                    ("household", "people of the same household"),
                                    ("anyone", "any other member"),
                                ],
                                default="never",
                                help_text="Whom a member may send it to.",
                                max_length=9,
                            ),
                        ),
                        (
                            "transfer_least",
                            models.PositiveBigIntegerField(
                                default=1,
                                help_text="The least that can be sent, in its smallest part.",
                            ),
                        ),
                        (
                            "transfer_step",
                            models.PositiveBigIntegerField(
                                default=1,
                                help_text="Only multiples of this are sent, in its smallest part.",
                            ),
                        ),
                        (
                            "transfer_sent_most",
                            models.PositiveBigIntegerField(
                                blank=True,
                                help_text="How much a member sends in a period; empty: no limit.",
                                null=True,
                            ),
                        ),
                        (
                            "transfer_received_most",
                            models.PositiveBigIntegerField(
                                blank=True,
                                help_text="How much a member is sent in a period; empty: no limit.",
                                null=True,
                            ),
                        ),
                        (
                            "transfer_per",
                            models.CharField(
                                choices=[("day", "day"), ("month", "month"), ("year", "year")],
                                default="year",
                                max_length=5,
                            ),
                        ),
                        (
                            "second_person_above",
                            models.PositiveBigIntegerField(
                                blank=True,
                                help_text="What one of the staff may give or take by hand for one member in a day, alone; more waits for a second person. Empty: no limit.",
                                null=True,
                            ),
                        ),
                        (
                            "counts",
                            models.ForeignKey(
                                blank=True,
                                help_text="A counter may count what rules and milestones pay of another unit, bonuses included.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="program.unit",
                            ),
                        ),
                        (
                            "is_default",
                            models.BooleanField(
                                default=False, help_text="The unit shown first, everywhere."
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                    ],
                    options={
                        "ordering": ("position", "code"),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("decimals__lte", 2)),
                                name="program_unit_decimals_at_most_two",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("expiry", "never"), ("expiry_count__isnull", True)),
                                    models.Q(
                                        ("expiry__in", ["fixed_day", "months"]),
                                        ("expiry_count__isnull", False),
                                    ),
                                    models.Q(
                                        ("expiry__in", ["days", "inactivity"]),
                                        ("expiry_count__gte", 1),
                                        ("expiry_count__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="program_unit_expiry_names_its_count",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        models.Q(("expiry", "fixed_day"), _negated=True),
                                        ("expiry_day__isnull", True),
                                        ("expiry_month__isnull", True),
                                    ),
                                    models.Q(
                                        ("expiry", "fixed_day"),
                                        ("expiry_day__gte", 1),
                                        ("expiry_day__isnull", False),
                                        ("expiry_day__lte", 31),
                                        ("expiry_month__gte", 1),
                                        ("expiry_month__isnull", False),
                                        ("expiry_month__lte", 12),
                                    ),
                                    _connector="OR",
                                ),
                                name="program_unit_expiry_names_its_day",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("expiry_counts", "types"), _negated=True),
                                    models.Q(("expiry_types", []), _negated=True),
                                    _connector="OR",
                                ),
                                name="program_unit_expiry_names_its_types",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("expiry_most_months__isnull", True),
                                    models.Q(
                                        ("expiry", "inactivity"),
                                        ("expiry_most_months__gt", models.F("expiry_count")),
                                    ),
                                    _connector="OR",
                                ),
                                name="program_unit_last_end_is_beyond_inactivity",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kind", "spendable"), ("expiry", "never"), _connector="OR"
                                ),
                                name="program_unit_counter_never_expires",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("counts__isnull", True), ("kind", "counter"), _connector="OR"
                                ),
                                name="program_unit_only_a_counter_counts",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("counts__isnull", True),
                                    models.Q(("counts", models.F("code")), _negated=True),
                                    _connector="OR",
                                ),
                                name="program_unit_counts_another",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kind", "spendable"), ("transfers", "never"), _connector="OR"
                                ),
                                name="program_unit_counter_is_never_sent",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("transfer_least__gte", 1), ("transfer_step__gte", 1)
                                ),
                                name="program_unit_transfers_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("transfer_sent_most__isnull", True),
                                        ("transfer_sent_most__gte", models.F("transfer_least")),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("transfer_received_most__isnull", True),
                                        ("transfer_received_most__gte", models.F("transfer_least")),
                                        _connector="OR",
                                    ),
                                ),
                                name="program_unit_transfer_limits_allow_one",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("is_default", False), ("kind", "spendable"), _connector="OR"
                                ),
                                name="program_unit_default_is_spendable",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("is_default", True)),
                                fields=("is_default",),
                                name="program_unit_default_is_unique",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ActivityType",
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
                        ("plural", models.CharField(max_length=60)),
                        (
                            "rated_by",
                            models.CharField(
                                blank=True,
                                help_text="The date attribute that decides which rules are in force; empty: the activity's day.",
                                max_length=40,
                            ),
                        ),
                        (
                            "begins_by",
                            models.CharField(
                                blank=True,
                                help_text="The date attribute on which it begins: the tier held then is what it earns at.",
                                max_length=40,
                            ),
                        ),
                        (
                            "tier_by",
                            models.CharField(
                                blank=True,
                                help_text="The choice among tiers whose tier counts for the one activity, where it is higher than the one held.",
                                max_length=40,
                            ),
                        ),
                        (
                            "claim_days",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                help_text="How many days after the fact it may still be posted; empty: always.",
                                null=True,
                            ),
                        ),
                        (
                            "confirm",
                            models.CharField(
                                choices=[
                                    ("at_once", "at once"),
                                    ("days", "after so many days"),
                                    ("call", "when the partner or staff confirm it"),
                                ],
                                default="at_once",
                                help_text="When what it earns is the member's; until then it is only announced.",
                                max_length=7,
                            ),
                        ),
                        (
                            "confirm_days",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                help_text="How many days after it happened it counts.",
                                null=True,
                            ),
                        ),
                        (
                            "return_tier",
                            models.CharField(
                                choices=[
                                    ("kept", "kept to the end of its period"),
                                    ("reexamined", "examined again at once"),
                                ],
                                default="kept",
                                help_text="What becomes of a status that a returned activity no longer carries.",
                                max_length=10,
                            ),
                        ),
                        (
                            "return_rewards",
                            models.CharField(
                                choices=[("kept", "kept"), ("cancelled", "cancelled first")],
                                default="kept",
                                help_text="What becomes of unused rewards bought with points that are taken back.",
                                max_length=9,
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                    ],
                    options={
                        "ordering": ("position", "code"),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("confirm", "days"),
                                        ("confirm_days__gte", 1),
                                        ("confirm_days__isnull", False),
                                    ),
                                    models.Q(
                                        models.Q(("confirm", "days"), _negated=True),
                                        ("confirm_days__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="program_type_confirm_names_its_days",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ActivityAttribute",
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
                            "type",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="attributes",
                                to="program.activitytype",
                            ),
                        ),
                        ("code", models.SlugField(max_length=40)),
                        ("name", models.CharField(max_length=60)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("integer", "whole number"),
                                    ("decimal", "decimal number"),
                                    ("money", "money"),
                                    ("text", "text"),
                                    ("choice", "choice"),
                                    ("boolean", "yes or no"),
                                    ("date", "date"),
                                ],
                                max_length=8,
                            ),
                        ),
                        (
                            "singular",
                            models.CharField(
                                blank=True,
                                help_text="One of it, in a sentence: night.",
                                max_length=40,
                            ),
                        ),
                        (
                            "plural",
                            models.CharField(
                                blank=True, help_text="Several of it: nights.", max_length=40
                            ),
                        ),
                        ("is_required", models.BooleanField(default=True)),
                        (
                            "least",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=14, null=True
                            ),
                        ),
                        (
                            "most",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=14, null=True
                            ),
                        ),
                        (
                            "choices",
                            models.JSONField(
                                blank=True, default=dict, help_text="Code and words of each choice."
                            ),
                        ),
                        (
                            "default",
                            models.CharField(
                                blank=True,
                                help_text="The choice that holds where none is told.",
                                max_length=40,
                            ),
                        ),
                        (
                            "told_days",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                help_text="So many days after the fact another choice may be told; empty: always.",
                                null=True,
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                    ],
                    options={
                        "ordering": ("position",),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("type", "code"), name="program_attribute_code_is_unique"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("least__isnull", True),
                                    ("most__isnull", True),
                                    ("least__lte", models.F("most")),
                                    _connector="OR",
                                ),
                                name="program_attribute_least_not_above_most",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "choice"), _negated=True),
                                    models.Q(("choices", {}), _negated=True),
                                    _connector="OR",
                                ),
                                name="program_attribute_choice_has_choices",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("default", ""), ("kind", "choice"), _connector="OR"
                                ),
                                name="program_attribute_only_a_choice_has_a_default",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("told_days__isnull", True),
                                    models.Q(("default", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="program_attribute_told_in_time_has_a_default",
                            ),
                        ],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="partner",
                    trigger=pgtrigger.compiler.Trigger(
                        name="program_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="UPDATE program_program SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); RETURN NULL;",
                            hash="4832bfd24a95ff8747d71c05701da01d7a97878e",
                            level="STATEMENT",
                            operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_program_version_4e5c0",
                            table="program_partner",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="location",
                    trigger=pgtrigger.compiler.Trigger(
                        name="program_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="UPDATE program_program SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); RETURN NULL;",
                            hash="9fd3e41001d0d8712e3d9dbe4edaeb55899d6c67",
                            level="STATEMENT",
                            operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_program_version_7edad",
                            table="program_location",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="program",
                    trigger=pgtrigger.compiler.Trigger(
                        name="own_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="NEW.version = greatest(OLD.version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); RETURN NEW;",
                            hash="f88275d55b39cc3650a59b19ad90e5131a0da05b",
                            operation="UPDATE",
                            pgid="pgtrigger_own_version_cacad",
                            table="program_program",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="unit",
                    trigger=pgtrigger.compiler.Trigger(
                        name="program_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="UPDATE program_program SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); RETURN NULL;",
                            hash="c0ab523d886915391928498762d40b810f3a0c71",
                            level="STATEMENT",
                            operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_program_version_128f7",
                            table="program_unit",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="activitytype",
                    trigger=pgtrigger.compiler.Trigger(
                        name="program_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="UPDATE program_program SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); RETURN NULL;",
                            hash="59bd6fcf590382ce15d65f4fdb61e2597838be0f",
                            level="STATEMENT",
                            operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_program_version_e376d",
                            table="program_activitytype",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="activityattribute",
                    trigger=pgtrigger.compiler.Trigger(
                        name="program_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="UPDATE program_program SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); RETURN NULL;",
                            hash="8ad32fd9834d3c4870c61b994ccef4ef8d4ac31a",
                            level="STATEMENT",
                            operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_program_version_7bc67",
                            table="program_activityattribute",
                            when="AFTER",
                        ),
                    ),
                ),
            ],
        ),
    ]
