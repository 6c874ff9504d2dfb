"""Opening balances: read, reconciled, posted once, each lot with its own dates."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command

from common.errors import LoyaltyError
from events.models import Event
from members import enrolment, erasure
from members.models import Member
from points import past
from points.models import Entry, Lot, OpeningRow, OpeningRun, Posting
from program.models import Program
from tests import cast
from tests.cast import ROOT, ana, balance, utc
from tiers import opening, opening_posting, standing
from tiers.models import Standing
from tiers.opening_rows import Shape

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quay", "today")]
FILE = ROOT / "tests" / "files" / "opening.csv"
COLUMNS = {
    "reference": "Number",
    "name": "Name",
    "email": "E-mail",
    "joined_at": "Member since",
    "unit": "Currency",
    "amount": "Balance",
    "awarded_at": "Earned",
    "expires_at": "Valid until",
    "tier": "Level",
    "tier_until": "Level until",
}
EXPECTED = {"point": "1575", "visit": "12", "cent": "12.50"}
HEADER = "reference,name,unit,amount,awarded_at,expires_at\n"


@pytest.fixture
def today() -> Any:
    with time_machine.travel(utc(2026, 3, 1, 12), tick=False):
        yield


def read(
    text: str | bytes, *, expected: dict[str, str] | None = None, name: str = "old.csv", **more: Any
) -> OpeningRun:
    body = text if isinstance(text, bytes) else text.encode()
    actor = more.pop("actor", "system:opening")
    return opening.read(
        io.BytesIO(body), name=name, shape=Shape(**more), expected=expected or {}, actor=actor
    )


def sample(**more: Any) -> OpeningRun:
    return read(FILE.read_bytes(), expected=EXPECTED, columns=COLUMNS, **more)


def post(run: OpeningRun) -> OpeningRun:
    return opening.post(run, actor="system:opening")


def member(reference: str) -> Member:
    return enrolment.find(reference=reference)


def problems(text: str) -> list[str]:
    return [what for _line, _who, what in opening.refusals(read(HEADER + text))]


def state() -> dict[str, int]:
    kinds = (Member, Posting, Entry, Lot, Standing, Event)
    return {kind.__name__: kind.objects.count() for kind in kinds}


def test_reading_says_what_would_be_and_posts_nothing() -> None:
    before = state()
    found = opening.report(sample())
    assert (found.rows, found.refused, found.new, found.known, found.tiers) == (6, 0, 4, 0, 1)
    assert [(total.unit.code, total.lots, total.amount) for total in found.totals] == [
        ("point", 3, 1575),
        ("cent", 1, 1250),
        ("visit", 1, 12),
    ]
    assert found.reconciles
    assert state() == before


def test_posting_brings_lots_with_their_own_dates() -> None:
    post(sample())
    one = member("K-1001")
    assert (balance(one), one.email, one.joined_at) == (
        1500,
        "ana@guest.example",
        utc(2019, 5, 3, 22),
    )
    rows = Lot.objects.filter(member=one).in_spend_order()
    assert list(rows.values_list("remaining", "awarded_at", "expires_at")) == [
        (1200, utc(2025, 3, 30, 22), utc(2027, 3, 31, 22)),
        (300, utc(2025, 11, 1, 23), utc(2027, 11, 30, 23)),
    ]
    assert balance(member("K-1003"), "cent") == 1250
    assert balance(member("K-1004")) == 0
    assert past.happened(one, unit="point", at=utc(2025, 6, 1)).balance == 1200


def test_status_follows_the_counters_and_what_was_given_is_given() -> None:
    post(sample())
    earned, given = standing.current(member("K-1001")), standing.current(member("K-1002"))
    assert earned is not None
    assert given is not None
    assert given.code == "blue"
    held = Standing.objects.get(member=member("K-1002"))
    assert (held.source, held.ends_at) == ("granted", utc(2027, 12, 31, 23))


def test_a_second_run_changes_nothing() -> None:
    post(sample())
    before = state()
    run = sample()
    assert run.state == OpeningRun.State.POSTED
    post(run)
    assert state() == before
    assert OpeningRun.objects.count() == 1


def test_the_same_lots_in_another_order_and_with_more_are_posted_once() -> None:
    post(sample())
    first, *lines = FILE.read_text().splitlines()
    more = "K-1002,Rui Costa,rui@guest.example,,point,25,2026-02-01,,,"
    text = "\n".join([first, *reversed(lines), more])
    run = read(text, expected=EXPECTED | {"point": "1600"}, columns=COLUMNS)
    assert [total.there for total in opening.report(run).totals] == [1575, 1250, 12]
    post(run)
    assert balance(member("K-1001")) == 1500
    assert balance(member("K-1002")) == 100


def test_equal_lots_of_one_person_are_all_posted_and_once() -> None:
    text = HEADER + "A,Ana,point,10,2026-02-01,\n" * 3
    post(read(text, expected={"point": "30"}))
    post(read(text + "\n", expected={"point": "30"}))
    assert (balance(member("A")), Lot.objects.count()) == (30, 3)


def test_a_known_member_is_found_by_anything() -> None:
    known = ana(email="ana@guest.example", reference="old-7")
    text = "reference,email,unit,amount,awarded_at\n,Ana@Guest.example ,point,10,2026-02-01\n"
    run = read(text, expected={"point": "10"})
    assert (opening.report(run).known, opening.report(run).new) == (1, 0)
    post(run)
    assert balance(known) == 10


def test_the_old_card_is_known_afterwards() -> None:
    text = "card,name,unit,amount,awarded_at\n99-123 456,Ana,point,10,2026-02-01\n"
    post(read(text, expected={"point": "10"}))
    (found,) = Member.objects.search("99123456")
    assert balance(found) == 10


def test_json_lines_are_read_like_a_table() -> None:
    text = (
        '{"reference": "A", "name": "Ana", "unit": "point", "amount": 10, "awarded_at": '
        '"2026-02-01T10:00:00Z", "expires_at": null}\n\nnonsense\n[]\n'
    )
    run = read(text, expected={"point": "10"}, name="old.ndjson")
    assert [line for line, _who, _what in opening.refusals(run)] == [3, 4]
    post(run)
    assert Entry.objects.get().occurred_at == utc(2026, 2, 1, 10)


def test_what_is_the_same_in_every_line_needs_no_column() -> None:
    text = "reference,name,amount,awarded_at\nA,Ana,10,2026-02-01\n"
    post(read(text, expected={"point": "10"}, always={"unit": "point"}))
    assert balance(member("A")) == 10


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (",Ana,point,10,2026-02-01,", "Nobody is named. Fill in one of reference"),
        ("A,,point,10,2026-02-01,", "name: nobody is known by this yet"),
        ("A,Ana,pebble,10,2026-02-01,", "unit: 'pebble' is none of the program's: point,"),
        ("A,Ana,point,ten,2026-02-01,", "amount: 'ten' is no number. Write it like 1234.50."),
        ("A,Ana,point,1.5,2026-02-01,", "amount: 1.5 is finer, or larger, than points can be."),
        ("A,Ana,point,-10,2026-02-01,", "amount: a debt is not brought over."),
        ("A,Ana,point,NaN,2026-02-01,", "amount: NaN is finer, or larger"),
        ("A,Ana,point,10,,", "awarded_at: say when it was earned, like 2025-03-31."),
        ("A,Ana,point,10,01.02.2026,", "awarded_at: '01.02.2026' is no day. Write 2026-03-31"),
        ("A,Ana,point,10,2026-02-30,", "awarded_at: '2026-02-30' is no day."),
        ("A,Ana,point,10,2026-02-01T10:00:00,", "awarded_at: '2026-02-01T10:00:00' is no day."),
        ("A,Ana,point,10,2026-03-02,", "awarded_at: 2026-03-02 lies in the future."),
        ("A,Ana,point,10,2025-02-01,2026-02-28", "expires_at: these have ended already."),
        ("A,Ana,visit,1,2026-02-01,2027-02-28", "expires_at: visits only count and never end."),
        ("A,Ana,point,10", "This line has more or fewer columns than the first one."),
    ],
)
def test_a_line_that_cannot_be_posted_says_what_to_do(line: str, what: str) -> None:
    (found,) = problems(line + "\n")
    assert what in found


def test_what_nobody_can_be_enrolled_with_is_refused_line_by_line() -> None:
    text = f"email,phone,name\nana@,,Ana\nbea@x.example,{'1' * 33},Bea\n"
    found = [what for _line, _who, what in opening.refusals(read(text))]
    assert [what.partition(" like ")[0] for what in found] == [
        "Write an e-mail address", "Write a phone number",
    ]  # fmt: skip


def test_one_thing_that_names_two_people_is_refused_for_both() -> None:
    text = "reference,email,name\nA,a@x.example,Ana\nB,a@x.example,Bea\n"
    found = [what for _line, _who, what in opening.refusals(read(text))]
    assert len(found) == 2
    assert all(what.startswith("email: other lines have the same email") for what in found)


def test_a_line_that_names_two_members_is_refused() -> None:
    ana(reference="A")
    ana(name="Bea", email="b@x.example")
    text = "reference,email,unit,amount,awarded_at\nA,b@x.example,point,10,2026-02-01\n"
    ((_line, _who, what),) = opening.refusals(read(text))
    assert what.startswith("This names two members at once.")


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        ({}, "Say what the source has, so that the two can be compared: point=10"),
        ({"point": "11"}, "The file has 10 points, and the source 11."),
        ({"point": "10", "coin": "5"}, "The file has 0 coins, and the source 5."),
    ],
)
def test_nothing_is_posted_unless_it_adds_up(expected: dict[str, str], said: str) -> None:
    run = read(HEADER + "A,Ana,point,10,2026-02-01,\n", expected=expected)
    before = state()
    with pytest.raises(LoyaltyError, match=said):
        post(run)
    assert state() == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"\xff\xfe\x00", "is not UTF-8 text"),
        (b"a,b\n1,2\n", "No column names the member"),
    ],
)
def test_a_file_that_is_something_else_is_refused_whole(text: bytes, said: str) -> None:
    with pytest.raises(LoyaltyError, match=said):
        read(text)
    assert not OpeningRun.objects.exists()


def test_a_mapping_that_names_nothing_is_refused() -> None:
    with pytest.raises(LoyaltyError, match="There is no column 'Nr'"):
        read("reference\nA\n", columns={"reference": "Nr"})
    with pytest.raises(LoyaltyError, match="There is no field 'points'"):
        read("reference\nA\n", columns={"points": "Nr"})
    with pytest.raises(LoyaltyError, match="There is no unit 'pebble'"):
        read("reference\nA\n", expected={"pebble": "1"})
    with pytest.raises(LoyaltyError, match="is no amount"):
        read("reference\nA\n", expected={"point": "many"})


def test_a_run_that_was_killed_goes_on_where_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening_posting, "PEOPLE_AT_ONCE", 1)
    run = sample()

    class Killed(BaseException):
        pass

    def kill(done: int, total: int) -> None:
        if done == 2:
            raise Killed

    with pytest.raises(Killed):
        opening.post(run, actor="system:opening", progress=kill)
    assert Member.objects.count() == 2
    run = sample()
    assert run.state == OpeningRun.State.POSTING
    post(run)
    assert Member.objects.count() == 4
    assert sum(lot.remaining for lot in Lot.objects.filter(account__unit="point")) == 1575
    assert not OpeningRow.objects.exists()
    assert Event.objects.filter(type="opening_posted").count() == 1


def test_points_that_ended_between_reading_and_posting_arrive_dead() -> None:
    run = read(HEADER + "A,Ana,point,10,2026-02-01,2026-03-02\n", expected={"point": "10"})
    with time_machine.travel(utc(2026, 3, 5), tick=False):
        post(run)
    assert balance(member("A")) == 0
    kinds = Entry.objects.order_by("version").values_list("kind", "amount")
    assert list(kinds) == [("opening", 10), ("expiry", -10)]


def test_one_of_the_staff_does_not_post_what_they_read() -> None:
    run = sample(actor="staff:clara")
    with pytest.raises(LoyaltyError) as error:
        opening.post(run, actor="staff:clara")
    assert error.value.code == "second_person_needed"
    assert opening.post(run, actor="staff:mona").state == OpeningRun.State.POSTED


def command(*more: str) -> str:
    out = io.StringIO()
    pairs = [part for field, column in COLUMNS.items() for part in ("--map", f"{field}={column}")]
    call_command("opening", str(FILE), *pairs, *more, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_the_command_reads_reconciles_and_applies(tmp_path: Path) -> None:
    said = command()
    assert "6 lines, 0 refused; 4 new members, 0 known." in said
    assert "give the source's total to compare: --expect point=" in said
    with pytest.raises(CommandError, match="Say what the source has"):
        command("--apply")
    totals = [part for code, total in EXPECTED.items() for part in ("--expect", f"{code}={total}")]
    errors = tmp_path / "errors.csv"
    assert "Posted." in command(*totals, "--apply", "--errors", str(errors))
    assert "This file is posted already." in command(*totals, "--apply")
    assert errors.read_text().splitlines() == ["line,who,what to do"]


def test_the_command_says_what_it_cannot_read(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("opening", str(tmp_path / "none.csv"))


def test_a_file_of_errors_has_no_formula(tmp_path: Path) -> None:
    path, errors = tmp_path / "old.csv", tmp_path / "errors.csv"
    path.write_text(HEADER + "=cmd|' /C calc'!A0,Ana,pebble,1,2026-02-01,\n")
    call_command("opening", str(path), "--errors", str(errors), stdout=io.StringIO())
    assert "'=cmd" in errors.read_text()


def test_opening_points_are_spent_and_reversed_like_any(quay: Program) -> None:
    post(sample())
    one = member("K-1001")
    spent = cast.spend(one, 1300)
    cast.reverse(spent)
    assert balance(one) == 1500
    cast.reverse(Posting.objects.get(member=one, entries__amount=1200))
    assert balance(one) == 300


def test_whoever_is_erased_leaves_the_lines_that_wait() -> None:
    known = ana(email="ana@guest.example")
    text = "reference,email,name\n,ana@guest.example,Ana\nB,,Bea\n"
    read(text)
    erasure.erase(known, reason="asked", actor=cast.ACTOR)
    assert [row.reference for row in OpeningRow.objects.all()] == ["B"]
