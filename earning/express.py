"""Express: one activity of a member who is known, read in one statement and written in one.

It is how intake goes nearly always, and decides nothing by itself: what it reads at once is handed
to the same session that reads step by step elsewhere, and both write the same rows. Where something
is out of the ordinary (a first account, somebody unknown, a reference that a change has taken
before) it stands back before anything was written, and the long way is gone.

What must stay true: the accounts are locked by a statement of their own (of a function of the
database), in the order of their ids, all of them or none; the reference is claimed, and everything
that counts is read, by statements that begin after that.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable, Collection
from datetime import datetime

import msgspec

from common import bulk, sql
from earning import confirmations, recording, referring, session
from earning.models import ActivityKey
from earning.offering import Period
from earning.recording import Recorded
from earning.rewarding import Prospects
from earning.session import Session
from earning.submissions import Checked
from members.models import Member, MemberKey
from points.books import Books
from points.models import Account
from program.models import Program
from tiers import ladders
from tiers.models import Ladder
from tiers.qualification import Event

Beside = Callable[[Recorded], None]
# One function of the database (`earning/migrations`), because each of its steps has to see what was
# there when the one before was done.
OPEN = """
    SELECT member, accounts, is_ours, taken, given, activated, counted
      FROM earning_open(%(known)s, %(units)s, %(turn)s, %(stands)s,
                        %(reference)s, %(activity)s, %(hash)s, %(counters)s)
"""

_taken = msgspec.json.Decoder(tuple[uuid.UUID, uuid.UUID | None, str])
_given = msgspec.json.Decoder(list[ladders.Given])
_activated = msgspec.json.Decoder(list[tuple[str, datetime, datetime | None]])
_counted = msgspec.json.Decoder(list[tuple[str, datetime, int]])  # unit, moment, amount


@dataclasses.dataclass(frozen=True, slots=True)
class Opened:
    """A member with their accounts under lock, what was given to them on ladders, the offers they
    activated, and what their counters have counted.
    """

    member: Member
    accounts: list[Account]
    given: list[ladders.Given]
    offers: tuple[Period, ...]
    credits: list[Event]


@dataclasses.dataclass(frozen=True, slots=True)
class Repeat:
    """A reference that was claimed before, by the key that can be seen, if it can."""

    key: ActivityKey | None


def record(
    one: Checked, *, program: Program, actor: str, beside: Beside | None = None, turn: str = ""
) -> Recorded | Repeat | None:
    """Record an activity in a transaction that is open.

    `beside` is told what comes of it and may add rows to what is written. Returns None, with
    nothing written, for what has to go the long way; also while somebody else holds the advisory
    lock named `turn`, which is ours until the transaction ends. Raises late.MoreAccounts.
    """
    if not _is_plain(one, program):
        return None
    codes = session.units(program, one.type.code)
    opened = _open(one, codes, turn, program) if codes else None
    if not isinstance(opened, Opened):
        is_known = opened is not None and opened.key is not None and opened.key.request_hash
        return opened if is_known else None
    member = opened.member
    at_work = Session(
        program,
        members={one.identity: member},
        checked=[one],
        books=Books({(member.pk, account.unit_id): account for account in opened.accounts}),
        actor=actor,
        prospects=Prospects(),
        climbs=_climbs(opened, program),
        offers={member.pk: opened.offers},
    )
    if beside is not None:
        at_work.beside = lambda stored: beside(Recorded(one.submission, *stored))
    return recording.record(at_work, [one], may_wait=False)[one.index]


def _is_plain(one: Checked, program: Program) -> bool:
    """Whether an activity names somebody, counts at once, and sets nobody else's accounts off."""
    if not one.identity[1] or confirmations.must_wait(one, program=program):
        return False
    return all(terms.type_id != one.type.code for terms in referring.active(program))


def _open(
    one: Checked, codes: Collection[str], turn: str, program: Program
) -> Opened | Repeat | None:
    """Lock the accounts of the member who is named, claim the reference, and read what was given
    and counted so far. None where an account is missing or closed, where it is not our turn, and
    where another program stands by now.
    """
    found = sql.rows(
        OPEN,
        {
            "known": MemberKey.id_for(*one.identity),
            "units": ",".join(codes),
            "turn": turn,
            "stands": program.version,
            "reference": one.key_id,
            "activity": one.activity_id,
            "hash": one.hash,
            "counters": ",".join(ladders.counters(program)),
        },
    )
    ((who, held, is_ours, taken, given, activated, counted),) = found
    if is_ours is None:
        return None
    if not is_ours:
        return Repeat(_key(one.key_id, taken) if taken else None)
    return Opened(
        member=bulk.told(Member, who)[0],
        accounts=bulk.told(Account, held),
        given=_given.decode(given),
        offers=tuple(Period(*one) for one in _activated.decode(activated)),
        credits=[(moment, unit, amount) for unit, moment, amount in _counted.decode(counted)],
    )


def _key(pk: uuid.UUID, taken: str) -> ActivityKey:
    activity, member, request_hash = _taken.decode(taken)
    return ActivityKey(id=pk, activity_id=activity, member_id=member, request_hash=request_hash)


def _climbs(opened: Opened, program: Program) -> ladders.Climbs | None:
    """The member's climbs; None where others have a part in them, or where activities count: those
    are read by themselves.
    """
    known = ladders.rules(program)
    if any(rule.types or rule.groups or rule.sharing != Ladder.Sharing.NEVER for rule in known):
        return None
    return ladders.climbs_of(
        opened.member, given=opened.given, credits=opened.credits, program=program
    )
