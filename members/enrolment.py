"""Enrolment: how a person becomes a member, and how a member is found by whatever they are known
by.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from common import bulk, clock
from common.errors import InvalidInput, translate
from common.ids import uuid7
from events import outbox
from members import cards, lineage, presence
from members.errors import REFUSALS, MemberNotFound
from members.models import Card, Member, MemberKey, User

Kind = MemberKey.Kind
NAME_LENGTH, PHONE_LENGTH = 120, 32


@dataclasses.dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody to enrol. Everything but the name may be missing."""

    name: str
    email: str = ""
    phone: str = ""
    reference: str = ""
    joined_at: datetime | None = None


def enroll(
    *,
    name: str,
    actor: str,
    email: str = "",
    phone: str = "",
    reference: str = "",
    user: User | None = None,
    joined_at: datetime | None = None,
) -> Member:
    """Make a member with a fresh card.

    Raises IdentifierTaken when e-mail, phone or reference is somebody else's.
    """
    who = Newcomer(name=name, email=email, phone=phone, reference=reference, joined_at=joined_at)
    return enroll_many([who], actor=actor, users=[user])[0]


def enroll_many(
    people: Sequence[Newcomer], *, actor: str, users: Sequence[User | None] = ()
) -> list[Member]:
    """Enrol several people at once, all or none, in a handful of statements."""
    now = clock.now()
    members, card_rows, keys = [], [], []
    for person, user in zip(people, users or [None] * len(people), strict=True):
        member = Member(
            user=user,
            name=_name(person.name),
            email=clean_email(person.email),
            phone=clean_phone(person.phone),
            joined_at=person.joined_at or now,
        )
        members.append(member)
        card_rows.append(Card(member=member, number=cards.new_number()))
        keys += _keys(member, card_rows[-1].number, person)
    with transaction.atomic(), translate(REFUSALS):
        bulk.insert(Member, members)
        bulk.insert(Card, card_rows)
        bulk.insert(MemberKey, keys)
        outbox.publish_many(
            outbox.draft("member_enrolled", member_id=member.id, payload={"actor": actor})
            for member in members
        )
    return members


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name:
        raise InvalidInput("A member needs a name. Ask for one.", pointer="/name")
    if len(name) > NAME_LENGTH:
        raise InvalidInput(f"A name has at most {NAME_LENGTH} characters.", pointer="/name")
    return name


def clean_email(text: str) -> str:
    """An address as it is kept. Raises InvalidInput for what no letter can be sent to."""
    email = text.strip().lower()
    try:
        if email:
            validate_email(email)
            email.partition("@")[2].encode("idna")
    except (ValidationError, UnicodeError):
        raise InvalidInput(
            "Write an e-mail address like ana@example.com.", pointer="/email"
        ) from None
    return email


def clean_phone(text: str) -> str:
    """A phone number as it is kept. Raises InvalidInput for what is none."""
    phone = text.strip()
    if phone and (len(phone) > PHONE_LENGTH or not any(c.isdigit() for c in phone)):
        raise InvalidInput("Write a phone number like +351 912 345 678.", pointer="/phone")
    return phone


def _keys(member: Member, number: str, person: Newcomer) -> list[MemberKey]:
    given = {
        Kind.CARD: number,
        Kind.EMAIL: person.email,
        Kind.PHONE: person.phone,
        Kind.REFERENCE: person.reference,
    }
    return [MemberKey.make(member, kind, value) for kind, value in given.items() if value.strip()]


def find(*, card: str = "", email: str = "", phone: str = "", reference: str = "") -> Member:
    """The one member known by a card number, e-mail, phone or partner's reference.

    Raises CardNumberInvalid for a mistyped card, MemberNotFound when nobody is known by it.
    """
    kind, value = identifier(card=card, email=email, phone=phone, reference=reference)
    member = Member.objects.filter(keys__id=MemberKey.id_for(kind, value)).first()
    if member is None:
        raise MemberNotFound(
            f"No member is known by this {Kind(kind).label}. Enrol the member first, or check "
            "for a typing error.",
            kind=kind,
        )
    return member


def identifier(
    *, card: str = "", email: str = "", phone: str = "", reference: str = ""
) -> tuple[Kind, str]:
    """The single identifier given, as kind and cleaned value.

    Raises InvalidInput when none or several are given.
    """
    given = {Kind.CARD: card, Kind.EMAIL: email, Kind.PHONE: phone, Kind.REFERENCE: reference}
    named = [(kind, value) for kind, value in given.items() if value]
    if len(named) != 1:
        raise InvalidInput("Name the member by exactly one of card, e-mail, phone or reference.")
    kind, value = named[0]
    return (kind, cards.clean(value)) if kind == Kind.CARD else (kind, value)


def find_many(identifiers: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Member]:
    """Members by (kind, value), in one query; unknown ones are left out."""
    wanted: dict[uuid.UUID, tuple[str, str]] = {
        MemberKey.id_for(kind, value): (kind, value) for kind, value in identifiers
    }
    names = bulk.columns(Member)
    rows = MemberKey.objects.filter(pk__in=bulk.some(wanted))
    found = rows.values_list("pk", *[f"member__{name}" for name in names])
    return {
        wanted[pk]: bulk.stored(Member, zip(names, values, strict=True)) for pk, *values in found
    }


def update(
    member: Member,
    *,
    actor: str,
    name: str | None = None,
    phone: str | None = None,
    language: str | None = None,
) -> Member:
    """Change what members may change about themselves; None leaves it as it is by then.

    Raises IdentifierTaken when the phone is somebody else's.
    """
    with transaction.atomic(), translate(REFUSALS):
        locked = presence.lock(member)
        locked.name = locked.name if name is None else _name(name)
        locked.phone = locked.phone if phone is None else clean_phone(phone)
        locked.language = locked.language if language is None else language
        locked.save(update_fields=["name", "phone", "language"])
        rename(locked, Kind.PHONE, locked.phone)
        outbox.publish("member_updated", member_id=locked.pk, payload={"actor": actor})
    return locked


def rename(member: Member, kind: Kind, value: str) -> None:
    """Make `value` what the member is known by in place of their own value of this kind.

    What came with a merged membership goes on naming the member. Raises the database's refusal
    where the value is somebody else's.
    """
    own = MemberKey.objects.filter(member=member, kind=kind, came_with__isnull=True)
    key = MemberKey.make(member, kind, value)
    own.exclude(pk=key.pk).delete()
    if key.value and not MemberKey.objects.filter(pk=key.pk, member=member).exists():
        key.save(force_insert=True)


def replace_card(member: Member, *, actor: str, reason: str) -> Card:
    """Revoke every card of the member and issue a new one; the old numbers find nobody any more.

    Cards that came with a merged membership are among them: which one was lost nobody knows.
    """
    with transaction.atomic(), translate(REFUSALS):
        whose = lineage.ids(presence.lock(member))
        old = Card.objects.filter(member__in=whose, is_active=True)
        MemberKey.objects.filter(
            pk__in=[MemberKey.id_for(Kind.CARD, card.number) for card in old]
        ).delete()
        old.update(is_active=False, revoked_at=clock.now())
        card = Card(id=uuid7(), member=member, number=cards.new_number())
        card.save(force_insert=True)
        MemberKey.make(member, Kind.CARD, card.number).save(force_insert=True)
        outbox.publish(
            "card_replaced", member_id=member.pk, payload={"actor": actor, "reason": reason}
        )
    return card
