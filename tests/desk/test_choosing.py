"""Choices at the desk: what waits for a member, chosen by a clerk as the member said."""

from __future__ import annotations

import pytest

from earning.models import Milestone, MilestoneChoice, MilestoneOption
from program.models import Program
from tests import cast
from tests.desk.counter import Counter, listing, page, text, verb


@pytest.fixture
def choice(clerk: Counter, quay: Program) -> MilestoneChoice:
    mark = Milestone.objects.create(
        code="first", name="First visit", counter_id="visit", at=1, choose=2
    )
    MilestoneOption.objects.create(
        milestone=mark, code="coins", name="Some coins", unit_id="coin", amount=5, at_most=1
    )
    MilestoneOption.objects.create(
        milestone=mark, code="cents", name="Some credit", unit_id="cent", amount=250
    )
    cast.visit(cast.ana(name="Eva"))
    return MilestoneChoice.objects.select_related("member").get()


def test_a_clerk_chooses_for_a_member(clerk: Counter, choice: MilestoneChoice) -> None:
    assert "To choose" in text(clerk.get(page(choice.member)))
    wrong = clerk.do(verb(choice, "choose"), pick_coins="1", pick_cents="2")
    assert "Choose exactly this many: 2." in text(wrong)
    clerk.do(verb(choice, "choose"), pick_coins="1", pick_cents="1")
    choice.refresh_from_db()
    assert (choice.status, choice.actor) == ("made", clerk.actor)
    assert cast.balance(choice.member, "coin") == 5
    listed = text(clerk.get(listing(MilestoneChoice)))
    assert "1 × Some credit, 1 × Some coins" in listed
    assert "First visit: 1 visit" in text(clerk.get(page(choice)))
    assert "To choose" not in text(clerk.get(page(choice.member)))
