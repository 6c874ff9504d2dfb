"""Replaying every purchase of data/cdnow_purchases.csv.gz under the program it was recorded with:
activities a second on one core. The limit is one loop written by hand over the same rows, read from
the same tables, with the shop's rules in Python and nothing else.
"""

from __future__ import annotations

import time
from collections import defaultdict
from decimal import Decimal

from django.db import connection

from benchmarks import figures, ground
from earning import importing, mapping, simulation
from earning.models import Activity

TARGET = 5_000  # activities a second
ROUNDS = 3  # each takes many seconds
SHOP = ground.ROOT / "blueprints" / "shop"


def by_hand() -> dict[tuple[str, int], int]:
    """Dollars by member and year, and a point a dollar: what a script for one program would do."""
    totals: dict[tuple[str, int], int] = defaultdict(int)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT member_id, occurred_at, attributes->>'amount' FROM earning_activity "
            "ORDER BY recorded_at, occurred_at, id"
        )
        for member, moment, amount in cursor:
            totals[str(member), moment.year] += int(Decimal(amount or 0))
    return totals


def run() -> None:
    """Import the file, replay it, and print."""
    with ground.fresh("shop"):
        table = mapping.load(SHOP / "purchases.toml")
        path = ground.ROOT / "data" / "cdnow_purchases.csv.gz"
        start = time.perf_counter()
        importing.run(path, table=table, actor="system:benchmark")
        importing_s = time.perf_counter() - start
        count = Activity.objects.count()
        assert simulation.run(SHOP).changes_nothing, "the same program pays the same"
        wall, hand = figures.interleaved(lambda: simulation.run(SHOP), by_hand, rounds=ROUNDS)
        used = figures.cpu(lambda: simulation.run(SHOP))
    print(f"{count:,} purchases replayed under the program that recorded them")
    figures.tell("importing them, activities a second", f"{count / importing_s:,.0f}")
    figures.tell("ours, activities a second", f"{count / wall:,.0f}")
    figures.tell("ours, a second of processor time", f"{count / used:,.0f}")
    figures.tell("target, activities a second", f"{TARGET:,}")
    figures.tell("written by hand, activities a second", f"{count / hand:,.0f}")
    figures.tell_ratio(count / wall, count / hand)
