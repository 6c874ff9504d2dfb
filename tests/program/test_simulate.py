"""Simulating: the past under a draft, exactly; and under the program itself, what happened."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum
from hypothesis import given, settings
from hypothesis import strategies as st

from common import clock
from earning import reporting, simulation
from earning.models import Award
from points.models import Posting
from program import catalog
from program.models import Program
from tests.cast import ACTOR, QUAY, adjust, ana, apply, earn, reverse, utc, variant, visit
from tests.program.replaying import (
    BLUE,
    DAY,
    VISIT,
    by,
    issued,
    moved,
    regular,
)
from tests.program.test_diff import dump
from tiers import correction, grants, standing
from tiers.models import Tier

pytestmark = pytest.mark.django_db

# --- what happened is what happened -------------------------------------------------------------


def test_the_program_itself_gives_exactly_what_happened(quay: Program) -> None:
    regular(7, table="terrace", guests=2)
    regular(2)
    ana()
    result = simulation.run(QUAY)
    assert result.changes_nothing
    assert (result.activities, result.members, result.misfits) == (9, 3, {})
    for unit, (really, draft) in issued(result).items():
        known = Award.objects.filter(unit=unit).aggregate(total=Sum("amount"))["total"]
        assert really == draft == known


def test_by_tier_is_the_tier_that_an_activity_earned_at(quay: Program) -> None:
    regular(7)
    assert by(simulation.run(QUAY), "tier", "visit") == {
        "": (1, 1),
        "white": (2, 2),
        "blue": (3, 3),
        "gold": (1, 1),
    }


def test_by_month_is_the_month_it_belongs_to(quay: Program) -> None:
    member = ana(joined_at=utc(2020, 1, 1))
    visit(member, occurred_at=utc(2024, 5, 31, 23))  # already June in Berlin
    visit(member, occurred_at=utc(2024, 5, 31, 12))
    assert by(simulation.run(QUAY), "month") == {
        date(2024, 5, 1): (10, 10),
        date(2024, 6, 1): (10, 10),
    }


def test_what_came_late_is_replayed_as_it_came(quay: Program) -> None:
    member = regular(3)
    for day in (20, 2, 25, 1, 28):
        visit(member, occurred_at=utc(2024, 4, day, 12))
    assert simulation.run(QUAY).changes_nothing


def test_what_was_given_by_hand_counts(quay: Program) -> None:
    given, helped, taken = ana(joined_at=utc(2020, 1, 1)), regular(1), regular(4)
    grants.grant(given, tier=Tier.objects.get(code="gold"), reason="Kind", actor=ACTOR)
    visit(given)
    correction.adjust(helped, unit="visit", amount=3, reason="Paper", actor=ACTOR, source="a:1")
    visit(helped)
    posting = Posting.objects.filter(member=taken).order_by("occurred_at").first()
    assert posting is not None
    reverse(posting)
    standing.reassess(taken, actor=ACTOR)
    result = simulation.run(QUAY)
    assert result.changes_nothing
    assert moved(result) == {("gold", "gold"): 1, ("blue", "blue"): 2}


def test_what_was_taken_back_is_taken_back_in_the_measure_of_the_draft(
    quay: Program, tmp_path: Path
) -> None:
    member = regular(3)
    posting = Posting.objects.filter(member=member).order_by("occurred_at").first()
    assert posting is not None
    reverse(posting)
    standing.reassess(member, actor=ACTOR)
    visit(member)  # six visits of the draft, two taken back, two more
    twice = (VISIT, VISIT.replace("= 1", "= 2"))
    assert moved(simulation.run(variant(tmp_path / "a", twice))) == {("blue", "gold"): 1}
    gold = '"Gold"\nthreshold = '
    draft = variant(tmp_path / "b", twice, (f"{gold}6", f"{gold}7"))
    assert moved(simulation.run(draft)) == {("blue", "blue"): 1}


def test_the_export_of_a_program_that_changed_gives_what_happened(
    quay: Program, tmp_path: Path
) -> None:
    regular(3)
    apply(variant(tmp_path / "next", (VISIT, VISIT.replace("= 1", "= 2"))))
    member = ana()
    visit(member)
    assert not simulation.run(QUAY).changes_nothing
    call_command("program", "export", str(tmp_path / "out"), stdout=StringIO())
    assert simulation.run(tmp_path / "out").changes_nothing


days = st.lists(
    st.tuples(
        st.integers(0, 2),  # who
        st.integers(0, 700),  # days ago
        st.integers(1, 5000),  # cents
        st.booleans(),  # on the terrace
    ),
    min_size=1,
    max_size=14,
)


@given(days)
@settings(max_examples=15)
def test_any_history_in_any_order_is_replayed_exactly(
    quay: Program, history: list[tuple[int, int, int, bool]]
) -> None:
    people = [ana(joined_at=utc(2020, 1, 1)) for _ in range(3)]
    now = clock.now()
    for who, ago, cents, terrace in history:
        table = {"table": "terrace"} if terrace else {}
        paid = str(Decimal(cents).scaleb(-2))
        visit(people[who], occurred_at=now - ago * DAY, attributes={"paid": paid} | table)
    assert simulation.run(QUAY).changes_nothing


# --- nothing is written, and what is said -------------------------------------------------------


def test_nothing_is_written(quay: Program, tmp_path: Path) -> None:
    regular(4)
    earn(ana(), 10)
    before, version = dump(), catalog.current().version
    simulation.run(variant(tmp_path, (VISIT, VISIT.replace("= 1", "= 2"))))
    assert dump() == before
    assert catalog.current().version == version
    assert regular(3).pk


def test_members_are_played_in_chunks_with_the_same_result(
    quay: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for visits in range(5):
        regular(visits)
    draft = variant(tmp_path, (BLUE, 'name = "Blue"\nthreshold = 2'))
    whole = simulation.run(draft)
    monkeypatch.setattr(simulation, "CHUNK", 2)
    told: list[tuple[int, int]] = []
    chunked = simulation.run(draft, progress=lambda done, total: told.append((done, total)))
    assert chunked.cells == whole.cells
    assert [moves.counts for moves in chunked.moves] == [moves.counts for moves in whole.moves]
    assert told[-1] == (10, 10)
    assert len(told) == 3


def test_the_command_prints_tables_and_writes_files(quay: Program, tmp_path: Path) -> None:
    regular(2, paid="1000.00")
    adjust(ana(), 1)
    folder = variant(tmp_path / "draft", (BLUE, 'name = "Blue"\nthreshold = 2'))
    out, file = StringIO(), tmp_path / "issued.csv"
    call_command("program", "simulate", str(folder), "--csv", str(file), stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[0] == "2 activities of 2 members, replayed under Quay Club."
    for line in (
        "Issued",
        "          really  draft  difference",
        "  points   2,000  2,000           0",
        "  2024-05, points   2,000  2,000           0",
        "Members on Flags: tiers now, and under the draft (1 moved)",
        "  White          0      0     1     0",
    ):
        assert line in lines, out.getvalue()
    rows = list(csv.DictReader(file.open(encoding="utf-8")))
    assert rows[0] == {
        "unit": "point", "rule": "paid", "tier": "", "month": "2024-05", "awards": "1",
        "amount": "1000", "draft_awards": "1", "draft_amount": "1000", "difference": "0",
    }  # fmt: skip
    moves = list(csv.DictReader((tmp_path / "issued-tiers.csv").open(encoding="utf-8")))
    assert {"ladder": "flags", "tier": "white", "draft_tier": "blue", "members": "1"} in moves


def test_the_command_says_so_when_nothing_differs(quay: Program) -> None:
    regular(2)
    out = StringIO()
    call_command("program", "simulate", str(QUAY), "--since", "2024-05-02", stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[0] == "1 activity of 1 member since 2024-05-02, replayed under Quay Club."
    assert lines[1] == "The draft would have paid exactly what was paid, and moved nobody."


def test_a_day_that_is_none_is_refused(quay: Program) -> None:
    with pytest.raises(CommandError, match="is not a date"):
        call_command("program", "simulate", str(QUAY), "--since", "May", stdout=StringIO())
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("program", "simulate", "nowhere", stdout=StringIO())


def test_a_program_without_ladders_has_no_matrix(db: None, tmp_path: Path) -> None:
    text = (QUAY / "program.toml").read_text(encoding="utf-8")
    rule, survey = (
        text.index('[[rule]]\ncode = "blue-bonus"'),
        text.index('[[rule]]\ncode = "survey"'),
    )
    ladder, rewards = text.index("[[ladder]]"), text.index('[[reward]]\ncode = "coffee"')
    cake = text.index('[[reward]]\ncode = "cake"')
    rest = text[:rule] + text[survey:ladder] + text[rewards:cake]
    (tmp_path / "program.toml").write_text(rest, encoding="utf-8")
    apply(tmp_path)
    visit(ana())
    result = simulation.run(tmp_path)
    assert result.changes_nothing
    assert result.moves == ()
    assert by(result, "tier") == {"": (10, 10)}
    assert "By month" in list(reporting.lines(result))
