"""What strangers see: what the program is, its tiers with their pennants, some of what points turn
into.
"""

from __future__ import annotations

import dataclasses

from common import clock
from program import catalog
from program.models import Program, Unit
from rewards import availability, offers
from rewards.models import Reward
from tiers import standing
from tiers.models import Tier

SAMPLES = 4


@dataclasses.dataclass(frozen=True, slots=True)
class Sample:
    """A reward and what it costs somebody without a tier."""

    reward: Reward
    price: int


@dataclasses.dataclass(frozen=True, slots=True)
class Landing:
    """The first ladder's tiers and some rewards with their price."""

    unit: Unit
    counter: Unit | None
    tiers: list[Tier]
    samples: list[Sample]


def gather(program: Program) -> Landing:
    """The page, the same for everybody. Three queries."""
    ladders = standing.ladders(program)
    return Landing(
        unit=catalog.of(program).default_unit,
        counter=ladders[0].counter if ladders else None,
        tiers=ladders[0].rungs if ladders else [],  # type: ignore[attr-defined]
        samples=_samples(program),
    )


def _samples(program: Program) -> list[Sample]:
    today = clock.local_date(clock.now(), program.time_zone)
    found = []
    for reward in offers.visible(program):
        price = availability.price_of(reward, tiers=[], day=today)
        if price and reward.lowest_tier is None and getattr(reward, "left", None) != 0:
            found.append(Sample(reward=reward, price=price.amount))
    return sorted(found, key=lambda sample: sample.price)[:SAMPLES]
