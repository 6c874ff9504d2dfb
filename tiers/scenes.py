"""What scenarios can say about status: corrections, the tier held now, its last day."""

from __future__ import annotations

from datetime import date, timedelta
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
from tiers import challenges, correction, grants, standing
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
    value = number(scaled(place.value, place.counter_unit.decimals))
    lines = [f"{value} {place.counter_unit.plural} count now"]
    return Found(
        place.tier.code if place.tier else NONE,
        (*lines, *history(stage.who(), place.counter_unit)),
    )


def _until(wanted: date, stage: Stage) -> Found:
    """The last day of the tier held on the first ladder."""
    place = _place(stage, "")
    if place is None or place.ends_at is None:
        return Found(NONE if place is None or place.tier is None else LIFE)
    return Found(clock.local_date(place.ends_at - timedelta(seconds=1), stage.zone))


def _for_life(wanted: bool, stage: Stage) -> Found:
    place = _place(stage, "")
    return Found(place is not None and place.tier is not None and place.ends_at is None)


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
    return Found([_found_on(places[one.ladder], one, stage.zone) for one in wanted])


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
