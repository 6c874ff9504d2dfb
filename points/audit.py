"""The auditor: every invariant of the ledger as one query that returns the rows which break it.

Each query streams; nothing is held in memory but the fault at hand. Invariants that add up a
member's rows are asked for some thousand members at a time, so that the database, too, needs the
same memory for a small ledger and a large one; the others are plain joins and are asked once.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime

from django.apps import apps
from django.db import connection, transaction

from common import clock
from common.progress import Progress, silent
from events import outbox
from members.models import MemberOwned
from points.models import AuditRun, Entry

CHUNK = 20_000  # members whose sums are taken at a time
FINDING = 240  # characters of a finding that are kept


@dataclasses.dataclass(frozen=True, slots=True)
class Fault:
    """A broken invariant: its name, the row that breaks it, and what was found."""

    invariant: str
    row: str
    found: str


INVARIANTS: dict[str, str] = {
    "balance is the sum of entries": """
        SELECT a.id, format('balance %s, entries %s', a.balance, coalesce(e.total, 0))
        FROM points_account a
        LEFT JOIN (SELECT account_id, sum(amount) AS total FROM points_entry GROUP BY 1) e
          ON e.account_id = a.id
        WHERE a.balance <> coalesce(e.total, 0)""",
    "running balances chain without a gap": """
        SELECT id, format('version %s, balance after %s, but %s + %s before it',
                          version, balance_after, before, amount)
        FROM (SELECT id, version, amount, balance_after,
                     coalesce(lag(balance_after) OVER w, 0) AS before,
                     coalesce(lag(version) OVER w, 0) AS previous
              FROM points_entry WINDOW w AS (PARTITION BY account_id ORDER BY version)) chain
        WHERE balance_after <> before + amount OR version <> previous + 1""",
    "the account stands where its last entry left it": """
        SELECT a.id, format('account version %s, last entry %s', a.version, coalesce(e.last, 0))
        FROM points_account a
        LEFT JOIN (SELECT account_id, max(version) AS last FROM points_entry GROUP BY 1) e
          ON e.account_id = a.id
        WHERE a.version <> coalesce(e.last, 0)""",
    "live lots are the balance that can be spent": """
        SELECT a.id, format('balance %s, held %s, live lots %s',
                            a.balance, a.held, coalesce(l.total, 0))
        FROM points_account a
        JOIN program_unit u ON u.code = a.unit_id AND u.kind = 'spendable'
        LEFT JOIN (SELECT account_id, sum(remaining) AS total FROM points_lot
                   WHERE remaining > 0 GROUP BY 1) l
          ON l.account_id = a.id
        WHERE greatest(a.balance, a.held) <> coalesce(l.total, 0)""",
    "an account holds what its lots hold": """
        SELECT a.id, format('held %s, its lots %s', a.held, coalesce(l.total, 0))
        FROM points_account a
        LEFT JOIN (SELECT account_id, sum(held) AS total FROM points_lot
                   WHERE remaining > 0 GROUP BY 1) l
          ON l.account_id = a.id
        WHERE a.held <> coalesce(l.total, 0)""",
    "activity moves no end beyond the last one": """
        SELECT l.id, format('ends %s, at most %s', l.expires_at, l.latest_at)
        FROM points_lot l
        WHERE l.latest_at IS NOT NULL AND l.expires_at > l.latest_at AND l.origin_id IS NULL
          AND NOT EXISTS (
            SELECT 1 FROM points_extension x
            WHERE x.account_id = l.account_id AND x.until >= l.expires_at
              AND (x.lot_id = l.id OR x.lot_id IS NULL AND NOT x.moved ? l.id::text))""",
    "a lot holds what open holds took of it": """
        SELECT l.id, format('held %s, open holds %s', l.held, coalesce(h.total, 0))
        FROM points_lot l
        LEFT JOIN (SELECT p.lot_id, sum(p.amount) AS total FROM points_holdlot p
                   JOIN points_hold h ON h.id = p.hold_id AND h.status = 'open' GROUP BY 1) h
          ON h.lot_id = l.id
        WHERE (l.held > 0 OR h.total IS NOT NULL) AND l.held <> coalesce(h.total, 0)""",
    "a hold is of lots of its own account, all of it": """
        SELECT h.id, format('held %s, of lots %s', h.amount, sum(p.amount))
        FROM points_hold h
        LEFT JOIN points_holdlot p ON p.hold_id = h.id
        LEFT JOIN points_lot l ON l.id = p.lot_id
        GROUP BY h.id
        HAVING h.amount IS DISTINCT FROM sum(p.amount)
            OR NOT bool_and(l.account_id = h.account_id AND l.member_id = h.member_id
                            AND p.member_id = h.member_id)""",
    "a captured hold was spent, and no other was": """
        SELECT h.id, format('captured %s, spent %s', h.captured, coalesce(e.spent, 0))
        FROM points_hold h
        LEFT JOIN (SELECT posting_id, -sum(amount) AS spent FROM points_entry
                   WHERE kind = 'capture' GROUP BY 1) e
          ON e.posting_id = h.posting_id
        WHERE h.captured <> coalesce(e.spent, 0)""",
    "a transfer arrives whole": """
        SELECT t.id, format('sent %s, left %s, arrived %s', t.amount, s.total, r.total)
        FROM points_transfer t
        LEFT JOIN (SELECT posting_id, member_id, sum(amount) AS total FROM points_entry
                   WHERE kind = 'sent' GROUP BY 1, 2) s
          ON s.posting_id = t.posting_id AND s.member_id = t.member_id
        LEFT JOIN (SELECT posting_id, member_id, sum(amount) AS total FROM points_entry
                   WHERE kind = 'received' GROUP BY 1, 2) r
          ON r.posting_id = t.arrival_id AND r.member_id = t.receiver_id
        WHERE s.total IS DISTINCT FROM -t.amount OR r.total IS DISTINCT FROM t.amount""",
    "every posting of a transfer has its transfer": """
        SELECT p.id, p.source FROM points_posting p
        WHERE p.kind = 'transfer' AND NOT EXISTS (
            SELECT 1 FROM points_transfer t WHERE t.posting_id = p.id OR t.arrival_id = p.id)""",
    "points that move keep the day of their award": """
        SELECT l.id, format('awarded %s, before %s', l.awarded_at, o.awarded_at)
        FROM points_lot l JOIN points_lot o ON o.id = l.origin_id
        WHERE l.awarded_at <> o.awarded_at""",
    "points are brought back as they ended, once": """
        SELECT p.id, format('brought back %s, ended %s', sum(b.amount), -e.amount)
        FROM points_posting p
        LEFT JOIN points_entry b ON b.posting_id = p.id AND b.kind = 'reinstate'
        LEFT JOIN points_entry e ON e.id = substr(p.source, 15)::uuid
          AND e.kind = 'expiry' AND e.member_id = p.member_id
        WHERE p.kind = 'reinstate'
        GROUP BY p.id, e.amount
        HAVING e.amount IS NULL OR sum(b.amount) IS DISTINCT FROM -e.amount""",
    "what repays out of a hold leaves the balance as it was": """
        SELECT p.id, sum(e.amount)::text FROM points_posting p
        JOIN points_entry e ON e.posting_id = p.id
        WHERE p.kind = 'settle' GROUP BY p.id HAVING sum(e.amount) <> 0""",
    "counters have no lots": """
        SELECT l.id, 'a lot on a counter' FROM points_lot l
        JOIN points_account a ON a.id = l.account_id
        JOIN program_unit u ON u.code = a.unit_id AND u.kind = 'counter'""",
    "what is left of a lot is its award less its uses": """
        SELECT l.id, format('awarded %s, used %s, remaining %s',
                            l.awarded, coalesce(u.total, 0), l.remaining)
        FROM points_lot l
        LEFT JOIN (SELECT lot_id, sum(amount) AS total FROM points_lotuse GROUP BY 1) u
          ON u.lot_id = l.id
        WHERE l.remaining <> l.awarded - coalesce(u.total, 0)""",
    "a lot holds between nothing and its award": """
        SELECT id, format('awarded %s, remaining %s', awarded, remaining)
        FROM points_lot WHERE remaining < 0 OR remaining > awarded""",
    "a lot is the award of its own entry": """
        SELECT l.id, format('lot %s, entry %s', l.awarded, e.amount) FROM points_lot l
        JOIN points_entry e ON e.id = l.entry_id
        WHERE e.amount <> l.awarded OR e.account_id <> l.account_id
           OR e.member_id <> l.member_id""",
    "every posting has an entry": """
        SELECT p.id, p.source FROM points_posting p
        WHERE NOT EXISTS (SELECT 1 FROM points_entry e WHERE e.posting_id = p.id)
          AND p.kind <> 'reversal'""",
    "rows of one posting belong to one member": """
        SELECT e.id, 'entry, posting and account name different members' FROM points_entry e
        JOIN points_posting p ON p.id = e.posting_id JOIN points_account a ON a.id = e.account_id
        WHERE p.member_id <> e.member_id OR a.member_id <> e.member_id""",
    "a use joins an entry and a lot of one account": """
        SELECT u.id, 'use, lot and entry name different accounts or members' FROM points_lotuse u
        JOIN points_lot l ON l.id = u.lot_id JOIN points_entry e ON e.id = u.entry_id
        WHERE l.account_id <> e.account_id OR u.member_id <> l.member_id
           OR u.member_id <> e.member_id""",
    "a reversal undoes a posting of the same member": """
        WITH RECURSIVE became (old, new) AS (
            SELECT absorbed_id, survivor_id FROM members_membermerge
            UNION SELECT b.old, g.survivor_id FROM became b
            JOIN members_membermerge g ON g.absorbed_id = b.new)
        SELECT p.id, p.source FROM points_posting p JOIN points_posting o ON o.id = p.reverses_id
        WHERE o.member_id <> p.member_id AND NOT EXISTS (
            SELECT 1 FROM became b WHERE b.old = o.member_id AND b.new = p.member_id)""",
    "what was agreed to was posted as it was asked": """
        SELECT r.id, format('asked %s, posted %s', r.amount, coalesce(e.total, 0))
        FROM points_adjustmentrequest r JOIN points_posting p ON p.id = r.posting_id
        LEFT JOIN (SELECT posting_id, sum(amount) AS total FROM points_entry
                   WHERE kind = 'adjustment' GROUP BY 1) e ON e.posting_id = p.id
        WHERE r.kind = 'adjustment' AND (coalesce(e.total, 0) <> r.amount
           OR p.member_id <> r.member_id OR p.source <> r.source OR p.actor <> r.asked_by)""",
}

# These add up rows of one member and look at nobody else's, so they can be asked in portions.
BY_MEMBER = frozenset(
    {
        "balance is the sum of entries",
        "running balances chain without a gap",
        "the account stands where its last entry left it",
        "live lots are the balance that can be spent",
        "what is left of a lot is its award less its uses",
    }
)
Bounds = tuple[uuid.UUID, uuid.UUID | None]  # from this member to that one (exclusive; None: on)


def check(
    *, since: datetime | None = None, chunk: int = CHUNK, progress: Progress = silent
) -> Iterator[Fault]:
    """Every fault in the books, streamed; nothing when all is well.

    With `since`, sums are taken of members whose points moved since then only; what joins rows is
    asked of everything all the same. `progress` is told of portions done.
    """
    asked = invariants()
    whole = [name for name in asked if name not in BY_MEMBER]
    sums = {name: query for name, query in asked.items() if name in BY_MEMBER}
    portions: list[Bounds | None] = list(_portions(chunk))
    if since is None and len(portions) < 2:
        portions = [None]  # few members: no need to divide
    total = len(whole) + len(portions)
    for done, bounds in enumerate(portions, 1):
        yield from _within(bounds, since, sums)
        progress(done, total)
    for done, name in enumerate(whole, len(portions) + 1):
        yield from _ask(name, asked[name])
        progress(done, total)


def _untold(count: int, fault: Fault) -> None:
    """For whoever reads the run afterwards."""


def run(
    *,
    actor: str,
    since: datetime | None = None,
    progress: Progress = silent,
    told: Callable[[int, Fault], None] = _untold,
) -> AuditRun:
    """Audit the books and keep what came of it; a fault is announced.

    `told` hears of each fault, with its number, as it is found. Returns the run, with the first.
    """
    row = AuditRun.objects.create(started_at=clock.now(), since=since, actor=actor)
    first, faults = None, 0
    for fault in check(since=since, progress=progress):
        first, faults = first or fault, faults + 1
        told(faults, fault)
    row.finished_at = max(clock.now(), row.started_at)
    row.invariants, row.entries, row.faults = len(invariants()), _entries(since), faults
    if first is not None:
        row.first_invariant, row.first_row = first.invariant[:120], first.row
        row.first_finding = first.found[:FINDING]
    with transaction.atomic():
        row.save()
        if first is not None:
            payload = {"faults": faults, "invariant": first.invariant, "row": first.row}
            outbox.publish("audit_failed", subject=str(row.pk), payload=payload)
    return row


def _entries(since: datetime | None) -> int:
    rows = Entry.objects.order_by()
    return (rows.filter(recorded_at__gte=since) if since else rows).count()


def _portions(size: int) -> Iterator[Bounds]:
    """The members in order, so many at a time, as bounds of their ids."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS place
                               FROM members_member) m
               WHERE (place - 1) %% %s = 0 ORDER BY id""",
            [size],
        )
        starts = [pk for (pk,) in cursor.fetchall()]
    ends: list[uuid.UUID | None] = [*starts[1:], None]
    yield from zip(starts, ends, strict=False)


class _Done(Exception):
    """Takes the views away again."""


def _within(
    bounds: Bounds | None, since: datetime | None, asked: dict[str, str]
) -> Iterator[Fault]:
    """Ask about some members only: for as long as the transaction lasts, views of their rows stand
    before the tables of the same names.
    """
    if bounds is None:
        for name, query in asked.items():
            yield from _ask(name, query)
        return
    try:
        with transaction.atomic():
            _narrow(bounds, since)
            for name, query in asked.items():
                yield from _ask(name, query)
            raise _Done
    except _Done:
        return


def _narrow(bounds: Bounds, since: datetime | None) -> None:
    """Put the views up. Identifiers and bounds are the house's own, so they may stand in SQL."""
    first, end = bounds
    where = f"member_id >= '{first}'" + (f" AND member_id < '{end}'" if end else "")
    owned = [model for model in apps.get_models() if issubclass(model, MemberOwned)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        (home,) = cursor.fetchone()
        if since is not None:
            moved = f"SELECT DISTINCT member_id FROM {home}.points_entry WHERE {where}"  # noqa: S608
            cursor.execute(
                f"CREATE TEMP TABLE audited ON COMMIT DROP AS {moved} AND recorded_at >= %s",
                [since],
            )
            cursor.execute("ANALYZE audited")
            where = "member_id IN (SELECT member_id FROM audited)"
        for table in [model._meta.db_table for model in owned]:
            rows = f'SELECT * FROM {home}."{table}" WHERE {where}'  # noqa: S608
            cursor.execute(f'CREATE TEMP VIEW "{table}" AS {rows}')


def _ask(name: str, query: str) -> Iterator[Fault]:
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(query)
        for row, found in cursor:
            yield Fault(invariant=name, row=str(row), found=found)


_more: dict[str, str] = {}


def invariants() -> dict[str, str]:
    """Every invariant with its query: the ledger's own, and those of higher floors."""
    return {**INVARIANTS, **_more}


def register(more: dict[str, str]) -> None:
    """Add the invariants of a higher floor (queries for offending rows: id, finding).

    Called once, at start-up.
    """
    _more.update(more)
