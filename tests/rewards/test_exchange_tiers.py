"""Conversions into a counter move the tier that counts it, at once."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from rewards import exchange
from rewards.models import Conversion
from tests.cast import ACTOR, ana, apply, balance, earn, variant
from tiers import standing

COFFEE = '\n[[reward]]\ncode = "coffee"\n'
SAID = (
    '\n[[conversion]]\ncode = "visits"\nname = "Visits"\ntakes = { unit = "coin", amount = 1 }\n'
    'gives = { unit = "visit", amount = 1 }\n'
)


@pytest.mark.django_db
def test_an_exchange_into_a_counter_moves_the_tier(tmp_path: Path) -> None:
    apply(variant(tmp_path, (COFFEE, SAID + COFFEE)))
    member = ana()
    earn(member, 5, unit="coin")
    exchange.exchange(
        member, conversion=Conversion.objects.get(), amount=5, attempt=uuid.uuid4(), actor=ACTOR
    )
    assert (balance(member, "coin"), balance(member, "visit")) == (0, 5)
    current = standing.current(member)
    assert current is not None
    assert current.code == "blue"
