"""Bands, limits for each of something, days against days, points with an end of their own."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import clock
from earning.evaluation import Condition, Facts, RuleSpec, evaluate, holds
from earning.limits import Limit, Usage
from earning.models import LimitUse
from members.models import Member
from program.errors import BlueprintInvalid
from tests.cast import ana, apply, awarded, lots, utc, variant, visit

PAID = 'per = { attribute = "paid", amount = 1 }\n'
DAY = date(2026, 7, 15)


def band(above: str = "0", up_to: str | None = None, **fields: Any) -> RuleSpec:
    given = {"code": "band", "effect": "per", "amount": Fraction(2), "unit": "point"}
    top = None if up_to is None else Decimal(up_to)
    return RuleSpec(**given | {"attribute": "paid", "above": Decimal(above), "up_to": top} | fields)


def pays(rule: RuleSpec, paid: str) -> int:
    facts = Facts(on=DAY, attributes={"paid": Decimal(paid)})
    return sum(one.amount for one in evaluate([rule], facts))


@pytest.mark.parametrize(
    ("above", "up_to", "paid", "points"),
    [
        ("50", None, "50", 0),
        ("50", None, "50.50", 1),
        ("50", None, "80", 60),
        ("0", "50", "80", 100),
        ("0", "50", "20", 40),
        ("50", "100", "40", 0),
        ("50", "100", "75", 50),
        ("50", "100", "500", 100),
    ],
)
def test_only_what_lies_in_the_band_pays(
    above: str, up_to: str | None, paid: str, points: int
) -> None:
    assert pays(band(above, up_to), paid) == points


@given(st.decimals(0, 1000, places=2), st.decimals(1, 500, places=2))
def test_two_bands_that_meet_pay_what_one_does(paid: Decimal, edge: Decimal) -> None:
    """Counted in hundredths, so that nothing is rounded away."""
    lower, upper = band("0", str(edge), decimals=2), band(str(edge), decimals=2)
    assert pays(lower, str(paid)) + pays(upper, str(paid)) == pays(band(decimals=2), str(paid))


@pytest.mark.parametrize(
    ("kind", "operator", "values", "facts", "expected"),
    [
        ("month", "in", (7, 8), {}, True),
        ("month", "in", (12,), {}, False),
        ("month_day", "in", (15,), {}, True),
        ("month_day", "in", (1,), {}, False),
        ("age", "at_least", (60,), {"birthday": date(1966, 7, 15)}, True),
        ("age", "at_least", (60,), {"birthday": date(1966, 7, 16)}, False),
        ("age", "at_most", (25,), {"birthday": date(2000, 7, 16)}, True),
        ("age", "at_most", (25,), {}, False),
        ("tier", "not_in", ("gold",), {"tiers": frozenset({"blue"})}, True),
        ("tier", "not_in", ("gold",), {"tiers": frozenset({"gold"})}, False),
        ("partner", "not_in", ("till",), {"partner": "till"}, False),
        ("location", "not_in", ("airport",), {"location": ""}, True),
    ],
)
def test_conditions_on_days_people_and_what_is_not(
    kind: str, operator: str, values: tuple[Any, ...], facts: dict[str, Any], expected: bool
) -> None:
    given = Facts(**{"on": DAY, "attributes": {}} | facts)
    assert holds(Condition(kind, operator, values), given) is expected


def test_somebody_born_on_leap_day_grows_older_on_the_28th() -> None:
    born, grown = date(2004, 2, 29), Condition("age", "at_least", (21,))
    for day, expected in [(date(2025, 2, 27), False), (date(2025, 2, 28), True)]:
        assert holds(grown, Facts(on=day, attributes={}, birthday=born)) is expected


@pytest.mark.parametrize(
    ("operator", "told", "expected"),
    [
        ("at_least", date(2026, 4, 1), True),
        ("at_least", date(2026, 3, 31), False),
        ("before", date(2026, 3, 31), True),
        ("before", date(2026, 4, 1), False),
        ("before", None, False),
    ],
)
def test_a_day_is_compared_with_a_day(operator: str, told: date | None, expected: bool) -> None:
    condition = Condition("attribute", operator, (date(2026, 4, 1),), attribute="booked_on")
    facts = Facts(on=DAY, attributes={} if told is None else {"booked_on": told})
    assert holds(condition, facts) is expected


def test_a_limit_for_each_brand_leaves_the_others_their_room() -> None:
    limit = Limit("brands", "member", "ever", times=1, each="brand")
    rule = RuleSpec("brand", "fixed", Fraction(1), "brand", limits=(limit,))
    usage, paid = Usage(), []
    for brand in ("north", "south", "north", None, None, "south"):
        attributes = {} if brand is None else {"brand": brand}
        given = Facts(on=DAY, attributes=attributes, member="m")
        paid.append(len(evaluate([rule], given, usage)))
    assert paid == [1, 1, 0, 1, 0, 0]


EACH = """
[[rule]]
code = "explorer"
name = "New table"
activity = "visit"
unit = "coin"
fixed = 1
limit = [{ per = "member", times = 1, each = "table" }]
"""
TABLE = """
[[activity_type.attribute]]
code = "table"
name = "Table"
type = "choice"
required = false
choices = { inside = "Inside", terrace = "Terrace" }

[[activity_type.attribute]]
code = "booked_on"
name = "Booked on"
type = "date"
required = false

[[rule]]
code = "paid"
"""


@pytest.fixture
def guest(db: None, tmp_path: Path) -> Member:
    apply(variant(tmp_path, ('\n[[rule]]\ncode = "paid"\n', TABLE), (PAID, PAID + EACH)))
    return ana(joined_at=utc(2026, 1, 1))


def at(member: Member, table: str, **fields: Any) -> dict[str, int]:
    return awarded(visit(member, attributes={"paid": "10", "table": table}, **fields))


def test_what_was_counted_for_each_is_read_from_the_awards(guest: Member) -> None:
    assert at(guest, "inside")["explorer"] == 1
    assert "explorer" not in at(guest, "inside")
    assert at(guest, "terrace")["explorer"] == 1
    assert at(ana(), "terrace")["explorer"] == 1
    assert awarded(visit(guest))["explorer"] == 1, "a table that was not told is a table, too"
    assert "explorer" not in awarded(visit(guest))


@pytest.mark.parametrize("each", ["location", "partner"])
def test_a_limit_for_each_place_or_partner(db: None, tmp_path: Path, each: str) -> None:
    apply(variant(tmp_path, (PAID, PAID + EACH.replace('"table"', f'"{each}"'))))
    member = ana(joined_at=utc(2026, 1, 1))
    assert [len(awarded(visit(member))) for _ in range(2)] == [3, 2]


def test_a_budget_for_each_is_a_counter_for_each(db: None, tmp_path: Path) -> None:
    budget = PAID + 'limit = [{ per = "budget", amount = 15, each = "table" }]\n'
    apply(variant(tmp_path, ('\n[[rule]]\ncode = "paid"\n', TABLE), (PAID, budget)))
    paid = [at(ana(), table)["paid"] for table in ("inside", "inside", "terrace")]
    assert paid == [10, 5, 10]
    owners = LimitUse.objects.order_by("owner").values_list("owner", "amount")
    assert list(owners) == [("|inside", 15), ("|terrace", 10)]


def test_points_of_a_campaign_end_sooner_than_others(db: None, tmp_path: Path) -> None:
    campaign = PAID + (
        '\n[[rule]]\ncode = "campaign"\nname = "Summer"\nactivity = "visit"\nunit = "point"\n'
        'class = "bonus"\nfixed = 7\nexpiry = { days = 10 }\n'
    )
    apply(variant(tmp_path, (PAID, campaign)))
    member = ana(joined_at=utc(2026, 1, 1))
    with clock.standing_at(utc(2026, 3, 2, 12)):
        visit(member)
        assert sorted(lots(member)) == [(7, 7), (10, 10)]
        ends = member.lots.order_by("expires_at").values_list("awarded", "expires_at")
    assert list(ends) == [(7, utc(2026, 3, 12, 23)), (10, utc(2026, 4, 2, 22))]


def test_points_of_a_campaign_end_on_one_day_for_all(db: None, tmp_path: Path) -> None:
    apply(variant(tmp_path, (PAID, PAID + "expiry = { on = 2026-04-30 }\n")))
    member = ana(joined_at=utc(2026, 1, 1))
    for day in (2, 20):
        with clock.standing_at(utc(2026, 3, day, 12)):
            visit(member)
    assert set(member.lots.values_list("expires_at", flat=True)) == {utc(2026, 4, 30, 22)}


def test_the_sentence_says_what_part_of_it_counted(db: None, tmp_path: Path) -> None:
    above = 'per = { attribute = "paid", amount = 2, above = 50 }\n'
    apply(variant(tmp_path, (PAID, above)))
    recorded = visit(ana(), attributes={"paid": "80"})
    said = [award.sentence for award in recorded.awards if award.rule.code == "paid"]
    assert said == ["Amount paid: EUR 80.00, of which EUR 30.00 × 2 = 60 points"]


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        (PAID.replace("1 }", "1, above = 5, up_to = 5 }"), "up_to is more than above"),
        (PAID.replace("1 }", "1, above = -1 }"), "above is zero or more"),
        (PAID + 'limit = [{ per = "activity", amount = 5, each = "paid" }]\n', "one of each"),
        (PAID + 'limit = [{ per = "member", times = 1, each = "paid" }]\n', '"paid"'),
        (PAID + 'limit = [{ per = "member", times = 1, each = "shoes" }]\n', '"shoes"'),
        (PAID + "expiry = { days = 5, months = 1 }\n", "exactly one of months, days, on or never"),
        (PAID + 'expiry = { on = 2026-05-01, round_to = "month" }\n', "round_to goes with"),
        (PAID + 'when = [{ attribute = "paid", from = 2026-01-01 }]\n', "from and until compare"),
        (PAID + "when = [{ from = 2026-01-01 }]\n", "state one condition"),
        (PAID + "when = [{ month = [13] }]\n", "12 or less"),
        (PAID + 'when = [{ not_tier = ["admiral"] }]\n', '"admiral"'),
        (PAID + 'when = [{ not_partner = ["nobody"] }]\n', '"nobody"'),
        (PAID + 'when = [{ not_location = ["nowhere"] }]\n', '"nowhere"'),
    ],
)
def test_what_cannot_be_meant_is_refused(db: None, tmp_path: Path, said: str, refusal: str) -> None:
    with pytest.raises(BlueprintInvalid) as refused:
        apply(variant(tmp_path, (PAID, said)))
    assert refusal in str(refused.value)


def test_a_counter_has_no_end_to_give(db: None, tmp_path: Path) -> None:
    fixed = 'unit = "visit"\nfixed = 1\n'
    with pytest.raises(BlueprintInvalid, match="a counter never ends"):
        apply(variant(tmp_path, (fixed, fixed + "expiry = { days = 5 }\n")))


TERRACE = 'when = [{ attribute = "table", is = "terrace" }]'


def test_the_weekday_of_a_day_that_is_told_counts(db: None, tmp_path: Path) -> None:
    """A visit of any day, booked on a Sunday of July."""
    booked = (
        'when = [{ attribute = "booked_on", weekday = ["sun"] }, '
        '{ attribute = "booked_on", month = [7] }]'
    )
    apply(variant(tmp_path, (TERRACE, booked)))
    member = ana(joined_at=utc(2026, 1, 1))
    for said in ("2026-07-05", "2026-07-06", "2026-06-07", None):
        day = {"booked_on": said} if said else {}
        visit(member, occurred_at=utc(2026, 7, 12, 12), attributes={"paid": "1.00"} | day)
    assert [awarded for awarded, _ in lots(member)].count(5) == 1


@pytest.mark.parametrize("key", ['weekday = ["sun"]', "month = [7]", "month_day = [1]"])
def test_only_a_day_has_a_weekday(quay: object, tmp_path: Path, key: str) -> None:
    wrong = f'when = [{{ attribute = "table", {key} }}]'
    with pytest.raises(BlueprintInvalid, match='those of a day, and "table" is none'):
        apply(variant(tmp_path, (TERRACE, wrong)))
    both = f'when = [{{ attribute = "booked_on", from = 2026-01-01, {key} }}]'
    with pytest.raises(BlueprintInvalid, match="state one condition a table"):
        apply(variant(tmp_path / "both", (TERRACE, both)))
