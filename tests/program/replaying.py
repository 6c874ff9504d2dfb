"""What the tests of simulations share: some history, and readings of a result."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from earning.simulation import Simulation
from members.models import Member
from tests.cast import ROOT, ana, utc, visit

HOTEL = ROOT / "blueprints" / "hotel"
CRUISE = ROOT / "blueprints" / "cruise"
PAID = 'per = { attribute = "paid", amount = 1 }'
VISIT = 'name = "Visit"\nactivity = "visit"\nunit = "visit"\nfixed = 1'
BLUE = 'name = "Blue"\nthreshold = 3'
DAY = timedelta(days=1)


def issued(result: Simulation) -> dict[str, tuple[int, int]]:
    """What was issued and what would have been, by unit."""
    return {str(unit): (pair.really.amount, pair.draft.amount) for (unit,), pair in result.by()}


def by(result: Simulation, field: str, unit: str = "point") -> dict[Any, tuple[int, int]]:
    return {
        key[1]: (pair.really.amount, pair.draft.amount)
        for key, pair in result.by(field)
        if key[0] == unit
    }


def moved(result: Simulation, ladder: int = 0) -> dict[tuple[str, str], int]:
    return {key: count for key, count in result.moves[ladder].counts.items() if count}


def regular(visits: int, paid: str = "10.00", **attributes: object) -> Member:
    """Somebody who came once a day in May 2024."""
    member = ana(joined_at=utc(2020, 1, 1))
    for day in range(visits):
        visit(
            member,
            occurred_at=utc(2024, 5, 1 + day, 12),
            attributes={"paid": paid, **attributes},
        )
    return member
