"""What scenarios can say about status: corrections, the tier held now, its last day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from common import clock
from common.ids import uuid7
from common.text import number, scaled
from points.models import Posting
from points.scenes import history, unit_of
from program.blueprint import Table
from program.errors import BlueprintInvalid
from program.scenarios import Expectation, Found, Stage, Step, register, register_tick
from program.sections import Code, Text, require_code
from tiers import challenges, correction, grants, standing, wording
from tiers.models import Standing, Tier
from tiers.standing import Progress


class AdjustTable(Table):
    """Points or counted units added (or, below zero, taken) by hand."""

    unit: Code
    amount: Decimal
    reason: Text = "Scenario"


class ChallengeTable(Table):
    """What must be counted until then to keep a matched tier, and to the end of which day."""

    unit: Code
    amount: Decimal
    keeps_until: date | None = None


class GrantTable(Table):
    """A tier given by staff, or matched; to the end of `until`, or for life."""

    tier: Code
    until: date | None = None
    matched: bool = False
    challenge: ChallengeTable | None = None
    reason: Text = "Scenario"

    def __post_init__(self) -> None:
        if self.challenge is not None and not (self.matched and self.until):
            raise ValueError("a challenge goes with matched and until")


class PlaceTable(Table):
    """Where the step's member stands on one ladder."""

    ladder: Code
    tier: str = "none"
    until: date | None = None
    for_life: bool | None = None


NONE = "none"
LIFE = "life"


def _adjust(table: AdjustTable, stage: Stage) -> Posting:
    unit = unit_of(table.unit)
    return correction.adjust(
        stage.who(),
        unit=unit.code,
        amount=int(table.amount.scaleb(unit.decimals)),
        reason=table.reason,
        actor="system:scenario",
        source=f"adjustment:{uuid7()}",
    )


def _grant(table: GrantTable, stage: Stage) -> Standing:
    tier = Tier.objects.filter(code=table.tier).first()
    if tier is None:
        raise BlueprintInvalid(f'there is no tier "{table.tier}".')
    if table.challenge is not None and table.until is not None:
        return _challenge(table.challenge, tier, table.until, stage)
    return grants.grant(
        stage.who(),
        tier=tier,
        ends_at=clock.end_of_day(table.until, stage.zone) if table.until else None,
        reason=table.reason,
        actor="system:scenario",
        source=Standing.Source.MATCHED if table.matched else Standing.Source.GRANTED,
    )


def _challenge(table: ChallengeTable, tier: Tier, until: date, stage: Stage) -> Standing:
    unit, kept = unit_of(table.unit), table.keeps_until
    return challenges.match(
        stage.who(),
        tier=tier,
        unit=unit,
        amount=int(table.amount.scaleb(unit.decimals)),
        ends_at=clock.end_of_day(until, stage.zone),
        keeps_until=clock.end_of_day(kept, stage.zone) if kept else None,
        reason="Scenario",
        actor="system:scenario",
    )


def _tier(wanted: str, stage: Stage) -> Found:
    """The tier on the ladder that has the expected one, `none` below its lowest rung."""
    place = _place(stage, wanted)
    if place is None:
        return Found(NONE)
    return Found(place.tier.code if place.tier else NONE, _because(place, stage))


def _because(place: Progress, stage: Stage) -> tuple[str, ...]:
    """How a place on a ladder came about: what the tiers take, what was held when and why, and
    everything that was counted.
    """
    ladder, unit = place.ladder, place.counter_unit
    rungs: list[Tier] = ladder.rungs  # type: ignore[attr-defined]
    takes = [f"{tier.name} takes {' or '.join(wording.ways(tier, ladder))}" for tier in rungs]
    value = number(scaled(place.value, unit.decimals))
    rows = Standing.objects.of(stage.who()).filter(ladder=ladder).select_related("tier")
    held = [
        f"{row.tier}, {row.get_source_display()}: from {_first_day(row, stage.zone)} "
        f"to {_last_day(row.ends_at, stage.zone)}"
        for row in rows.order_by("starts_at")
    ]
    needs = (need for tier in rungs for route in tier.routes.all() for need in route.needs.all())
    counters = {ladder.counter} | {need.unit for need in needs if need.unit is not None}
    stories = [
        line
        for counter in sorted(counters, key=lambda one: (one.position, one.code))
        for line in history(stage.who(), counter)
    ]
    return (*takes, *held, f"{unit.plural} that count now: {value}", *stories)


def _first_day(row: Standing, zone: str) -> date:
    return clock.local_date(row.starts_at, zone)


def _last_day(ends_at: datetime | None, zone: str) -> date | str:
    """The last day of what ends at a moment, exclusive; `life` where there is none."""
    return clock.local_date(ends_at - timedelta(seconds=1), zone) if ends_at else LIFE


def _until(wanted: date, stage: Stage) -> Found:
    """The last day of the tier held on the first ladder."""
    place = _place(stage, "")
    if place is None or place.tier is None:
        return Found(NONE, _because(place, stage) if place else ())
    return Found(_last_day(place.ends_at, stage.zone), _because(place, stage))


def _for_life(wanted: bool, stage: Stage) -> Found:
    place = _place(stage, "")
    if place is None:
        return Found(False)
    return Found(place.tier is not None and place.ends_at is None, _because(place, stage))


def _counted(wanted: Decimal, stage: Stage) -> Found:
    """What counts now towards the next tier of the first ladder."""
    place = _place(stage, "")
    if place is None:
        return Found(Decimal(0))
    found = scaled(place.value, place.counter_unit.decimals)
    return Found(found, tuple(history(stage.who(), place.counter_unit)))


def _ladders(wanted: list[PlaceTable], stage: Stage) -> Found:
    """The same for ladders by name: of each, what the scenario names."""
    places = {place.ladder.code: place for place in standing.progress(stage.who())}
    for one in wanted:
        require_code(one.ladder, places, place="a scenario")
    because = [line for one in wanted for line in _because(places[one.ladder], stage)]
    found = [_found_on(places[one.ladder], one, stage.zone) for one in wanted]
    return Found(found, tuple(because))


def _found_on(place: Progress, wanted: PlaceTable, zone: str) -> PlaceTable:
    is_held, ends_at = place.tier is not None, place.ends_at
    until = clock.local_date(ends_at - timedelta(seconds=1), zone) if is_held and ends_at else None
    return PlaceTable(
        ladder=place.ladder.code,
        tier=place.tier.code if place.tier else NONE,
        until=until if wanted.until else None,
        for_life=None if wanted.for_life is None else is_held and ends_at is None,
    )


def _place(stage: Stage, code: str) -> Progress | None:
    places = standing.progress(stage.who())
    for place in places:
        if any(tier.code == code for tier in place.ladder.rungs):  # type: ignore[attr-defined]
            return place
    return places[0] if places else None


def install() -> None:
    """Register the expectations of this app."""
    register(
        Step("adjust", AdjustTable, _adjust),
        Step("grant", GrantTable, _grant),
        Expectation("tier", str, _tier),
        Expectation("tier_until", date, _until),
        Expectation("tier_for_life", bool, _for_life),
        Expectation("counted", Decimal, _counted),
        Expectation("ladders", list[PlaceTable], _ladders),
    )
    register_tick(challenges.settle)
