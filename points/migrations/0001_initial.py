import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import common.ids
import common.migrations


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
                    name="Account",
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
                                related_name="accounts",
                                to="members.member",
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
                        ("balance", models.BigIntegerField(default=0)),
                        ("held", models.BigIntegerField(default=0)),
                        ("version", models.PositiveBigIntegerField(default=0)),
                        ("closed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "forwards_to",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="forwarded",
                                to="points.account",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("member", "unit"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("member", "unit"),
                                name="points_account_member_unit_is_unique",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("balance__gte", -9007199254740991),
                                    ("balance__lte", 9007199254740991),
                                ),
                                name="points_account_balance_within_limit",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("version__gt", 0), ("balance", 0), _connector="OR"
                                ),
                                name="points_account_untouched_is_empty",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("held__gte", 0)),
                                name="points_account_held_is_not_negative",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("closed_at__isnull", True), ("balance", 0), _connector="OR"
                                ),
                                name="points_account_closed_is_empty",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("forwards_to__isnull", True),
                                    models.Q(
                                        ("closed_at__isnull", False),
                                        models.Q(("forwards_to", models.F("id")), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="points_account_forwards_once_closed",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AuditRun",
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
                        ("started_at", models.DateTimeField()),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
                        ("since", models.DateTimeField(blank=True, null=True)),
                        ("invariants", models.PositiveIntegerField(default=0)),
                        ("entries", models.PositiveBigIntegerField(default=0)),
                        ("faults", models.PositiveIntegerField(default=0)),
                        ("first_invariant", models.CharField(blank=True, max_length=120)),
                        ("first_row", models.CharField(blank=True, max_length=60)),
                        ("first_finding", models.CharField(blank=True, max_length=240)),
                        ("actor", models.CharField(max_length=80)),
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
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("finished_at__isnull", True),
                                    ("finished_at__gte", models.F("started_at")),
                                    _connector="OR",
                                ),
                                name="points_audit_ends_after_it_starts",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("faults", 0), ("first_invariant", ""), ("first_row", "")
                                    ),
                                    models.Q(
                                        ("faults__gt", 0),
                                        models.Q(("first_invariant", ""), _negated=True),
                                        models.Q(("first_row", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="points_audit_fault_is_named",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ExpiryNotice",
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
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="expiry_notices",
                                to="points.account",
                            ),
                        ),
                        ("expires_at", models.DateTimeField()),
                        ("days", models.PositiveSmallIntegerField()),
                        ("amount", models.BigIntegerField()),
                        (
                            "given_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-id",),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("member", "account", "expires_at", "days"),
                                name="points_expirynotice_once_per_end_and_threshold",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)),
                                name="points_expirynotice_is_of_something",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OpeningRun",
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
                        ("digest", models.CharField(max_length=64)),
                        (
                            "expected",
                            models.JSONField(
                                blank=True,
                                default=dict,
                                help_text="What the source says it all adds up to, by unit.",
                            ),
                        ),
                        ("counts", models.JSONField(blank=True, default=dict)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("read", "read, nothing posted"),
                                    ("posting", "being posted"),
                                    ("posted", "posted"),
                                ],
                                default="read",
                                max_length=8,
                            ),
                        ),
                        ("read_by", models.CharField(max_length=80)),
                        ("read_at", models.DateTimeField()),
                        ("posted_by", models.CharField(blank=True, max_length=80)),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ("-id",),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("digest",), name="points_opening_digest_is_unique"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("posted_by", ""),
                                    models.Q(("posted_by", models.F("read_by")), _negated=True),
                                    ("read_by__startswith", "system:"),
                                    _connector="OR",
                                ),
                                name="points_opening_is_posted_by_somebody_else",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("finished_at__isnull", True),
                                        ("posted_by", ""),
                                        ("state", "read"),
                                    ),
                                    models.Q(
                                        ("finished_at__isnull", True),
                                        ("state", "posting"),
                                        models.Q(("posted_by", ""), _negated=True),
                                    ),
                                    models.Q(
                                        ("finished_at__isnull", False),
                                        ("state", "posted"),
                                        models.Q(("posted_by", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="points_opening_state_implies_its_columns",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OpeningRow",
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
                            "run",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rows",
                                to="points.openingrun",
                            ),
                        ),
                        ("line", models.PositiveIntegerField()),
                        ("person", models.UUIDField(blank=True, null=True)),
                        ("named", models.CharField(blank=True, max_length=120)),
                        ("reference", models.CharField(blank=True, max_length=254)),
                        ("card", models.CharField(blank=True, max_length=254)),
                        ("email", models.CharField(blank=True, max_length=254)),
                        ("phone", models.CharField(blank=True, max_length=254)),
                        ("joined_at", models.DateTimeField(blank=True, null=True)),
                        ("unit", models.CharField(blank=True, max_length=40)),
                        ("amount", models.BigIntegerField(default=0)),
                        ("awarded_at", models.DateTimeField(blank=True, null=True)),
                        ("expires_at", models.DateTimeField(blank=True, null=True)),
                        ("tier", models.CharField(blank=True, max_length=80)),
                        ("tier_until", models.DateTimeField(blank=True, null=True)),
                        (
                            "turn",
                            models.PositiveIntegerField(
                                default=1,
                                help_text="Which of several equal lots of one person this is.",
                            ),
                        ),
                        (
                            "known",
                            models.UUIDField(
                                blank=True,
                                help_text="The member who is known by what the line says.",
                                null=True,
                            ),
                        ),
                        (
                            "is_there",
                            models.BooleanField(
                                default=False, help_text="Posted by an earlier file already."
                            ),
                        ),
                        ("problem", models.CharField(blank=True, max_length=240)),
                    ],
                    options={
                        "ordering": ("line",),
                        "indexes": [
                            models.Index(
                                fields=["run", "person"], name="points_openingrow_by_person"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("run", "line"), name="points_openingrow_line_is_unique"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("problem", ""), _negated=True),
                                    ("person__isnull", False),
                                    _connector="OR",
                                ),
                                name="points_openingrow_knows_a_person",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Posting",
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
                                related_name="postings",
                                to="members.member",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("earn", "earned"),
                                    ("spend", "spent"),
                                    ("donation", "donated"),
                                    ("reversal", "reversed"),
                                    ("expiry", "expired"),
                                    ("adjustment", "adjusted"),
                                    ("transfer", "transferred"),
                                    ("reinstate", "brought back"),
                                    ("settle", "settled"),
                                    ("opening", "brought over"),
                                    ("merge", "merged"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("source", models.CharField(max_length=120)),
                        ("actor", models.CharField(max_length=80)),
                        ("note", models.CharField(blank=True, max_length=240)),
                        (
                            "reverses",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reversals",
                                to="points.posting",
                            ),
                        ),
                        ("occurred_at", models.DateTimeField()),
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
                                condition=models.Q(("kind", "adjustment")),
                                fields=["occurred_at"],
                                name="points_posting_adjusted",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("member", "source"), name="points_posting_source_is_unique"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("source", ""), _negated=True),
                                    models.Q(("actor", ""), _negated=True),
                                ),
                                name="points_posting_names_source_and_actor",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "reversal"), ("reverses__isnull", False)),
                                    models.Q(
                                        models.Q(("kind", "reversal"), _negated=True),
                                        ("reverses__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="points_posting_reversal_names_its_posting",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "adjustment"), _negated=True),
                                    models.Q(("note", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="points_posting_adjustment_has_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "reinstate"), _negated=True),
                                    models.Q(("note", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="points_posting_reinstatement_has_a_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Entry",
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
                                related_name="entries",
                                to="members.member",
                            ),
                        ),
                        (
                            "account",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="entries",
                                to="points.account",
                            ),
                        ),
                        (
                            "posting",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="entries",
                                to="points.posting",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("base", "earned"),
                                    ("bonus", "bonus"),
                                    ("spend", "spent"),
                                    ("restore", "given back"),
                                    ("clawback", "taken back"),
                                    ("expiry", "expired"),
                                    ("adjustment", "adjusted"),
                                    ("capture", "spent from a hold"),
                                    ("settle", "repaid out of a hold"),
                                    ("sent", "sent"),
                                    ("received", "received"),
                                    ("reinstate", "brought back"),
                                    ("opening", "brought over"),
                                    ("plan", "given with a plan"),
                                    ("merge", "merged"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("amount", models.BigIntegerField()),
                        ("balance_after", models.BigIntegerField()),
                        ("version", models.PositiveBigIntegerField()),
                        ("reason", models.CharField(max_length=240)),
                        ("occurred_at", models.DateTimeField()),
                        (
                            "recorded_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "entries",
                        "ordering": ("-id",),
                        "indexes": [
                            models.Index(
                                fields=["account", "occurred_at"], name="points_entry_by_time"
                            ),
                            models.Index(fields=["member", "-id"], name="points_entry_by_member"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("member", "account", "version"),
                                name="points_entry_version_is_unique",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount", 0), _negated=True),
                                name="points_entry_amount_is_not_zero",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("version__gte", 1)),
                                name="points_entry_version_starts_at_one",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "spend"), _negated=True),
                                    ("balance_after__gte", 0),
                                    _connector="OR",
                                ),
                                name="points_entry_spend_never_overdraws",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("amount__gt", 0),
                                        (
                                            "kind__in",
                                            [
                                                "base",
                                                "bonus",
                                                "plan",
                                                "restore",
                                                "opening",
                                                "received",
                                                "reinstate",
                                            ],
                                        ),
                                    ),
                                    models.Q(
                                        ("amount__lt", 0),
                                        (
                                            "kind__in",
                                            ["spend", "clawback", "expiry", "capture", "sent"],
                                        ),
                                    ),
                                    ("kind__in", ["adjustment", "merge", "settle"]),
                                    _connector="OR",
                                ),
                                name="points_entry_sign_fits_kind",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("balance_after__gte", 0),
                                    ("kind__in", ["clawback", "spend"]),
                                    ("kind__in", ["capture", "settle"]),
                                    ("kind", "merge"),
                                    ("amount__gt", 0),
                                    _connector="OR",
                                ),
                                name="points_entry_debt_only_by_clawback",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Hold",
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
                                related_name="holds",
                                to="members.member",
                            ),
                        ),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="holds",
                                to="points.account",
                            ),
                        ),
                        ("amount", models.BigIntegerField()),
                        ("captured", models.BigIntegerField(default=0)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("open", "held"),
                                    ("captured", "captured"),
                                    ("released", "released"),
                                    ("timed_out", "timed out"),
                                ],
                                default="open",
                                max_length=9,
                            ),
                        ),
                        ("source", models.CharField(max_length=120)),
                        ("purpose", models.CharField(max_length=120)),
                        ("actor", models.CharField(max_length=80)),
                        ("opened_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        ("ended_by", models.CharField(blank=True, max_length=80)),
                        ("reason", models.CharField(blank=True, max_length=240)),
                        (
                            "posting",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="captures",
                                to="points.posting",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [
                            models.Index(
                                condition=models.Q(("status", "open")),
                                fields=["expires_at"],
                                name="points_hold_open",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("member", "source"), name="points_hold_source_is_unique"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("source", ""), _negated=True),
                                    models.Q(("actor", ""), _negated=True),
                                    models.Q(("purpose", ""), _negated=True),
                                ),
                                name="points_hold_names_source_actor_and_purpose",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)),
                                name="points_hold_is_of_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("expires_at__gt", models.F("opened_at"))),
                                name="points_hold_ends_after_it_opens",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("captured", 0),
                                        ("ended_at__isnull", True),
                                        ("ended_by", ""),
                                        ("posting__isnull", True),
                                        ("status", "open"),
                                    ),
                                    models.Q(
                                        models.Q(
                                            ("captured__gt", 0),
                                            ("captured__lte", models.F("amount")),
                                            ("status", "captured"),
                                        ),
                                        models.Q(("ended_by", ""), _negated=True),
                                        ("ended_at__isnull", False),
                                        ("posting__isnull", False),
                                    ),
                                    models.Q(
                                        models.Q(
                                            ("captured", 0),
                                            ("status__in", ["released", "timed_out"]),
                                        ),
                                        models.Q(("ended_by", ""), _negated=True),
                                        ("ended_at__isnull", False),
                                        ("posting__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="points_hold_status_has_its_facts",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "timed_out"), _negated=True),
                                    ("ended_at", models.F("expires_at")),
                                    _connector="OR",
                                ),
                                name="points_hold_times_out_on_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "released"), _negated=True),
                                    models.Q(("reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="points_hold_released_has_a_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Lot",
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
                                related_name="lots",
                                to="members.member",
                            ),
                        ),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lots",
                                to="points.account",
                            ),
                        ),
                        (
                            "entry",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lots",
                                to="points.entry",
                            ),
                        ),
                        ("awarded", models.BigIntegerField()),
                        ("remaining", models.BigIntegerField()),
                        ("held", models.BigIntegerField(default=0)),
                        (
                            "origin",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="descendants",
                                to="points.lot",
                            ),
                        ),
                        ("awarded_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField(blank=True, null=True)),
                        ("is_fixed", models.BooleanField(db_default=False, default=False)),
                        ("latest_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [
                            models.Index(
                                condition=models.Q(("remaining__gt", 0)),
                                fields=["account", "expires_at"],
                                name="points_lot_live",
                            ),
                            models.Index(
                                condition=models.Q(("remaining__gt", 0)),
                                fields=["expires_at"],
                                name="points_lot_due",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("remaining__gte", 0), ("remaining__lte", models.F("awarded"))
                                ),
                                name="points_lot_remaining_within_awarded",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("held__gte", 0), ("held__lte", models.F("remaining"))
                                ),
                                name="points_lot_still_has_what_is_held",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("awarded__gt", 0)),
                                name="points_lot_awards_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("latest_at__isnull", True),
                                    models.Q(("expires_at__isnull", False), ("is_fixed", False)),
                                    _connector="OR",
                                ),
                                name="points_lot_last_end_is_of_one_that_moves",
                            ),
                            models.UniqueConstraint(
                                fields=("member", "entry"), name="points_lot_one_per_entry"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HoldLot",
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
                            "hold",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="parts",
                                to="points.hold",
                            ),
                        ),
                        (
                            "lot",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="holds",
                                to="points.lot",
                            ),
                        ),
                        ("amount", models.BigIntegerField()),
                    ],
                    options={
                        "ordering": ("id",),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("member", "hold", "lot"),
                                name="points_holdlot_once_per_hold",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)),
                                name="points_holdlot_is_of_something",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LotUse",
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
                            "lot",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="uses",
                                to="points.lot",
                            ),
                        ),
                        (
                            "entry",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="uses",
                                to="points.entry",
                            ),
                        ),
                        ("amount", models.BigIntegerField()),
                    ],
                    options={
                        "ordering": ("-id",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount", 0), _negated=True),
                                name="points_use_amount_is_not_zero",
                            ),
                            models.UniqueConstraint(
                                fields=("member", "lot", "entry"), name="points_use_once_per_entry"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Extension",
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
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="extensions",
                                to="points.account",
                            ),
                        ),
                        (
                            "posting",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="extensions",
                                to="points.posting",
                            ),
                        ),
                        (
                            "lot",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="extensions",
                                to="points.lot",
                            ),
                        ),
                        ("source", models.CharField(max_length=120)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        ("until", models.DateTimeField()),
                        ("actor", models.CharField(blank=True, max_length=80)),
                        ("reason", models.CharField(blank=True, max_length=240)),
                        (
                            "moved",
                            models.JSONField(
                                default=dict,
                                help_text="The lots whose end it moved, each with the end it had before.",
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
                        "ordering": ("-id",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("source", ""), _negated=True),
                                name="points_extension_names_its_source",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("actor", ""),
                                        ("ended_at__isnull", True),
                                        ("lot__isnull", True),
                                        ("reason", ""),
                                    ),
                                    models.Q(
                                        ("ended_at__isnull", False),
                                        ("lot__isnull", False),
                                        models.Q(("actor", ""), _negated=True),
                                        models.Q(("reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="points_extension_of_a_lot_has_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ended_at__isnull", True),
                                    ("until__gt", models.F("ended_at")),
                                    _connector="OR",
                                ),
                                name="points_extension_is_only_later",
                            ),
                            models.UniqueConstraint(
                                fields=("member", "lot", "source"),
                                name="points_extension_once_per_source",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AdjustmentRequest",
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
                                related_name="adjustment_requests",
                                to="members.member",
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
                        ("kind", models.CharField(default="adjustment", max_length=20)),
                        (
                            "amount",
                            models.BigIntegerField(
                                help_text="In the unit's smallest part; a minus takes."
                            ),
                        ),
                        ("reason", models.CharField(max_length=240)),
                        ("source", models.CharField(max_length=120)),
                        ("details", models.JSONField(blank=True, default=dict)),
                        ("asked_by", models.CharField(max_length=80)),
                        ("asked_at", models.DateTimeField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "waits for a second person"),
                                    ("approved", "approved"),
                                    ("declined", "declined"),
                                ],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("decided_by", models.CharField(blank=True, max_length=80)),
                        ("decided_at", models.DateTimeField(blank=True, null=True)),
                        ("decision", models.CharField(blank=True, max_length=240)),
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
                    ],
                    options={
                        "verbose_name": "adjustment request",
                        "ordering": ("-id",),
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "waiting")),
                                fields=["asked_at"],
                                name="points_request_waiting",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("member", "source"), name="points_request_source_is_unique"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount", 0), _negated=True),
                                name="points_request_amount_is_not_zero",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("reason", ""), _negated=True),
                                    models.Q(("asked_by", ""), _negated=True),
                                    models.Q(("source", ""), _negated=True),
                                ),
                                name="points_request_says_who_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("decided_by", models.F("asked_by")), _negated=True
                                ),
                                name="points_request_is_decided_by_somebody_else",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("decided_at__isnull", True),
                                        ("decided_by", ""),
                                        ("posting__isnull", True),
                                        ("state", "waiting"),
                                    ),
                                    models.Q(
                                        ("decided_at__isnull", False),
                                        ("posting__isnull", False),
                                        ("state", "approved"),
                                        models.Q(("decided_by", ""), _negated=True),
                                    ),
                                    models.Q(
                                        ("decided_at__isnull", False),
                                        ("posting__isnull", True),
                                        ("state", "declined"),
                                        models.Q(("decided_by", ""), _negated=True),
                                        models.Q(("decision", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="points_request_state_implies_its_columns",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Transfer",
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
                                related_name="sent",
                                to="members.member",
                            ),
                        ),
                        (
                            "receiver",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="received",
                                to="members.member",
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
                        ("amount", models.BigIntegerField()),
                        ("source", models.CharField(max_length=120)),
                        ("note", models.CharField(blank=True, max_length=240)),
                        ("actor", models.CharField(max_length=80)),
                        (
                            "posting",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="points.posting",
                            ),
                        ),
                        (
                            "arrival",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="points.posting",
                            ),
                        ),
                        ("occurred_at", models.DateTimeField()),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [
                            models.Index(
                                fields=["member", "unit", "occurred_at"],
                                name="points_transfer_sent",
                            ),
                            models.Index(
                                fields=["receiver", "unit", "occurred_at"],
                                name="points_transfer_got",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("member", "source"), name="points_transfer_source_is_unique"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)),
                                name="points_transfer_is_of_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("receiver", models.F("member")), _negated=True),
                                name="points_transfer_has_two_sides",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("source", ""), _negated=True),
                                    models.Q(("actor", ""), _negated=True),
                                ),
                                name="points_transfer_names_source_and_actor",
                            ),
                        ],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="expirynotice",
                    trigger=pgtrigger.compiler.Trigger(
                        name="rows_are_final",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="eebc5b62202e95e18d6823061f1a37de4ab37e93",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_rows_are_final_702b9",
                            table="points_expirynotice",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="expirynotice",
                    trigger=pgtrigger.compiler.Trigger(
                        name="no_truncate",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'this table is append-only';",
                            hash="a55c6887bbf9d0709086a71e6bfc3d51da9e420e",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_no_truncate_b1c75",
                            table="points_expirynotice",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="posting",
                    trigger=pgtrigger.compiler.Trigger(
                        name="rows_are_final",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="IF TG_OP = 'UPDATE' AND current_setting('pennant.erasing', true) = 'on' AND to_jsonb(NEW) - '{note}'::text[] = to_jsonb(OLD) - '{note}'::text[] THEN RETURN NEW; END IF; RAISE EXCEPTION 'this table is append-only';",
                            hash="0a47cd54f81bb94fdb9693d2ac40d59c513d341a",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_rows_are_final_d39b4",
                            table="points_posting",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="posting",
                    trigger=pgtrigger.compiler.Trigger(
                        name="no_truncate",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'this table is append-only';",
                            hash="4d648c4f5c0bc4e2e0ad25538391b9b1a5be676b",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_no_truncate_875fe",
                            table="points_posting",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="entry",
                    trigger=pgtrigger.compiler.Trigger(
                        name="rows_are_final",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="IF TG_OP = 'UPDATE' AND current_setting('pennant.erasing', true) = 'on' AND to_jsonb(NEW) - '{reason}'::text[] = to_jsonb(OLD) - '{reason}'::text[] THEN RETURN NEW; END IF; RAISE EXCEPTION 'this table is append-only';",
                            hash="6eb7f922de6de4cbbc08372480e711362707857a",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_rows_are_final_bcc39",
                            table="points_entry",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="entry",
                    trigger=pgtrigger.compiler.Trigger(
                        name="no_truncate",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'this table is append-only';",
                            hash="d89fc0af47a37c9e73b1db75ba845dd8cdd11930",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_no_truncate_c78c8",
                            table="points_entry",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="holdlot",
                    trigger=pgtrigger.compiler.Trigger(
                        name="rows_are_final",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="b5d7e256ba64ef6697a825d524a62fff3d46bced",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_rows_are_final_fb557",
                            table="points_holdlot",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="holdlot",
                    trigger=pgtrigger.compiler.Trigger(
                        name="no_truncate",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'this table is append-only';",
                            hash="fd592c88bd923d7f082f7750cbe5504ec27dd5eb",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_no_truncate_d5c33",
                            table="points_holdlot",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="lotuse",
                    trigger=pgtrigger.compiler.Trigger(
                        name="rows_are_final",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="dd621735ebc20b210966bf7b5b37f713686849d8",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_rows_are_final_ed258",
                            table="points_lotuse",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="lotuse",
                    trigger=pgtrigger.compiler.Trigger(
                        name="no_truncate",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'this table is append-only';",
                            hash="e776e21fd30921374abf073e465473cff554a2cc",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_no_truncate_d80f2",
                            table="points_lotuse",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="extension",
                    trigger=pgtrigger.compiler.Trigger(
                        name="rows_are_final",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="IF TG_OP = 'UPDATE' AND current_setting('pennant.erasing', true) = 'on' AND to_jsonb(NEW) - '{reason}'::text[] = to_jsonb(OLD) - '{reason}'::text[] THEN RETURN NEW; END IF; RAISE EXCEPTION 'this table is append-only';",
                            hash="138fcb1e82de6c67b9886d9e6ec5eeae53f30c68",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_rows_are_final_76b98",
                            table="points_extension",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="extension",
                    trigger=pgtrigger.compiler.Trigger(
                        name="no_truncate",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'this table is append-only';",
                            hash="bee0b5019d6d1d33ac580ec3ea19f3cf1d7b597d",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_no_truncate_2d309",
                            table="points_extension",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="transfer",
                    trigger=pgtrigger.compiler.Trigger(
                        name="rows_are_final",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="IF TG_OP = 'UPDATE' AND current_setting('pennant.erasing', true) = 'on' AND to_jsonb(NEW) - '{note}'::text[] = to_jsonb(OLD) - '{note}'::text[] THEN RETURN NEW; END IF; RAISE EXCEPTION 'this table is append-only';",
                            hash="ffbc0bf837e29bcb381503bab8443edbdbb6eaf0",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_rows_are_final_39076",
                            table="points_transfer",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="transfer",
                    trigger=pgtrigger.compiler.Trigger(
                        name="no_truncate",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'this table is append-only';",
                            hash="4ed9a197a453fcfa8c2e8ba22fcb728a3db097d2",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_no_truncate_0e31e",
                            table="points_transfer",
                            when="BEFORE",
                        ),
                    ),
                ),
            ],
        ),
    ]
