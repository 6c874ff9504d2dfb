"""Measuring and telling: medians of rounds, ours beside the limit, and their ratio."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from django.db import connection

Clock = Callable[[], float]
ROUNDS = 5  # an odd number, so that the median was really measured


def seconds(work: Callable[[], object], *, rounds: int = ROUNDS) -> float:
    """The median time of `work`, in seconds, after one round that warms up."""
    work()
    return statistics.median(_once(work) for _ in range(rounds))


def interleaved(
    ours: Callable[[], object],
    limit: Callable[[], object],
    *,
    rounds: int = ROUNDS,
    clock: Clock = time.perf_counter,
) -> tuple[float, float]:
    """The median times of both, in seconds, measured in turn: neighbors disturb both alike."""
    ours()
    limit()
    pairs = [(_once(ours, clock), _once(limit, clock)) for _ in range(rounds)]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)


def in_turn(measures: Mapping[str, Callable[[], float]], *, rounds: int) -> dict[str, list[float]]:
    """Several rates, measured in turn so often."""
    found: dict[str, list[float]] = {name: [] for name in measures}
    for _ in range(rounds):
        for name, measure in measures.items():
            found[name].append(measure())
    return found


def tell_rates(rates: Mapping[str, Sequence[float]]) -> None:
    """The medians of ours, which comes first, and of each limit; and the median of their ratios in
    each round, with the least and the most of them: a machine is not as fast in every minute.
    """
    (mine, ours), *others = rates.items()
    for name, rate in rates.items():
        tell(name, f"{statistics.median(rate):,.0f}")
    for name, rate in others:
        ratios = [own / theirs for own, theirs in zip(ours, rate, strict=True)]
        spread = f"{min(ratios):.3f}-{max(ratios):.3f}"
        tell(f"{mine} / {name}", f"{statistics.median(ratios):.3f} ({spread})")


def _once(work: Callable[[], object], clock: Clock = time.perf_counter) -> float:
    start = clock()
    work()
    return clock() - start


def tell(what: str, value: str) -> None:
    print(f"  {what:<50} {value:>22}")


def tell_ratio(ours: float, limit: float) -> None:
    """The ratio of two rates: how much of the limit we reach."""
    tell("ours / limit", f"{ours / limit:.3f}")


def cpu(work: Callable[[], object]) -> float:
    """Seconds of processor time of one round, without what the database and neighbors use."""
    return _once(work, time.process_time)


def plain_loop() -> float:
    """Milliseconds of processor time that a fixed amount of plain Python takes, at best: what tells
    one build of Python from another, and a machine from itself an hour ago.
    """

    def loop() -> None:
        found: dict[int, str] = {}
        for number in range(100_000):
            found[number % 1000] = f"{number}x"

    return 1000 * min(cpu(loop) for _ in range(ROUNDS))


def spent() -> float:
    """Seconds of processor time that this process, PostgreSQL and whatever they have started have
    taken so far, as Linux tells it; PostgreSQL has to run on this machine.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    told = _processes()
    roots, ticks = {os.getpid(), told[backend][0]}, 0
    for pid, (_, used) in told.items():
        line = pid
        while line in told and line not in roots:
            line = told[line][0]
        ticks += used if line in roots else 0
    return ticks / os.sysconf("SC_CLK_TCK")


def _processes() -> dict[int, tuple[int, int]]:
    """Each process's parent, and the ticks that it and its dead children have taken."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
            continue
        found[int(path.parent.name)] = int(fields[1]), sum(int(n) for n in fields[11:15])
    return found
