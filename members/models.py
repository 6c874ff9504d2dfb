"""People: logins, members, their cards and everything else they are known by.

A Member is not a User: somebody enrolled at a desk has a card and no login until they claim it.
What must stay true: an e-mail, phone, card or partner reference points to at most one member (the
key table says so), and a member has at most one active card.
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from common.ids import named, uuid7
from program.models import is_code

KEY_SPACE = uuid.UUID("8f3c1f9e-6a53-4f0b-9d1c-3f1f5e6f7a10")


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A login: an e-mail address that was proven by a code.

    Members and staff have one; a card alone has none.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    is_staff = models.BooleanField(_("is staff"), default=False)
    is_active = models.BooleanField(_("is active"), default=True)
    date_joined = models.DateTimeField(db_default=Now())

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("login")
        verbose_name_plural = _("logins")
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), name="members_user_email_is_unique"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email


class MemberQuerySet(models.QuerySet["Member"]):
    def search(self, text: str) -> MemberQuerySet:
        """Members by part of a name, by e-mail, phone, partner reference or card number, however it
        is spaced.
        """
        words = " ".join(text.split())
        found = Q(name__icontains=words) | Q(email__istartswith=words)
        digits = "".join(c for c in words if c.isdigit())
        keys = [
            MemberKey.id_for(kind, words)
            for kind in (MemberKey.Kind.REFERENCE, MemberKey.Kind.EMAIL)
        ]
        if digits:
            keys += [
                MemberKey.id_for(MemberKey.Kind.CARD, digits),
                MemberKey.id_for(MemberKey.Kind.PHONE, words),
            ]
        return self.filter(found | Q(pk__in=MemberKey.objects.filter(pk__in=keys).values("member")))

    def with_card(self) -> MemberQuerySet:
        """Each member with its active card's number as `card_number`, in the same query."""
        active = Card.objects.filter(member=models.OuterRef("pk"), is_active=True)
        return self.annotate(card_number=models.Subquery(active.values("number")[:1]))


class Member(models.Model):
    """A person (or, where a program rewards them, a company or agent) who takes part."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("active")
        CLOSED = "closed", _("closed")
        MERGED = "merged", _("merged into another")
        ERASED = "erased", _("erased")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.OneToOneField(User, models.PROTECT, null=True, blank=True, related_name="member")
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    birthday = models.DateField(_("birthday"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    status = models.CharField(
        _("status"), max_length=8, choices=Status.choices, default=Status.ACTIVE
    )
    joined_at = models.DateTimeField(_("joined"))
    created_at = models.DateTimeField(db_default=Now())
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="absorbed"
    )
    absorbs = models.PositiveSmallIntegerField(
        default=0, help_text=_("How many other memberships have become part of this one.")
    )

    objects = MemberQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        verbose_name = _("member")
        indexes: ClassVar = [
            models.Index(Lower("name"), name="members_member_by_name"),  # the clerk's list, by name
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(name=""), name="members_member_has_a_name"),
            models.CheckConstraint(
                condition=Q(status="active") | Q(user__isnull=True),
                name="members_member_closed_has_no_login",
            ),
            models.CheckConstraint(
                condition=Q(status="merged", merged_into__isnull=False)
                | (~Q(status="merged") & Q(merged_into__isnull=True)),
                name="members_member_merged_has_its_survivor",
            ),
            models.CheckConstraint(
                condition=~Q(merged_into=models.F("id")), name="members_member_survives_another"
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(absorbs=0),
                name="members_member_merged_absorbs_nobody",
            ),
            models.CheckConstraint(
                condition=~Q(status="erased")
                | Q(email="", phone="", birthday__isnull=True, user__isnull=True),
                name="members_member_erased_is_nobody",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def first_name(self) -> str:
        return self.name.split(" ")[0]


class MemberOwned(models.Model):
    """A row that belongs to one member and never changes hands.

    An index that begins with the member serves for the foreign key, too.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    member = models.ForeignKey(Member, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        abstract = True


class Segment(models.Model):
    """A group of members that staff, or another system, put together:

    students, locals, employees.
    """

    code = models.CharField(max_length=40, primary_key=True, validators=[is_code])
    name = models.CharField(max_length=60)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class SegmentMember(MemberOwned):
    """A member's place in a segment."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="segments", db_index=False)
    segment = models.ForeignKey(Segment, models.PROTECT, related_name="members")
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "segment"], name="members_segment_member_is_unique"
            ),
        ]

    def __str__(self) -> str:
        return str(self.segment_id)


class PastSegment(MemberOwned):
    """A member's time in a segment that they have left since."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="past_segments")
    segment = models.ForeignKey(Segment, models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ("starts_at",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="members_past_segment_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return str(self.segment_id)


class Consent(MemberOwned):
    """What a member said about being written to on a topic; where nothing was said, they may be."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="consents", db_index=False)
    topic = models.CharField(max_length=40)
    is_given = models.BooleanField()
    said_at = models.DateTimeField()
    actor = models.CharField(max_length=80)

    class Meta:
        ordering = ("topic",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "topic"], name="members_consent_topic_is_unique"
            ),
            models.CheckConstraint(condition=~Q(topic=""), name="members_consent_names_a_topic"),
        ]

    def __str__(self) -> str:
        return self.topic


class Card(MemberOwned):
    """A number a member shows: on the phone, on plastic, at a till."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="cards")
    number = models.CharField(max_length=12)
    is_active = models.BooleanField(default=True)
    issued_at = models.DateTimeField(db_default=Now())
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes: ClassVar = [
            models.Index(fields=["number"], name="members_card_by_number")
        ]  # desk search
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member"], condition=Q(is_active=True), name="members_card_one_active"
            ),
            models.CheckConstraint(
                condition=Q(is_active=True, revoked_at__isnull=True)
                | Q(is_active=False, revoked_at__isnull=False),
                name="members_card_revoked_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(number__regex=r"^[0-9]{12}$"), name="members_card_has_twelve_digits"
            ),
        ]

    def __str__(self) -> str:
        return " ".join(self.number[start : start + 4] for start in range(0, 12, 4))


class MemberKey(models.Model):
    """What a member is known by.

    The id is made from kind and value, so one value means one member.
    """

    class Kind(models.TextChoices):
        CARD = "card", _("card")
        EMAIL = "email", _("e-mail")
        PHONE = "phone", _("phone")
        REFERENCE = "reference", _("partner's reference")

    id = models.UUIDField(primary_key=True, editable=False)
    member = models.ForeignKey(Member, models.PROTECT, related_name="keys")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    value = models.CharField(max_length=254)
    came_with = models.ForeignKey(
        Member,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Whose it was before two memberships became one."),
    )

    class Meta:
        db_table = "members_key"

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"

    @staticmethod
    def normalize(kind: str, value: str) -> str:
        """The one spelling under which a value is kept: no spaces around it, e-mail in lower case,
        phone bare.
        """
        value = value.strip()
        if kind == MemberKey.Kind.PHONE:
            return ("+" if value.startswith("+") else "") + "".join(c for c in value if c.isdigit())
        return value.lower() if kind == MemberKey.Kind.EMAIL else value

    @staticmethod
    def id_for(kind: str, value: str) -> uuid.UUID:
        """The key's id: a name-based UUID of kind and normalized value."""
        return named(KEY_SPACE, kind, MemberKey.normalize(kind, value))

    @classmethod
    def make(cls, member: Member, kind: str, value: str) -> MemberKey:
        """An unsaved key of `member`."""
        value = cls.normalize(kind, value)
        return cls(id=cls.id_for(kind, value), member=member, kind=kind, value=value)


class ClaimCode(MemberOwned):
    """A one-time code that a desk hands out with a card, so that its owner can claim it on the
    phone.
    """

    member = models.ForeignKey(Member, models.PROTECT, related_name="+")
    code_hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    attempts_left = models.PositiveSmallIntegerField(default=5)
    used_at = models.DateTimeField(null=True, blank=True)
    issued_by = models.CharField(max_length=80)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member"], condition=Q(used_at__isnull=True), name="members_claim_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"claim code of {self.created_at:%Y-%m-%d}"


# Tables of this app that stand in a module of their own; Django looks for them here.
from members.homes import Household, HouseholdMember, Invitation  # noqa: E402
from members.merges import MemberMerge  # noqa: E402

__all__ = [
    "KEY_SPACE",
    "Card",
    "ClaimCode",
    "Consent",
    "Household",
    "HouseholdMember",
    "Invitation",
    "Member",
    "MemberKey",
    "MemberMerge",
    "MemberOwned",
    "MemberQuerySet",
    "PastSegment",
    "Segment",
    "SegmentMember",
    "User",
    "UserManager",
]
