"""Occasions: what happened that somebody could be asked about, made from events or from the turn of
a wave.

An activity may be announced more than once (recorded, confirmed): it is one occasion.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from common import bulk
from common.ids import parse_public_id
from earning.models import Activity
from events.models import Event
from program.models import Location
from surveys.definitions import Asking
from surveys.models import Trigger

EVENTS = {
    "activity_recorded": Trigger.On.ACTIVITY,
    "activity_confirmed": Trigger.On.ACTIVITY,
    "voucher_used": Trigger.On.VOUCHER,
    "survey_case_closed": Trigger.On.CASE,
}


class Act(NamedTuple):
    """What triggers look at of an activity."""

    type_id: str
    location_id: uuid.UUID | None
    attributes: dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Occasion:
    """One thing that one member could be asked about by one trigger."""

    trigger: Trigger
    member_id: uuid.UUID
    subject: str
    occurred_at: datetime
    location_id: uuid.UUID | None = None
    opens_at: datetime | None = None

    @property
    def source(self) -> str:
        """What is decided upon once: the trigger and what happened."""
        return f"{self.trigger.code}:{self.subject}"


def of(events: Sequence[Event], *, asking: Asking) -> list[Occasion]:
    """The occasions that lie in some events, in their order, each once."""
    acts = _activities(events)
    places = _places(events, acts)
    found: dict[tuple[uuid.UUID, str], Occasion] = {}
    for event in events:
        if event.member_id is None:
            continue
        for trigger in asking.on(EVENTS[event.type]):
            if not _fits(trigger, event, acts.get(event.subject)):
                continue
            one = Occasion(
                trigger=trigger,
                member_id=event.member_id,
                subject=event.subject,
                occurred_at=event.occurred_at,
                location_id=places.get(event.subject),
            )
            found.setdefault((one.member_id, one.source), one)
    return list(found.values())


def _fits(trigger: Trigger, event: Event, activity: Act | None) -> bool:
    """Whether a trigger listens to this very event; taking part in a survey is no occasion."""
    if trigger.on == Trigger.On.CASE:
        return bool(event.payload.get("survey") == trigger.survey_id)
    if trigger.on != Trigger.On.ACTIVITY:
        return True
    if activity is None or activity.type_id == trigger.survey.activity_type_id:
        return False
    wanted = trigger.activity_type_id or activity.type_id
    told = activity.attributes
    has_all = all(str(told.get(name, "")) == value for name, value in trigger.only.items())
    return activity.type_id == wanted and has_all


def _activities(events: Iterable[Event]) -> dict[str, Act]:
    """The activities that some events are about, by their public id, in one query."""
    acts = {
        parse_public_id("act", event.subject): event.subject
        for event in events
        if EVENTS[event.type] == Trigger.On.ACTIVITY
    }
    rows = Activity.objects.filter(pk__in=bulk.these(acts))
    told = rows.values_list("pk", "type_id", "location_id", "attributes")
    return {acts[row[0]]: Act(*row[1:]) for row in told}


def _places(events: Iterable[Event], acts: dict[str, Act]) -> dict[str, uuid.UUID]:
    """Where things happened, by their public id."""
    found = {subject: row.location_id for subject, row in acts.items() if row.location_id}
    named = {
        event.subject: event.payload["location"]
        for event in events
        if EVENTS[event.type] == Trigger.On.VOUCHER and event.payload.get("location")
    }
    if named:
        known = {place.code: place.pk for place in Location.objects.all()}
        found |= {subject: known[code] for subject, code in named.items() if code in known}
    return found
