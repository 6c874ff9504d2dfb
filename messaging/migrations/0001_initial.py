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
    ]

    operations = [
        common.migrations.Together(
            operations=[
                migrations.CreateModel(
                    name="Letter",
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
                            "member",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="letters",
                                to="members.member",
                            ),
                        ),
                        ("event_id", models.UUIDField()),
                        ("event_type", models.CharField(max_length=40)),
                        ("event_subject", models.CharField(blank=True, max_length=60)),
                        ("payload", models.JSONField(blank=True, default=dict)),
                        ("subject", models.CharField(blank=True, max_length=240)),
                        ("address", models.EmailField(blank=True, max_length=254)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("waiting", "waiting"),
                                    ("sending", "being sent"),
                                    ("sent", "sent"),
                                    ("refused", "not wanted"),
                                    ("failed", "given up"),
                                ],
                                default="waiting",
                                max_length=8,
                            ),
                        ),
                        (
                            "made_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [
                            models.Index(
                                condition=models.Q(("status__in", ["waiting", "sending"])),
                                fields=["due_at"],
                                name="messaging_letter_waiting",
                            ),
                            models.Index(
                                fields=["member", "-id"], name="messaging_letter_by_member"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("member", "event_id"),
                                name="messaging_letter_once_for_each_event",
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
                                name="messaging_letter_sent_has_its_moment",
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
                                name="messaging_letter_in_hand_has_its_moment",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status__in", ["failed", "refused"]), _negated=True),
                                    models.Q(("why", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="messaging_letter_unsent_says_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("doubts__lte", 2)),
                                name="messaging_letter_is_doubted_twice_at_most",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Template",
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
                        ("event", models.CharField(max_length=40)),
                        ("language", models.CharField(default="en", max_length=10)),
                        ("subject", models.CharField(max_length=120)),
                        ("text", models.TextField()),
                        ("is_active", models.BooleanField(default=True)),
                    ],
                    options={
                        "ordering": ("event", "language"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("event", "language"),
                                name="messaging_template_once_a_language",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("subject", ""), _negated=True),
                                    models.Q(("text", ""), _negated=True),
                                ),
                                name="messaging_template_says_something",
                            ),
                        ],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="template",
                    trigger=pgtrigger.compiler.Trigger(
                        name="program_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="UPDATE program_program SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint); RETURN NULL;",
                            hash="2f7cc667fd5d86729b2a80f3e9c24a6d9ce40a23",
                            level="STATEMENT",
                            operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_program_version_b8b90",
                            table="messaging_template",
                            when="AFTER",
                        ),
                    ),
                ),
            ],
        ),
    ]
