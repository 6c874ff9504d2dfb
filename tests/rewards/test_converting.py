"""Conversions that happen as soon as there is enough: once, in whole steps, whoever comes by."""

from __future__ import annotations

from pathlib import Path

import pytest

from common import clock
from events.models import Event, Reader
from points.models import Account
from program.errors import BlueprintInvalid
from rewards import converting
from rewards.models import Conversion
from rewards.tasks import convert_all, convert_at_once
from tests.cast import ana, apply, balance, earn, hold, variant, visit

pytestmark = pytest.mark.django_db
REWARD = '[[reward]]\ncode = "coffee"\n'
SAID = """[[conversion]]
code = "coins"
name = "Coins"
takes = { unit = "point", amount = 20 }
gives = { unit = "coin", amount = 1 }
at_once = true

"""


@pytest.fixture
def coins(db: None, tmp_path: Path) -> None:
    apply(variant(tmp_path, (REWARD, SAID + REWARD)))


def test_whoever_has_enough_is_given_and_the_rest_stays(coins: None) -> None:
    member = ana()
    visit(member, attributes={"paid": "19"})
    assert converting.run() == 0
    visit(member, attributes={"paid": "30"})
    assert converting.run() == 1
    convert_at_once()
    assert (balance(member), balance(member, "coin")) == (9, 2)
    event = Event.objects.get(type="units_exchanged")
    assert event.payload["actor"] == "system:conversions"


def test_what_is_held_is_left_alone_and_found_later(coins: None) -> None:
    member = ana()
    earn(member, 25)
    hold(member, 10)
    assert (converting.run(), converting.catch_up()) == (0, 0)
    earn(member, 10)
    assert converting.run() == 0  # nothing was recorded: the hourly look finds it
    convert_all()
    assert (balance(member), balance(member, "coin")) == (15, 1)


def test_a_limit_of_a_period_holds(coins: None) -> None:
    Conversion.objects.update(most=40, per="month")
    member = ana()
    earn(member, 100)
    converting.catch_up()
    converting.catch_up()
    assert (balance(member), balance(member, "coin")) == (60, 2)


def test_one_that_cannot_be_made_holds_nobody_up(coins: None) -> None:
    first, second = ana(), ana(name="Bruno Reis")
    for member in (first, second):
        earn(member, 25)
    Account.objects.create(
        id=Account.id_for(first.pk, "coin"),
        member=first,
        unit_id="coin",
        closed_at=clock.now(),
    )
    assert converting.catch_up() == 1
    assert [balance(member) for member in (first, second)] == [25, 5]
    Account.objects.filter(closed_at__isnull=False).update(closed_at=None)
    assert converting.catch_up() == 1
    assert balance(first) == 5


def test_all_are_found_however_many_there_are(coins: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(converting, "LIMIT", 2)
    people = [ana(name=f"Guest {number}") for number in range(5)]
    for member in people:
        earn(member, 20)
    assert converting.catch_up() == 5
    assert {balance(member, "coin") for member in people} == {1}


def test_without_any_nothing_is_exchanged_and_the_reader_goes_on(quay: object) -> None:
    visit(ana())
    assert (converting.run(), converting.catch_up()) == (0, 0)
    assert Reader.objects.filter(name="conversions").exists()


def test_circles_and_two_times_are_refused(tmp_path: Path) -> None:
    back = SAID.replace('"coins"', '"points"').replace('"coin"', '"x"')
    back = back.replace('"point"', '"coin"').replace('"x"', '"point"')
    with pytest.raises(BlueprintInvalid, match='in a circle: "coins" -> "points" -> "coins"'):
        apply(variant(tmp_path / "a", (REWARD, SAID + back + REWARD)))
    both = SAID.replace("at_once", "monthly = true\nat_once")
    with pytest.raises(BlueprintInvalid, match="give at_once or monthly"):
        apply(variant(tmp_path / "b", (REWARD, both + REWARD)))
