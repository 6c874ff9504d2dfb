"""Exporting: what an applied program gives back says the same, to the last key."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from common import clock
from earning.models import Rule
from program import blueprint, exports, toml
from program.models import ActivityAttribute, Partner, Program, Unit
from rewards.models import Conversion, Reward, RewardPrice
from tests.cast import ACTOR, QUAY, ROOT, ana, apply, redeem, utc, variant, visit

pytestmark = pytest.mark.django_db
EVERYTHING = ROOT / "tests" / "programs" / "everything"
FOLDERS = [
    *sorted(path.parent for path in (ROOT / "blueprints").glob("*/program.toml")),
    *sorted(path.parent for path in (ROOT / "tests" / "programs").glob("*/program.toml")),
]


def written(folder: Path) -> str:
    """The program as it stands, written to a folder; returns the text."""
    call_command("program", "export", str(folder), "--replace", stdout=StringIO())
    return (folder / "program.toml").read_text(encoding="utf-8")


def normal(value: Any) -> Any:
    """A blueprint without what makes no difference: order among equals, defaults spelled out."""
    if isinstance(value, msgspec.Struct):
        said = {name: normal(inner) for name, inner in toml.said(value)}
        if "in" in said and len(said["in"]) == 1:
            said["is"] = said.pop("in")[0]
        return said
    if isinstance(value, list) and value and type(value[0]).__name__ == "TierExpiryTable":
        return [normal(one) for one in sorted(value, key=lambda one: one.unit)]
    if isinstance(value, list) and value and all(map(toml.has_code, value)):
        key = operator_of(value)
        return [normal(one) for one in (sorted(value, key=key) if key else value)]
    return [normal(one) for one in value] if isinstance(value, list) else value


def operator_of(tables: list[Any]) -> Any:
    """Partners and places have no order of their own; versions of a rule stand together."""
    kind = type(tables[0]).__name__
    if kind in ("PartnerTable", "LocationTable", "SegmentTable"):
        return lambda table: table.code
    codes = [table.code for table in tables]
    first = {code: codes.index(code) for code in codes}
    return lambda table: (first[table.code], getattr(table, "from_", None) or date.min)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_an_exported_program_says_what_was_applied(folder: Path, tmp_path: Path) -> None:
    apply(folder)
    text = written(tmp_path)
    assert normal(blueprint.read(text)) == normal(blueprint.load(folder)[0])
    assert blueprint.apply(tmp_path, actor=ACTOR) == []
    again = written(tmp_path)
    assert again == text


def test_one_program_says_everything_there_is_to_say() -> None:
    said = set(_keys_said(blueprint.load(EVERYTHING)[0]))
    known = set(_keys_known(blueprint.type_of(), set()))
    assert sorted(known - said) == [], "Say it in tests/programs/everything, and export it"


def _keys_said(table: Any) -> Iterator[tuple[str, str]]:
    for name, value in toml.said(table):
        yield type(table).__name__, name
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, msgspec.Struct):
                yield from _keys_said(inner)


def _keys_known(kind: Any, seen: set[Any]) -> Iterator[tuple[str, str]]:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind not in seen:
        seen.add(kind)
        for field in msgspec.structs.fields(kind):
            yield kind.__name__, field.encode_name
            yield from _keys_known(field.type, seen)
    for inner in getattr(kind, "__args__", ()):
        yield from _keys_known(inner, seen)


def test_a_rule_that_was_succeeded_is_exported_with_its_past(quay: Program, tmp_path: Path) -> None:
    member = ana(joined_at=utc(2020, 1, 1))
    visit(member, occurred_at=utc(2024, 5, 5, 12))
    changed = variant(
        tmp_path / "b",
        (
            'name = "Visit"\nactivity = "visit"\nunit = "visit"\nfixed = 1',
            'name = "Visit"\nactivity = "visit"\nunit = "visit"\nfixed = 2',
        ),
    )
    apply(changed)
    tables = [rule for rule in blueprint.read(written(tmp_path / "c")).rule if rule.code == "visit"]
    today = clock.local_date(clock.now(), quay.time_zone)
    assert [(t.fixed, t.from_, t.until) for t in tables] == [(1, None, today), (2, today, None)]
    assert blueprint.apply(tmp_path / "c", actor=ACTOR) == []
    assert Rule.objects.filter(code="visit").count() == 2


def test_what_ended_and_names_what_is_gone_is_left_out(quay: Program, tmp_path: Path) -> None:
    visit(
        ana(joined_at=utc(2020, 1, 1)),
        occurred_at=utc(2024, 5, 5, 12),
        attributes={"paid": "10", "table": "terrace"},
    )
    rule = '[[rule]]\ncode = "terrace"'
    text = (QUAY / "program.toml").read_text(encoding="utf-8")
    start, end = text.index(rule), text.index('[[rule]]\ncode = "blue-bonus"')
    table = text.index('[[activity_type.attribute]]\ncode = "table"')
    following = text.index('[[activity_type.attribute]]\ncode = "is_birthday"')
    (tmp_path / "program.toml").write_text(
        text[:table] + text[following:start] + text[end:], encoding="utf-8"
    )
    apply(tmp_path)
    assert not ActivityAttribute.objects.filter(code="table").exists()
    assert Rule.objects.filter(code="terrace", ends_on__isnull=False).exists()
    exported = blueprint.read(written(tmp_path / "out"))
    assert "terrace" not in {one.code for one in exported.rule}
    assert blueprint.apply(tmp_path / "out", actor=ACTOR) == []


def test_what_is_no_longer_offered_is_left_out(quay: Program, tmp_path: Path) -> None:
    Reward.objects.filter(code="cake").update(is_active=False)
    Partner.objects.filter(code="web").update(is_active=False)
    exported = blueprint.read(written(tmp_path))
    assert "cake" not in {one.code for one in exported.reward}
    assert [one.code for one in exported.partner] == ["till"]
    assert blueprint.apply(tmp_path, actor=ACTOR) == []


def test_stock_is_what_is_left(quay: Program, tmp_path: Path) -> None:
    member = ana()
    visit(member, attributes={"paid": "100"})
    redeem(member, "print")
    stock = {one.code: one.stock for one in blueprint.read(written(tmp_path)).reward}
    assert (stock["print"], stock["coffee"]) == (0, None)


def test_what_staff_changed_by_hand_is_exported(quay: Program, tmp_path: Path) -> None:
    Unit.objects.filter(code="coin").update(
        expiry="fixed_day", expiry_count=1, expiry_month=3, expiry_day=31
    )
    RewardPrice.objects.filter(reward__code="coffee").update(amount=12)
    Conversion.objects.create(
        code="c", name="C", takes_id="point", gives_id="cent", step=10, amount=25
    )
    exported = blueprint.read(written(tmp_path))
    assert exports.expiry(Unit.objects.get(code="coin")) == exported.unit[1].expiry
    assert (
        toml.inline(exported.unit[1].expiry) == "{ fixed_day = { month = 3, day = 31, years = 1 } }"
    )
    assert exported.reward[0].price[0].amount == 12
    assert toml.inline(exported.conversion[0].gives) == '{ unit = "cent", amount = 0.25 }'
    assert blueprint.apply(tmp_path, actor=ACTOR) == []


def test_it_is_printed_where_no_folder_is_named(quay: Program) -> None:
    out = StringIO()
    call_command("program", "export", stdout=out)
    assert normal(blueprint.read(out.getvalue())) == normal(blueprint.export())


def test_a_blueprint_is_not_written_over_unasked(quay: Program, tmp_path: Path) -> None:
    (tmp_path / "program.toml").write_text("# mine\n", encoding="utf-8")
    with pytest.raises(CommandError, match="there already"):
        call_command("program", "export", str(tmp_path), stdout=StringIO())
    assert (tmp_path / "program.toml").read_text(encoding="utf-8") == "# mine\n"


def test_before_there_is_a_program_there_is_nothing_to_export() -> None:
    with pytest.raises(CommandError, match="Apply a blueprint first"):
        call_command("program", "export", stdout=StringIO())


# --- the writer ---------------------------------------------------------------------------------

text = st.text(st.characters(codec="utf-8"), max_size=30)
number = st.decimals(
    allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9
)


def as_files_know_it(moment: datetime) -> datetime:
    """The moment with an offset in whole minutes and no zone, which is all that TOML has.

    With a zone it could not be compared: of a moment that the clocks show twice, or never, Python
    says that it is no moment of another zone (PEP 495).
    """
    offset = moment.utcoffset() or timedelta(0)
    minutes = timedelta(minutes=offset // timedelta(minutes=1))
    return moment.replace(tzinfo=timezone(minutes), fold=0)


scalar = st.one_of(
    text,
    st.booleans(),
    st.integers(-(2**53), 2**53),
    number,
    st.dates(),
    st.datetimes(timezones=st.timezones()).map(as_files_know_it),
)


class Inner(msgspec.Struct, omit_defaults=True):
    word: str = ""
    count: Decimal = Decimal(0)
    days: list[date] = []


class Known(msgspec.Struct):
    code: str
    inner: Inner | None = None
    many: list[Inner] = []
    words: dict[str, str] = {}
    values: list[Any] = []


class Whole(msgspec.Struct):
    first: Known
    known: list[Known] = []


inner = st.builds(Inner, word=text, count=number, days=st.lists(st.dates(), max_size=3))
known = st.builds(
    Known,
    code=text,
    inner=st.none() | inner,
    many=st.lists(inner, max_size=3),
    words=st.dictionaries(text, text, max_size=4),
    values=st.lists(scalar, max_size=4),
)


@given(st.builds(Whole, first=known, known=st.lists(known, max_size=3)))
def test_whatever_is_written_reads_back(whole: Whole) -> None:
    found = tomllib.loads(toml.write(whole), parse_float=Decimal)
    assert msgspec.convert(found, Whole) == whole


@pytest.mark.parametrize("fold", [0, 1])
@pytest.mark.parametrize(
    "wall",
    [datetime(2026, 10, 25, 2, 30), datetime(2026, 3, 29, 2, 30)],  # noqa: DTZ001  the wall's
    ids=["shown twice", "never shown"],
)
def test_a_moment_when_the_clocks_change_reads_back(wall: datetime, fold: int) -> None:
    moment = wall.replace(tzinfo=ZoneInfo("Europe/Berlin"), fold=fold)
    found = tomllib.loads(f"at = {toml.inline(moment)}")["at"]
    assert (found.replace(tzinfo=None), found.utcoffset()) == (wall, moment.utcoffset())


@given(st.builds(Whole, first=known, known=st.lists(known, max_size=3)))
def test_lines_are_short_where_they_can_be(whole: Whole) -> None:
    words = [word for one in [whole.first, *whole.known] for word in (one.code, *one.words)]
    for line in toml.write(whole).splitlines():
        assert len(line) <= toml.WIDTH or "{" not in line or any(len(word) > 5 for word in words)


@pytest.mark.parametrize(
    ("value", "said"),
    [("5.0000", "5"), ("0.2500", "0.25"), ("1E+3", "1000"), ("0", "0"), ("-2.50", "-2.5")],
)
def test_numbers_have_no_needless_zeros(value: str, said: str) -> None:
    assert toml.number(Decimal(value)) == said
