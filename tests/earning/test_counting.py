"""A counter that counts what is earned of another unit, bonuses included and after limits."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from earning import choosing, explaining, intake, quoting, returns, simulation
from earning.models import Award, Milestone, MilestoneChoice, MilestoneOption
from earning.recording import Recorded
from program.errors import BlueprintInvalid, HistoryProtected
from program.models import Program, Unit
from tests.cast import (
    ACTOR,
    adjust,
    ana,
    apply,
    balance,
    earn,
    spend,
    submission,
    utc,
    variant,
    visit,
)

pytestmark = pytest.mark.django_db
WORDS: dict[str, Any] = {"partner": "till", "reason": "Back", "actor": ACTOR}
LEVEL = """[[unit]]
code = "level"
kind = "counter"
singular = "level point"
plural = "level points"
counts = "point"

"""
BEFORE = '[[partner]]\ncode = "till"\n'
LADDER = ('counter = "visit"\nwindow = "lifetime"', 'counter = "level"\nwindow = "lifetime"')
PAID = 'unit = "point"\nper = { attribute = "paid", amount = 1 }\n'
LIMIT = PAID + 'limit = [{ per = "member", period = "day", amount = 40 }]\n'


def earned(recorded: Recorded) -> dict[str, int]:
    """What an activity paid, by unit."""
    sums = Counter[str]()
    for award in recorded.awards:
        sums[award.unit_id] += award.amount
    return dict(sums)


@pytest.fixture
def counting(tmp_path: Path) -> Path:
    """One point a euro, forty a day at most; five more on the terrace; status by all of them."""
    return variant(tmp_path, (BEFORE, LEVEL + BEFORE), LADDER, (PAID, LIMIT))


@pytest.fixture
def level(counting: Path) -> Program:
    return apply(counting)


def test_it_counts_base_and_bonuses_after_limits_and_not_what_is_spent(level: Program) -> None:
    member = ana()
    first = visit(member, attributes={"paid": "30", "table": "terrace"})
    assert earned(first) == {"point": 35, "visit": 1, "level": 35}
    second = visit(member, attributes={"paid": "30"})
    assert earned(second)["level"] == earned(second)["point"] == 10 + 15
    spend(member, 20)
    adjust(member, 100)
    earn(member, 7)
    assert (balance(member), balance(member, "level")) == (60 - 20 + 107, 60)
    told = [award.sentence for award in second.awards if award.unit_id == "level"]
    assert told == ["Amount paid: 10 level points counted", "Blue bonus: 15 level points counted"]


def test_it_leads_to_status_and_is_explained(level: Program) -> None:
    member = ana()
    assert visit(member, attributes={"paid": "3"}).result["tier"]["code"] == "blue"
    entry = member.entries.get(account__unit="level")
    assert explaining.explain(entry).rule.code == "paid"  # type: ignore[union-attr]


def test_a_batch_and_a_quote_come_to_the_same(level: Program) -> None:
    member = ana(joined_at=utc(2026, 1, 1))
    asked = submission(occurred_at=utc(2026, 3, 1), attributes={"paid": "30"})
    assert quoting.quote(asked, member=member).earned == {"point": 30, "visit": 1, "level": 30}
    batch = [submission(member, occurred_at=utc(2026, 3, day)) for day in (1, 2)]
    intake.record_batch(batch, actor=ACTOR)
    for day in (3, 4):
        visit(member, occurred_at=utc(2026, 3, day))
    paid = Award.objects.filter(unit="point").values_list("amount", flat=True)
    assert balance(member, "level") == sum(paid) == 10 + 3 * 15


def test_what_is_taken_back_is_counted_no_more_whatever_became_of_the_points(
    level: Program,
) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 3, 1), tick=False):
        visit(member, reference="a", attributes={"paid": "30", "table": "terrace"})
        spend(member, 10)
        returns.amend(activity="a", reference="c1", returned={"paid": "10"}, **WORDS)
    assert balance(member, "level") == 20 + 5
    with time_machine.travel(utc(2026, 3, 1) + timedelta(days=60), tick=False):
        returns.cancel(activity="a", reference="c2", **WORDS)
    assert balance(member, "level") == 0


def test_what_was_recorded_before_it_counted_is_left_alone(counting: Path, tmp_path: Path) -> None:
    apply(variant(tmp_path / "before"))
    member = ana()
    visit(member, reference="a", attributes={"paid": "30"})
    apply(counting)
    returns.amend(activity="a", reference="c1", returned={"paid": "10"}, **WORDS)
    assert balance(member, "level") == 0
    visit(member, attributes={"paid": "4"})
    assert balance(member, "level") == 4


def test_milestones_and_choices_count_too(level: Program) -> None:
    mark = Milestone.objects.create(
        code="pair", name="Pair", counter_id="visit", at=2, unit_id="point", amount=50, choose=1
    )
    MilestoneOption.objects.create(milestone=mark, code="more", unit_id="point", amount=3)
    member = ana()
    for number in (1, 2):
        visit(member, reference=f"a{number}", attributes={"paid": "1"})
    assert balance(member, "level") == 52
    choice = MilestoneChoice.objects.select_related("reached", "member").get()
    choosing.choose(choice, picks={"more": 1}, actor=ACTOR)
    assert (balance(member), balance(member, "level")) == (55, 55)
    returns.cancel(activity="a1", reference="c1", **WORDS)
    assert (balance(member), balance(member, "level")) == (1, 1)


def test_marks_see_what_is_counted(level: Program) -> None:
    Milestone.objects.create(
        code="fifty", name="Fifty", counter_id="level", at=45, unit_id="coin", amount=1
    )
    member = ana()
    visit(member, attributes={"paid": "40", "table": "terrace"})
    assert balance(member, "coin") == 1


def test_a_mark_may_be_fed_by_what_it_pays_as_long_as_that_ends(counting: Path) -> None:
    text = """[[milestone]]
code = "tenth"
name = "Tenth"
counter = "level"
at = 10
every = 10
pays = { unit = "point", amount = 3 }

"""
    ladder = '[[ladder]]\ncode = "flags"\n'
    apply(variant(counting / "a", (ladder, text + ladder), base=counting))
    member = ana()
    visit(member, attributes={"paid": "35"})  # 10, 20, 30 pay 9: 44, and 40 pays 3: 47
    assert (balance(member), balance(member, "level")) == (47, 47)
    endless = text.replace("amount = 3", "amount = 10")
    with pytest.raises(BlueprintInvalid, match="so it would never end"):
        apply(variant(counting / "b", (ladder, endless + ladder), base=counting))


def test_a_rule_may_be_left_out(counting: Path, tmp_path: Path) -> None:
    text = (counting / "program.toml").read_text()
    terrace = 'class = "bonus"\nfixed = 5\n'
    (counting / "program.toml").write_text(text.replace(terrace, terrace + "counted = false\n"))
    apply(counting)
    member = ana()
    visit(member, attributes={"paid": "1", "table": "terrace"})
    assert (balance(member), balance(member, "level")) == (6, 1)


def test_the_past_is_replayed_as_it_happened(counting: Path) -> None:
    apply(counting)
    member = ana()
    for day in range(1, 6):
        visit(member, occurred_at=utc(2026, 3, day), attributes={"paid": "30"})
    assert simulation.run(counting).changes_nothing


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('counts = "point"', 'counts = "visit"', "counts"),
        ('counts = "point"', 'counts = "cent"', "decimals are those of"),
        ('kind = "counter"\nsingular = "level', 'kind = "spendable"\nsingular = "level', "only a"),
    ],
)
def test_what_it_cannot_count_is_refused(counting: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(BlueprintInvalid, match=said):
        apply(variant(counting / "wrong", (old, new), base=counting))


def test_what_it_counts_is_for_life(counting: Path) -> None:
    apply(counting)
    with pytest.raises(HistoryProtected, match="is for life"):
        apply(variant(counting / "other", ('counts = "point"\n', ""), base=counting))
    assert Unit.objects.get(code="level").counts_id == "point"
