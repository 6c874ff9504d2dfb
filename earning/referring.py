"""Referring: a member invites, a friend joins and does what the terms ask, both sides are paid in
the same transaction.

What must stay true: a friend is brought by at most one member, the first; nobody brings themselves
or somebody who was there before; what looks like one person twice waits for a clerk; what was
refused is kept with its reason; a referral pays once, and names the activities that paid.
"""

from __future__ import annotations

import re
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.errors import translate
from common.ids import ALPHABET
from earning.errors import REFUSALS, ReferralClosed, ReferralUnknown
from earning.models import Activity, Referral, ReferralCode, ReferralTerms
from events import outbox
from members import households, lineage
from members.models import Member
from points.errors import ReasonMissing
from program import catalog
from program.catalog import versioned
from program.models import Program

LENGTH = 8  # 40 random bits: a code is an invitation, not a key
NEW_DAYS = 7  # somebody who has been a member for longer is no newcomer
Status = Referral.Status


@versioned
def active(program: Program) -> tuple[ReferralTerms, ...]:
    """The terms in force, kept in memory."""
    rows = ReferralTerms.objects.filter(is_active=True)
    return tuple(rows.select_related("type", "referrer_type", "friend_type"))


def code_of(member: Member) -> str:
    """The member's own code, made when it is first asked for."""
    known = ReferralCode.objects.filter(member_id=member.pk).first()
    if known is not None:
        return known.code
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH)).upper()
    made = ReferralCode(id=ReferralCode.id_for(code), code=code, member_id=member.pk)
    ReferralCode.objects.bulk_create([made], ignore_conflicts=True)
    return ReferralCode.objects.get(member_id=member.pk).code


def referrer_of(code: str) -> Member:
    """Whose code it is. Raises ReferralUnknown."""
    clean = re.sub(r"[^0-9A-Z]", "", code.upper())[:LENGTH]
    key = ReferralCode.objects.filter(pk=ReferralCode.id_for(clean)).first()
    member = Member.objects.filter(pk=key.member_id).first() if key else None
    if member is None or member.status != Member.Status.ACTIVE or not active(catalog.current()):
        raise ReferralUnknown(_("This invitation is not known. Ask your friend for a new link."))
    return member


def refer(friend: Member, *, code: str, actor: str) -> Referral:
    """Note that a newcomer came by somebody's code. Raises ReferralUnknown for a wrong code.

    What cannot count is kept, refused, with the reason; what looks odd waits for a clerk.
    """
    referrer = referrer_of(code)
    terms = active(catalog.current())[0]
    with transaction.atomic(), translate(REFUSALS):
        friend = Member.objects.select_for_update(no_key=True).get(pk=friend.pk)
        why_not, doubt = _objection(friend, referrer), _doubt(friend, referrer)
        status = Status.REFUSED if why_not else Status.DOUBTED if doubt else Status.OPEN
        row = Referral.objects.create(
            member=friend,
            referrer=referrer,
            terms=terms,
            status=status,
            reason=(why_not or doubt)[:240],
            actor=actor,
            referred_at=clock.now(),
        )
        _announce("friend_referred", row)
    return row


def _objection(friend: Member, referrer: Member) -> str:
    """Why the friend cannot be brought by the referrer; empty when they can."""
    if friend.pk == referrer.pk:
        return _("Nobody can invite themselves.")
    whose = lineage.ids(friend)
    if Referral.objects.filter(member__in=whose).exclude(status=Status.REFUSED).exists():
        return _("Another member invited them first.")
    is_old = friend.joined_at < clock.now() - timedelta(days=NEW_DAYS)
    if is_old or Activity.objects.filter(member__in=whose).exists():
        return _("They were a member already.")
    return ""


def _doubt(friend: Member, referrer: Member) -> str:
    """What the two have in common that one person would have; empty for nothing."""
    peers = households.peers([referrer.pk]).get(referrer.pk, ())
    if friend.pk in {peer for peer, _ in peers}:
        return _("They live in one household.")
    if _digits(friend.phone) and _digits(friend.phone) == _digits(referrer.phone):
        return _("They have the same phone number.")
    if _mailbox(friend.email) and _mailbox(friend.email) == _mailbox(referrer.email):
        return _("Their e-mail addresses lead to one mailbox.")
    return ""


def _digits(phone: str) -> str:
    """The last nine digits: what two spellings of one number share."""
    return "".join(letter for letter in phone if letter.isdigit())[-9:]


def _mailbox(email: str) -> str:
    """An address without dots and what follows a plus, as large providers deliver it."""
    name, at, host = email.strip().lower().partition("@")
    return name.partition("+")[0].replace(".", "") + at + host if at else ""


def refuse(referral: Referral, *, reason: str, actor: str) -> Referral:
    """Refuse a doubted referral; it is kept. Raises ReasonMissing, ReferralClosed."""
    if not reason.strip():
        raise ReasonMissing(_("Write down why the invitation does not count."), pointer="/reason")
    with transaction.atomic():
        row = lock(referral, actor=actor)
        row.status, row.reason = Status.REFUSED, reason.strip()[:240]
        row.save(update_fields=["status", "reason", "decided_by", "decided_at"])
        _announce("referral_refused", row)
    return row


def lock(referral: Referral, *, actor: str) -> Referral:
    """A doubted referral under its lock, with who decides. Raises ReferralClosed for others."""
    rows = Referral.objects.select_for_update(of=("self",)).select_related("member", "referrer")
    row = rows.get(pk=referral.pk, member=referral.member_id)
    if row.status != Status.DOUBTED:
        raise ReferralClosed(_("This invitation has been decided already."), status=row.status)
    row.decided_by, row.decided_at = actor, clock.now()
    return row


def _announce(type: str, row: Referral) -> None:
    payload = {"friend": str(row.member_id), "status": row.status, "reason": row.reason}
    outbox.publish(type, member_id=row.referrer_id, subject=row.public_id, payload=payload)
