"""The program in data and words, its places, and what happened in it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from partners.answers import UnitAnswer
from partners.shapes import shown


@shown
class LocationAnswer(Struct):
    """A place of yours, and its parts: `earn` reports activities, `burn` spends points."""

    code: str
    name: str
    roles: list[str]


@shown
class LocationsAnswer(Struct):
    """Your places that this key may act for."""

    data: list[LocationAnswer]


@shown
class AttributeAnswer(Struct):
    """One fact that an activity of a type has."""

    code: str
    name: str
    kind: str
    is_required: bool


@shown
class TypeAnswer(Struct):
    """A kind of activity and what is asked of it."""

    code: str
    name: str
    attributes: list[AttributeAnswer]


@shown
class RungAnswer(Struct):
    """A tier of a ladder, lowest first."""

    code: str
    name: str
    colors: list[str]


@shown
class LadderShown(Struct):
    """A ladder and its tiers."""

    code: str
    name: str
    tiers: list[RungAnswer]


@shown
class RuleAnswer(Struct):
    """A rule that is in force, in words."""

    code: str
    name: str
    type: str
    unit: str
    words: str


@shown
class ProgramAnswer(Struct):
    """What the program counts, asks for, pays and grants."""

    code: str
    name: str
    business: str
    currency: str
    time_zone: str
    is_test: Annotated[bool, Meta(description="Whether this key acts in the sandbox.")]
    units: dict[str, UnitAnswer]
    activity_types: list[TypeAnswer]
    ladders: list[LadderShown]
    rules: list[RuleAnswer]


@shown
class EventAnswer(Struct):
    """Something that happened; the same as a webhook sends."""

    id: str
    type: str
    occurred_at: datetime
    member: str | None
    data: dict[str, Any]


@shown
class EventsAnswer(Struct):
    """A page of events, oldest first. Come back with `cursor` for those that follow."""

    data: list[EventAnswer]
    next: Annotated[str | None, Meta(description="The next page; null when this is the last.")]
    cursor: Annotated[
        str | None, Meta(description="Behind the last event here: where to go on later.")
    ]
