import uuid

import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import common.ids
import common.migrations
import events.models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        common.migrations.Together(
            operations=[
                migrations.CreateModel(
                    name="Heartbeat",
                    fields=[
                        (
                            "name",
                            models.CharField(max_length=40, primary_key=True, serialize=False),
                        ),
                        ("beat_at", models.DateTimeField()),
                    ],
                    options={
                        "ordering": ("name",),
                    },
                ),
                migrations.CreateModel(
                    name="Reader",
                    fields=[
                        (
                            "name",
                            models.CharField(max_length=40, primary_key=True, serialize=False),
                        ),
                        ("transaction", models.BigIntegerField(default=0)),
                        (
                            "event_id",
                            models.UUIDField(
                                default=uuid.UUID("00000000-0000-0000-0000-000000000000")
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("name",),
                    },
                ),
                migrations.CreateModel(
                    name="Event",
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
                        ("type", models.CharField(max_length=40)),
                        ("member_id", models.UUIDField(blank=True, null=True)),
                        (
                            "subject",
                            models.CharField(
                                blank=True,
                                help_text="The public id of what it is about.",
                                max_length=60,
                            ),
                        ),
                        ("payload", models.JSONField(default=dict)),
                        ("occurred_at", models.DateTimeField()),
                        (
                            "recorded_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                        (
                            "transaction",
                            models.BigIntegerField(
                                db_default=events.models.CurrentTransaction(), editable=False
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [
                            models.Index(
                                fields=["member_id", "-id"], name="events_event_by_member"
                            ),
                            models.Index(fields=["type", "-id"], name="events_event_by_type"),
                            models.Index(
                                fields=["transaction", "id"], name="events_event_by_transaction"
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("type", ""), _negated=True),
                                name="events_event_has_a_type",
                            )
                        ],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="event",
                    trigger=pgtrigger.compiler.Trigger(
                        name="rows_are_final",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="IF TG_OP = 'UPDATE' AND current_setting('pennant.erasing', true) = 'on' AND to_jsonb(NEW) - '{payload}'::text[] = to_jsonb(OLD) - '{payload}'::text[] THEN RETURN NEW; END IF; RAISE EXCEPTION 'this table is append-only';",
                            hash="2d5a9b3dd35e1e60ffe57d5f5ef6738e9d32588c",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_rows_are_final_35102",
                            table="events_event",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="event",
                    trigger=pgtrigger.compiler.Trigger(
                        name="no_truncate",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'this table is append-only';",
                            hash="a425e47c75397061c3f69a0a3c58206d2397cd90",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_no_truncate_3ded1",
                            table="events_event",
                            when="BEFORE",
                        ),
                    ),
                ),
            ],
        ),
    ]
