"""Importing: every row that can be recorded is, every other is named, and twice is once."""

from __future__ import annotations

import gzip
import io
from datetime import date
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command

from earning import importing, mapping
from earning.errors import MappingInvalid
from earning.importing import Report
from earning.models import Activity, ImportRun, UnclaimedActivity
from members.models import Member, MemberKey
from program.errors import UnknownPartner
from program.models import Program
from tests import cast
from tests.cast import ana, utc
from tiers import standing

pytestmark = pytest.mark.django_db

MAP = """
partner = "till"
type = "visit"
reference = "row-{line}"
skip = ["-", ""]

[occurred_on]
column = "day"

[member]
column = "guest"
reference = "guest-{value}"
name = "Guest {value}"

[attributes.paid]
product = ["price", { sum = ["adults", "children"] }]

[attributes.guests]
sum = ["adults", "children"]

[attributes.table]
column = "seat"
values = { in = "inside", out = "terrace" }

[attributes.is_birthday]
column = "cake"
is_one_of = ["yes", "large"]
"""
HEADER = "day,guest,price,adults,children,seat,cake\n"
GOOD = "2026-03-01,7,10.00,2,0,in,no\n"
NOW = utc(2026, 3, 20, 12)


def read(
    folder: Path, rows: str, *, header: str = HEADER, table: str = MAP, **fields: object
) -> Report:
    path = folder / "visits.csv"
    path.write_bytes((header + rows).encode())
    return run(folder, path, table=table, **fields)


def run(folder: Path, path: Path, *, table: str = MAP, newest: date | None = None) -> Report:
    (folder / "map.toml").write_text(table)
    with time_machine.travel(NOW, tick=False):
        return importing.run(
            path,
            table=mapping.load(folder / "map.toml"),
            actor=cast.ACTOR,
            shift_newest_to=newest,
        )


def test_rows_become_activities_of_members_made_for_them(quay: Program, tmp_path: Path) -> None:
    report = read(
        tmp_path,
        "2026-03-02,7,10.00,2,1,out,yes\n2026-03-01,7,5.50,1,0,in,no\n2026-03-01,-,8,1,0,in,no\n",
    )
    assert (report.rows, report.recorded, report.unclaimed, report.problems) == (3, 2, 1, [])
    member = Member.objects.get()
    assert member.name == "Guest 7"
    assert MemberKey.objects.filter(kind="reference", value="guest-7").exists()
    first = member.activities.get(reference="row-2")
    assert first.attributes == {
        "paid": "30.00",
        "guests": 3,
        "table": "terrace",
        "is_birthday": True,
    }
    assert cast.balance(member) == 30 + 5 + 5
    assert UnclaimedActivity.objects.get().reference == "row-4"


def test_a_packed_file_is_read_alike(quay: Program, tmp_path: Path) -> None:
    path = tmp_path / "visits.csv.gz"
    path.write_bytes(gzip.compress((HEADER + GOOD).encode("utf-8-sig")))
    assert run(tmp_path, path).recorded == 1


def test_reading_a_file_twice_changes_nothing(quay: Program, tmp_path: Path) -> None:
    rows = GOOD * 3 + GOOD.replace(",7,", ",8,") + GOOD.replace(",7,", ",-,")
    read(tmp_path, rows)
    member = Member.objects.get(name="Guest 7")
    before = cast.state(member)
    again = read(tmp_path, rows)
    assert (again.recorded, again.unclaimed, again.repeated) == (0, 0, 5)
    assert cast.state(member) == before
    assert (Activity.objects.count(), UnclaimedActivity.objects.count()) == (4, 1)
    assert Member.objects.count() == 2
    assert [run.counts["repeated"] for run in ImportRun.objects.order_by("id")] == [0, 5]


BAD_ROWS = {
    "a day that is none": ("2026-02-30,7,1,1,0,in,no", ["day", "2026-02-30"]),
    "a word for a day": ("yesterday,7,1,1,0,in,no", ["day", "yesterday", "%Y-%m-%d"]),
    "no day": (",7,1,1,0,in,no", ["day"]),
    "a day to come": ("2026-03-21,7,1,1,0,in,no", ["in the future"]),
    "a far day": ("9999-12-31,7,1,1,0,in,no", ["future"]),
    "the year one": ("0001-01-01,7,1,1,0,in,no", ["year"]),
    "an endless price": ("2026-03-01,7,1e999,1,0,in,no", ["price", "1e999", "too large"]),
    "a price of no number": ("2026-03-01,7,NaN,1,0,in,no", ["price", "NaN"]),
    "a price in words": ("2026-03-01,7,ten,1,0,in,no", ["price", "ten", "1234.50"]),
    "a very precise price": (
        f"2026-03-01,7,{'9' * 12}.{'1' * 20},999999999,0,in,no",
        ["too large"],
    ),
    "too many guests": ("2026-03-01,7,1,21,0,in,no", ["Guests", "above 20"]),
    "half a guest": ("2026-03-01,7,1,1.5,0,in,no", ["Guests", "whole number"]),
    "a seat nobody knows": ("2026-03-01,7,1,1,0,roof,no", ["seat", "roof", "in, out"]),
    "a row too long": ("2026-03-01,7,1,1,0,in,no,more", ["more or fewer columns"]),
    "a row too short": ("2026-03-01,7,1,1,0,in", ["more or fewer columns"]),
    "an open quote": ('2026-03-01,7,1,1,0,in,"no"x', ["not CSV"]),
    "a guest of endless name": (f"2026-03-01,{'7' * 300},1,1,0,in,no", ["typing error"]),
    "a guest without a sound": ("2026-03-01,a\x00b,1,1,0,in,no", ["typing error"]),
}


@pytest.mark.parametrize("mistake", BAD_ROWS)
def test_a_bad_row_is_named_by_its_line_and_the_rest_goes_on(
    quay: Program, tmp_path: Path, mistake: str
) -> None:
    row, said = BAD_ROWS[mistake]
    report = read(tmp_path, f"{GOOD}{row}\n{GOOD}")
    [(line, problem)] = report.problems
    assert line == 3
    assert all(piece in problem for piece in said), problem
    assert (report.rows, report.recorded) == (3, 2)
    assert Activity.objects.count() == 2


def test_an_amount_beyond_counting_spoils_only_its_own_row(quay: Program, tmp_path: Path) -> None:
    """What only turns out while points are posted does not take the whole chunk with it."""
    folder = cast.variant(
        tmp_path / "rich",
        ('attribute = "paid", amount = 1 }', 'attribute = "weight", amount = 99999999 }'),
    )
    cast.apply(folder)
    table = MAP.split("[attributes.paid]", 1)[0] + (
        '[attributes.paid]\nalways = 1\n\n[attributes.weight]\ncolumn = "price"\n'
    )
    rows = GOOD + GOOD.replace("10.00", "9" * 12) + GOOD
    report = read(tmp_path, rows, table=table)
    [(line, problem)] = report.problems
    assert line == 3
    assert "whole number from 1" in problem
    assert report.recorded == 2


def test_lines_are_counted_as_an_editor_counts_them(quay: Program, tmp_path: Path) -> None:
    rows = f'{GOOD}\n\n"2026-03-01",7,1,1,0,in,"no\nreally"\nnonsense,7,1,1,0,in,no\n'
    report = read(tmp_path, rows)
    assert [line for line, _ in report.problems] == [7]
    references = Activity.objects.order_by("reference").values_list("reference", flat=True)
    assert list(references) == ["row-2", "row-6"]


def test_a_column_called_line_is_a_column(quay: Program, tmp_path: Path) -> None:
    header = HEADER.replace("cake", "cake,line")
    report = read(tmp_path, GOOD.replace(",no", ",no,99"), header=header)
    assert report.recorded == 1
    assert Activity.objects.get().reference == "row-2"


def test_a_very_long_name_is_cut(quay: Program, tmp_path: Path) -> None:
    table = MAP.replace('name = "Guest {value}"', f'name = "{"Guest " * 30}{{value}}"')
    assert read(tmp_path, GOOD, table=table).recorded == 1
    assert len(Member.objects.get().name) <= 120


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "has no column"),
        (b"day,guest\n2026-03-01,7\n", "has no column adults, cake, children, price, seat"),
        (HEADER.encode() + b"2026-03-01,Caf\xe9,1,1,0,in,no\n", "not UTF-8"),
        (b"day,gu\xe9st\n", "not UTF-8"),
        (b'day,"guest"x\n', "not CSV"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_before_anything_is_written(
    quay: Program, tmp_path: Path, content: bytes, said: str
) -> None:
    path = tmp_path / "visits.csv"
    path.write_bytes(content)
    with pytest.raises(MappingInvalid, match=said):
        run(tmp_path, path)
    assert not ImportRun.objects.exists()
    assert not Member.objects.exists()


def test_a_file_that_is_not_there_or_cut_off_is_refused(quay: Program, tmp_path: Path) -> None:
    with pytest.raises(MappingInvalid, match="cannot be read"):
        run(tmp_path, tmp_path / "nothing.csv")
    false, cut = tmp_path / "false.csv.gz", tmp_path / "cut.csv.gz"
    false.write_bytes(HEADER.encode())
    with pytest.raises(MappingInvalid, match="cannot be read"):
        run(tmp_path, false)
    cut.write_bytes(gzip.compress((HEADER + GOOD * 5000).encode())[:200])
    with pytest.raises(MappingInvalid, match="cut off"):
        run(tmp_path, cut)
    assert not Member.objects.exists()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('partner = "till"\n', "", "partner"),
        ('"day"', '"day"\nformt = "x"', "formt"),
        ("partner", "[partner", "map.toml"),
        ("row-{line}", "row-{line", "reference"),
        ("row-{line}", "row-{}", "reference"),
        ('column = "guest"', 'column = "guest"\nkind = "passport"', "passport"),
    ],
)
def test_a_mapping_that_says_too_much_or_too_little_is_refused(
    quay: Program, tmp_path: Path, old: str, new: str, said: str
) -> None:
    with pytest.raises(MappingInvalid, match=said):
        read(tmp_path, GOOD, table=MAP.replace(old, new, 1))


def test_a_column_only_the_reference_names_is_missed_too(quay: Program, tmp_path: Path) -> None:
    with pytest.raises(MappingInvalid, match="has no column bill no"):
        read(tmp_path, GOOD, table=MAP.replace("row-{line}", "row-{bill no}"))


def test_a_partner_nobody_knows_is_refused(quay: Program, tmp_path: Path) -> None:
    with pytest.raises(UnknownPartner):
        read(tmp_path, GOOD, table=MAP.replace('"till"', '"bar"'))


def test_members_may_be_named_by_card(quay: Program, tmp_path: Path) -> None:
    member = ana()
    number = member.cards.get().number
    table = MAP.replace('reference = "guest-{value}"\nname = "Guest {value}"', 'kind = "card"')
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    report = read(
        tmp_path,
        GOOD.replace(",7,", f",{number},") + GOOD.replace(",7,", f",{wrong},"),
        table=table,
    )
    assert report.recorded == 1
    assert [line for line, _ in report.problems] == [3]
    assert member.activities.count() == 1


def test_dates_may_be_moved_so_that_the_newest_is_on_a_day(quay: Program, tmp_path: Path) -> None:
    rows = GOOD.replace("2026-03-01", "2017-01-01") + GOOD.replace("2026-03-01", "2017-03-01")
    report = read(tmp_path, rows, newest=date(2026, 3, 19))
    assert report.shifted_days == (date(2026, 3, 19) - date(2017, 3, 1)).days
    newest = Activity.objects.order_by("-occurred_at").first()
    assert newest is not None
    assert newest.occurred_at == utc(2026, 3, 18, 23)
    again = read(tmp_path, rows, newest=date(2026, 3, 20))
    assert (again.shifted_days, again.repeated) == (report.shifted_days, 2)


def test_a_typing_error_in_one_date_moves_nothing(quay: Program, tmp_path: Path) -> None:
    """A day in the year 9999 is not the newest there was, and no reason to move all the others."""
    rows = GOOD.replace("2026-03-01", "2017-03-01") + GOOD.replace("2026-03-01", "9999-03-01")
    report = read(tmp_path, rows, newest=date(2026, 3, 19))
    assert report.shifted_days == (date(2026, 3, 19) - date(2017, 3, 1)).days
    assert [line for line, _ in report.problems] == [3]
    assert report.recorded == 1


def test_a_members_rows_count_in_the_order_of_their_days(quay: Program, tmp_path: Path) -> None:
    read(tmp_path, "".join(GOOD.replace("03-01", f"03-{day:02}") for day in (9, 3, 7, 1)))
    member = Member.objects.get()
    assert standing.current(member).code == "blue"  # type: ignore[union-attr]
    bonus = Activity.objects.filter(awards__rule__code="blue-bonus").get()
    assert bonus.occurred_at == utc(2026, 3, 8, 23)


def test_the_command_counts_reports_and_says_that_dates_were_moved(
    quay: Program, tmp_path: Path
) -> None:
    (tmp_path / "map.toml").write_text(MAP)
    (tmp_path / "visits.csv").write_text(HEADER + GOOD + "soon,7,1,1,0,in,no\n")
    out, err = io.StringIO(), io.StringIO()
    asked = {"map": tmp_path / "map.toml", "newest_on": "yesterday", "stdout": out, "stderr": err}
    with time_machine.travel(NOW, tick=False):
        call_command("import_activities", tmp_path / "visits.csv", **asked)
    assert "2 rows: 1 recorded (1 of them earned), 0 unclaimed" in out.getvalue()
    assert "line 3: day: 'soon' is not a date" in err.getvalue()
    quay.refresh_from_db()
    assert "moved by 18 days" in quay.notice
    with pytest.raises(CommandError, match="2026-03-31"):
        call_command("import_activities", tmp_path / "visits.csv", **asked | {"newest_on": "today"})
