"""Changes that come before their activity, activities that come late, and what follows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from common import clock
from earning import intake, returns
from earning.changing import Changed
from earning.errors import ActivityCancelled
from earning.models import (
    Activity,
    ActivityChange,
    Correction,
    LimitUse,
    ParkedChange,
    Rule,
    RuleLimit,
)
from program.errors import AttributesInvalid
from program.models import Program
from tests import cast
from tests.cast import ACTOR, ana, awarded, balance, visit
from tests.earning.test_returns import changed, worth

pytestmark = pytest.mark.django_db


def early(reference: str, activity: str, **said: Any) -> Changed:
    words = {
        "partner": "till",
        "activity": activity,
        "reference": reference,
        "reason": "Back",
        "actor": ACTOR,
    }
    return returns.amend(**words, **said) if said else returns.cancel(**words)


def test_a_return_before_its_sale_counts_in_the_sale(quay: Program) -> None:
    member = ana()
    early("c1", "till-1", returned={"paid": "30"})
    early("c2", "till-1", returned={"paid": "100"})
    done = visit(member, reference="till-1", attributes={"paid": "100"})
    assert balance(member) == 70
    assert done.activity is not None
    assert done.activity.attributes == {"paid": "100.00"}
    change = ActivityChange.objects.get(activity=done.activity)
    assert (change.number, change.after) == (1, {"paid": "70.00"})
    refused = ParkedChange.objects.get(reference="c2")
    assert "came back in all" in refused.problem
    changed(done, returned={"paid": "70"})
    assert balance(member) == 0


def test_a_cancellation_before_its_sale_leaves_it_without_points(quay: Program) -> None:
    member = ana()
    early("c1", "till-1")
    with pytest.raises(ActivityCancelled):
        early("c2", "till-1")
    said: dict[str, Any] = {"reference": "till-1", "occurred_at": clock.now()}
    done = visit(member, **said)
    assert done.awards == ()
    assert balance(member) == 0
    assert visit(member, **said).is_replay


def test_a_change_of_an_unclaimed_activity_waits_for_its_owner(quay: Program) -> None:
    member = ana()
    waiting = visit(reference="till-1", attributes={"paid": "100"})
    assert waiting.unclaimed is not None
    assert early("c1", "till-1", returned={"paid": "40"}).status == "parked"
    with pytest.raises(AttributesInvalid):
        early("c2", "till-1", returned={"paid": "61"})
    intake.claim(waiting.unclaimed, member=member, actor=ACTOR)
    assert balance(member) == 60


def test_after_a_cancellation_the_next_is_the_first_again(tmp_path: Any, db: None) -> None:
    cast.apply(cast.variant(tmp_path, ("fixed = 3\n", "fixed = 3\nwhen = [{ first = true }]\n")))
    member = ana()
    first = visit(member, type="survey", attributes={})
    assert balance(member, "coin") == 3
    assert visit(member, type="survey", attributes={}).awards == ()
    changed(first)
    assert balance(member, "coin") == 0


def test_late_arrival_lifts_what_came_before_it(quay: Program) -> None:
    """A visit that comes late makes the member blue earlier: later visits get their bonus once."""
    member = ana()
    start = clock.now() - timedelta(days=10)
    visit(member, occurred_at=start)
    visit(member, occurred_at=start + timedelta(days=1))
    visit(member, occurred_at=start + timedelta(days=3))  # the third: blue from here on
    visit(member, occurred_at=start + timedelta(days=4), attributes={"paid": "100"})
    assert balance(member) == 30 + 150
    visit(member, occurred_at=start + timedelta(days=2))
    assert balance(member) == 40 + 150 + 5
    correction = Correction.objects.get()
    assert correction.sentence == "Blue bonus: you were Blue already on this day, 5 points more"
    assert correction.change.kind == "review"
    assert Activity.objects.count() == 5


@pytest.mark.parametrize("per", ["member", "budget"])
def test_a_limit_for_each_table_follows_a_change_of_the_table(quay: Program, per: str) -> None:
    RuleLimit.objects.create(
        rule=Rule.objects.get(code="paid"), code="each-table", per=per, amount=100, each="table"
    )
    member = ana()
    first = worth(member, 60, table="terrace")
    changed(first, attributes={"table": "inside"})
    assert awarded(worth(member, 100, table="terrace"))["paid"] == 100
    assert awarded(worth(member, 100, table="inside"))["paid"] == 40
    changed(first)
    assert awarded(worth(member, 100, table="inside"))["paid"] == 60
    used = dict(LimitUse.objects.values_list("owner", "amount"))
    assert used == ({"|terrace": 100, "|inside": 100} if per == "budget" else {})
