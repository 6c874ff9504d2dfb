"""Express: one activity of a member who is known, read in two statements and written in one.

It is how intake goes nearly always, and decides nothing by itself: what it reads at once is handed
to the same session that reads step by step elsewhere, and both write the same rows. Where something
is out of the ordinary (a first account, somebody unknown, a reference that a change has taken
before) it stands back before anything was written, and the long way is gone.

What must stay true: the accounts are locked by a statement of their own, in the order of their ids,
all of them or none; the reference is claimed, and everything that counts is read, only after that.
"""

from __future__ import annotations

import dataclasses
import functools
import uuid
from collections.abc import Callable, Sequence
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

_taken = msgspec.json.Decoder(tuple[uuid.UUID, uuid.UUID | None, str])
_given = msgspec.json.Decoder(list[ladders.Given])
_activated = msgspec.json.Decoder(list[tuple[str, datetime, datetime | None]])
_counted = msgspec.json.Decoder(list[tuple[uuid.UUID, datetime, int]])  # account, moment, amount


@dataclasses.dataclass(frozen=True, slots=True)
class Read:
    """What was given to a member on ladders, the offers they activated, and what their counters
    have counted.
    """

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
    opened = _open(one, sorted(session.units(program, one.type.code)), turn, program)
    if opened is None:
        return None
    member, books = opened
    read = _read(one, member, program)
    if isinstance(read, Repeat):
        return read if read.key is not None and read.key.request_hash else None
    at_work = Session(
        program,
        members={one.identity: member},
        checked=[one],
        books=books,
        actor=actor,
        prospects=Prospects(),
        climbs=_climbs(member, read, program),
        offers={member.pk: read.offers},
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
    one: Checked, codes: Sequence[str], turn: str, program: Program
) -> tuple[Member, Books] | None:
    """The member who is named, and their accounts, locked; None where one is missing or closed,
    and where another program stands by now.
    """
    known = MemberKey.id_for(*one.identity)
    given = {"key": known, "units": ",".join(codes), "number": len(codes), "turn": turn}
    found = sql.rows(_lock(), {**given, "program": program.pk})
    if not codes or len(found) != len(codes) or found[0][0] != program.version:
        return None
    names = bulk.columns(Member)
    member = bulk.stored(Member, names, found[0][1 : 1 + len(names)])
    rows = (bulk.stored(Account, bulk.columns(Account), row[1 + len(names) :]) for row in found)
    return member, Books({(member.pk, account.unit_id): account for account in rows})


def _read(one: Checked, member: Member, program: Program) -> Read | Repeat:
    """Claim the reference, and read what was given and counted so far."""
    counters = {Account.id_for(member.pk, unit): unit for unit in ladders.counters(program)}
    ((is_ours, taken, given, activated, counted),) = sql.rows(
        _claim_and_read(len(counters)),
        {
            "key": one.key_id,
            "activity": one.activity_id,
            "member": member.pk,
            "hash": one.hash,
            **{f"account{number}": pk for number, pk in enumerate(counters)},
        },
    )
    if not is_ours:
        return Repeat(_key(one.key_id, taken) if taken else None)
    credits = [(moment, counters[pk], amount) for pk, moment, amount in _counted.decode(counted)]
    offers = tuple(Period(*one) for one in _activated.decode(activated))
    return Read(_given.decode(given), offers, credits)


def _key(pk: uuid.UUID, taken: str) -> ActivityKey:
    activity, member, request_hash = _taken.decode(taken)
    return ActivityKey(id=pk, activity_id=activity, member_id=member, request_hash=request_hash)


def _climbs(member: Member, read: Read, program: Program) -> ladders.Climbs | None:
    """The member's climbs; None where others have a part in them, or where activities count: those
    are read by themselves.
    """
    known = ladders.rules(program)
    if any(rule.types or rule.groups or rule.sharing != Ladder.Sharing.NEVER for rule in known):
        return None
    return ladders.climbs_of(member, given=read.given, credits=read.credits, program=program)


@functools.cache
def _lock() -> str:
    """Lock all the accounts by id, or none where one of them is missing or closed, or it is not
    our turn; that is asked first, once.
    """
    columns = [f"m.{name}" for name in bulk.columns(Member)]
    columns += [f"a.{name}" for name in bulk.columns(Account)]
    return f"""
        SELECT (SELECT version FROM program_program WHERE id = %(program)s), {", ".join(columns)}
          FROM members_key k JOIN members_member m ON m.id = k.member_id
          JOIN points_account a ON a.member_id = m.id
         WHERE k.id = %(key)s AND a.closed_at IS NULL
           AND a.unit_id = ANY(string_to_array(%(units)s, ','))
           AND (%(turn)s = ''
                OR (SELECT pg_try_advisory_xact_lock(hashtextextended(%(turn)s, 0))))
           AND %(number)s = (
               SELECT count(*) FROM members_key k JOIN points_account a ON a.member_id = k.member_id
                WHERE k.id = %(key)s AND a.closed_at IS NULL
                  AND a.unit_id = ANY(string_to_array(%(units)s, ',')))
         ORDER BY a.id FOR NO KEY UPDATE OF a
    """  # noqa: S608 (names of columns)


@functools.cache
def _claim_and_read(accounts: int) -> str:
    """Claim a reference and read on, for so many accounts of counters.

    Each is a parameter of its own: an array, of which the planner cannot know the length, would be
    planned anew each time.
    """
    named = ", ".join(f"%(account{number})s" for number in range(accounts)) or "NULL"
    return f"""
    WITH claimed AS (
        INSERT INTO earning_activitykey (id, activity_id, member_id, request_hash)
        VALUES (%(key)s, %(activity)s, %(member)s, %(hash)s)
            ON CONFLICT (id) DO NOTHING RETURNING id)
    SELECT EXISTS (SELECT FROM claimed),
           (SELECT jsonb_build_array(k.activity_id, k.member_id, k.request_hash)::text
              FROM earning_activitykey k WHERE k.id = %(key)s),
           (SELECT coalesce(json_agg(json_build_array(
                       s.ladder_id, s.tier_id, s.starts_at, s.ends_at)), '[]')::text
              FROM tiers_standing s
             WHERE s.member_id = %(member)s AND s.source <> 'earned'),
           (SELECT coalesce(json_agg(json_build_array(
                       o.offer_id, o.starts_at, o.ends_at) ORDER BY o.id), '[]')::text
              FROM earning_offeractivation o
             WHERE o.undone_at IS NULL AND o.member_id IN (
                   SELECT %(member)s UNION ALL
                   SELECT m.id FROM members_member m WHERE m.merged_into_id = %(member)s)),
           (SELECT coalesce(json_agg(json_build_array(
                       c.account_id, c.occurred_at, c.amount)), '[]')::text
              FROM (SELECT e.account_id, e.occurred_at, sum(e.amount)::bigint AS amount
                      FROM points_entry e WHERE e.account_id IN ({named})
                     GROUP BY 1, 2 HAVING sum(e.amount) <> 0) c)
    """  # noqa: S608 (names of parameters)
