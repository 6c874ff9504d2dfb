"""Conversions: whole steps only, what is left stays, and once for every attempt."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from members import merging
from members.models import Member
from points.errors import AmountInvalid, InsufficientPoints, SourceUsed
from points.models import Entry
from program.errors import BlueprintInvalid
from rewards import exchange
from rewards.errors import ExchangeLimit, RewardUnavailable
from rewards.models import Conversion
from tests.cast import ACTOR, ana, apply, balance, earn, state, utc, variant

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


LIMITED = SAID.replace("bonus =", 'at_most = 100\nper = "day"\nbonus =')


@pytest.fixture
def limited(db: None, tmp_path: Path) -> Conversion:
    apply(variant(tmp_path, (REWARD, LIMITED + REWARD)))
    return Conversion.objects.get()


def test_a_member_exchanges_so_much_a_day(limited: Conversion) -> None:
    member, other = ana(), ana(name="Bruno")
    with time_machine.travel(utc(2026, 3, 20, 12), tick=False):
        for one in (member, other):
            earn(one, 500)
        swap(member, limited, 60)
        before = state(member)
        with pytest.raises(ExchangeLimit, match="exchange 40 points more today") as refusal:
            swap(member, limited, 42)
        assert refusal.value.data["left"] == 40
        assert state(member) == before
        swap(member, limited, 40)  # whole steps: 39
        with pytest.raises(ExchangeLimit, match="exchange 1 point more today"):
            swap(member, limited, 30)
        swap(other, limited, 90)
    with time_machine.travel(utc(2026, 3, 20, 23), tick=False):  # the next day in Berlin
        swap(member, limited, 99)
    assert balance(member) == 500 - 60 - 39 - 99


@pytest.mark.parametrize(("per", "since"), [("month", utc(2026, 3, 2)), ("year", utc(2026, 1, 2))])
def test_or_a_month_or_a_year(limited: Conversion, per: str, since: datetime) -> None:
    Conversion.objects.update(per=per)
    limited.refresh_from_db()
    member = ana(joined_at=utc(2025, 1, 1))
    for day in (since - timedelta(days=2), since):
        with time_machine.travel(day, tick=False):
            earn(member, 300)
            swap(member, limited, 90)
    refused = pytest.raises(ExchangeLimit, match=f"exchange 10 points more this {per}")
    with time_machine.travel(since + timedelta(days=3), tick=False), refused:
        swap(member, limited, 30)


def test_what_another_conversion_took_does_not_count(limited: Conversion) -> None:
    member = ana()
    earn(member, 300)
    other = Conversion.objects.create(
        code="more-coins", name="More", takes_id="point", gives_id="coin", step=3, amount=1
    )
    swap(member, other, 99)
    swap(member, limited, 99)
    assert balance(member) == 102


def test_what_was_exchanged_before_a_merge_counts(limited: Conversion) -> None:
    member, other = ana(), ana(name="Bruno")
    earn(other, 300)
    swap(other, limited, 90)
    merging.merge(member, other, reason="The same", actor=ACTOR)
    member.refresh_from_db()
    with pytest.raises(ExchangeLimit, match="10 points more"):
        swap(member, limited, 30)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("at_most = 100\n", "give at_most and per together"),
        ('per = "day"\n', "give at_most and per together"),
        ('at_most = 29\nper = "day"\n', "what is taken at a time, and least, or more"),
    ],
)
def test_a_most_names_its_period_and_leaves_room_for_a_step(
    db: None, tmp_path: Path, said: str, words: str
) -> None:
    with pytest.raises(BlueprintInvalid, match=words):
        apply(variant(tmp_path, (REWARD, SAID.replace("bonus =", f"{said}bonus =") + REWARD)))
