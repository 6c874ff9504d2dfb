"""Claiming: how somebody who was given a card at a desk takes it over with a login of their own.

A code is handed out with the card, lives for ninety days, allows five wrong tries, and works once.
Only its hash is kept.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import timedelta

from django.db import transaction
from django.db.models import F

from common import clock
from common.errors import InvalidInput, translate
from common.ids import ALPHABET
from events import outbox
from members import enrolment, presence
from members.errors import REFUSALS, AlreadyMember, ClaimRefused, MemberNotFound
from members.models import ClaimCode, Member, MemberKey, User

LIFE = timedelta(days=90)
LENGTH = 8  # 40 bits, and five tries: a guess succeeds once in 2 * 10^11
REFUSED = "This card cannot be claimed with that code. Check both, or ask the desk for a new code."


def issue_code(member: Member, *, actor: str) -> str:
    """A fresh claim code for a member without a login, `ABCD-EFGH`; earlier codes stop working."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH)).upper()
    with transaction.atomic(), translate(REFUSALS):
        locked = presence.lock(member)
        if locked.user_id is not None:
            raise AlreadyMember("This member has a login already and needs no claim code.")
        ClaimCode.objects.filter(member=locked, used_at__isnull=True).delete()
        row = ClaimCode(
            member=locked, code_hash=_hash(code), expires_at=clock.now() + LIFE, issued_by=actor
        )
        row.save(force_insert=True)
        outbox.publish("claim_code_issued", member_id=locked.pk, payload={"actor": actor})
    return f"{code[:4]}-{code[4:]}"


def claim(user: User, *, number: str, code: str) -> Member:
    """Give the member behind a card to `user`.

    Raises ClaimRefused, with one answer for every reason, or AlreadyMember.
    """
    if Member.objects.filter(user=user).exists():
        raise AlreadyMember(
            "This login already belongs to a member. Ask the desk to merge the two."
        )
    row = try_code(number=number, code=code)
    return link(row.member, user=user, code=row.pk)


def try_code(*, number: str, code: str) -> ClaimCode:
    """Check a claim code and count a wrong try, even if the caller's work fails later.

    Returns the code's row, with its member; raises ClaimRefused for unknown cards, wrong, used,
    expired or exhausted codes alike.
    """
    try:
        member = enrolment.find(card=number)
    except (InvalidInput, MemberNotFound) as error:
        raise ClaimRefused(REFUSED) from error
    with transaction.atomic():
        row = (
            ClaimCode.objects.select_for_update(of=("self",))
            .select_related("member")
            .filter(member=member, used_at__isnull=True)
            .first()
        )
        is_open = row is not None and row.expires_at > clock.now() and row.attempts_left > 0
        is_right = row is not None and secrets.compare_digest(row.code_hash, _hash(code))
        if row is not None and is_open and not is_right:
            ClaimCode.objects.filter(pk=row.pk, member=member).update(
                attempts_left=F("attempts_left") - 1
            )
    if row is None or not (is_open and is_right):
        raise ClaimRefused(REFUSED)
    return row


def link(member: Member, *, user: User, code: uuid.UUID | None = None) -> Member:
    """Give `member` to `user`, use up its claim code, and make the login's e-mail the member's.

    With `code`, that claim code must still be open: a desk may have issued another since it was
    tried. Raises ClaimRefused.
    """
    with transaction.atomic(), translate(REFUSALS):
        locked = Member.objects.select_for_update().get(pk=member.pk)
        if locked.user_id is not None or locked.status != Member.Status.ACTIVE:
            raise ClaimRefused(REFUSED)
        if code is not None and not _is_open(locked, code):
            raise ClaimRefused(REFUSED)
        locked.user, locked.email = user, user.email
        locked.save(update_fields=["user", "email"])
        ClaimCode.objects.filter(member=locked, used_at__isnull=True).update(used_at=clock.now())
        enrolment.rename(locked, MemberKey.Kind.EMAIL, user.email)
        outbox.publish("member_claimed", member_id=locked.pk, payload={"actor": f"user:{user.pk}"})
    return locked


def _is_open(member: Member, code: uuid.UUID) -> bool:
    rows = ClaimCode.objects.select_for_update().filter(pk=code, member=member)
    return rows.filter(
        used_at__isnull=True, expires_at__gt=clock.now(), attempts_left__gt=0
    ).exists()


def _hash(code: str) -> str:
    return hashlib.sha256(code.replace("-", "").replace(" ", "").upper().encode()).hexdigest()
