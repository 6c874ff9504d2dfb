"""Scores are counted by a job, series by series, and read in groups."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from common import clock
from program.models import Program
from surveys import answering, figures, tallies, wording
from surveys.measures import Change
from surveys.models import Answer, Survey, Tally
from tests.surveys import world
from tests.surveys.world import guest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quay_asks")]


def given(survey: str, scores: list[int], **fields: object) -> list[Answer]:
    row = Survey.objects.get(pk=survey)
    kind, version = row.of_kind, row.versions.get()
    usual: dict[str, object] = {
        "survey": row, "version": version, "series": kind.series, "least": kind.least,
        "most": kind.most, "answered_on": clock.now().date(), "answered_at": clock.now(),
    }  # fmt: skip
    made = [Answer(score=score, **usual | fields) for score in scores]
    return Answer.objects.bulk_create(made)


def of(survey: str, by: str = "month") -> figures.Scores:
    tallies.count()
    return figures.of(Survey.objects.get(pk=survey), by=by)


def rounded(value: Decimal | None) -> str:
    return "" if value is None else f"{value:.2f}"


def test_effort_has_its_mean_and_the_share_of_those_who_found_it_easy() -> None:
    given("effort", [7, 6, 6, 5, 4, 7, 2, 6, 5, 7])
    whole = of("effort").whole
    assert whole.figure is not None
    assert whole.extra is not None
    assert [rounded(v) for v in (whole.figure.value, whole.figure.low, whole.figure.high)] == [
        "5.50", "4.37", "6.63",
    ]  # fmt: skip
    assert whole.extra.value == 80


def test_an_incomplete_loyalty_index_is_left_out_and_told() -> None:
    given("ties", [1] * 5, index=Decimal(80))
    given("ties", [1, 2])
    found = of("ties")
    assert found.whole.figure is not None
    assert (found.whole.answers, found.whole.figure.value, found.incomplete) == (5, 80, 2)


def test_series_of_different_scales_are_never_counted_together() -> None:
    given("effort", [7] * 6)
    given("effort", [1] * 6, series="ces:1-5:down:mean", most=5)
    found = of("effort")
    assert found.whole.figure is not None
    assert (found.whole.answers, found.whole.figure.value) == (6, 7)


def test_who_was_asked_and_did_not_answer_is_counted() -> None:
    for number in range(6):
        world.answered(guest(number), score=10)
    for number in range(6, 8):
        world.opened(guest(number))
    found = of("after-a-visit", by="tier")
    assert (found.whole.answers, found.whole.asked) == (6, 8)
    assert found.whole.response == 75
    assert found.is_corrected
    assert [group.name for group in found.groups] == ["White"]


def test_counting_replaces_what_was_counted() -> None:
    given("effort", [7] * 6)
    first, second = of("effort"), of("effort")
    assert first.whole == second.whole
    assert Tally.objects.count() == 1
    answering.add(Answer.objects.first().pk, comment="Once more.")  # type: ignore[union-attr]
    assert of("effort").whole == first.whole


@pytest.mark.parametrize(
    ("difference", "z", "said"),
    [
        ("6", "1.2", "45 in the last three months: up 6, not yet more than chance."),
        ("6", "2.2", "45 in the last three months: up 6, more than chance."),
        ("-6", "-1.2", "45 in the last three months: down 6, not yet more than chance."),
        ("-6", "-2.2", "45 in the last three months: down 6, more than chance."),
        ("0.2", "0.1", "45 in the last three months: as in the three before."),
    ],
)
def test_a_comparison_is_said_in_words(difference: str, z: str, said: str) -> None:
    import dataclasses

    day = clock.now().date()
    given("after-a-visit", [10] * 60 + [8] * 25 + [3] * 15)
    given("after-a-visit", [10] * 9, answered_on=day - timedelta(days=100))
    found = of("after-a-visit")
    change = Change(Decimal(difference), Decimal(z))
    assert wording.moved(dataclasses.replace(found, change=change)) == said


def test_a_comparison_of_months_that_lie_back_names_them() -> None:
    month = clock.now().date().replace(day=1)
    given("after-a-visit", [10] * 8 + [3] * 2, answered_on=clock.add_months(month, -2))
    given("after-a-visit", [10] * 5 + [3] * 5, answered_on=clock.add_months(month, -5))
    found = of("after-a-visit")
    assert found.lately is not None
    assert figures.span_name(found.lately) in wording.moved(found)
    assert "in the last three months" not in wording.moved(found)


def test_a_comparison_that_would_cut_a_stretch_of_months_in_two_is_not_made() -> None:
    """Else the few of one month could be worked out from the other figures."""
    month = clock.now().date().replace(day=1)
    for ago, count in ((0, 9), (2, 3), (3, 3), (4, 9)):
        given("after-a-visit", [9] * count, answered_on=clock.add_months(month, -ago))
    found = of("after-a-visit")
    assert (found.change, wording.moved(found)) == (None, "")


def test_where_there_is_nothing_nothing_is_said() -> None:
    found = of("effort")
    assert found.whole.figure is None
    assert (found.groups, found.change, wording.moved(found)) == ((), None, "")


def test_numbers_are_shown_as_people_read_them(quay_asks: Program) -> None:
    shown = [wording.shown("nps", Decimal(value)) for value in ("-12.6", "-0.2", "33.5")]
    assert shown == ["\N{MINUS SIGN}13", "0", "34"]
    assert wording.shown("ces", Decimal("5.46")) == "5.5"
    assert wording.shown("csat", Decimal(80)) == "80\N{NARROW NO-BREAK SPACE}%"
