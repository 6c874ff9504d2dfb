"""How scenarios are told: whom a step is about, what an expectation compares, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from program import scenarios
from program.errors import BlueprintInvalid
from tests.cast import ROOT

CAFE = ROOT / "blueprints" / "cafe"
pytestmark = pytest.mark.django_db


def tell(tmp_path: Path, *steps: str) -> list[scenarios.Verdict]:
    """Play steps on the café's program."""
    path = tmp_path / "story.toml"
    told = "\n".join(f"[[step]]\n{step}\n" for step in steps)
    path.write_text(f'title = "A story"\n{told}', encoding="utf-8")
    return scenarios.run(CAFE, path)


PURCHASE = 'activity = { type = "purchase", attributes = { amount = "9.80" }, reference = "r" }'
IDA = 'on = 2026-03-02\nenroll = { name = "Ida" }'


def test_only_units_that_are_named_are_compared(tmp_path: Path) -> None:
    found = tell(tmp_path, IDA, f"{PURCHASE}\nexpect = {{ earned = {{ visit = 1 }} }}")
    assert [one.found for one in found] == ["{ visit = 1 }"]
    assert found[0].holds


def test_an_empty_table_expects_nothing_at_all(tmp_path: Path) -> None:
    found = tell(tmp_path, IDA, f"{PURCHASE}\nexpect = {{ earned = {{}} }}")
    assert not found[0].holds


def test_a_step_goes_on_with_whoever_it_enrols_and_the_next_with_them(tmp_path: Path) -> None:
    bo = f'enroll = {{ name = "Bo" }}\n{PURCHASE}'
    found = tell(
        tmp_path,
        IDA,
        bo,
        "expect = { balance = { visit = 1 } }",
        'member = "Ida"\nexpect = { balance = { visit = 0 } }',
        "expect = { balance = { visit = 0 } }",
    )
    assert all(one.holds for one in found)


def test_any_refusal_will_do(tmp_path: Path) -> None:
    redeem = 'redeem = { reward = "coffee" }\nexpect = { refused = true }'
    assert tell(tmp_path, IDA, redeem)[0].holds
    assert not tell(tmp_path, IDA, f"{PURCHASE}\nexpect = {{ refused = true }}")[0].holds


def test_a_change_follows_whoever_reported_the_activity(tmp_path: Path) -> None:
    amend = 'amend = { activity = "r", returned = { amount = "9.80" } }'
    found = tell(tmp_path, IDA, PURCHASE, f"{amend}\nexpect = {{ balance = {{ bean = 10 }} }}")
    assert found[0].found == "{ bean = 10 }"


def test_a_mistake_says_where_it_is(tmp_path: Path) -> None:
    with pytest.raises(BlueprintInvalid, match=r"story.toml, step 2: nobody called \"Bo\".*Ida"):
        tell(tmp_path, IDA, f'member = "Bo"\n{PURCHASE}')
    with pytest.raises(BlueprintInvalid, match="nobody was enrolled yet"):
        tell(tmp_path, f"on = 2026-03-02\n{PURCHASE}")


def test_ladders_are_told_by_name(tmp_path: Path) -> None:
    found = tell(tmp_path, f'{IDA}\nexpect = {{ ladders = [{{ ladder = "regulars" }}] }}')
    assert found[0].holds


def test_members_join_segments_and_leave_them(tmp_path: Path) -> None:
    ten = PURCHASE.replace("9.80", "10")
    again, later = ten.replace('"r"', '"s"'), ten.replace('"r"', '"t"')
    found = tell(
        tmp_path,
        IDA,
        f"on = 2026-03-03\n{PURCHASE}",
        'at = 2026-03-09T10:00:00\njoin = { segments = ["students"] }\n'
        f"{again}\nexpect = {{ earned = {{ bean = 12 }} }}",
        f'leave = {{ segments = ["students"] }}\n{later}\nexpect = {{ earned = {{ bean = 10 }} }}',
    )
    assert [one.found for one in found] == ["{ bean = 12 }", "{ bean = 10 }"]
    with pytest.raises(BlueprintInvalid, match="segments: there is no"):
        tell(tmp_path, IDA, 'join = { segments = ["studnets"] }')


def test_lots_of_several_units_are_told_in_any_order(tmp_path: Path) -> None:
    stamps = 'exchange = { conversion = "to-roastery", amount = 30 }'
    ours = PURCHASE.replace("9.80", "70")
    beans, others = "{ amount = 50, until = 2026-08-29 }", '{ unit = "stamp", amount = 10 }'
    for lots in (f"[{beans}, {others}]", f"[{others}, {beans}]"):
        assert tell(tmp_path, IDA, ours, f"{stamps}\nexpect = {{ lots = {lots} }}")[0].holds
    wrong = f"[{others}, {{ amount = 50, until = 2026-08-30 }}]"
    assert not tell(tmp_path, IDA, ours, f"{stamps}\nexpect = {{ lots = {wrong} }}")[0].holds


def test_lots_that_end_on_one_day_are_told_as_one_or_as_several(tmp_path: Path) -> None:
    both = [
        "lots = [{ amount = 9, until = 2026-08-29 }, { amount = 10, until = 2026-08-29 }]",
        "lots = [{ amount = 19, until = 2026-08-29 }]",
    ]
    for lots in both:
        assert tell(tmp_path, IDA, f"{PURCHASE}\nexpect = {{ {lots} }}")[0].holds
    wrong = tell(tmp_path, IDA, f"{PURCHASE}\nexpect = {{ lots = [{{ amount = 18 }}] }}")[0]
    assert "amount = 19" in wrong.found


@pytest.mark.parametrize(
    ("expect", "line"),
    [
        ('tier = "regular"', "Regular takes 20 visits"),
        ("tier_until = 2026-01-01", "visits that count now: 1"),
        ("tier_for_life = true", "2026-03-02 1: Visit: 1 visit -> 1"),
        ('ladders = [{ ladder = "regulars", tier = "regular" }]', "visits that count now: 1"),
        ("balance = { bean = 1 }", "2026-03-02 9: Purchase: EUR 9.80 × 1 = 9 beans -> 9"),
        ("lots = []", "2026-03-02 10: Welcome: 10 beans -> 19"),
        ("debt = { bean = 1 }", "2026-03-02 10: Welcome: 10 beans -> 19"),
        ("earned = { bean = 1 }", "Welcome: 10 beans"),
        ("paid = 3", "Nothing was taken in this step."),
        ('left = { reward = "coffee", count = 1 }', "It has no stock: there is no limit."),
    ],
)
def test_what_failed_shows_how_the_number_came_about(
    tmp_path: Path, expect: str, line: str
) -> None:
    verdict = tell(tmp_path, IDA, f"{PURCHASE}\nexpect = {{ {expect} }}")[0]
    assert not verdict.holds
    assert line in verdict.because


def test_a_price_that_was_not_expected_is_told_with_the_others(tmp_path: Path) -> None:
    paid = 'adjust = { unit = "visit", amount = 19 }\nredeem = { reward = "coffee" }'
    given = PURCHASE.replace("9.80", "50.00")
    verdict = tell(tmp_path, IDA, given, f"{paid}\nexpect = {{ paid = 40 }}")[0]
    assert verdict.found == "35"
    assert "A coffee costs 40 beans" in verdict.because
    assert "A coffee costs 35 beans for members at Regular and above" in verdict.because
