"""A member chooses for a milestone: one tap, a question back, and it is theirs."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from earning.models import Milestone, MilestoneChoice, MilestoneOption
from members.models import Member
from program.models import Program
from tests import cast as house
from tests.portal import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def choice(quay: Program) -> MilestoneChoice:
    mark = Milestone.objects.create(
        code="first", name="First visit", counter_id="visit", at=1, choose=1, choose_days=10
    )
    for code, amount in (("coins", 5), ("more", 9)):
        MilestoneOption.objects.create(
            milestone=mark, code=code, name=f"Some {code}", unit_id="coin", amount=amount
        )
    member = cast.person("Marta Reis", "marta@guest.example")
    house.visit(member)
    return MilestoneChoice.objects.select_related("member").get()


def words(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_home_says_so_and_one_tap_and_a_confirmation_choose(choice: MilestoneChoice) -> None:
    client = cast.signed_in(choice.member)
    assert "First visit: something is yours to choose until" in words(client, "/")
    url = f"/choose/{choice.public_id}/"
    page = words(client, url)
    assert "You have reached 1 visit. Choose 1 of these." in page
    assert "Some coins 5 coins" in page
    asked = client.post(url, {"option": "more"})
    assert b"Choose this?" in asked.content
    assert house.balance(choice.member, "coin") == 0
    done = client.post(url, {"pick_more": "1", "sure": "1"}, follow=True)
    assert b"This was chosen:" in done.content
    assert house.balance(choice.member, "coin") == 9
    client.post(url, {"pick_coins": "1", "sure": "1"})
    assert house.balance(choice.member, "coin") == 9
    assert "yours to choose" not in words(client, "/")


def test_several_are_counted(choice: MilestoneChoice) -> None:
    MilestoneChoice.objects.update(many=3)
    MilestoneOption.objects.filter(code="more").update(at_most=2)
    client, url = cast.signed_in(choice.member), f"/choose/{choice.public_id}/"
    assert "Choose 3 of these." in words(client, url)
    wrong = client.post(url, {"pick_more": "3"})
    assert wrong.status_code == 400
    assert b"can be chosen at most this often: 2" in wrong.content
    few = client.post(url, {"pick_more": "2", "sure": "1"})
    assert b"Choose exactly this many: 3" in few.content
    client.post(url, {"pick_more": "2", "pick_coins": "1", "sure": "1"})
    assert house.balance(choice.member, "coin") == 23


@pytest.mark.parametrize("said", [{}, {"option": "gold"}, {"pick_more": "x"}, {"option": "\x00"}])
def test_nonsense_is_refused(choice: MilestoneChoice, said: dict[str, str]) -> None:
    client = cast.signed_in(choice.member)
    assert client.post(f"/choose/{choice.public_id}/", said).status_code == 400


def test_the_choices_of_others_are_not_there(choice: MilestoneChoice) -> None:
    other: Member = cast.person("Bruno Lima", "bruno@guest.example")
    client = cast.signed_in(other)
    assert client.get(f"/choose/{choice.public_id}/").status_code == 404
    assert client.get("/choose/chc_nonsense/").status_code == 404
