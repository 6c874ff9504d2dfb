"""The audit that follows every test with a database: all invariants in one question.

`points.audit` asks them one by one, which is right for a ledger of millions of rows; for the few
rows of a test, the time goes into planning seventy questions. A plan that was made for few rows is
wrong for many, so a test that leaves a large world is audited as a deployment is.
"""

from __future__ import annotations

import functools

from psycopg import sql

from points import audit
from tests import prepared, tables


def faults() -> list[str]:
    """Every fault in the books, in words."""
    if tables.hold_many():
        return [str(fault) for fault in audit.check()]
    return [
        str(audit.Fault(invariant=invariant, row=row, found=found))
        for invariant, row, found in prepared.rows(_question(tuple(audit.invariants().items())))
    ]


@functools.cache
def _question(asked: tuple[tuple[str, str], ...]) -> str:
    """The union of all invariants' queries, with the name of each beside what it finds."""
    one = sql.SQL("SELECT {}, id::text, found::text FROM ({}) AS asked (id, found)")
    return (
        sql.SQL(" UNION ALL ")
        .join(one.format(sql.Literal(name), sql.SQL(query)) for name, query in asked)
        .as_string()
    )
