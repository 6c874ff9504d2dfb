"""Conversions: whole steps only, what is left stays, and once for every attempt."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from members.models import Member
from points.errors import AmountInvalid, InsufficientPoints, SourceUsed
from points.models import Entry
from rewards import exchange
from rewards.errors import RewardUnavailable
from rewards.models import Conversion
from tests.cast import ACTOR, ana, apply, balance, earn, state, variant

REWARD = '[[reward]]\ncode = "coffee"\n'
SAID = (
    '[[conversion]]\ncode = "coins"\nname = "Coins"\ntakes = { unit = "point", amount = 3 }\n'
    'gives = { unit = "coin", amount = 1 }\nleast = 30\nbonus = { every = 300, amount = 10 }\n\n'
)


@pytest.fixture
def conversion(db: None, tmp_path: Path) -> Conversion:
    apply(variant(tmp_path, (REWARD, SAID + REWARD)))
    return Conversion.objects.get()


def swap(member: Member, conversion: Conversion, amount: int, **fields: uuid.UUID) -> None:
    given = {"attempt": uuid.uuid4()} | fields
    exchange.exchange(member, conversion=conversion, amount=amount, actor=ACTOR, **given)


@pytest.mark.parametrize(
    ("amount", "expected"), [(30, (30, 10)), (100, (99, 33)), (301, (300, 110)), (600, (600, 220))]
)
def test_whole_steps_are_taken_and_a_bonus_for_every_whole_bonus_step(
    conversion: Conversion, amount: int, expected: tuple[int, int]
) -> None:
    assert exchange.quote(conversion, amount) == expected


def test_the_remainder_stays_with_the_member(conversion: Conversion) -> None:
    member = ana()
    earn(member, 100)
    swap(member, conversion, 100)
    assert (balance(member), balance(member, "coin")) == (1, 33)


def test_below_the_least_nothing_is_taken(conversion: Conversion) -> None:
    member = ana()
    earn(member, 100)
    before = state(member)
    with pytest.raises(AmountInvalid, match="least that can be exchanged is 30"):
        swap(member, conversion, 29)
    assert state(member) == before


def test_what_is_not_there_cannot_be_exchanged(conversion: Conversion) -> None:
    member = ana()
    earn(member, 20)
    before = state(member)
    with pytest.raises(InsufficientPoints):
        swap(member, conversion, 30)
    assert state(member) == before


def test_the_same_attempt_exchanges_once(conversion: Conversion) -> None:
    member, attempt = ana(), uuid.uuid4()
    earn(member, 100)
    swap(member, conversion, 30, attempt=attempt)
    with pytest.raises(SourceUsed):
        swap(member, conversion, 30, attempt=attempt)
    assert balance(member, "coin") == 10


def test_a_conversion_that_ended_refuses(conversion: Conversion, tmp_path: Path) -> None:
    apply(variant(tmp_path / "without"))
    conversion.refresh_from_db()
    with pytest.raises(RewardUnavailable):
        swap(ana(), conversion, 30)


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (30, "Coins: 30 points, 1 coin for every 3 points = 10 coins"),
        (
            301,
            (
                "Coins: 300 points, 1 coin for every 3 points and 10 coins on top for every 300 "
                "points = 110 coins"
            ),
        ),
    ],
)
def test_both_entries_say_the_arithmetic(conversion: Conversion, amount: int, said: str) -> None:
    member = ana()
    earn(member, 1000)
    swap(member, conversion, amount)
    moved = Entry.objects.filter(posting__source__startswith="conversion:")
    assert [entry.reason for entry in moved] == [said, said]
