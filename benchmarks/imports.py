"""A file of stays, from the bytes that came to the last line recorded: read, checked line by line,
laid out, applied by the rules of every call; and the same lines once more.

The limit beside it is the same file by COPY and a handful of set-based statements a chunk, written
by hand for one program on Pennant's own tables, which checks nothing, on one connection. Ours
uses as many lanes as a worker would: by the wall they count, by processor time they do not.
"""

from __future__ import annotations

import io
import random
import statistics
import time
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from benchmarks import figures, hotel, limit
from common import lanes
from loyalty_site.celery import app
from partners import applying, imports, uploads
from partners.imports import Order
from partners.models import Import

LINES = 12_000  # of a file
ROUNDS = 3
CHUNK = 5_000  # lines of a transaction of the limit
TARGET, AGAIN_TARGET = 0.6, 2.0
HEAD = "reference,type,occurred_at,member,location,outcome,nights,suite,revenue\n"
Row = tuple[str, int, datetime, int, str]  # reference, guest, moment, nights, revenue
Cost = tuple[float, float]  # seconds by the wall, and of all processors


def rows(mark: str, *, begins: datetime) -> list[Row]:
    """So many stays of all guests in turn, later than every other."""
    dice = random.Random(mark)  # noqa: S311 - the same stays each time
    return [
        (
            f"{mark}-{number}",
            1 + number % hotel.GUESTS,
            begins + timedelta(seconds=number),
            dice.randint(1, 3),
            f"{dice.randint(8000, 90000) / 100:.2f}",
        )
        for number in range(LINES)
    ]


def ours(found: list[Row], world: hotel.Hotel, *, tail: str = "") -> Cost:
    """What it takes from the file to the last of its lines."""
    body = HEAD + "".join(
        f"{reference},stay,{moment.isoformat()},guest-{guest},resort-hotel,stayed,{nights},false,"
        f"{revenue}\n"
        for reference, guest, moment, nights, revenue in found
    )
    began = time.perf_counter(), figures.spent()
    upload = uploads.receive(io.BytesIO((body + tail).encode()), form=Import.Form.CSV)
    order = Order(world.key.partner, "stays.csv", hotel.ACTOR, key=world.key, is_direct=True)
    run, _ = imports.receive(upload, order)
    while applying.work():
        pass
    cost = _since(began)
    run.refresh_from_db()
    known = run.outcome["recorded"] + run.outcome["repeated"]
    assert (run.state, known) == (Import.State.APPLIED, len(found)), (run.problem, run.outcome)
    return cost


def by_hand(found: list[Row]) -> Cost:
    """The same by COPY and set-based statements."""
    began = time.perf_counter(), figures.spent()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE bench.stage")
        with cursor.cursor.copy("COPY bench.stage FROM STDIN") as copy:
            for line, (reference, guest, moment, nights, revenue) in enumerate(found, start=1):
                copy.write_row((line, reference, guest, moment, nights, revenue))
        made = 0
        for first in range(1, len(found) + 1, CHUNK):
            with transaction.atomic():
                cursor.execute("SELECT bench.import_stays(%s, %s)", [first, first + CHUNK - 1])
                made += cursor.fetchone()[0]
    cost = _since(began)
    assert made == len(found)
    return cost


def _since(began: Cost) -> Cost:
    return time.perf_counter() - began[0], figures.spent() - began[1]


def _round(number: int, day: datetime, world: hotel.Hotel) -> dict[str, Cost]:
    """One file of each side, and ours again. Who comes second finds members of higher tiers, who
    are paid more awards for a stay, so the sides take turns at it.
    """
    turn = number % 2
    mine = rows(f"o{number}", begins=day + timedelta(days=2 * turn))
    other = rows(f"h{number}", begins=day + timedelta(days=2 * (1 - turn)))
    found: dict[str, Cost] = {}
    if turn:
        found["by hand"] = by_hand(other)
    found["ours"] = ours(mine, world)
    if not turn:
        found["by hand"] = by_hand(other)
    return found | {"again": ours(mine, world, tail="\n")}


def run() -> None:
    """Measure in turn, and print."""
    app.conf.task_always_eager = True  # we are the worker
    with hotel.opened() as world:
        with connection.cursor() as cursor:
            cursor.execute((limit.SQL / "import.sql").read_text())
        begins = datetime.now(UTC) - timedelta(days=20)
        costs: dict[str, list[Cost]] = {"ours": [], "by hand": [], "again": []}
        for number in range(ROUNDS + 1):
            day = begins + timedelta(days=4 * number)
            found = _round(number, day, world)
            if number:  # the first round warms up
                for name, cost in found.items():
                    costs[name].append(cost)
    _tell({name: _median(found) for name, found in costs.items()})


def _median(costs: list[Cost]) -> Cost:
    walls, processors = zip(*costs, strict=True)
    return statistics.median(walls), statistics.median(processors)


def _tell(middle: dict[str, Cost]) -> None:
    rates = {name: LINES / wall for name, (wall, _) in middle.items()}
    print(f"A file of {LINES:,} stays of {hotel.GUESTS:,} members, lines a second by the wall")
    figures.tell("lanes", str(lanes.count()))
    figures.tell("ours, real rules and every check", f"{rates['ours']:,.0f}")
    figures.tell("by hand on our tables, one connection", f"{rates['by hand']:,.0f}")
    figures.tell_ratio(rates["ours"], rates["by hand"])
    figures.tell("target", f"{TARGET:.2f}")
    for name in ("ours", "by hand"):
        figures.tell(f"processor us a line, {name}", f"{middle[name][1] / LINES * 1e6:,.0f}")
    figures.tell("limit / ours by processor", f"{middle['by hand'][1] / middle['ours'][1]:.3f}")
    figures.tell("the same lines again", f"{rates['again']:,.0f}")
    figures.tell("again / first", f"{rates['again'] / rates['ours']:.1f}")
    figures.tell("target", f"{AGAIN_TARGET:.1f}")
