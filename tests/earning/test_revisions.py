"""Rules that have paid are succeeded, never edited; the activity's day decides which one pays."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import time_machine

from earning.models import Rule
from program import blueprint
from program.errors import HistoryProtected
from program.models import Program
from tests import cast
from tests.cast import ana, awarded, utc, variant, visit

pytestmark = pytest.mark.django_db

SURVEY = 'unit = "coin"\nfixed = 3'
TERRACE = 'class = "bonus"\nfixed = 5'


def apply(folder: Path) -> list[str]:
    return blueprint.apply(folder, actor="staff:1")


def revisions(code: str) -> list[tuple[int, str, date | None, date | None]]:
    rows = Rule.objects.filter(code=code).order_by("revision")
    return [(r.revision, f"{r.amount.normalize():f}", r.starts_on, r.ends_on) for r in rows]


def terrace(**fields: object) -> int | None:
    attributes = {"paid": "0", "table": "terrace"}
    return awarded(visit(ana(), attributes=attributes, **fields)).get("terrace")


def later(folder: Path, amount: int = 7, start: str = "2026-04-01", until: str = "") -> Path:
    """The terrace's rule with a second version from a day on."""
    first = f"{TERRACE}\nuntil = {start}"
    end = f"\nuntil = {until}" if until else ""
    second = (
        f'[[rule]]\ncode = "terrace"\nname = "On the terrace"\nactivity = "visit"\nunit = "point"\n'
        f'class = "bonus"\nfixed = {amount}\nfrom = {start}{end}\n'
        'when = [{ attribute = "table", is = "terrace" }]\n\n[[rule]]\ncode = "blue-bonus"'
    )
    return variant(folder, (TERRACE, first), ('[[rule]]\ncode = "blue-bonus"', second))


def test_a_rule_that_never_paid_is_simply_changed(quay: Program, tmp_path: Path) -> None:
    assert apply(variant(tmp_path, (TERRACE, TERRACE.replace("5", "7"))))
    assert revisions("terrace") == [(1, "7", None, None)]


def test_a_rule_that_has_paid_is_succeeded_from_today(quay: Program, tmp_path: Path) -> None:
    folder = variant(tmp_path, (TERRACE, TERRACE.replace("5", "7")))
    with time_machine.travel(utc(2026, 3, 10, 12), tick=False):
        assert terrace() == 5
        assert apply(folder)
        assert apply(folder) == []
        assert revisions("terrace") == [
            (1, "5", None, date(2026, 3, 10)),
            (2, "7", date(2026, 3, 10), None),
        ]
        assert terrace() == 7
        assert terrace(occurred_at=date(2026, 3, 9)) == 5


def test_what_was_paid_keeps_the_revision_that_paid_it(quay: Program, tmp_path: Path) -> None:
    with time_machine.travel(utc(2026, 3, 10, 12), tick=False):
        member = ana()
        recorded = visit(member, attributes={"paid": "0", "table": "terrace"})
        apply(variant(tmp_path, (TERRACE, TERRACE.replace("5", "7"))))
    award = next(one for one in recorded.awards if one.rule.code == "terrace")
    award.refresh_from_db()
    assert (award.rule.revision, award.amount, award.inputs["rate"]) == (1, 5, "5")
    assert cast.balance(member) == 5


def test_todays_revision_that_has_paid_waits_until_tomorrow(quay: Program, tmp_path: Path) -> None:
    with time_machine.travel(utc(2026, 3, 10, 12), tick=False):
        terrace()
        apply(variant(tmp_path / "a", (TERRACE, TERRACE.replace("5", "7"))))
        terrace()
        with pytest.raises(HistoryProtected, match='"terrace"'):
            apply(variant(tmp_path / "b", (TERRACE, TERRACE.replace("5", "9"))))
    with time_machine.travel(utc(2026, 3, 11, 12), tick=False):
        assert apply(variant(tmp_path / "b", (TERRACE, TERRACE.replace("5", "9"))))


def test_a_successor_may_be_announced(quay: Program, tmp_path: Path) -> None:
    folder = later(tmp_path)
    with time_machine.travel(utc(2026, 3, 10, 12), tick=False):
        assert terrace() == 5
        assert apply(folder)
        assert apply(folder) == []
        assert terrace() == 5
    with time_machine.travel(utc(2026, 4, 1, 12), tick=False):
        assert terrace() == 7
        assert terrace(occurred_at=date(2026, 3, 31)) == 5
        assert apply(folder) == []


def test_an_announced_rule_may_be_changed_before_it_starts(quay: Program, tmp_path: Path) -> None:
    with time_machine.travel(utc(2026, 3, 10, 12), tick=False):
        terrace()
        apply(later(tmp_path / "a"))
        apply(later(tmp_path / "b", amount=8))
        assert [row[1] for row in revisions("terrace")] == ["5", "8"]


def test_a_rule_that_was_succeeded_once_may_be_given_an_end(quay: Program, tmp_path: Path) -> None:
    """Revisions 1 and 2 exist by then; the table without a "from" means the second."""
    with time_machine.travel(utc(2026, 3, 1, 12), tick=False):
        terrace()
        apply(variant(tmp_path / "a", (TERRACE, TERRACE.replace("5", "6"))))
    with time_machine.travel(utc(2026, 3, 10, 12), tick=False):
        terrace()
        text = (later(tmp_path / "b") / "program.toml").read_text()
        assert text.count(TERRACE) == 1
        (tmp_path / "b" / "program.toml").write_text(
            text.replace(TERRACE, TERRACE.replace("5", "6"))
        )
        assert apply(tmp_path / "b")
        assert apply(tmp_path / "b") == []
    assert revisions("terrace") == [
        (1, "5", None, date(2026, 3, 1)),
        (2, "6", date(2026, 3, 1), date(2026, 4, 1)),
        (3, "7", date(2026, 4, 1), None),
    ]


def test_what_has_paid_since_its_own_day_is_kept(quay: Program, tmp_path: Path) -> None:
    with time_machine.travel(utc(2026, 3, 10, 12), tick=False):
        apply(later(tmp_path / "a"))
    with time_machine.travel(utc(2026, 4, 5, 12), tick=False):
        assert terrace() == 7
        with pytest.raises(HistoryProtected, match="until"):
            apply(later(tmp_path / "b", amount=8))
        assert apply(later(tmp_path / "c", until="2026-05-01"))
        assert revisions("terrace")[1] == (2, "7", date(2026, 4, 1), date(2026, 5, 1))


def test_an_end_before_what_it_paid_is_refused(quay: Program, tmp_path: Path) -> None:
    with time_machine.travel(utc(2026, 3, 10, 12), tick=False):
        terrace()
        with pytest.raises(HistoryProtected, match="2026-03-10"):
            apply(variant(tmp_path, (TERRACE, TERRACE + "\nuntil = 2026-03-10")))
        assert revisions("terrace") == [(1, "5", None, None)]


def without(folder: Path) -> Path:
    text = (cast.QUAY / "program.toml").read_text()
    rule = text[
        text.index('[[rule]]\ncode = "terrace"') : text.index('[[rule]]\ncode = "blue-bonus"')
    ]
    return variant(folder, (rule, ""))


def test_a_rule_that_is_gone_and_never_paid_goes(quay: Program, tmp_path: Path) -> None:
    assert "Rule On the terrace was removed." in apply(without(tmp_path))
    assert revisions("terrace") == []


def test_a_rule_that_is_gone_and_has_paid_ends_today(quay: Program, tmp_path: Path) -> None:
    with time_machine.travel(utc(2026, 3, 10, 12), tick=False):
        terrace(occurred_at=date(2026, 3, 5))
        assert "Rule On the terrace ends today." in apply(without(tmp_path))
        assert apply(without(tmp_path)) == []
        assert terrace() is None
        assert terrace(occurred_at=date(2026, 3, 9)) == 5


def test_a_rule_that_was_to_end_later_ends_today_too(quay: Program, tmp_path: Path) -> None:
    with time_machine.travel(utc(2026, 3, 10, 12), tick=False):
        terrace(occurred_at=date(2026, 3, 5))
        apply(later(tmp_path / "a"))
        assert apply(without(tmp_path / "b"))
        assert revisions("terrace") == [(1, "5", None, date(2026, 3, 10))]


def test_a_rule_that_comes_back_does_not_pay_for_the_time_between(
    quay: Program, tmp_path: Path
) -> None:
    with time_machine.travel(utc(2026, 3, 10, 12), tick=False):
        terrace(occurred_at=date(2026, 3, 5))
        apply(without(tmp_path))
    with time_machine.travel(utc(2026, 3, 20, 12), tick=False):
        assert apply(cast.QUAY)
        assert apply(cast.QUAY) == []
        assert terrace() == 5
        assert terrace(occurred_at=date(2026, 3, 15)) is None


def test_a_rule_that_comes_back_changed_does_not_either(quay: Program, tmp_path: Path) -> None:
    with time_machine.travel(utc(2026, 3, 10, 12), tick=False):
        terrace(occurred_at=date(2026, 3, 5))
        apply(without(tmp_path / "a"))
    with time_machine.travel(utc(2026, 3, 20, 12), tick=False):
        apply(variant(tmp_path / "b", (TERRACE, TERRACE.replace("5", "7"))))
        assert terrace() == 7
        assert terrace(occurred_at=date(2026, 3, 15)) is None
        assert terrace(occurred_at=date(2026, 3, 5)) == 5


def test_a_rule_that_began_and_paid_today_cannot_go_before_tomorrow(
    quay: Program, tmp_path: Path
) -> None:
    with time_machine.travel(utc(2026, 3, 10, 12), tick=False):
        terrace()
        apply(variant(tmp_path / "a", (TERRACE, TERRACE.replace("5", "7"))))
        terrace()
        with pytest.raises(HistoryProtected, match="tomorrow"):
            apply(without(tmp_path / "b"))


def test_the_position_of_a_rule_may_change_without_a_revision(quay: Program) -> None:
    visit(ana())
    Rule.objects.filter(code="paid").update(position=9)
    assert apply(cast.QUAY) == []
    assert Rule.objects.get(code="paid").position == 0


def test_a_version_from_a_day_on_takes_the_place_of_one_that_never_paid(
    quay: Program, tmp_path: Path
) -> None:
    folder = variant(tmp_path, (TERRACE, f"{TERRACE}\nfrom = 2026-04-01"))
    assert apply(folder) == ["Rule On the terrace was added."]
    assert revisions("terrace") == [(1, "5", date(2026, 4, 1), None)]
    assert apply(folder) == []


def test_a_version_from_a_day_on_ends_what_paid_before_it(quay: Program, tmp_path: Path) -> None:
    with time_machine.travel(utc(2026, 3, 10, 12), tick=False):
        terrace()
        folder = variant(tmp_path / "a", (TERRACE, f"{TERRACE}\nfrom = 2026-04-01"))
        assert apply(folder) == [
            "Rule On the terrace ends on 2026-04-01.",
            "Rule On the terrace was added.",
        ]
        assert apply(folder) == []
        early = variant(tmp_path / "b", (TERRACE, f"{TERRACE}\nfrom = 2026-03-01"))
        with pytest.raises(HistoryProtected, match="Keep that one"):
            apply(early)
    assert revisions("terrace") == [
        (1, "5", None, date(2026, 4, 1)),
        (2, "5", date(2026, 4, 1), None),
    ]


def test_a_version_that_is_left_out_ends(quay: Program, tmp_path: Path) -> None:
    with time_machine.travel(utc(2026, 3, 10, 12), tick=False):
        dated = f"{TERRACE}\nfrom = 2026-01-01"
        both = later(tmp_path / "both")
        text = (both / "program.toml").read_text(encoding="utf-8")
        (both / "program.toml").write_text(text.replace(TERRACE, dated, 1), encoding="utf-8")
        apply(both)
        only = variant(tmp_path / "only", (TERRACE, f"{dated}\nuntil = 2026-04-01"))
        assert apply(only) == ["Rule On the terrace was removed."]
        assert [days for *_, days, _ in revisions("terrace")] == [date(2026, 1, 1)]
