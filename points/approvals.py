"""The one door for points that are made or taken by hand.

Up to the program's limit a clerk posts alone; above it a second person decides. What must stay
true: nobody moves their own points or those of their household, nor approves that; whoever asks
never decides; splitting an amount into small ones does not lead round the limit.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Abs

from common import clock
from common.errors import translate
from events import outbox
from members import households, lineage
from members.models import Member, MemberMerge
from points import expiry, ledger
from points.books import Books
from points.errors import (
    REFUSALS,
    AlreadyDecided,
    OwnPoints,
    ReasonMissing,
    SecondPersonNeeded,
    SourceUsed,
    UnitInvalid,
)
from points.models import AdjustmentRequest, Entry, Posting
from program import catalog
from program.models import Unit

State = AdjustmentRequest.State
ADJUSTMENT, REINSTATEMENT = "adjustment", "reinstatement"
BY_HAND = (Posting.Kind.ADJUSTMENT, Posting.Kind.REINSTATE)  # what counts towards the limit


@dataclasses.dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants done by hand: an amount of a unit (its smallest part; a minus takes) for
    a member, why, and whatever else the verb of its kind needs.
    """

    member: Member
    unit: str
    amount: int
    reason: str
    source: str
    kind: str = ADJUSTMENT
    details: dict[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: it was posted, or it waits for a second person. One of the two is set."""

    posting: Posting | None = None
    request: AdjustmentRequest | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Verb:
    """How a kind of wish is carried out, which units' accounts that locks, and the source of the
    posting that it makes.
    """

    perform: Callable[[Wish, str], Posting]
    locks: Callable[[str], set[str]] = lambda unit: {unit}
    source: Callable[[Wish], str] = lambda wish: wish.source


def _adjust(wish: Wish, actor: str) -> Posting:
    return ledger.adjust(
        wish.member,
        unit=wish.unit,
        amount=wish.amount,
        reason=wish.reason,
        actor=actor,
        source=wish.source,
    )


def _reinstate(wish: Wish, actor: str) -> Posting:
    return expiry.reinstate(
        wish.member,
        expired=uuid.UUID(wish.details["expired"]),
        until=date.fromisoformat(wish.details["until"]),
        reason=wish.reason,
        actor=actor,
    )


def _source(wish: Wish) -> str:
    return expiry.source_of(uuid.UUID(wish.details["expired"]))


_verbs: dict[str, Verb] = {
    ADJUSTMENT: Verb(_adjust),
    REINSTATEMENT: Verb(_reinstate, source=_source),
}


def register(kind: str, verb: Verb) -> None:
    """Say how a kind of wish is carried out; higher floors do so for what they know. Called once,
    at start-up.
    """
    _verbs[kind] = verb


def ask(wish: Wish, *, actor: str) -> Outcome:
    """Post what one person may post alone; let the rest wait for a second one.

    Raises OwnPoints, ReasonMissing, UnitInvalid, SourceUsed on a repeat, and what the verb of its
    kind raises.
    """
    if not wish.reason.strip():
        raise ReasonMissing(
            "Write down why. The member and the auditor will read it.", pointer="/reason"
        )
    ledger.require_amount(abs(wish.amount))
    require_other(wish.member, actor=actor)
    unit, verb = _unit(wish.unit), _verbs[wish.kind]
    with transaction.atomic(), translate(REFUSALS):
        Books.open({(wish.member.pk, held) for held in verb.locks(wish.unit)})
        _require_new(wish, posted=verb.source(wish))
        if not is_above(wish.member, unit=unit, amount=wish.amount, actor=actor):
            return Outcome(posting=verb.perform(wish, actor))
        return Outcome(request=_queue(wish, actor=actor))


def _require_new(wish: Wish, *, posted: str) -> None:
    """Refuse what waits for a second person, was decided on or was posted; under the account's
    lock.
    """
    asked = AdjustmentRequest.objects.filter(member=wish.member, source=wish.source)
    if asked.exists() or Posting.objects.filter(member=wish.member, source=posted).exists():
        raise SourceUsed("This has been asked for already.", source=wish.source)


def bring_back(
    member: Member, *, expired: uuid.UUID, until: date, reason: str, actor: str, source: str
) -> Outcome:
    """Bring back what an entry of the kind expiry took out, or ask a second person to.

    Raises as `ask` and `expiry.reinstate` do.
    """
    entry = expiry.ended(member, expired)
    expiry.end_of(until, catalog.current().time_zone)
    details = {"expired": str(entry.pk), "until": until.isoformat()}
    unit, amount = entry.account.unit_id, -entry.amount
    wish = Wish(member, unit, amount, reason, source, REINSTATEMENT, details)
    return ask(wish, actor=actor)


def is_above(member: Member, *, unit: Unit, amount: int, actor: str) -> bool:
    """Whether this needs a second person: with what the same person moved by hand for the member
    today, it is more than the unit's limit.
    """
    limit = unit.second_person_above
    if limit is None:
        return False
    today = moved_today(member, unit=unit.code, actor=actor)
    return abs(amount) + today > limit


def moved_today(member: Member, *, unit: str, actor: str) -> int:
    """What one person moved by hand for a member, and for whoever was merged into them, since
    midnight, up and down added together.
    """
    zone = catalog.current().time_zone
    midnight = clock.start_of_day(clock.local_date(clock.now(), zone), zone)
    rows = Entry.objects.filter(
        member__in=lineage.among([lineage.by_now(member).pk]),
        account__unit=unit,
        posting__kind__in=BY_HAND,
        posting__actor=actor,
        posting__occurred_at__gte=midnight,
    )
    return rows.aggregate(total=Sum(Abs("amount")))["total"] or 0


def approve(request: AdjustmentRequest, *, actor: str, note: str = "") -> AdjustmentRequest:
    """Agree, and post it in the name of who asked.

    Raises SecondPersonNeeded for who asked, OwnPoints, AlreadyDecided, and what the verb raises.
    """
    with transaction.atomic(), translate(REFUSALS):
        row = _open(request, actor=actor)
        wish = Wish(
            row.member, row.unit_id, row.amount, row.reason, row.source, row.kind, row.details
        )
        posting = _verbs[row.kind].perform(wish, row.asked_by)
        return _decide(row, State.APPROVED, actor=actor, decision=note, posting=posting)


def decline(request: AdjustmentRequest, *, actor: str, reason: str) -> AdjustmentRequest:
    """Refuse, with a reason that whoever asked will read. Raises as `approve` does."""
    if not reason.strip():
        raise ReasonMissing("Write down why, for whoever asked.", pointer="/reason")
    with transaction.atomic(), translate(REFUSALS):
        row = _open(request, actor=actor)
        return _decide(row, State.DECLINED, actor=actor, decision=reason)


def require_other(member: Member, *, actor: str) -> None:
    """Refuse somebody who is this member, or lives with them; whichever of several memberships that
    became one it is about, and by whichever login they signed in. Raises OwnPoints.
    """
    kind, _colon, key = actor.partition(":")
    user = _uuid(key) if kind == "staff" else None
    if user is None:
        return
    owner = lineage.by_now(member).pk
    close = {owner, *households.mates([owner])}
    is_detached = MemberMerge.objects.filter(
        login=user, undone_at__isnull=True, absorbed__merged_into__in=close
    )
    if Member.objects.filter(pk__in=close, user=user).exists() or is_detached.exists():
        raise OwnPoints(
            "These are your own points, or those of somebody you live with. Ask a colleague who "
            "has nothing to do with it."
        )


def waiting() -> int:
    """How many requests wait for a second person."""
    return AdjustmentRequest.objects.filter(state=State.WAITING).count()


def _queue(wish: Wish, *, actor: str) -> AdjustmentRequest:
    row = AdjustmentRequest(
        member=wish.member,
        unit_id=wish.unit,
        kind=wish.kind,
        amount=wish.amount,
        reason=wish.reason[:240],
        source=wish.source,
        details=wish.details,
        asked_by=actor,
        asked_at=clock.now(),
    )
    row.save(force_insert=True)
    _announce("adjustment_asked", row, actor=actor)
    return row


def _open(request: AdjustmentRequest, *, actor: str) -> AdjustmentRequest:
    """The request, locked, if this person may decide on it. It is locked before any account."""
    row = AdjustmentRequest.objects.select_for_update(of=("self",)).get(
        pk=request.pk, member=request.member_id
    )
    if row.state != State.WAITING:
        raise AlreadyDecided(
            "Somebody else has decided on this already. Nothing was done a second time.",
            state=row.state,
        )
    if row.asked_by == actor:
        raise SecondPersonNeeded("You asked for this yourself. Somebody else has to decide on it.")
    require_other(row.member, actor=actor)
    return row


def _decide(
    row: AdjustmentRequest,
    state: str,
    *,
    actor: str,
    decision: str,
    posting: Posting | None = None,
) -> AdjustmentRequest:
    row.state, row.decided_by, row.decided_at = state, actor, clock.now()
    row.decision, row.posting = decision[:240], posting
    row.save(update_fields=["state", "decided_by", "decided_at", "decision", "posting"])
    _announce(f"adjustment_{state}", row, actor=actor)
    return row


def _announce(type: str, row: AdjustmentRequest, *, actor: str) -> None:
    payload = {"unit": row.unit_id, "amount": row.amount, "reason": row.reason, "actor": actor}
    moment: datetime = row.decided_at or row.asked_at
    outbox.publish(type, member_id=row.member_id, payload=payload, occurred_at=moment)


def _unit(code: str) -> Unit:
    unit = catalog.of(catalog.current()).units.get(code)
    if unit is None:
        raise UnitInvalid(f"There is no unit {code!r} in this program.", pointer="/unit")
    return unit


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
