"""How fast a large ledger is audited, and how much memory that takes.

    DEBUG=1 PENNANT_DATA_DIR=/somewhere/empty python benchmarks/audit_ledger.py [--entries 1000000]

It fills an empty database of its own with honest books, through COPY, and audits them twice: whole,
and since a moment at which nothing had moved. It refuses a database that has members. Figures are
of one machine in one run; nothing asserts a time.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
EACH = 20  # entries of a member: half earned, half spent
START = datetime(2024, 1, 1, tzinfo=UTC)
TABLES = {
    "members_member": "id, name, email, phone, language, status, joined_at",
    "points_account": "id, member_id, unit_id, balance, version",
    "points_posting": "id, member_id, kind, source, actor, note, occurred_at",
    "points_entry": "id, member_id, account_id, posting_id, kind, amount, balance_after, version,"
    " reason, occurred_at",
    "points_lot": "id, member_id, account_id, entry_id, awarded, remaining, awarded_at",
    "points_lotuse": "id, member_id, lot_id, entry_id, amount",
}
Rows = dict[str, list[tuple[Any, ...]]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--chunk", type=int, default=0, help="members at a time; 0: as it is set")
    args = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty_site.settings")
    import django

    django.setup()
    prepare()
    fill(args.entries)
    measure(args.chunk)


def prepare() -> None:
    """The tables and a program, in a database without members or filled by us before."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("program", "apply", str(ROOT / "blueprints" / "hotel"), verbosity=0)


def fill(entries: int) -> None:
    """Honest books of so many entries, unless they are there already."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM points_entry), "
            "(SELECT count(*) FROM members_member WHERE email NOT LIKE '%@bench.example')"
        )
        there, others = cursor.fetchone()
        if others:
            raise SystemExit("This database has members. Name an empty folder: PENNANT_DATA_DIR.")
        if there >= entries:
            print(f"{there:,} entries are there already")
            return
        began = time.monotonic()
        for start in range(0, entries // EACH, 5_000):
            copy(cursor, some_members(start, min(5_000, entries // EACH - start)))
        cursor.execute("ANALYZE")
    print(f"{entries:,} entries written in {time.monotonic() - began:,.1f} s")


def copy(cursor: Any, rows: Rows) -> None:
    for table, columns in TABLES.items():
        with cursor.cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as out:
            for row in rows[table]:
                out.write_row(row)


def some_members(start: int, count: int) -> Rows:
    rows: Rows = {table: [] for table in TABLES}
    for number in range(start, start + count):
        for table, row in history(number):
            rows[table].append(row)
    return rows


def history(number: int) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """One member who earns and spends in turn, oldest points first."""
    from common.ids import uuid7
    from points.models import Account

    dice, member = random.Random(number), uuid7()  # noqa: S311 - the same books each time
    account = Account.id_for(member, "point")
    yield "members_member", (
        member, f"Member {number}", f"m{number}@bench.example", "", "en", "active", START,
    )  # fmt: skip
    lots: list[list[Any]] = []
    balance, deeds = 0, []
    for version in range(1, EACH + 1):
        at, posting, entry = START + timedelta(days=version), uuid7(), uuid7()
        is_earned = version % 2 == 1 or not balance
        amount = dice.randint(50, 500) if is_earned else -dice.randint(1, balance)
        balance += amount
        kind = "earn" if is_earned else "spend"
        deeds.append(("points_posting", (
            posting, member, kind, f"bench:{version}", "system:bench", "", at,
        )))  # fmt: skip
        deeds.append(("points_entry", (
            entry, member, account, posting, "base" if is_earned else "spend", amount, balance,
            version, "Benchmark", at,
        )))  # fmt: skip
        if is_earned:
            lots.append([uuid7(), entry, amount, amount, at])
        else:
            deeds += uses(member, entry, lots, -amount)
    yield "points_account", (account, member, "point", balance, EACH)
    for pk, entry, awarded, left, at in lots:
        yield "points_lot", (pk, member, account, entry, awarded, left, at)
    yield from deeds


def uses(
    member: uuid.UUID, entry: uuid.UUID, lots: list[list[Any]], amount: int
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    from common.ids import uuid7

    for lot in lots:
        taken = min(amount, lot[3])
        if taken:
            lot[3] -= taken
            amount -= taken
            yield "points_lotuse", (uuid7(), member, lot[0], entry, taken)


def measure(chunk: int) -> None:
    from django.db import connection

    from points import audit

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM points_entry")
        (entries,) = cursor.fetchone()
    print(f"{entries:,} entries, {len(audit.invariants())} invariants")
    for what, since in (("everything", None), ("since tomorrow", datetime.now(UTC) + timedelta(1))):
        before, began = spilled(), time.monotonic()
        faults = list(audit.check(since=since, chunk=chunk or audit.CHUNK))
        took = time.monotonic() - began
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{what}: {len(faults)} faults, {took:,.1f} s, {entries / took:,.0f} entries a second, "
            f"peak memory of this process {memory:,.0f} MB, "
            f"written to temporary files {(spilled() - before) / 2**20:,.0f} MB"
        )


def spilled() -> int:
    """What the database has written to temporary files so far, in bytes."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT temp_bytes FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


if __name__ == "__main__":
    main()
