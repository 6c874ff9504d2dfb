import re

import django.contrib.postgres.constraints
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
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
        ("tiers", "0001_initial"),
    ]

    operations = [
        common.migrations.Together(
            operations=[
                migrations.CreateModel(
                    name="PaymentMeans",
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
                                related_name="payment_means",
                                to="members.member",
                            ),
                        ),
                        (
                            "label",
                            models.CharField(
                                help_text="“Visa ending in 42”, never a number.", max_length=60
                            ),
                        ),
                        (
                            "position",
                            models.PositiveSmallIntegerField(help_text="The first is tried first."),
                        ),
                        ("is_active", models.BooleanField(default=True)),
                    ],
                    options={
                        "verbose_name_plural": "payment means",
                        "ordering": ("position", "id"),
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("is_active", True)),
                                fields=("member", "label"),
                                name="plans_means_label_is_unique",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("label__regex", "[0-9][0-9 -]{9,}[0-9]"), _negated=True
                                ),
                                name="plans_means_label_is_no_card_number",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Plan",
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
                        ("summary", models.CharField(max_length=160)),
                        (
                            "trial_days",
                            models.PositiveSmallIntegerField(
                                default=0,
                                help_text="So many days cost nothing, once; 0: there is no trial.",
                            ),
                        ),
                        (
                            "attempts",
                            models.PositiveSmallIntegerField(
                                default=3,
                                help_text="How often a charge is tried before the plan ends.",
                            ),
                        ),
                        (
                            "retry_days",
                            models.PositiveSmallIntegerField(
                                default=5,
                                help_text="Days from one try to the next, and from the last to the end.",
                            ),
                        ),
                        (
                            "tier",
                            models.ForeignKey(
                                blank=True,
                                help_text="The tier that a member holds at least while the plan runs.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tiers.tier",
                            ),
                        ),
                        (
                            "refund_governed_by",
                            models.CharField(
                                choices=[
                                    ("start", "the day on which the paid time began"),
                                    ("request", "the day on which it is asked for"),
                                ],
                                default="request",
                                help_text="Which day decides which refund terms hold.",
                                max_length=7,
                            ),
                        ),
                        (
                            "members_start",
                            models.BooleanField(
                                default=False,
                                help_text="Members start it themselves in the portal.",
                            ),
                        ),
                        ("is_active", models.BooleanField(default=True)),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                    ],
                    options={
                        "ordering": ("position", "code"),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("attempts__gte", 1), ("retry_days__gte", 1)),
                                name="plans_plan_is_tried_at_least_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PlanBenefit",
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
                            "plan",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="benefits",
                                to="plans.plan",
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
                            "at_most",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                help_text="How often it can be used; empty: as often as one likes.",
                                null=True,
                            ),
                        ),
                        (
                            "per",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("paid", "a paid period"),
                                    ("day", "a day"),
                                    ("week", "a week, from Monday"),
                                    ("month", "a month of the calendar"),
                                    ("year", "a year of the calendar"),
                                ],
                                default="",
                                help_text="What is not used is not carried over.",
                                max_length=8,
                            ),
                        ),
                        (
                            "minutes_apart",
                            models.PositiveIntegerField(
                                blank=True,
                                help_text="How many minutes lie between two uses at least; empty: none.",
                                null=True,
                            ),
                        ),
                        ("is_active", models.BooleanField(default=True)),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                    ],
                    options={
                        "ordering": ("plan", "position", "code"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("plan", "code"), name="plans_benefit_code_is_unique"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("at_most__isnull", True), ("per", "")),
                                    models.Q(
                                        ("at_most__gte", 1),
                                        ("at_most__isnull", False),
                                        ("per__in", ["paid", "day", "week", "month", "year"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="plans_benefit_allowance_is_whole",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("minutes_apart__isnull", True),
                                    ("minutes_apart__gte", 1),
                                    _connector="OR",
                                ),
                                name="plans_benefit_lies_a_minute_apart",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PlanCredit",
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
                            "plan",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="credits",
                                to="plans.plan",
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
                            "amount",
                            models.PositiveBigIntegerField(
                                help_text="In the counter's smallest part."
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("plan", "unit"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("plan", "unit"), name="plans_credit_unit_is_unique"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount__gte", 1)),
                                name="plans_credit_is_positive",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PlanPrice",
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
                            "plan",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="prices",
                                to="plans.plan",
                            ),
                        ),
                        (
                            "period",
                            models.CharField(
                                choices=[
                                    ("month", "a month"),
                                    ("year", "a year"),
                                    ("lifetime", "for life"),
                                ],
                                max_length=8,
                            ),
                        ),
                        (
                            "segment",
                            models.ForeignKey(
                                blank=True,
                                help_text="Only for members of this segment; empty: for everybody.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="members.segment",
                            ),
                        ),
                        ("amount", models.DecimalField(decimal_places=2, max_digits=10)),
                        ("starts_on", models.DateField(blank=True, null=True)),
                        (
                            "ends_on",
                            models.DateField(
                                blank=True,
                                help_text="The first day on which it no longer holds.",
                                null=True,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("plan", "period", "amount"),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)),
                                name="plans_price_is_positive",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("starts_on__isnull", True),
                                    ("ends_on__isnull", True),
                                    ("ends_on__gt", models.F("starts_on")),
                                    _connector="OR",
                                ),
                                name="plans_price_ends_after_it_starts",
                            ),
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                expressions=[
                                    ("plan", "="),
                                    ("period", "="),
                                    (
                                        django.db.models.functions.comparison.Coalesce(
                                            "segment", models.Value("")
                                        ),
                                        "=",
                                    ),
                                    (common.ranges.DateRange("starts_on", "ends_on"), "&&"),
                                ],
                                name="plans_price_periods_do_not_overlap",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RefundTerms",
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
                            "plan",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="refunds",
                                to="plans.plan",
                            ),
                        ),
                        (
                            "policy",
                            models.CharField(
                                choices=[
                                    ("any_time", "at any time in the period"),
                                    ("within", "within so many business days"),
                                    ("never", "never"),
                                ],
                                max_length=8,
                            ),
                        ),
                        (
                            "business_days",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                help_text="Monday to Friday, counted from the day after the paid time began.",
                                null=True,
                            ),
                        ),
                        ("starts_on", models.DateField(blank=True, null=True)),
                        (
                            "ends_on",
                            models.DateField(
                                blank=True,
                                help_text="The first day on which they no longer hold.",
                                null=True,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "refund terms",
                        "ordering": (
                            "plan",
                            models.OrderBy(models.F("starts_on"), nulls_first=True),
                        ),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("business_days__gte", 1),
                                        ("business_days__isnull", False),
                                        ("policy", "within"),
                                    ),
                                    models.Q(
                                        models.Q(("policy", "within"), _negated=True),
                                        ("business_days__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="plans_refund_within_names_its_days",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("starts_on__isnull", True),
                                    ("ends_on__isnull", True),
                                    ("ends_on__gt", models.F("starts_on")),
                                    _connector="OR",
                                ),
                                name="plans_refund_ends_after_it_starts",
                            ),
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                expressions=[
                                    ("plan", "="),
                                    (common.ranges.DateRange("starts_on", "ends_on"), "&&"),
                                ],
                                name="plans_refund_periods_do_not_overlap",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Subscription",
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
                                related_name="subscriptions",
                                to="members.member",
                            ),
                        ),
                        (
                            "plan",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="subscriptions",
                                to="plans.plan",
                            ),
                        ),
                        (
                            "period",
                            models.CharField(
                                choices=[
                                    ("month", "a month"),
                                    ("year", "a year"),
                                    ("lifetime", "for life"),
                                ],
                                max_length=8,
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("trialing", "on trial"),
                                    ("active", "active"),
                                    ("past_due", "waiting for a payment"),
                                    ("cancelled", "cancelled, runs to the end of its period"),
                                    ("ended", "ended"),
                                ],
                                max_length=9,
                            ),
                        ),
                        ("started_at", models.DateTimeField()),
                        (
                            "is_trial",
                            models.BooleanField(
                                default=False, help_text="Whether it began with a trial."
                            ),
                        ),
                        (
                            "anchor_on",
                            models.DateField(
                                help_text="The first paid day; every later period is counted from it."
                            ),
                        ),
                        ("number", models.PositiveIntegerField(default=0)),
                        ("period_starts_at", models.DateTimeField()),
                        ("period_ends_at", models.DateTimeField(blank=True, null=True)),
                        ("next_at", models.DateTimeField(blank=True, null=True)),
                        ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        ("reason", models.CharField(blank=True, max_length=240)),
                        ("actor", models.CharField(max_length=80)),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [
                            models.Index(
                                condition=models.Q(("next_at__isnull", False)),
                                fields=["next_at", "id"],
                                name="plans_subscription_by_next",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "ended"), _negated=True),
                                fields=("member", "plan"),
                                name="plans_subscription_lives_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("is_trial", True),
                                        ("number", 0),
                                        ("state", "trialing"),
                                        ("cancelled_at__isnull", True),
                                        ("ended_at__isnull", True),
                                    ),
                                    models.Q(
                                        ("number__gte", 1),
                                        ("state__in", ["active", "past_due"]),
                                        ("cancelled_at__isnull", True),
                                        ("ended_at__isnull", True),
                                    ),
                                    models.Q(
                                        ("cancelled_at__isnull", False),
                                        ("ended_at__isnull", True),
                                        ("state", "cancelled"),
                                    ),
                                    models.Q(
                                        ("ended_at__isnull", False),
                                        ("next_at__isnull", True),
                                        ("state", "ended"),
                                        models.Q(("reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="plans_subscription_state_has_its_facts",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("period_ends_at__isnull", True),
                                    ("period_ends_at__gt", models.F("period_starts_at")),
                                    _connector="OR",
                                ),
                                name="plans_subscription_period_ends_after_it_starts",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("period", "lifetime"),
                                        models.Q(
                                            ("number", 0),
                                            ("period_ends_at__isnull", True),
                                            _connector="OR",
                                        ),
                                    ),
                                    models.Q(
                                        models.Q(("period", "lifetime"), _negated=True),
                                        ("period_ends_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="plans_subscription_only_life_has_no_end",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Charge",
                    fields=[
                        ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                        (
                            "member",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="charges",
                                to="members.member",
                            ),
                        ),
                        (
                            "subscription",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="charges",
                                to="plans.subscription",
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("amount", models.DecimalField(decimal_places=2, max_digits=10)),
                        ("currency", models.CharField(max_length=3)),
                        ("due_on", models.DateField()),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("due", "due"),
                                    ("paid", "paid"),
                                    ("failed", "not paid"),
                                    ("refunded", "paid back"),
                                    ("waived", "waived"),
                                ],
                                default="due",
                                max_length=8,
                            ),
                        ),
                        ("round", models.PositiveSmallIntegerField(default=1)),
                        (
                            "means",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="plans.paymentmeans",
                            ),
                        ),
                        ("try_on", models.DateField()),
                        ("settled_at", models.DateTimeField(blank=True, null=True)),
                        ("refunded_at", models.DateTimeField(blank=True, null=True)),
                        ("reason", models.CharField(blank=True, max_length=240)),
                        ("actor", models.CharField(max_length=80)),
                    ],
                    options={
                        "ordering": ("-due_on", "-number"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("member", "subscription", "number"),
                                name="plans_charge_number_is_unique",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)),
                                name="plans_charge_is_positive",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("refunded_at__isnull", True),
                                        ("settled_at__isnull", True),
                                        ("status", "due"),
                                    ),
                                    models.Q(
                                        ("refunded_at__isnull", True),
                                        ("settled_at__isnull", False),
                                        ("status", "paid"),
                                    ),
                                    models.Q(
                                        ("settled_at__isnull", False),
                                        ("status__in", ["failed", "waived"]),
                                        ("refunded_at__isnull", True),
                                        models.Q(("reason", ""), _negated=True),
                                    ),
                                    models.Q(
                                        ("refunded_at__isnull", False),
                                        ("settled_at__isnull", False),
                                        ("status", "refunded"),
                                        models.Q(("reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="plans_charge_status_has_its_facts",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ChargeAttempt",
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
                            "charge",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="tries",
                                to="plans.charge",
                            ),
                        ),
                        ("number", models.PositiveSmallIntegerField()),
                        (
                            "means",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="plans.paymentmeans",
                            ),
                        ),
                        (
                            "outcome",
                            models.CharField(
                                choices=[("paid", "paid"), ("declined", "declined")], max_length=8
                            ),
                        ),
                        (
                            "reference",
                            models.CharField(
                                blank=True,
                                help_text="The payment system's own number for it.",
                                max_length=100,
                            ),
                        ),
                        ("actor", models.CharField(max_length=80)),
                        ("reported_at", models.DateTimeField()),
                    ],
                    options={
                        "ordering": ("charge", "number"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("member", "charge", "number"),
                                name="plans_attempt_number_is_unique",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("reference", ""), _negated=True),
                                fields=("member", "charge", "reference"),
                                name="plans_attempt_reference_is_unique",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BenefitUse",
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
                            "subscription",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="uses",
                                to="plans.subscription",
                            ),
                        ),
                        (
                            "benefit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="uses",
                                to="plans.planbenefit",
                            ),
                        ),
                        ("used_at", models.DateTimeField()),
                        ("reference", models.CharField(blank=True, max_length=100)),
                        ("actor", models.CharField(max_length=80)),
                    ],
                    options={
                        "ordering": ("-used_at", "-id"),
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("reference", ""), _negated=True),
                                fields=("member", "subscription", "benefit", "reference"),
                                name="plans_use_reference_is_unique",
                            )
                        ],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="plan",
                    trigger=pgtrigger.compiler.Trigger(
                        name="program_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="UPDATE program_program SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); RETURN NULL;",
                            hash="a2c1be9f6f105527c526ec4211ecde6eeb6ccf96",
                            level="STATEMENT",
                            operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_program_version_3539d",
                            table="plans_plan",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="planbenefit",
                    trigger=pgtrigger.compiler.Trigger(
                        name="program_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="UPDATE program_program SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); RETURN NULL;",
                            hash="a7fb405e2bc5ba47acece40bb8e5a5b8e7f453fe",
                            level="STATEMENT",
                            operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_program_version_14f5e",
                            table="plans_planbenefit",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="plancredit",
                    trigger=pgtrigger.compiler.Trigger(
                        name="program_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="UPDATE program_program SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); RETURN NULL;",
                            hash="6616d2ed062a45ea096002fde2624833f12c759e",
                            level="STATEMENT",
                            operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_program_version_cba1c",
                            table="plans_plancredit",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="planprice",
                    trigger=pgtrigger.compiler.Trigger(
                        name="program_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="UPDATE program_program SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); RETURN NULL;",
                            hash="4f620195a4770cd59ed4d9cefbe78d3b51883ec4",
                            level="STATEMENT",
                            operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_program_version_26b02",
                            table="plans_planprice",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="refundterms",
                    trigger=pgtrigger.compiler.Trigger(
                        name="program_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="UPDATE program_program SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); RETURN NULL;",
                            hash="876354482f963b54eff191e605ea4610fe8dd795",
                            level="STATEMENT",
                            operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_program_version_c8cbe",
                            table="plans_refundterms",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="chargeattempt",
                    trigger=pgtrigger.compiler.Trigger(
                        name="rows_are_final",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="9b2e86431718f4bf39e142675432f7dfdc7fa76b",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_rows_are_final_80c0b",
                            table="plans_chargeattempt",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="chargeattempt",
                    trigger=pgtrigger.compiler.Trigger(
                        name="no_truncate",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'this table is append-only';",
                            hash="0f2b422ec06f719ac0dbdfca0835d17e6164d8dd",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_no_truncate_7b1be",
                            table="plans_chargeattempt",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="benefituse",
                    trigger=pgtrigger.compiler.Trigger(
                        name="rows_are_final",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="f50c4007316054a760168db3fcf083736b9a7136",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_rows_are_final_3a8aa",
                            table="plans_benefituse",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="benefituse",
                    trigger=pgtrigger.compiler.Trigger(
                        name="no_truncate",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'this table is append-only';",
                            hash="9a75b7926749efabe9df40cbc0097b296e824e3d",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_no_truncate_3a656",
                            table="plans_benefituse",
                            when="BEFORE",
                        ),
                    ),
                ),
            ],
        ),
    ]
