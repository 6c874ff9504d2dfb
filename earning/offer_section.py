"""The part of a blueprint that describes offers, and what scenarios can say of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Literal

import msgspec

from common import clock
from earning import activating, offering
from earning.errors import ActivationUnknown
from earning.models import Offer, OfferActivation
from program import catalog
from program.blueprint import Section, Table, register
from program.describing import describe
from program.descriptions import CODE
from program.exports import literal
from program.scenarios import Expectation, Found, Stage, Step
from program.scenarios import register as register_scenes
from program.sections import Code, Name, Text, reordered, require_code, unique, upsert
from tiers.models import Tier

ACTOR = "system:scenario"
COLUMNS = ("name", "summary", "terms", "holds_until", "days", "counts_before", "picks_day", "per")


class OfferTable(Table):
    """Something members activate before it counts; rules that ask for it say what it pays."""

    code: Code
    name: Name
    summary: Text
    terms: str = ""
    from_: date | None = msgspec.field(default=None, name="from")
    until: date | None = None
    holds_until: date | None = None
    days: Annotated[int, msgspec.Meta(ge=1, le=3650)] | None = None
    counts_before: bool = False
    picks_day: bool = False
    ahead_days: Annotated[int, msgspec.Meta(ge=0, le=366)] = 0
    times: Annotated[int, msgspec.Meta(ge=1, le=32_767)] = 1
    per: Literal["day", "week", "month", "quarter", "year", "ever"] = "ever"
    any_number: bool = False
    places: Annotated[int, msgspec.Meta(ge=1, le=2_000_000_000)] | None = None
    segment: Code | None = None
    tier_at_least: Code | None = None

    def __post_init__(self) -> None:
        if self.from_ and self.until and self.until <= self.from_:
            raise ValueError("until is the first day on which it can no longer be activated")
        if self.holds_until and (
            (self.until and self.holds_until < self.until)
            or (self.from_ and self.holds_until <= self.from_)
        ):
            raise ValueError("holds_until is not before until, and after from")
        if self.counts_before and (self.from_ is None or self.picks_day):
            raise ValueError("counts_before goes with from: since when? and not with picks_day")
        if self.picks_day and self.days is not None:
            raise ValueError("with picks_day it holds for the day that is picked: leave out days")
        if self.ahead_days and not self.picks_day:
            raise ValueError("ahead_days goes with picks_day")
        if self.any_number and (self.times != 1 or self.per != "ever"):
            raise ValueError("give times with per, or any_number, not both")


def _apply(tables: list[OfferTable], blueprint: Any) -> list[str]:
    codes = [table.code for table in tables]
    unique(codes, place="offer")
    changes = reordered(Offer.objects.all(), codes, what="offers")
    for position, table in enumerate(tables):
        values = _columns(table, blueprint) | {"is_active": True, "position": position}
        changes += upsert(Offer, {"code": table.code}, values, label=f"Offer {table.name}")[1]
    gone = Offer.objects.filter(is_active=True).exclude(code__in=codes)
    changes += [f"Offer {offer.name} can no longer be activated." for offer in gone]
    gone.update(is_active=False)
    return changes


def _columns(table: OfferTable, blueprint: Any) -> dict[str, Any]:
    place = f'[[offer]] "{table.code}"'
    if table.segment is not None:
        segments = [one.code for one in blueprint.segment]
        require_code(table.segment, segments, place=f"{place}, segment")
    if table.tier_at_least is not None:
        tiers = [tier.code for ladder in blueprint.ladder for tier in ladder.tier]
        require_code(table.tier_at_least, tiers, place=f"{place}, tier_at_least")
    return {name: getattr(table, name) for name in COLUMNS} | {
        "starts_on": table.from_,
        "ends_on": table.until,
        "ahead_days": table.ahead_days,
        "times": None if table.any_number else table.times,
        "places": table.places,
        "segment_id": table.segment,
        "lowest_tier": Tier.objects.get(code=table.tier_at_least) if table.tier_at_least else None,
    }


def _export() -> list[OfferTable]:
    rows = Offer.objects.filter(is_active=True).select_related("lowest_tier")
    return [
        OfferTable(
            code=row.code,
            name=row.name,
            summary=row.summary,
            terms=row.terms,
            from_=row.starts_on,
            until=row.ends_on,
            holds_until=row.holds_until,
            days=row.days,
            counts_before=row.counts_before,
            picks_day=row.picks_day,
            ahead_days=row.ahead_days,
            times=row.times or 1,
            per=literal(row.per),
            any_number=row.times is None,
            places=row.places,
            segment=row.segment_id,
            tier_at_least=row.lowest_tier.code if row.lowest_tier else None,
        )
        for row in rows
    ]


class ActivateTable(Table):
    """The step's member activates an offer."""

    offer: Code
    day: date | None = None


class DeactivateTable(Table):
    """The step's member lets go of an offer that was not used."""

    offer: Code
    day: date | None = None


class HeldOfferTable(Table):
    """An offer that holds, or will."""

    offer: Code
    from_: date | None = msgspec.field(default=None, name="from")
    until: date | None = None


def _activate(table: ActivateTable, stage: Stage) -> OfferActivation:
    return activating.activate(stage.who(), offer=table.offer, day=table.day, actor=ACTOR)


def _deactivate(table: DeactivateTable, stage: Stage) -> OfferActivation:
    rows = offering.activated(stage.who()).filter(offer=table.offer)
    row = (rows.filter(picked_on=table.day) if table.day else rows).last()
    if row is None:
        raise ActivationUnknown("Nothing was activated that could be undone.")
    return activating.undo(row, actor=ACTOR)


def _offers(wanted: list[HeldOfferTable], stage: Stage) -> Found:
    """What holds now, or will, the first one first; days where the expectation names any."""
    zone, now = catalog.current().time_zone, clock.now()
    starts = any(one.from_ is not None for one in wanted)
    ends = any(one.until is not None for one in wanted)
    found = []
    for row in offering.activated(stage.who()):
        if row.ends_at is not None and row.ends_at <= now:
            continue
        last = row.ends_at - timedelta(seconds=1) if row.ends_at else None
        found.append(
            HeldOfferTable(
                offer=row.offer_id,
                from_=clock.local_date(row.starts_at, zone) if starts else None,
                until=clock.local_date(last, zone) if last and ends else None,
            )
        )
    return Found(found)


def install() -> None:
    """Register the section, the steps and the expectation, and say what they mean; called once."""
    register(Section("offer", list[OfferTable], _apply, _export))
    register_scenes(
        Step("activate", ActivateTable, _activate),
        Step("deactivate", DeactivateTable, _deactivate),
        Expectation("offers", list[HeldOfferTable], _offers),
    )
    _describe_offers()
    _describe_scenes()


def _describe_offers() -> None:
    describe(
        OfferTable,
        "Something that members activate in the portal, at a till or with the help of staff before "
        "it counts: a month's challenge, a promotion one registers for, a day each member picks. "
        'What it pays is said by rules with the condition `offer`; "three visits within it" is a '
        "counter that such a rule pays and a milestone on that counter. A use that is limited is a "
        "limit of the rule. It can be undone while it has paid nothing.",
        {
            "code": (CODE, '"autumn"'),
            "name": ("What members read.", '"Double in autumn"'),
            "summary": ("What it gives, in a sentence.", '"Every visit counts twice."'),
            "terms": ("The small print.", '"Not with other offers."'),
            "from": ("The first day on which it can be activated.", "2026-09-01"),
            "until": ("The first day on which it no longer can be.", "2026-10-01"),
            "holds_until": (
                (
                    "The first day on which it no longer holds, whenever it was activated. Left "
                    "out: `until`, or, with `days`, as long as these last."
                ),
                "2026-12-01",
            ),
            "days": (
                "It lapses at the end of the day so many days after it was activated.",
                "14",
            ),
            "counts_before": (
                (
                    "Whether what was done since `from` counts once it is activated. Left out: "
                    "only what is done from then on."
                ),
                "true",
            ),
            "picks_day": (
                "Whether it holds for one day, which the member picks when activating it.",
                "true",
            ),
            "ahead_days": ("How many days ahead that day is picked; 0: today can be.", "1"),
            "times": ("How often one member can activate it, one at a time.", "4"),
            "per": (
                (
                    "In which calendar period that is meant, each time anew; of a day that is "
                    "picked, the period that the day lies in."
                ),
                '"year"',
            ),
            "any_number": ("Whether a member can activate it as often as they like.", "true"),
            "places": ("How often it can be activated by all together.", "1000"),
            "segment": ("Only for members in this group when they activate it.", '"students"'),
            "tier_at_least": ("Only for members who then hold this tier or more.", '"regular"'),
        },
    )


def _describe_scenes() -> None:
    describe(
        "Step",
        "",
        {
            "activate": ("The member activates an offer.", '{ offer = "autumn" }'),
            "deactivate": ("The member undoes it, as it was not used.", '{ offer = "autumn" }'),
        },
    )
    describe(
        ActivateTable,
        "An offer that is activated, from the step's moment on.",
        {
            "offer": ("Which one.", '"autumn"'),
            "day": ("The day that is picked, where the offer asks for one.", "2026-09-12"),
        },
    )
    describe(
        DeactivateTable,
        "An offer that is let go of: the newest activation of it.",
        {
            "offer": ("Which one.", '"autumn"'),
            "day": ("Or the one for this day that was picked.", "2026-09-12"),
        },
    )
    describe(
        "Expect",
        "",
        {
            "offers": (
                "The offers that hold, or will, the first one first.",
                '[{ offer = "autumn", until = 2026-09-30 }]',
            )
        },
    )
    describe(
        HeldOfferTable,
        "An offer that was activated. Days are compared where the expectation names any.",
        {
            "offer": ("Which one.", '"autumn"'),
            "from": ("The first day on which it holds.", "2026-09-12"),
            "until": ("The last day on which it holds.", "2026-09-30"),
        },
    )
