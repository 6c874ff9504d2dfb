"""The auditor: every invariant of the ledger as one query that returns the rows which break it.

Each query streams; nothing is held in memory but the fault at hand.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from django.db import connection, transaction


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
        SELECT a.id, format('balance %s, live lots %s', a.balance, coalesce(l.total, 0))
        FROM points_account a
        JOIN program_unit u ON u.code = a.unit_id AND u.kind = 'spendable'
        LEFT JOIN (SELECT account_id, sum(remaining) AS total FROM points_lot
                   WHERE remaining > 0 GROUP BY 1) l
          ON l.account_id = a.id
        WHERE greatest(a.balance, 0) <> coalesce(l.total, 0)""",
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
}


def check() -> Iterator[Fault]:
    """Every fault in the books, streamed; nothing when all is well."""
    for invariant, query in invariants().items():
        with transaction.atomic(), connection.chunked_cursor() as cursor:
            cursor.execute(query)
            for row, found in cursor:
                yield Fault(invariant=invariant, row=str(row), found=found)


_more: dict[str, str] = {}


def invariants() -> dict[str, str]:
    """Every invariant with its query: the ledger's own, and those of higher floors."""
    return {**INVARIANTS, **_more}


def register(more: dict[str, str]) -> None:
    """Add the invariants of a higher floor (queries for offending rows: id, finding).

    Called once, at start-up.
    """
    _more.update(more)
