import re

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import common.ids
import common.migrations


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        common.migrations.Together(
            operations=[
                migrations.CreateModel(
                    name="Household",
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
                        ("name", models.CharField(max_length=120)),
                        (
                            "created_at",
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
                    name="Segment",
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
                    ],
                    options={
                        "ordering": ("code",),
                    },
                ),
                migrations.CreateModel(
                    name="User",
                    fields=[
                        ("password", models.CharField(max_length=128, verbose_name="password")),
                        (
                            "last_login",
                            models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                        ),
                        (
                            "is_superuser",
                            models.BooleanField(
                                default=False,
                                help_text="Designates that this user has all permissions without explicitly assigning them.",
                                verbose_name="superuser status",
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
                        ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                        ("name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                        ("is_staff", models.BooleanField(default=False, verbose_name="is staff")),
                        ("is_active", models.BooleanField(default=True, verbose_name="is active")),
                        (
                            "date_joined",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                        (
                            "groups",
                            models.ManyToManyField(
                                blank=True,
                                help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                                related_name="user_set",
                                related_query_name="user",
                                to="auth.group",
                                verbose_name="groups",
                            ),
                        ),
                        (
                            "user_permissions",
                            models.ManyToManyField(
                                blank=True,
                                help_text="Specific permissions for this user.",
                                related_name="user_set",
                                related_query_name="user",
                                to="auth.permission",
                                verbose_name="user permissions",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "login",
                        "verbose_name_plural": "logins",
                        "constraints": [
                            models.UniqueConstraint(
                                django.db.models.functions.text.Lower("email"),
                                name="members_user_email_is_unique",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Member",
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
                            "user",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="member",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("name", models.CharField(max_length=120, verbose_name="name")),
                        (
                            "email",
                            models.EmailField(blank=True, max_length=254, verbose_name="e-mail"),
                        ),
                        (
                            "phone",
                            models.CharField(blank=True, max_length=32, verbose_name="phone"),
                        ),
                        (
                            "birthday",
                            models.DateField(blank=True, null=True, verbose_name="birthday"),
                        ),
                        (
                            "language",
                            models.CharField(default="en", max_length=10, verbose_name="language"),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("active", "active"),
                                    ("closed", "closed"),
                                    ("merged", "merged into another"),
                                    ("erased", "erased"),
                                ],
                                default="active",
                                max_length=8,
                                verbose_name="status",
                            ),
                        ),
                        ("joined_at", models.DateTimeField(verbose_name="joined")),
                        (
                            "created_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                        (
                            "merged_into",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="absorbed",
                                to="members.member",
                            ),
                        ),
                        (
                            "absorbs",
                            models.PositiveSmallIntegerField(
                                default=0,
                                help_text="How many other memberships have become part of this one.",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "member",
                        "ordering": ("-id",),
                        "indexes": [
                            models.Index(
                                django.db.models.functions.text.Lower("name"),
                                name="members_member_by_name",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("name", ""), _negated=True),
                                name="members_member_has_a_name",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status", "active"), ("user__isnull", True), _connector="OR"
                                ),
                                name="members_member_closed_has_no_login",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("merged_into__isnull", False), ("status", "merged")),
                                    models.Q(
                                        models.Q(("status", "merged"), _negated=True),
                                        ("merged_into__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="members_member_merged_has_its_survivor",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("merged_into", models.F("id")), _negated=True),
                                name="members_member_survives_another",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("merged_into__isnull", True), ("absorbs", 0), _connector="OR"
                                ),
                                name="members_member_merged_absorbs_nobody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "erased"), _negated=True),
                                    models.Q(
                                        ("birthday__isnull", True),
                                        ("email", ""),
                                        ("phone", ""),
                                        ("user__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="members_member_erased_is_nobody",
                            ),
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="household_invitations",
                                to="members.member",
                            ),
                        ),
                        (
                            "household",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="invitations",
                                to="members.household",
                            ),
                        ),
                        (
                            "invited_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="members.member",
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("open", "open"),
                                    ("accepted", "accepted"),
                                    ("declined", "declined"),
                                    ("withdrawn", "taken back"),
                                ],
                                default="open",
                                max_length=9,
                            ),
                        ),
                        ("invited_at", models.DateTimeField()),
                        ("answered_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ("-id",),
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("status", "open")),
                                fields=("member", "household"),
                                name="members_invitation_one_open",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("answered_at__isnull", True), ("status", "open")),
                                    models.Q(
                                        models.Q(("status", "open"), _negated=True),
                                        ("answered_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="members_invitation_answer_has_its_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("invited_by", models.F("member")), _negated=True
                                ),
                                name="members_invitation_is_of_somebody_else",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HouseholdMember",
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
                                related_name="households",
                                to="members.member",
                            ),
                        ),
                        (
                            "household",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="people",
                                to="members.household",
                            ),
                        ),
                        ("is_head", models.BooleanField(default=False)),
                        ("joined_at", models.DateTimeField()),
                        ("left_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "pooled_at",
                            models.DateTimeField(
                                blank=True,
                                help_text="Since when the others may redeem with their points.",
                                null=True,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("joined_at",),
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("left_at__isnull", True)),
                                fields=("member",),
                                name="members_household_member_lives_in_one",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("left_at__isnull", True),
                                    ("left_at__gte", models.F("joined_at")),
                                    _connector="OR",
                                ),
                                name="members_household_member_leaves_after_joining",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("pooled_at__isnull", True),
                                    models.Q(
                                        ("left_at__isnull", True),
                                        ("pooled_at__gte", models.F("joined_at")),
                                    ),
                                    _connector="OR",
                                ),
                                name="members_household_member_pools_while_living_there",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Consent",
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
                                related_name="consents",
                                to="members.member",
                            ),
                        ),
                        ("topic", models.CharField(max_length=40)),
                        ("is_given", models.BooleanField()),
                        ("said_at", models.DateTimeField()),
                        ("actor", models.CharField(max_length=80)),
                    ],
                    options={
                        "ordering": ("topic",),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("member", "topic"), name="members_consent_topic_is_unique"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("topic", ""), _negated=True),
                                name="members_consent_names_a_topic",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ClaimCode",
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
                        ("code_hash", models.CharField(max_length=64)),
                        ("expires_at", models.DateTimeField()),
                        ("attempts_left", models.PositiveSmallIntegerField(default=5)),
                        ("used_at", models.DateTimeField(blank=True, null=True)),
                        ("issued_by", models.CharField(max_length=80)),
                        (
                            "created_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-id",),
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("used_at__isnull", True)),
                                fields=("member",),
                                name="members_claim_one_open",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Card",
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
                                related_name="cards",
                                to="members.member",
                            ),
                        ),
                        ("number", models.CharField(max_length=12)),
                        ("is_active", models.BooleanField(default=True)),
                        (
                            "issued_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [models.Index(fields=["number"], name="members_card_by_number")],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("is_active", True)),
                                fields=("member",),
                                name="members_card_one_active",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("is_active", True), ("revoked_at__isnull", True)),
                                    models.Q(("is_active", False), ("revoked_at__isnull", False)),
                                    _connector="OR",
                                ),
                                name="members_card_revoked_has_its_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("number__regex", "^[0-9]{12}$")),
                                name="members_card_has_twelve_digits",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MemberKey",
                    fields=[
                        ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="keys",
                                to="members.member",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("card", "card"),
                                    ("email", "e-mail"),
                                    ("phone", "phone"),
                                    ("reference", "partner's reference"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("value", models.CharField(max_length=254)),
                        (
                            "came_with",
                            models.ForeignKey(
                                blank=True,
                                help_text="Whose it was before two memberships became one.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="members.member",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "members_key",
                    },
                ),
                migrations.CreateModel(
                    name="MemberMerge",
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
                            "survivor",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="merges",
                                to="members.member",
                            ),
                        ),
                        (
                            "absorbed",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="absorptions",
                                to="members.member",
                            ),
                        ),
                        (
                            "login",
                            models.ForeignKey(
                                blank=True,
                                help_text="The login that the absorbed membership had.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="merges",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("reason", models.CharField(max_length=240)),
                        ("actor", models.CharField(max_length=80)),
                        ("merged_at", models.DateTimeField()),
                        (
                            "until",
                            models.DateTimeField(
                                help_text="Undoing it is possible before this moment."
                            ),
                        ),
                        ("memo", models.JSONField(default=dict)),
                        ("undone_at", models.DateTimeField(blank=True, null=True)),
                        ("undone_by", models.CharField(blank=True, max_length=80)),
                        ("undo_reason", models.CharField(blank=True, max_length=240)),
                    ],
                    options={
                        "verbose_name": "merge",
                        "ordering": ("-id",),
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("undone_at__isnull", True)),
                                fields=("absorbed",),
                                name="members_merge_absorbs_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("survivor", models.F("absorbed")), _negated=True
                                ),
                                name="members_merge_joins_two",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("reason", ""), _negated=True),
                                    models.Q(("actor", ""), _negated=True),
                                ),
                                name="members_merge_has_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("until__gte", models.F("merged_at"))),
                                name="members_merge_ends_later",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("undo_reason", ""),
                                        ("undone_at__isnull", True),
                                        ("undone_by", ""),
                                    ),
                                    models.Q(
                                        ("undone_at__isnull", False),
                                        ("undone_at__lte", models.F("until")),
                                        models.Q(("undone_by", ""), _negated=True),
                                        models.Q(("undo_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="members_merge_undone_in_time",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SegmentMember",
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
                                related_name="segments",
                                to="members.member",
                            ),
                        ),
                        (
                            "segment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="members",
                                to="members.segment",
                            ),
                        ),
                        (
                            "added_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("member", "segment"),
                                name="members_segment_member_is_unique",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PastSegment",
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
                                related_name="past_segments",
                                to="members.member",
                            ),
                        ),
                        (
                            "segment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="members.segment",
                            ),
                        ),
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField()),
                    ],
                    options={
                        "ordering": ("starts_at",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                                name="members_past_segment_ends_after_it_starts",
                            )
                        ],
                    },
                ),
            ],
        ),
    ]
