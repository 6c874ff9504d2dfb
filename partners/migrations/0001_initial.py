import django.contrib.postgres.fields
import django.contrib.postgres.indexes
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
        ("program", "0001_initial"),
    ]

    operations = [
        common.migrations.Together(
            operations=[
                migrations.CreateModel(
                    name="ApiKey",
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
                                related_name="api_keys",
                                to="program.partner",
                            ),
                        ),
                        (
                            "name",
                            models.CharField(
                                help_text="What uses it: Till 1, Booking engine.", max_length=80
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("live", "live"), ("test", "test")],
                                default="live",
                                max_length=8,
                            ),
                        ),
                        ("last_four", models.CharField(editable=False, max_length=4)),
                        ("key_hash", models.CharField(editable=False, max_length=64)),
                        (
                            "slot",
                            models.PositiveSmallIntegerField(
                                default=1,
                                editable=False,
                                help_text="Two keys of one name may work at once, so that one can follow the other.",
                            ),
                        ),
                        (
                            "scopes",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("activities:write", "post activities"),
                                        (
                                            "activities:read",
                                            "read its own activities, ask for quotes",
                                        ),
                                        ("members:read", "look members up"),
                                        ("members:write", "enrol members and change their details"),
                                        ("rewards:read", "list rewards"),
                                        (
                                            "redemptions:write",
                                            "redeem for members, convert their units",
                                        ),
                                        (
                                            "choices:write",
                                            "choose for members what a milestone gives",
                                        ),
                                        ("vouchers:write", "check and use vouchers"),
                                        ("events:read", "list what happened"),
                                        ("webhooks:write", "manage its own webhooks"),
                                        ("imports:write", "send files of activities"),
                                        ("scores:read", "read what members answered, as figures"),
                                        ("program:read", "read units, tiers, rules and places"),
                                    ],
                                    max_length=40,
                                ),
                                size=None,
                            ),
                        ),
                        (
                            "locations",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40),
                                blank=True,
                                default=list,
                                help_text="Codes of the places it may act for; empty: all of the partner's.",
                                size=None,
                            ),
                        ),
                        (
                            "per_minute",
                            models.PositiveIntegerField(
                                default=1200, help_text="How many calls it may make in a minute."
                            ),
                        ),
                        (
                            "points_per_day",
                            models.PositiveBigIntegerField(
                                blank=True,
                                help_text="How much it may credit in a day (UTC), in smallest parts; empty: any amount.",
                                null=True,
                            ),
                        ),
                        ("created_by", models.CharField(max_length=80)),
                        (
                            "created_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                        ("expires_at", models.DateTimeField(blank=True, null=True)),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                        ("revoked_by", models.CharField(blank=True, max_length=80)),
                        (
                            "last_used_on",
                            models.DateField(
                                blank=True,
                                help_text="The last day (UTC) on which it was used.",
                                null=True,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "API key",
                        "ordering": ("-id",),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("key_hash",), name="partners_key_hash_is_unique"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("key_hash__regex", "^[0-9a-f]{64}$")),
                                name="partners_key_keeps_a_hash",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("name", ""), _negated=True),
                                name="partners_key_has_a_name",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("scopes__len__gte", 1),
                                    (
                                        "scopes__contained_by",
                                        [
                                            "activities:write",
                                            "activities:read",
                                            "members:read",
                                            "members:write",
                                            "rewards:read",
                                            "redemptions:write",
                                            "choices:write",
                                            "vouchers:write",
                                            "events:read",
                                            "webhooks:write",
                                            "imports:write",
                                            "scores:read",
                                            "program:read",
                                        ],
                                    ),
                                ),
                                name="partners_key_has_scopes",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("expires_at__isnull", True),
                                    ("expires_at__gt", models.F("created_at")),
                                    _connector="OR",
                                ),
                                name="partners_key_expires_after_it_starts",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("revoked_at__isnull", True)),
                                fields=("partner", "kind", "name", "slot"),
                                name="partners_key_slot_is_free",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("slot__in", [1, 2])),
                                name="partners_key_two_work_at_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("per_minute__gte", 1)),
                                name="partners_key_may_call_once_a_minute",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("revoked_at__isnull", True), ("revoked_by", "")),
                                    models.Q(
                                        ("revoked_at__isnull", False),
                                        models.Q(("revoked_by", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="partners_key_revoked_by_somebody",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RateWindow",
                    fields=[
                        (
                            "key",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="+",
                                serialize=False,
                                to="partners.apikey",
                            ),
                        ),
                        ("started_at", models.DateTimeField()),
                        ("calls", models.PositiveIntegerField()),
                    ],
                    options={
                        "ordering": ("key",),
                    },
                ),
                migrations.CreateModel(
                    name="ApiRequest",
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
                            "key",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="requests",
                                to="partners.apikey",
                            ),
                        ),
                        ("request_id", models.CharField(max_length=64)),
                        ("method", models.CharField(max_length=7)),
                        ("path", models.CharField(max_length=200)),
                        ("query", models.CharField(blank=True, max_length=400)),
                        ("idempotency_key", models.CharField(blank=True, max_length=255)),
                        ("is_replay", models.BooleanField(default=False)),
                        ("status", models.PositiveSmallIntegerField()),
                        ("code", models.CharField(blank=True, max_length=60)),
                        ("ms", models.PositiveIntegerField()),
                        ("body", models.TextField(blank=True)),
                        ("answer", models.TextField(blank=True)),
                        ("at", models.DateTimeField()),
                    ],
                    options={
                        "verbose_name": "API request",
                        "ordering": ("-id",),
                        "indexes": [
                            models.Index(fields=["key", "-id"], name="partners_request_by_key"),
                            models.Index(fields=["request_id"], name="partners_request_by_id"),
                            models.Index(
                                condition=models.Q(("code", "voucher_invalid")),
                                fields=["key", "at"],
                                name="partners_request_guessing",
                            ),
                            django.contrib.postgres.indexes.BrinIndex(
                                autosummarize=True, fields=["at"], name="partners_request_by_age"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Endpoint",
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
                                related_name="endpoints",
                                to="program.partner",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("live", "live"), ("test", "test")],
                                default="live",
                                max_length=8,
                            ),
                        ),
                        ("url", models.CharField(max_length=400)),
                        ("description", models.CharField(blank=True, max_length=120)),
                        (
                            "contact",
                            models.EmailField(
                                help_text="Who is written to when it is paused.", max_length=254
                            ),
                        ),
                        (
                            "types",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40),
                                help_text="The events it is told.",
                                size=None,
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("active", "active"),
                                    ("paused", "paused"),
                                    ("removed", "removed"),
                                ],
                                default="active",
                                max_length=8,
                            ),
                        ),
                        ("generation", models.PositiveSmallIntegerField(default=1, editable=False)),
                        (
                            "previous_until",
                            models.DateTimeField(
                                blank=True,
                                help_text="Until when the secret before signs as well.",
                                null=True,
                            ),
                        ),
                        ("failing_since", models.DateTimeField(blank=True, null=True)),
                        (
                            "subscribed_at",
                            models.DateTimeField(help_text="When its events were last chosen."),
                        ),
                        ("created_by", models.CharField(max_length=80)),
                        ("created_at", models.DateTimeField()),
                    ],
                    options={
                        "verbose_name": "webhook endpoint",
                        "ordering": ("-id",),
                        "indexes": [
                            models.Index(
                                fields=["partner", "-id"], name="partners_endpoint_by_partner"
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("url__startswith", "https://"),
                                    ("url__startswith", "http://"),
                                    _connector="OR",
                                ),
                                name="partners_endpoint_has_an_address",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("types__len__gte", 1)),
                                name="partners_endpoint_wants_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("generation__gte", 1)),
                                name="partners_endpoint_has_a_secret",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Delivery",
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
                            "endpoint",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deliveries",
                                to="partners.endpoint",
                            ),
                        ),
                        ("event_id", models.UUIDField()),
                        ("type", models.CharField(max_length=40)),
                        ("body", models.JSONField(help_text="What is sent.")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "waiting"),
                                    ("delivered", "delivered"),
                                    ("given_up", "given up"),
                                ],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("created_at", models.DateTimeField()),
                        ("attempts_made", models.PositiveSmallIntegerField(default=0)),
                        ("due_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "leased_until",
                            models.DateTimeField(
                                blank=True,
                                editable=False,
                                help_text="While a worker is sending it.",
                                null=True,
                            ),
                        ),
                        (
                            "begun_at",
                            models.DateTimeField(
                                blank=True,
                                help_text="When it was sent anew: three days count from then.",
                                null=True,
                            ),
                        ),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "verbose_name_plural": "deliveries",
                        "ordering": ("-id",),
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "waiting")),
                                fields=["endpoint", "due_at"],
                                name="partners_delivery_due",
                            ),
                            models.Index(
                                condition=models.Q(("leased_until__isnull", False)),
                                fields=["endpoint"],
                                name="partners_delivery_leased",
                            ),
                            models.Index(
                                fields=["endpoint", "-id"], name="partners_delivery_by_endpoint"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("endpoint", "event_id"),
                                name="partners_delivery_once_per_event",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("due_at__isnull", False),
                                        ("ended_at__isnull", True),
                                        ("state", "waiting"),
                                    ),
                                    models.Q(
                                        ("due_at__isnull", True),
                                        ("ended_at__isnull", False),
                                        ("state__in", ["delivered", "given_up"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="partners_delivery_waits_or_ended",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Attempt",
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
                            "delivery",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attempts",
                                to="partners.delivery",
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("status", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("problem", models.CharField(blank=True, max_length=200)),
                        ("answer", models.CharField(blank=True, max_length=500)),
                        ("ms", models.PositiveIntegerField()),
                    ],
                    options={
                        "verbose_name": "delivery attempt",
                        "ordering": ("-id",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status__isnull", False),
                                    models.Q(("problem", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="partners_attempt_had_an_outcome",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="KeyDay",
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
                            "key",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="days",
                                to="partners.apikey",
                            ),
                        ),
                        ("day", models.DateField()),
                        ("points", models.PositiveBigIntegerField(default=0)),
                        ("alerted_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "refused_at",
                            models.DateTimeField(
                                blank=True,
                                help_text="When a call was first refused for the limit.",
                                null=True,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-day",),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("key", "day"), name="partners_day_is_counted_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("alerted_at__isnull", False),
                                    ("refused_at__isnull", True),
                                    _connector="OR",
                                ),
                                name="partners_day_refused_was_alerted",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RememberedCall",
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
                                related_name="+",
                                to="program.partner",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("live", "live"), ("test", "test")], max_length=8
                            ),
                        ),
                        (
                            "key",
                            models.CharField(
                                help_text="The caller's Idempotency-Key.", max_length=255
                            ),
                        ),
                        (
                            "fingerprint",
                            models.CharField(
                                help_text="SHA-256 over method, address and what the body means.",
                                max_length=64,
                            ),
                        ),
                        ("status", models.PositiveSmallIntegerField()),
                        ("content_type", models.CharField(max_length=60)),
                        ("body", models.TextField(blank=True)),
                        ("created_at", models.DateTimeField()),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [
                            django.contrib.postgres.indexes.BrinIndex(
                                autosummarize=True,
                                fields=["created_at"],
                                name="partners_call_by_age",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("partner", "kind", "key"),
                                name="partners_call_is_remembered_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("key", ""), _negated=True),
                                name="partners_call_has_a_key",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("status__gte", 200), ("status__lt", 500)),
                                name="partners_call_was_answered",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Import",
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
                                related_name="imports",
                                to="program.partner",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("live", "live"), ("test", "test")],
                                default="live",
                                max_length=8,
                            ),
                        ),
                        (
                            "key",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="imports",
                                to="partners.apikey",
                            ),
                        ),
                        (
                            "locations",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40),
                                blank=True,
                                default=list,
                                help_text="The only places its lines may name; empty: all of the partner's.",
                                size=None,
                            ),
                        ),
                        ("file_name", models.CharField(max_length=200)),
                        (
                            "form",
                            models.CharField(
                                choices=[("csv", "CSV"), ("ndjson", "NDJSON")], max_length=6
                            ),
                        ),
                        ("size", models.PositiveBigIntegerField(help_text="In bytes, as it came.")),
                        (
                            "digest",
                            models.CharField(
                                help_text="SHA-256 of the file and of how it is read.",
                                max_length=64,
                            ),
                        ),
                        (
                            "type",
                            models.CharField(
                                blank=True, help_text="Of lines that name none.", max_length=40
                            ),
                        ),
                        (
                            "location",
                            models.CharField(
                                blank=True, help_text="Of lines that name none.", max_length=40
                            ),
                        ),
                        (
                            "enrolls",
                            models.BooleanField(
                                default=False,
                                help_text="A reference that nobody has makes a new member.",
                            ),
                        ),
                        (
                            "is_direct",
                            models.BooleanField(
                                default=False,
                                help_text="Applied as soon as it is checked, without a report first.",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("received", "being checked"),
                                    ("checked", "checked, nothing recorded"),
                                    ("applying", "being applied"),
                                    ("applied", "applied"),
                                    ("cancelled", "stopped"),
                                    ("refused", "cannot be read"),
                                ],
                                default="received",
                                max_length=9,
                            ),
                        ),
                        ("lines_read", models.PositiveIntegerField(default=0)),
                        (
                            "rehearsed",
                            models.PositiveIntegerField(
                                default=0, help_text="Lines looked at beforehand."
                            ),
                        ),
                        ("report", models.JSONField(default=dict, help_text="What it would do.")),
                        ("outcome", models.JSONField(default=dict, help_text="What it did.")),
                        ("problem", models.CharField(blank=True, max_length=400)),
                        ("created_by", models.CharField(max_length=80)),
                        ("created_at", models.DateTimeField()),
                        ("staged_at", models.DateTimeField(blank=True, null=True)),
                        ("applied_by", models.CharField(blank=True, max_length=80)),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [
                            models.Index(
                                fields=["partner", "-id"], name="partners_import_by_partner"
                            ),
                            models.Index(fields=["digest"], name="partners_import_by_digest"),
                            models.Index(
                                condition=models.Q(("state__in", ["received", "applying"])),
                                fields=["id"],
                                name="partners_import_waiting",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("state__in", ["received", "checked", "applying"])
                                ),
                                fields=("partner", "kind", "digest"),
                                name="partners_import_waits_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("applied_by", ""),
                                        ("finished_at__isnull", True),
                                        ("state", "received"),
                                    ),
                                    models.Q(
                                        ("applied_by", ""),
                                        ("finished_at__isnull", True),
                                        ("staged_at__isnull", False),
                                        ("state", "checked"),
                                    ),
                                    models.Q(
                                        ("finished_at__isnull", True),
                                        ("staged_at__isnull", False),
                                        ("state", "applying"),
                                        models.Q(("applied_by", ""), _negated=True),
                                    ),
                                    models.Q(
                                        ("finished_at__isnull", False),
                                        ("staged_at__isnull", False),
                                        ("state", "applied"),
                                        models.Q(("applied_by", ""), _negated=True),
                                    ),
                                    models.Q(
                                        ("finished_at__isnull", False),
                                        ("state__in", ["cancelled", "refused"]),
                                        models.Q(("problem", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="partners_import_state_implies_its_columns",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("key__isnull", False), ("kind", "live"), _connector="OR"
                                ),
                                name="partners_import_of_the_desk_is_live",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ImportPart",
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
                                related_name="parts",
                                to="partners.import",
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("body", models.BinaryField()),
                    ],
                    options={
                        "ordering": ("number",),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("run", "number"),
                                name="partners_importpart_number_is_unique",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ImportChunk",
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
                                related_name="chunks",
                                to="partners.import",
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("lines", models.PositiveIntegerField()),
                        (
                            "is_sequel",
                            models.BooleanField(
                                default=False,
                                help_text="It goes on with a member of the chunk before, and waits until that is done.",
                            ),
                        ),
                        ("counts", models.JSONField(default=dict)),
                        ("done_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ("number",),
                        "indexes": [
                            models.Index(
                                condition=models.Q(("done_at__isnull", True)),
                                fields=["run", "number"],
                                name="partners_importchunk_waiting",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("run", "number"),
                                name="partners_importchunk_number_is_unique",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("counts", {}), ("done_at__isnull", True)),
                                    ("done_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="partners_importchunk_counts_once_done",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("lines__gte", 1)),
                                name="partners_importchunk_has_lines",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("is_sequel", False), ("number__gt", 1), _connector="OR"
                                ),
                                name="partners_importchunk_sequel_has_one_before",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ImportLine",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        (
                            "run",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="waiting",
                                to="partners.import",
                            ),
                        ),
                        ("chunk", models.PositiveIntegerField()),
                        ("line", models.PositiveIntegerField()),
                        ("person", models.UUIDField(blank=True, null=True)),
                        (
                            "body",
                            models.TextField(
                                help_text="The activity, as it is going to be recorded."
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("chunk", "id"),
                        "indexes": [
                            models.Index(
                                fields=["run", "chunk"], name="partners_importline_by_chunk"
                            ),
                            models.Index(fields=["person"], name="partners_importline_by_person"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("chunk__gte", 1), ("line__gte", 1)),
                                name="partners_importline_has_its_place",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ImportProblem",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        (
                            "run",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="problems",
                                to="partners.import",
                            ),
                        ),
                        ("line", models.PositiveIntegerField()),
                        ("column", models.CharField(blank=True, max_length=80)),
                        ("code", models.CharField(max_length=60)),
                        ("message", models.CharField(max_length=400)),
                    ],
                    options={
                        "ordering": ("line", "id"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("run", "line"),
                                name="partners_importproblem_line_is_refused_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("message", ""), _negated=True),
                                    models.Q(("code", ""), _negated=True),
                                ),
                                name="partners_importproblem_says_why",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Notice",
                    fields=[
                        ("why", models.CharField(blank=True, max_length=240)),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        (
                            "doubts",
                            models.PositiveSmallIntegerField(
                                default=0, help_text="How often nobody knows whether it arrived."
                            ),
                        ),
                        ("due_at", models.DateTimeField()),
                        ("taken_at", models.DateTimeField(blank=True, null=True)),
                        ("sent_at", models.DateTimeField(blank=True, null=True)),
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
                            "endpoint",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="notices",
                                to="partners.endpoint",
                            ),
                        ),
                        (
                            "key_day",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="notices",
                                to="partners.keyday",
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("waiting", "waiting"),
                                    ("sending", "being sent"),
                                    ("sent", "sent"),
                                    ("over", "no longer news"),
                                    ("failed", "given up"),
                                ],
                                default="waiting",
                                max_length=8,
                            ),
                        ),
                        ("made_at", models.DateTimeField()),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [
                            models.Index(
                                condition=models.Q(("status__in", ["waiting", "sending"])),
                                fields=["due_at"],
                                name="partners_notice_waiting",
                            ),
                            models.Index(
                                fields=["endpoint", "-id"], name="partners_notice_by_endpoint"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("key_day",), name="partners_notice_once_a_day"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("endpoint__isnull", False), ("key_day__isnull", True)
                                    ),
                                    models.Q(
                                        ("endpoint__isnull", True), ("key_day__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="partners_notice_is_about_one_thing",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "sent"), ("sent_at__isnull", False)),
                                    models.Q(
                                        models.Q(("status", "sent"), _negated=True),
                                        models.Q(("sent_at__isnull", False), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="partners_notice_sent_has_its_moment",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "sending"), ("taken_at__isnull", False)),
                                    models.Q(
                                        models.Q(("status", "sending"), _negated=True),
                                        models.Q(("taken_at__isnull", False), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="partners_notice_in_hand_has_its_moment",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status__in", ["failed", "over"]), _negated=True),
                                    models.Q(("why", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="partners_notice_unsent_says_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("doubts__lte", 2)),
                                name="partners_notice_is_doubted_twice_at_most",
                            ),
                        ],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="attempt",
                    trigger=pgtrigger.compiler.Trigger(
                        name="rows_are_final",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="IF TG_OP = 'UPDATE' AND current_setting('pennant.erasing', true) = 'on' AND to_jsonb(NEW) - '{problem,answer}'::text[] = to_jsonb(OLD) - '{problem,answer}'::text[] THEN RETURN NEW; END IF; RAISE EXCEPTION 'this table is append-only';",
                            hash="0a048869b9a853eaf278ea978d0b3bfb43ed0714",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_rows_are_final_a7ab6",
                            table="partners_attempt",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="attempt",
                    trigger=pgtrigger.compiler.Trigger(
                        name="no_truncate",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'this table is append-only';",
                            hash="1ceef8dbec6e0994a6e7a89edd1f043415b84e41",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_no_truncate_22913",
                            table="partners_attempt",
                            when="BEFORE",
                        ),
                    ),
                ),
            ],
        ),
    ]
