"""Many rows at once: made cheaply and written by COPY, they are what the ORM makes and writes."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from common import bulk
from common.ids import uuid7
from events.models import Event
from program.models import ActivityAttribute, ActivityType, Program

pytestmark = pytest.mark.django_db
TEXTS = ["plain", "tab\tand\\back", "line\nfeed\rreturn", "\\N", "\\.", "Żółć 🙂 \u00a0", "\"{}'"]
MOMENT = datetime(2026, 3, 31, 18, 0, 0, 123456, tzinfo=UTC)


def events(make: Any) -> list[Event]:
    return [
        make(
            Event,
            type=f"told_{number}",
            member_id=uuid7() if number % 2 else None,
            subject=mark_safe(text) if number % 3 else text,
            payload={
                "said": text,
                text: [1, None, True, {"deep": text}],
                "why": gettext_lazy("No"),
            },
            occurred_at=MOMENT,
        )
        for number in range(16)
        for text in TEXTS
    ]


def test_copied_rows_read_back_as_they_were(db: None) -> None:
    told = events(bulk.new)
    assert len(told) >= bulk.FEW
    bulk.insert(Event, told)
    stored = Event.objects.in_bulk([one.pk for one in told])
    for one in told:
        kept = stored[one.pk]
        assert (kept.type, kept.member_id, kept.subject) == (one.type, one.member_id, one.subject)
        assert kept.payload == one.payload | {"why": "No"}
        assert kept.occurred_at == MOMENT
        assert kept.recorded_at is not None
        assert not one._state.adding


def test_numbers_choices_and_nothing_are_copied(quay: Program) -> None:
    type = ActivityType.objects.all()[0]
    made = [
        bulk.new(
            ActivityAttribute,
            type=type,
            code=f"made-{number}",
            name="Made",
            kind=ActivityAttribute.Kind.DECIMAL,
            is_required=number % 2 == 0,
            least=Decimal("-1E+3") if number % 3 else None,
            most=Decimal("12.50"),
            position=number,
        )
        for number in range(bulk.FEW)
    ]
    bulk.insert(ActivityAttribute, made)
    stored = ActivityAttribute.objects.in_bulk([one.pk for one in made])
    for one in made:
        kept = stored[one.pk]
        for field in ActivityAttribute._meta.concrete_fields:
            assert getattr(kept, field.attname) == getattr(one, field.attname), field


def test_a_new_row_is_what_the_model_makes(quay: Program) -> None:
    type = ActivityType.objects.all()[0]
    given: dict[str, Any] = {"type": type, "code": "x", "name": "X", "kind": "text"}
    ours, theirs = bulk.new(ActivityAttribute, **given), ActivityAttribute(**given)
    assert ours.__dict__.keys() == theirs.__dict__.keys()
    for field in ActivityAttribute._meta.concrete_fields:
        if field.attname != "id":
            assert getattr(ours, field.attname) == getattr(theirs, field.attname)
    assert ours.type is type
    assert ours._state.adding
    bare = bulk.new(Event, type="told", occurred_at=MOMENT)
    assert bare.payload == {}
    assert bare.payload is not bulk.new(Event, type="told", occurred_at=MOMENT).payload
