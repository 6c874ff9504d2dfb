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
        ("plans", "0001_initial"),
        ("points", "0001_initial"),
        ("program", "0001_initial"),
        ("tiers", "0001_initial"),
    ]

    operations = [
        common.migrations.Together(
            operations=[
                migrations.CreateModel(
                    name="Fund",
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
                        ("about", models.TextField(blank=True)),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="program.unit",
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                    ],
                    options={
                        "ordering": ("position", "code"),
                    },
                ),
                migrations.CreateModel(
                    name="VoucherKey",
                    fields=[
                        ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                        ("redemption_id", models.UUIDField()),
                        ("member_id", models.UUIDField()),
                    ],
                ),
                migrations.CreateModel(
                    name="FundTotal",
                    fields=[
                        (
                            "fund",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="total",
                                serialize=False,
                                to="rewards.fund",
                            ),
                        ),
                        ("amount", models.PositiveBigIntegerField(default=0)),
                        ("donations", models.PositiveBigIntegerField(default=0)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount__gte", models.F("donations"))),
                                name="rewards_total_covers_its_donations",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Reward",
                    fields=[
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("code", "a code to show"),
                                    ("product", "a product that is sent"),
                                    ("experience", "a place on a date"),
                                    ("discount", "money off"),
                                    ("gift_card", "a gift card"),
                                    ("donation", "a donation"),
                                    ("contest", "an entry in a draw"),
                                    ("upgrade", "an upgrade"),
                                ],
                                default="code",
                                max_length=12,
                            ),
                        ),
                        (
                            "codes",
                            models.CharField(
                                choices=[
                                    ("generated", "made here, one for each voucher"),
                                    ("uploaded", "from an uploaded list, each given out once"),
                                    ("shared", "one code for everybody"),
                                ],
                                default="generated",
                                max_length=10,
                            ),
                        ),
                        ("shared_code", models.CharField(blank=True, max_length=40)),
                        (
                            "value",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                help_text="In the program's currency: what a gift card holds, or what is taken off.",
                                max_digits=12,
                                null=True,
                            ),
                        ),
                        (
                            "percent",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                help_text="Taken off, in percent.",
                                max_digits=5,
                                null=True,
                            ),
                        ),
                        (
                            "least_purchase",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                help_text="The smallest purchase that a discount is taken off.",
                                max_digits=12,
                                null=True,
                            ),
                        ),
                        (
                            "fund",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rewards",
                                to="rewards.fund",
                            ),
                        ),
                        (
                            "step",
                            models.PositiveBigIntegerField(
                                blank=True,
                                help_text="So much at a time may be added to the price.",
                                null=True,
                            ),
                        ),
                        (
                            "most",
                            models.PositiveBigIntegerField(
                                blank=True, help_text="The most that is taken at once.", null=True
                            ),
                        ),
                        (
                            "cancel_days",
                            models.PositiveSmallIntegerField(
                                default=0,
                                help_text="So many days before its date a place can still be given back.",
                            ),
                        ),
                        ("winners", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "draws_on",
                            models.DateField(
                                blank=True,
                                help_text="The day of the draw; entries close when it begins.",
                                null=True,
                            ),
                        ),
                        ("odds", models.CharField(blank=True, max_length=240)),
                        ("legal", models.TextField(blank=True)),
                        ("upgrade_from", models.CharField(blank=True, max_length=60)),
                        ("upgrade_to", models.CharField(blank=True, max_length=60)),
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
                                unique=True,
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
                        ("description", models.TextField(blank=True)),
                        ("terms", models.TextField(blank=True)),
                        ("category", models.CharField(max_length=40)),
                        (
                            "picture",
                            models.CharField(
                                blank=True, help_text="A picture below static/.", max_length=120
                            ),
                        ),
                        (
                            "worth",
                            models.CharField(
                                blank=True,
                                help_text="What it would cost otherwise, in words.",
                                max_length=40,
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
                            "valid_days",
                            models.PositiveSmallIntegerField(
                                default=365,
                                help_text="How many days a voucher can be used, counted from the day it is issued.",
                            ),
                        ),
                        (
                            "valid_to",
                            models.CharField(
                                choices=[
                                    ("day", "that day"),
                                    ("month", "end of the month"),
                                    ("quarter", "end of the quarter"),
                                    ("half_year", "end of the half-year"),
                                    ("year", "end of the year"),
                                ],
                                default="day",
                                help_text="To the end of what its last day is moved.",
                                max_length=9,
                            ),
                        ),
                        (
                            "valid_until",
                            models.DateField(
                                blank=True,
                                help_text="The last day for all vouchers, instead of days.",
                                null=True,
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
                            "plan",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="plans.plan",
                            ),
                        ),
                        (
                            "early_tier",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tiers.tier",
                            ),
                        ),
                        (
                            "early_days",
                            models.PositiveSmallIntegerField(
                                default=0,
                                help_text="So many days earlier who holds that tier, or a higher one, may have it.",
                            ),
                        ),
                        (
                            "per_member",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                help_text="How often one member may have it; empty: as often as they like.",
                                null=True,
                            ),
                        ),
                        (
                            "per_member_in",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("day", "a day"),
                                    ("week", "a week, from Monday"),
                                    ("month", "a month of the calendar"),
                                    ("quarter", "a quarter of the calendar"),
                                    ("year", "a year of the calendar"),
                                ],
                                help_text="In which time that is meant, each time anew; empty: ever.",
                                max_length=7,
                            ),
                        ),
                        ("starts_at", models.DateTimeField(blank=True, null=True)),
                        ("ends_at", models.DateTimeField(blank=True, null=True)),
                        ("is_active", models.BooleanField(default=True)),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                    ],
                    options={
                        "ordering": ("position", "code"),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("valid_days__gte", 1)),
                                name="rewards_reward_is_valid_a_day",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("starts_at__isnull", True),
                                    ("ends_at__isnull", True),
                                    ("ends_at__gt", models.F("starts_at")),
                                    _connector="OR",
                                ),
                                name="rewards_reward_ends_after_it_starts",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("per_member__isnull", True),
                                    ("per_member__gte", 1),
                                    _connector="OR",
                                ),
                                name="rewards_reward_limit_is_positive",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("per_member_in", ""),
                                    ("per_member__isnull", False),
                                    _connector="OR",
                                ),
                                name="rewards_reward_limit_of_a_time_is_given",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("valid_until__isnull", True),
                                    ("valid_to", "day"),
                                    _connector="OR",
                                ),
                                name="rewards_reward_last_day_is_said_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("early_days", 0), ("early_tier__isnull", True)),
                                    models.Q(
                                        ("early_days__gte", 1),
                                        ("early_days__lte", 366),
                                        ("early_tier__isnull", False),
                                        ("starts_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="rewards_reward_is_early_for_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("codes", "shared"),
                                        models.Q(("shared_code", ""), _negated=True),
                                    ),
                                    models.Q(
                                        models.Q(("codes", "shared"), _negated=True),
                                        ("shared_code", ""),
                                    ),
                                    _connector="OR",
                                ),
                                name="rewards_reward_only_shared_codes_are_named",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("codes", "generated"),
                                    ("kind__in", ("code", "discount", "gift_card")),
                                    _connector="OR",
                                ),
                                name="rewards_reward_codes_of_others_fit_the_kind",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("kind", "gift_card"),
                                        ("least_purchase__isnull", True),
                                        ("percent__isnull", True),
                                        ("value__gt", 0),
                                        ("value__isnull", False),
                                    ),
                                    models.Q(
                                        ("kind", "discount"),
                                        models.Q(
                                            models.Q(
                                                ("percent__isnull", True),
                                                ("value__gt", 0),
                                                ("value__isnull", False),
                                            ),
                                            models.Q(
                                                ("percent__gt", 0),
                                                ("percent__isnull", False),
                                                ("percent__lte", 100),
                                                ("value__isnull", True),
                                            ),
                                            _connector="OR",
                                        ),
                                        models.Q(
                                            ("least_purchase__isnull", True),
                                            ("least_purchase__gt", 0),
                                            _connector="OR",
                                        ),
                                    ),
                                    models.Q(
                                        models.Q(
                                            ("kind__in", ["gift_card", "discount"]), _negated=True
                                        ),
                                        ("least_purchase__isnull", True),
                                        ("percent__isnull", True),
                                        ("value__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="rewards_reward_value_fits_the_kind",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("fund__isnull", False), ("kind", "donation")),
                                    models.Q(
                                        models.Q(("kind", "donation"), _negated=True),
                                        ("fund__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="rewards_reward_donation_names_its_fund",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("step__isnull", True),
                                    ("kind__in", ["donation", "gift_card"]),
                                    models.Q(("kind", "discount"), ("value__isnull", False)),
                                    _connector="OR",
                                ),
                                name="rewards_reward_more_fits_the_kind",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("step__isnull", True), ("step__gte", 1), _connector="OR"
                                    ),
                                    models.Q(
                                        ("most__isnull", True),
                                        models.Q(
                                            ("most__gte", models.F("step")), ("step__isnull", False)
                                        ),
                                        _connector="OR",
                                    ),
                                ),
                                name="rewards_reward_donation_has_whole_steps",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kind", "experience"), ("cancel_days", 0), _connector="OR"
                                ),
                                name="rewards_reward_only_places_are_given_back_by_date",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("draws_on__isnull", False),
                                        ("kind", "contest"),
                                        ("winners__gte", 1),
                                        ("winners__isnull", False),
                                    ),
                                    models.Q(
                                        models.Q(("kind", "contest"), _negated=True),
                                        ("draws_on__isnull", True),
                                        ("legal", ""),
                                        ("odds", ""),
                                        ("winners__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="rewards_reward_contest_names_its_draw",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("is_active", True), ("kind", "contest"), _negated=True
                                    ),
                                    models.Q(
                                        models.Q(("odds", ""), _negated=True),
                                        models.Q(("legal", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="rewards_reward_contest_tells_odds_and_law",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("kind", "upgrade"),
                                        models.Q(("upgrade_to", ""), _negated=True),
                                    ),
                                    models.Q(
                                        models.Q(("kind", "upgrade"), _negated=True),
                                        ("upgrade_from", ""),
                                        ("upgrade_to", ""),
                                    ),
                                    _connector="OR",
                                ),
                                name="rewards_reward_upgrade_names_what_is_given",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Draw",
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
                            "reward",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="draws",
                                to="rewards.reward",
                            ),
                        ),
                        ("seed", models.CharField(max_length=64)),
                        ("entries", models.JSONField()),
                        ("winners", models.JSONField()),
                        ("actor", models.CharField(max_length=80)),
                        ("drawn_at", models.DateTimeField()),
                    ],
                    options={
                        "ordering": ("-id",),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("reward",), name="rewards_draw_is_made_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("seed", ""), _negated=True),
                                    models.Q(("actor", ""), _negated=True),
                                ),
                                name="rewards_draw_names_seed_and_actor",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RewardCode",
                    fields=[
                        ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                        (
                            "reward",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="listed",
                                to="rewards.reward",
                            ),
                        ),
                        ("code", models.CharField(max_length=80)),
                        ("redemption_id", models.UUIDField(blank=True, null=True)),
                        ("member_id", models.UUIDField(blank=True, null=True)),
                        (
                            "added_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("reward", "added_at", "id"),
                        "indexes": [
                            models.Index(
                                condition=models.Q(("redemption_id__isnull", True)),
                                fields=["reward", "added_at"],
                                name="rewards_code_free",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("reward", "code"), name="rewards_code_is_listed_once"
                            ),
                            models.UniqueConstraint(
                                fields=("redemption_id",),
                                name="rewards_code_is_given_to_one_redemption",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("member_id__isnull", True), ("redemption_id__isnull", True)
                                    ),
                                    models.Q(
                                        ("member_id__isnull", False),
                                        ("redemption_id__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="rewards_code_given_says_to_whom",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("code", ""), _negated=True),
                                name="rewards_code_says_something",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RewardDate",
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
                            "reward",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="dates",
                                to="rewards.reward",
                            ),
                        ),
                        ("day", models.DateField()),
                        (
                            "name",
                            models.CharField(
                                blank=True,
                                help_text="Where a day has several: 10:00, the evening.",
                                max_length=60,
                            ),
                        ),
                        ("places", models.PositiveIntegerField()),
                        ("left", models.IntegerField()),
                    ],
                    options={
                        "ordering": ("reward", "day", "name"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("reward", "day", "name"),
                                name="rewards_date_is_offered_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("left__gte", 0), ("left__lte", models.F("places"))
                                ),
                                name="rewards_date_left_is_within_its_places",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Redemption",
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
                                related_name="redemptions",
                                to="members.member",
                            ),
                        ),
                        (
                            "reward",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="redemptions",
                                to="rewards.reward",
                            ),
                        ),
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
                        ("is_pooled", models.BooleanField(default=False)),
                        (
                            "attempt",
                            models.UUIDField(
                                help_text="Made when the page was rendered: a double tap redeems once."
                            ),
                        ),
                        ("price", models.PositiveBigIntegerField()),
                        (
                            "money",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                help_text="What is paid beside the points, in the program's currency.",
                                max_digits=12,
                                null=True,
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
                        ("code", models.CharField(max_length=20)),
                        (
                            "handed_code",
                            models.CharField(
                                blank=True,
                                help_text="From an uploaded list, or shared by everybody.",
                                max_length=80,
                            ),
                        ),
                        (
                            "date",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="redemptions",
                                to="rewards.rewarddate",
                            ),
                        ),
                        (
                            "value",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=12, null=True
                            ),
                        ),
                        (
                            "percent",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=5, null=True
                            ),
                        ),
                        (
                            "least_purchase",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=12, null=True
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("issued", "ready to use"),
                                    ("used", "used"),
                                    ("cancelled", "cancelled"),
                                ],
                                default="issued",
                                max_length=10,
                            ),
                        ),
                        ("actor", models.CharField(max_length=80)),
                        ("issued_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                        ("used_at", models.DateTimeField(blank=True, null=True)),
                        ("used_by", models.CharField(blank=True, max_length=80)),
                        (
                            "used_location",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="program.location",
                            ),
                        ),
                        ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                        ("cancelled_by", models.CharField(blank=True, max_length=80)),
                        ("cancel_reason", models.CharField(blank=True, max_length=240)),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [
                            models.Index(
                                fields=["member", "-id"], name="rewards_redemption_by_member"
                            ),
                            models.Index(
                                fields=["reward", "-id"], name="rewards_redemption_by_reward"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("member", "attempt"),
                                name="rewards_redemption_attempt_is_unique",
                            ),
                            models.UniqueConstraint(
                                fields=("member", "posting"),
                                name="rewards_redemption_posting_is_its_own",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("price__gte", 1)),
                                name="rewards_redemption_price_is_positive",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("money__isnull", True), ("money__gt", 0), _connector="OR"
                                ),
                                name="rewards_redemption_money_is_positive",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("is_pooled", False), ("posting__isnull", False)),
                                    models.Q(("is_pooled", True), ("posting__isnull", True)),
                                    _connector="OR",
                                ),
                                name="rewards_redemption_is_paid_in_one_way",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("cancelled_at__isnull", True),
                                        ("status", "issued"),
                                        ("used_at__isnull", True),
                                    ),
                                    models.Q(
                                        ("cancelled_at__isnull", True),
                                        ("status", "used"),
                                        ("used_at__isnull", False),
                                        models.Q(("used_by", ""), _negated=True),
                                    ),
                                    models.Q(
                                        ("cancelled_at__isnull", False),
                                        ("status", "cancelled"),
                                        ("used_at__isnull", True),
                                        models.Q(("cancelled_by", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="rewards_redemption_status_has_its_facts",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("expires_at__gt", models.F("issued_at"))),
                                name="rewards_redemption_expires_after_issue",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("value__isnull", True),
                                    ("percent__isnull", True),
                                    _connector="OR",
                                ),
                                name="rewards_redemption_takes_off_one_way",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Fulfilment",
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
                                related_name="fulfilments",
                                to="members.member",
                            ),
                        ),
                        (
                            "redemption",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="fulfilments",
                                to="rewards.redemption",
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("ordered", "ordered"),
                                    ("shipped", "on its way"),
                                    ("delivered", "delivered"),
                                    ("cancelled", "cancelled"),
                                ],
                                default="ordered",
                                max_length=10,
                            ),
                        ),
                        ("address", models.TextField()),
                        ("tracking", models.CharField(blank=True, max_length=80)),
                        ("ordered_at", models.DateTimeField()),
                        ("shipped_at", models.DateTimeField(blank=True, null=True)),
                        ("delivered_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [
                            models.Index(fields=["status", "-id"], name="rewards_fulfilment_list")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("member", "redemption"),
                                name="rewards_fulfilment_one_for_a_redemption",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("delivered_at__isnull", True),
                                        ("shipped_at__isnull", True),
                                        ("status", "ordered"),
                                    ),
                                    models.Q(
                                        ("delivered_at__isnull", True),
                                        ("shipped_at__isnull", False),
                                        ("status", "shipped"),
                                    ),
                                    models.Q(
                                        ("delivered_at__isnull", False),
                                        ("shipped_at__isnull", False),
                                        ("status", "delivered"),
                                    ),
                                    models.Q(
                                        ("delivered_at__isnull", True), ("status", "cancelled")
                                    ),
                                    _connector="OR",
                                ),
                                name="rewards_fulfilment_status_has_its_facts",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("address", ""), _negated=True),
                                name="rewards_fulfilment_says_where_to",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RedemptionShare",
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
                                related_name="shares",
                                to="members.member",
                            ),
                        ),
                        (
                            "redemption",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="shares",
                                to="rewards.redemption",
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
                        ("amount", models.PositiveBigIntegerField()),
                    ],
                    options={
                        "ordering": ("id",),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("member", "redemption"),
                                name="rewards_redemptionshare_once_per_member",
                            ),
                            models.UniqueConstraint(
                                fields=("member", "posting"),
                                name="rewards_redemptionshare_posting_is_its_own",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount__gte", 1)),
                                name="rewards_redemptionshare_is_of_something",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Reservation",
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
                                related_name="reservations",
                                to="members.member",
                            ),
                        ),
                        (
                            "reward",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reservations",
                                to="rewards.reward",
                            ),
                        ),
                        (
                            "hold",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="points.hold",
                            ),
                        ),
                        ("attempt", models.UUIDField()),
                        ("price", models.PositiveBigIntegerField()),
                        (
                            "money",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=12, null=True
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
                            "status",
                            models.CharField(
                                choices=[
                                    ("held", "put aside"),
                                    ("captured", "taken"),
                                    ("released", "let go"),
                                ],
                                default="held",
                                max_length=8,
                            ),
                        ),
                        ("actor", models.CharField(max_length=80)),
                        ("reserved_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "redemption",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="rewards.redemption",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [
                            models.Index(
                                condition=models.Q(("status", "held")),
                                fields=["reserved_at"],
                                name="rewards_reservation_held",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("member", "attempt"),
                                name="rewards_reservation_attempt_is_unique",
                            ),
                            models.UniqueConstraint(
                                fields=("member", "hold"),
                                name="rewards_reservation_hold_is_its_own",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("price__gte", 1)),
                                name="rewards_reservation_price_is_positive",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("money__isnull", True), ("money__gt", 0), _connector="OR"
                                ),
                                name="rewards_reservation_money_is_positive",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("ended_at__isnull", True),
                                        ("redemption__isnull", True),
                                        ("status", "held"),
                                    ),
                                    models.Q(
                                        ("ended_at__isnull", False),
                                        ("redemption__isnull", False),
                                        ("status", "captured"),
                                    ),
                                    models.Q(
                                        ("ended_at__isnull", False),
                                        ("redemption__isnull", True),
                                        ("status", "released"),
                                    ),
                                    _connector="OR",
                                ),
                                name="rewards_reservation_status_has_its_facts",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RewardPrice",
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
                            "reward",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="prices",
                                to="rewards.reward",
                            ),
                        ),
                        (
                            "tier",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tiers.tier",
                            ),
                        ),
                        (
                            "segment",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="members.segment",
                            ),
                        ),
                        (
                            "plan",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="plans.plan",
                            ),
                        ),
                        ("amount", models.PositiveBigIntegerField()),
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
                        "ordering": ("reward", "amount"),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount__gte", 1)),
                                name="rewards_price_is_positive",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("plan__isnull", True), ("segment__isnull", True)),
                                    models.Q(("plan__isnull", True), ("tier__isnull", True)),
                                    models.Q(("segment__isnull", True), ("tier__isnull", True)),
                                    _connector="OR",
                                ),
                                name="rewards_price_is_for_one_group",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("starts_on__isnull", True),
                                    ("ends_on__isnull", True),
                                    ("ends_on__gt", models.F("starts_on")),
                                    _connector="OR",
                                ),
                                name="rewards_price_ends_after_it_starts",
                            ),
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                expressions=[
                                    ("reward", "="),
                                    (
                                        django.db.models.functions.comparison.Coalesce(
                                            "tier",
                                            models.Value(
                                                uuid.UUID("00000000-0000-0000-0000-000000000000")
                                            ),
                                        ),
                                        "=",
                                    ),
                                    (
                                        django.db.models.functions.comparison.Coalesce(
                                            "segment", models.Value("")
                                        ),
                                        "=",
                                    ),
                                    (
                                        django.db.models.functions.comparison.Coalesce(
                                            "plan", models.Value("")
                                        ),
                                        "=",
                                    ),
                                    (common.ranges.DateRange("starts_on", "ends_on"), "&&"),
                                ],
                                name="rewards_price_periods_do_not_overlap",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RewardStock",
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
                            "reward",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="stock",
                                to="rewards.reward",
                            ),
                        ),
                        ("slot", models.PositiveSmallIntegerField(default=0)),
                        ("left", models.IntegerField()),
                    ],
                    options={
                        "ordering": ("reward", "slot"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("reward", "slot"), name="rewards_stock_slot_is_unique"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("left__gte", 0)),
                                name="rewards_stock_left_is_not_negative",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Conversion",
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
                            "gives",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="program.unit",
                            ),
                        ),
                        (
                            "takes",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="program.unit",
                            ),
                        ),
                        (
                            "step",
                            models.PositiveBigIntegerField(
                                help_text="Taken at a time, in its smallest part."
                            ),
                        ),
                        (
                            "amount",
                            models.PositiveBigIntegerField(
                                help_text="Given for each step, in its smallest part."
                            ),
                        ),
                        (
                            "least",
                            models.PositiveBigIntegerField(
                                default=0, help_text="The least that can be taken."
                            ),
                        ),
                        ("bonus_step", models.PositiveBigIntegerField(blank=True, null=True)),
                        ("bonus_amount", models.PositiveBigIntegerField(blank=True, null=True)),
                        (
                            "is_monthly",
                            models.BooleanField(
                                default=False,
                                help_text="Whole steps are exchanged by themselves as a month ends.",
                            ),
                        ),
                        (
                            "is_at_once",
                            models.BooleanField(
                                default=False,
                                help_text="Whole steps are exchanged by themselves as soon as there is enough.",
                            ),
                        ),
                        (
                            "months",
                            models.JSONField(
                                blank=True,
                                default=list,
                                help_text="As which months end it happens by itself, 1 to 12; empty: as every month.",
                            ),
                        ),
                        (
                            "most",
                            models.PositiveBigIntegerField(
                                blank=True,
                                help_text="The most that a member exchanges in a period.",
                                null=True,
                            ),
                        ),
                        (
                            "per",
                            models.CharField(
                                blank=True,
                                choices=[("day", "day"), ("month", "month"), ("year", "year")],
                                help_text="The period of that.",
                                max_length=5,
                            ),
                        ),
                        ("is_active", models.BooleanField(default=True)),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                    ],
                    options={
                        "ordering": ("position", "code"),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount__gte", 1), ("step__gte", 1)),
                                name="rewards_conversion_takes_and_gives",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("months", []),
                                    models.Q(
                                        ("is_monthly", True),
                                        (
                                            "months__contained_by",
                                            [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="rewards_conversion_months_are_months",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("is_at_once", True), ("is_monthly", True), _negated=True
                                ),
                                name="rewards_conversion_happens_at_one_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("gives", models.F("takes")), _negated=True),
                                name="rewards_conversion_joins_two_units",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("bonus_amount__isnull", True), ("bonus_step__isnull", True)
                                    ),
                                    models.Q(
                                        ("bonus_amount__gte", 1),
                                        ("bonus_amount__isnull", False),
                                        ("bonus_step__gte", 1),
                                        ("bonus_step__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="rewards_conversion_bonus_is_complete",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("most__isnull", True), ("per", "")),
                                    models.Q(
                                        ("most__gte", models.F("step")),
                                        ("most__isnull", False),
                                        ("per__in", ["day", "month", "year"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="rewards_conversion_most_is_of_a_period",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RewardPart",
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
                            "reward",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="parts",
                                to="rewards.reward",
                            ),
                        ),
                        (
                            "points",
                            models.PositiveBigIntegerField(
                                help_text="With so many points at least."
                            ),
                        ),
                        (
                            "money",
                            models.DecimalField(
                                decimal_places=2,
                                help_text="In the program's currency: in all, or for each step that is missing.",
                                max_digits=10,
                            ),
                        ),
                        (
                            "step",
                            models.PositiveBigIntegerField(
                                blank=True,
                                help_text="Any number from there up to the price, in such steps; empty: just so many.",
                                null=True,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("reward", "-points"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("reward", "points"),
                                name="rewards_part_points_are_said_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("points__gte", 1)),
                                name="rewards_part_takes_points",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("money__gt", 0)),
                                name="rewards_part_takes_money",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("step__isnull", True), ("step__gte", 1), _connector="OR"
                                ),
                                name="rewards_part_goes_by_steps",
                            ),
                        ],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="fund",
                    trigger=pgtrigger.compiler.Trigger(
                        name="program_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="UPDATE program_program SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); RETURN NULL;",
                            hash="a943b784948b5bf3414037889e9863b516f9953d",
                            level="STATEMENT",
                            operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_program_version_ecf54",
                            table="rewards_fund",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="reward",
                    trigger=pgtrigger.compiler.Trigger(
                        name="program_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="UPDATE program_program SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); RETURN NULL;",
                            hash="8bc62a23cceab13d0a0f78ee5d6f27dd11886dff",
                            level="STATEMENT",
                            operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_program_version_346d5",
                            table="rewards_reward",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="draw",
                    trigger=pgtrigger.compiler.Trigger(
                        name="rows_are_final",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="9fa5a2fbed9ca67845010ed70df76be28949a134",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_rows_are_final_1b819",
                            table="rewards_draw",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="draw",
                    trigger=pgtrigger.compiler.Trigger(
                        name="no_truncate",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'this table is append-only';",
                            hash="2f18d317a0e90af485d1e90e25617fd9c7fcfe91",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_no_truncate_f1eef",
                            table="rewards_draw",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="redemptionshare",
                    trigger=pgtrigger.compiler.Trigger(
                        name="rows_are_final",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="7e781a8bad2791e1a47db4c75f1c797e4beb5e4c",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_rows_are_final_c90f1",
                            table="rewards_redemptionshare",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="redemptionshare",
                    trigger=pgtrigger.compiler.Trigger(
                        name="no_truncate",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'this table is append-only';",
                            hash="9f7758cb406956491e4f9e6c514324631a03e982",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_no_truncate_7fff0",
                            table="rewards_redemptionshare",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="rewardprice",
                    trigger=pgtrigger.compiler.Trigger(
                        name="program_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="UPDATE program_program SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); RETURN NULL;",
                            hash="093aba5bb797ead3e3b4145d5e63688d7931e189",
                            level="STATEMENT",
                            operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_program_version_d8337",
                            table="rewards_rewardprice",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="conversion",
                    trigger=pgtrigger.compiler.Trigger(
                        name="program_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="UPDATE program_program SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); RETURN NULL;",
                            hash="244894d216058291feb41724557314fa5f716d07",
                            level="STATEMENT",
                            operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_program_version_e866b",
                            table="rewards_conversion",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="rewardpart",
                    trigger=pgtrigger.compiler.Trigger(
                        name="program_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="UPDATE program_program SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); RETURN NULL;",
                            hash="01e0aab643213aa3520f4bac177a15cfd74201ae",
                            level="STATEMENT",
                            operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_program_version_d1f51",
                            table="rewards_rewardpart",
                            when="AFTER",
                        ),
                    ),
                ),
            ],
        ),
    ]
