"""Dividends: declared by somebody, paid once to each member, corrected by the difference."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pgtrigger
import pytest
import time_machine
from django.db import connection

from common.errors import InvalidInput
from earning import declaring, proof
from earning.errors import DividendRefused
from earning.models import Declaration, Dividend, DividendShare
from earning.tasks import pay_dividends
from events.models import Event
from members import erasure, merging
from members.models import Member
from points import audit
from points.errors import ReasonMissing
from tests.cast import ACTOR, ana, apply, balance, earn, spend, utc, variant

pytestmark = pytest.mark.django_db
PARTNER = '[[partner]]\ncode = "till"\n'
UNIT = (
    '[[unit]]\ncode = "{code}"\nkind = "counter"\nsingular = "euro"\nplural = "euros"\n'
    "decimals = 2\n\n"
)
DIVIDEND = (
    '[[dividend]]\ncode = "share"\nname = "Share"\ncounter = "bought"\nless = "returned"\n'
    'unit = "cent"\n\n'
)
NOW = utc(2026, 3, 15, 12)


@pytest.fixture(autouse=True)
def march(db: None, tmp_path: Path) -> object:
    said = UNIT.format(code="bought") + UNIT.format(code="returned") + DIVIDEND
    with time_machine.travel(NOW, tick=False):
        apply(variant(tmp_path, (PARTNER, said + PARTNER)))
        yield


def share() -> Dividend:
    return Dividend.objects.select_related("counter", "unit").get()


def buyer(bought: int, returned: int = 0, *, year: int = 2025, name: str = "Ana Lima") -> Member:
    member = ana(name=name, joined_at=utc(2020, 1, 1))
    for unit, amount in (("bought", bought), ("returned", returned)):
        if amount:
            earn(member, amount, unit=unit, at=utc(year, 6, 1))
    return member


def declared(percent: str = "10", *, year: int = 2025) -> Declaration:
    made = declaring.declare(share(), year=year, percent=Decimal(percent), actor=ACTOR)
    return declaring.pay(made)


@pytest.mark.parametrize(
    ("bought", "returned", "percent", "paid"),
    [
        (42000, 6000, "10", 3600),
        (35995, 0, "10", 3599),
        (36000, 0, "8", 2880),
        (0, 10000, "10", 0),
        (500, 10000, "10", 0),
        (9, 0, "10", 0),
        (1, 0, "100", 1),
        (33333, 0, "0.3", 99),
    ],
)
def test_each_amount_is_rounded_down_and_never_below_nothing(
    bought: int, returned: int, percent: str, paid: int
) -> None:
    member = buyer(bought, returned)
    declared(percent)
    assert balance(member, "cent") == paid
    assert DividendShare.objects.count() == bool(paid)


def test_a_share_says_its_arithmetic() -> None:
    buyer(42000, 6000)
    made = declared()
    row = DividendShare.objects.get()
    assert row.sentence.startswith("Share 2025: 10% of 360 euros = 36 ")
    assert row.posting.entries.get().reason == row.sentence
    assert (made.state, made.members, made.total) == ("paid", 1, 3600)
    types = set(Event.objects.values_list("type", flat=True))
    assert types >= {"dividend_declared", "dividend_paid"}


def test_nothing_is_paid_by_itself() -> None:
    member = buyer(42000)
    pay_dividends()
    assert balance(member, "cent") == 0


def test_only_the_year_itself_counts() -> None:
    member = buyer(42000, year=2024)
    earn(member, 100, unit="bought", at=utc(2024, 12, 31, 23))  # the first minute of 2025 in Berlin
    earn(member, 5000, unit="bought", at=utc(2025, 12, 31, 23))
    declared()
    assert balance(member, "cent") == 10


def test_a_year_that_is_not_over_cannot_be_declared() -> None:
    with pytest.raises(DividendRefused, match="not over"):
        declaring.declare(share(), year=2026, percent=Decimal(10), actor=ACTOR)


@pytest.mark.parametrize("percent", ["0", "-1", "100.0001", "0.00001"])
def test_a_share_is_above_nothing_and_at_most_all(percent: str) -> None:
    with pytest.raises(InvalidInput):
        declaring.declare(share(), year=2025, percent=Decimal(percent), actor=ACTOR)


def test_a_year_is_declared_once() -> None:
    declared()
    with pytest.raises(DividendRefused, match="has been declared"):
        declared("5")


def test_a_declaration_is_dated_by_its_day() -> None:
    member = buyer(42000)
    made = declaring.declare(
        share(), year=2025, percent=Decimal(10), actor=ACTOR, on=date(2026, 3, 1)
    )
    declaring.pay(made)
    assert member.entries.get(posting__source=f"dividend:{made.pk}").occurred_at.day == 1
    with pytest.raises(InvalidInput, match="not come"):
        declaring.declare(
            share(), year=2024, percent=Decimal(10), actor=ACTOR, on=date(2026, 3, 16)
        )


def test_what_was_interrupted_goes_on_where_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    people = [buyer(10000, name=f"Ana {number}") for number in range(5)]
    monkeypatch.setattr(declaring, "CHUNK", 2)
    made = declaring.declare(share(), year=2025, percent=Decimal(10), actor=ACTOR)
    program = declaring.catalog.current()
    assert declaring._pay_chunk(made, program=program)
    assert sum(balance(member, "cent") == 1000 for member in people) == 2
    declaring.pay_all()
    declaring.pay_all()
    assert {balance(member, "cent") for member in people} == {1000}
    made.refresh_from_db()
    assert (made.state, made.members, made.total) == ("paid", 5, 5000)


def test_a_rehearsal_says_what_then_happens_and_writes_nothing() -> None:
    buyer(42000, 6000)
    buyer(10000, name="Rui")
    buyer(0, 100, name="Eva")
    found = declaring.rehearse(share(), year=2025, percent=Decimal(10))
    assert (found.members, found.total) == (2, 4600)
    assert not DividendShare.objects.exists()
    made = declared()
    assert (made.members, made.total) == (2, 4600)


@pytest.mark.parametrize(
    ("percent", "expected"), [("12", 4320), ("10", 3600), ("5", 1800), ("0", 0)]
)
def test_a_correction_pays_or_takes_the_difference(percent: str, expected: int) -> None:
    member = buyer(42000, 6000)
    declared()
    made = declaring.correct(
        share(), year=2025, percent=Decimal(percent), reason="Wrong minutes", actor=ACTOR
    )
    declaring.pay(made)
    assert balance(member, "cent") == expected
    made.refresh_from_db()
    assert made.total == expected - 3600


def test_a_correction_of_what_was_spent_leaves_a_debt() -> None:
    member = buyer(42000, 6000)
    declared()
    spend(member, 3000, unit="cent")
    made = declaring.correct(
        share(), year=2025, percent=Decimal(5), reason="Wrong minutes", actor=ACTOR
    )
    declaring.pay(made)
    assert balance(member, "cent") == -1200


def test_a_late_purchase_is_paid_by_a_correction() -> None:
    member = buyer(10000)
    declared()
    earn(member, 5000, unit="bought", at=utc(2025, 11, 1))
    found = declaring.rehearse(share(), year=2025, percent=Decimal(10))
    assert (found.members, found.total) == (1, 500)
    declaring.pay(
        declaring.correct(share(), year=2025, percent=Decimal(10), reason="Late", actor=ACTOR)
    )
    assert balance(member, "cent") == 1500


def test_a_correction_needs_a_reason_something_to_correct_and_peace() -> None:
    with pytest.raises(ReasonMissing):
        declaring.correct(share(), year=2025, percent=Decimal(5), reason=" ", actor=ACTOR)
    with pytest.raises(DividendRefused, match="was not declared"):
        declaring.correct(share(), year=2025, percent=Decimal(5), reason="x", actor=ACTOR)
    declaring.declare(share(), year=2025, percent=Decimal(10), actor=ACTOR)
    with pytest.raises(DividendRefused, match="still being paid"):
        declaring.correct(share(), year=2025, percent=Decimal(5), reason="x", actor=ACTOR)


def test_who_was_erased_is_paid_nothing_and_stops_nobody() -> None:
    """Whether before it was declared, or while it is paid."""
    gone, going, staying = (buyer(10000, name=name) for name in ("Ana", "Bea", "Eva"))
    erasure.erase(gone, reason="asked", actor=ACTOR)
    found = declaring.rehearse(share(), year=2025, percent=Decimal(10))
    assert (found.members, found.total) == (2, 2000)
    made = declaring.declare(share(), year=2025, percent=Decimal(10), actor=ACTOR)
    erasure.erase(going, reason="asked", actor=ACTOR)
    declaring.pay_all()
    made.refresh_from_db()
    assert (made.state, made.members, made.total) == ("paid", 1, 1000)
    assert balance(staying, "cent") == 1000


def test_who_was_merged_is_paid_once() -> None:
    one, other = buyer(10000), buyer(5000, name="Bea")
    declared()
    merging.merge(one, other, reason="One person", actor=ACTOR)
    declaring.pay(
        declaring.correct(share(), year=2025, percent=Decimal(5), reason="Less", actor=ACTOR)
    )
    assert (balance(one, "cent"), balance(other, "cent")) == (750, 0)


PLANTED = {
    "every posting of a dividend has its share": "DELETE FROM earning_dividendshare",
    "a dividend never takes more than it gave": (
        "UPDATE earning_dividendshare SET amount = -amount"
    ),
    "what was declared is the sum of its shares": "UPDATE earning_declaration SET total = 1",
}


def test_every_invariant_has_a_planted_fault() -> None:
    assert set(PLANTED) == set(proof.DIVIDENDS)


@pytest.mark.broken_books
@pytest.mark.parametrize("invariant", PLANTED)
def test_a_planted_fault_is_found(invariant: str) -> None:
    buyer(42000)
    declared()
    assert list(audit.check()) == []
    with pgtrigger.ignore(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(PLANTED[invariant])
    assert invariant in {fault.invariant for fault in audit.check()}
