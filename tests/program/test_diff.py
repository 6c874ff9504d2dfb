"""Differences: what a draft would change and whom it would touch, with nothing written at all."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from common import clock
from members import households
from members.models import Member
from program import blueprint, catalog, differences, slate
from program.differences import Difference, Finding
from program.errors import BlueprintInvalid, HistoryProtected
from program.models import Program
from tests import cast
from tests.cast import ACTOR, QUAY, ROOT, ana, apply, redeem, utc, variant, visit
from tiers import grants, standing
from tiers.models import Tier

pytestmark = pytest.mark.django_db
BLUE = 'name = "Blue"\nthreshold = 3'
LIFE = 'window = "lifetime"\nvalidity = "life"'
COFFEE = 'unit = "point"\nprice = [{ amount = 10 }]\n\n[[reward]]\ncode = "cake"'
VISIT = 'name = "Visit"\nactivity = "visit"\nunit = "visit"\nfixed = 1'


def of(tmp_path: Path, *changes: tuple[str, str], base: Path = QUAY) -> Difference:
    return differences.of(variant(tmp_path / "draft", *changes, base=base))


def finding(found: Difference, title: str) -> Finding:
    return next(one for one in found.findings if one.title == title)


def dump() -> dict[str, str]:
    """Every row of every table, as the database would print it, by table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"
        )
        tables = [name for (name,) in cursor.fetchall()]
        found = {}
        for table in tables:
            rows = "string_agg(t::text, chr(10) ORDER BY t::text)"
            cursor.execute(f'SELECT count(*), md5({rows}) FROM "{table}" t')
            found[table] = str(cursor.fetchone())
        cursor.execute("SELECT nspname FROM pg_namespace ORDER BY 1")
        found["schemas"] = str(cursor.fetchall())
    return found


def with_visits(count: int, **fields: object) -> Member:
    member = ana(joined_at=utc(2020, 1, 1), **fields)
    for day in range(count):
        visit(member, occurred_at=utc(2024, 5, 1 + day, 12))
    return member


def test_a_program_that_says_the_same_changes_nothing(quay: Program) -> None:
    with_visits(3)
    found = differences.of(QUAY)
    assert (found.changes, found.keys, found.findings) == ((), (), ())
    assert list(found.lines()) == ["Nothing would change: the program says this already."]


def test_members_who_would_hold_another_tier_are_counted(quay: Program, tmp_path: Path) -> None:
    for visits in (1, 2, 2, 3):
        with_visits(visits)
    ana()
    found = of(tmp_path, (BLUE, 'name = "Blue"\nthreshold = 2'))
    assert found.changes == ("Tier Blue changed: threshold.",)
    assert found.keys == ('[[ladder]] "flags", tier "blue" threshold = 2, was 3',)
    status = finding(found, "Status on Flags")
    assert status.sentences == ("2 of 4 members would hold another tier.",)
    assert (status.headings, status.rows) == (
        ("from", "to", "members"),
        (("White", "Blue", 2),),
    )
    apply(tmp_path / "draft")
    held = {standing.current(member) for member in Member.objects.all()}
    assert {tier.code for tier in held if tier} == {"white", "blue"}


def test_what_it_says_is_what_applying_does(quay: Program, tmp_path: Path) -> None:
    people = [with_visits(count) for count in (1, 2, 3, 5, 6, 7)]
    before = [standing.current(member) for member in people]
    found = of(
        tmp_path,
        (BLUE, 'name = "Blue"\nthreshold = 5'),
        (LIFE, 'window = "year"\nvalidity = "next_year"'),
    )
    apply(tmp_path / "draft")
    after = [standing.current(member) for member in people]
    moved = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    rows = finding(found, "Status on Flags").rows
    assert sum(count for *_, count in rows) == len(moved) == 6
    assert all(new is None for _, new in moved)


def test_who_keeps_a_tier_to_another_day_is_counted(quay: Program, tmp_path: Path) -> None:
    member = ana(joined_at=utc(2020, 1, 1))
    visit(member, occurred_at=clock.now() - timedelta(days=1))
    found = of(tmp_path, (LIFE, 'window = "lifetime"\nvalidity = "next_year"'))
    assert finding(found, "Status on Flags").sentences == (
        "None of 1 member would hold another tier.",
        "1 would keep theirs to another day than now.",
    )


def test_given_and_shared_status_counts(quay: Program, tmp_path: Path) -> None:
    given, golden, poor = ana(), with_visits(6), ana(name="Ben")
    grants.grant(given, tier=Tier.objects.get(code="blue"), reason="Kind", actor=ACTOR)
    home = households.found(golden, name="The Limas", actor=ACTOR)
    households.join(home, poor, actor=ACTOR)
    found = of(tmp_path, (LIFE, f'{LIFE}\nshared = "household"'))
    status = finding(found, "Status on Flags")
    assert status.sentences == ("1 of 3 members would hold another tier.",)
    assert status.rows == (("no tier", "Gold", 1),)
    apply(tmp_path / "draft")
    assert [tier.code for tier in map(standing.current, (given, golden, poor)) if tier] == [
        "blue",
        "gold",
        "gold",
    ]
    found = of(tmp_path / "back", (BLUE, 'name = "Blue"\nthreshold = 4'))
    assert finding(found, "Status on Flags").rows == (("Gold", "no tier", 1),)


def test_points_never_move(quay: Program, tmp_path: Path) -> None:
    cast.earn(ana(), 40)
    cast.earn(ana(), 2, unit="coin")
    found = of(tmp_path, ("expiry = { months = 1 }", "expiry = { months = 2 }"))
    assert finding(found, "Points").sentences == (
        "No points move: every balance stays what it is, and with it the liability.",
        "2 coins of 1 member keep their dates.",
        (
            "What is earned of points from now on ends by { months = 2 } instead of { months = 1 };"
            " the 40 points of 1 member keep their dates."
        ),
    )
    assert finding(found, "Status").sentences == (
        "No member changes tier: the ladders stay as they are.",
    )


def test_rules_that_end_say_what_they_have_paid(quay: Program, tmp_path: Path) -> None:
    member, yesterday = ana(joined_at=utc(2020, 1, 1)), clock.now() - timedelta(days=1)
    for day in range(1, 4):
        visit(
            member,
            occurred_at=yesterday - timedelta(days=day),
            attributes={"paid": "10.00", "table": "terrace"},
        )
    text = (QUAY / "program.toml").read_text(encoding="utf-8")
    start, end = (
        text.index('[[rule]]\ncode = "terrace"'),
        text.index('[[rule]]\ncode = "blue-bonus"'),
    )
    found = of(tmp_path, (text[start:end], ""), (VISIT, VISIT.replace("= 1", "= 2")))
    today = clock.local_date(clock.now(), quay.time_zone)
    assert finding(found, "Earning").sentences == (
        (
            f"Visit is succeeded from {today}. In the last twelve months it paid 3 visits to "
            "1 member, 3 times."
        ),
        (
            f"On the terrace ends on {today}. In the last twelve months it paid 15 points to "
            "1 member, 3 times."
        ),
    )
    assert f'[[rule]] "visit" from {today} fixed = 2, was 1' in found.keys
    assert f'[[rule]] "terrace" until = {today}, was left out' in found.keys


def test_rules_that_never_paid_go_without_a_word_about_members(
    quay: Program, tmp_path: Path
) -> None:
    found = of(tmp_path, (VISIT, VISIT.replace("= 1", "= 2")))
    assert finding(found, "Earning").sentences == (
        "Visit is written anew. It has paid nothing in the last twelve months.",
    )


def test_rewards_that_go_come_or_cost_something_else(quay: Program, tmp_path: Path) -> None:
    rich, poor = ana(), ana()
    cast.earn(rich, 60)
    cast.earn(poor, 10)
    redeem(rich, "print")
    text = (QUAY / "program.toml").read_text(encoding="utf-8")
    start, end = (
        text.index('[[reward]]\ncode = "print"'),
        text.index('[[reward]]\ncode = "boat-trip"'),
    )
    tea = "\n".join([
        "[[reward]]", 'code = "tea"', 'name = "Tea"', 'summary = "Tea."', 'category = "Drinks"',
        'unit = "point"', "price = [{ amount = 5 }]", "", "",
    ])  # fmt: skip
    found = of(
        tmp_path,
        (text[start:end], tea),
        (COFFEE, COFFEE.replace("[{ amount = 10 }]", "[{ amount = 20 }]", 1)),
        ("{ amount = 8, tier_at_least", "{ amount = 7, tier_at_least"),
        ('tier_at_least = "gold"', 'tier_at_least = "blue"'),
    )
    assert finding(found, "Rewards").sentences == (
        "Boat trip is for Blue and above instead of Gold and above.",
        "Cake costs members at Blue and above 7 points instead of 8 points.",
        "Coffee costs 20 points instead of 10 points; who holds that much: 1 member, 2 before.",
        "Print is withdrawn. Good for it until they end: 1 voucher.",
        "Tea can be had.",
    )


def test_nothing_is_written_not_even_the_version(quay: Program, tmp_path: Path) -> None:
    member = with_visits(4)
    cast.earn(member, 40)
    redeem(member, "coffee")
    before, version = dump(), catalog.current().version
    found = of(
        tmp_path,
        (BLUE, 'name = "Blue"\nthreshold = 5'),
        (VISIT, VISIT.replace("= 1", "= 2")),
        ('name = "Quay Club"', 'name = "Quay Society"'),
    )
    assert len(found.changes) == 3
    assert dump() == before
    assert catalog.current().version == version
    assert catalog.of(catalog.current()).units["point"].plural == "points"
    assert standing.progress(member)[0].tier == Tier.objects.get(code="blue")


@pytest.mark.parametrize(
    ("old", "new", "error", "remedy"),
    [
        ('code = "white"', 'code = "grey"', HistoryProtected, "Keep it, or rename it"),
        ("decimals = 2", "decimals = 1", HistoryProtected, "Add a new unit instead"),
        ('type = "money"', 'type = "decimal"', HistoryProtected, "Add a new attribute"),
        ('activity = "survey"', 'activity = "query"', BlueprintInvalid, 'Use one of "visit"'),
        (VISIT, f"{VISIT}\nfrom = 2030-01-01\nuntil = 2029-01-01", BlueprintInvalid, "after from"),
    ],
)
def test_a_refusal_says_what_to_do_and_leaves_everything(
    quay: Program, tmp_path: Path, old: str, new: str, error: type[Exception], remedy: str
) -> None:
    with_visits(1)
    before = dump()
    with pytest.raises(error, match=remedy):
        of(tmp_path, (old, new))
    assert dump() == before


def test_a_rule_that_paid_today_says_how_it_is_succeeded(quay: Program, tmp_path: Path) -> None:
    dated = variant(tmp_path / "dated", (VISIT, f"{VISIT}\nfrom = 2024-01-01"))
    apply(dated)
    visit(ana(joined_at=utc(2020, 1, 1)), occurred_at=utc(2024, 5, 1, 12))
    with pytest.raises(HistoryProtected, match='give it an "until", and add a second table'):
        of(
            tmp_path,
            ("from = 2024-01-01", 'from = 2024-01-01\nlimit = [{ per = "member", times = 9 }]'),
            base=dated,
        )
    folder = variant(
        tmp_path / "ok",
        (
            "from = 2024-01-01",
            "\n".join(
                [
                    "from = 2024-01-01",
                    "until = 2031-01-01",
                    "",
                    "[[rule]]",
                    'code = "visit"',
                    VISIT.replace("= 1", "= 2"),
                    "from = 2031-01-01",
                ]
            ),
        ),
        base=dated,
    )
    assert differences.of(folder).changes == (
        "Rule Visit ends on 2031-01-01.",
        "Rule Visit was added.",
    )


def test_the_command_prints_all_of_it(quay: Program, tmp_path: Path) -> None:
    with_visits(2)
    folder = variant(tmp_path, (BLUE, 'name = "Blue"\nthreshold = 2'))
    out = StringIO()
    call_command("program", "diff", str(folder), stdout=out)
    for line in (
        "What would change",
        "  Tier Blue changed: threshold.",
        '  [[ladder]] "flags", tier "blue" threshold = 2, was 3',
        "  Status on Flags",
        "    1 of 1 member would hold another tier.",
        "      White -> Blue: 1",
        "1 change. Nothing was written; to make it so: manage.py program apply FOLDER",
    ):
        assert line in out.getvalue().splitlines()
    with pytest.raises(CommandError, match='this deployment runs "quay"'):
        call_command("program", "diff", str(ROOT / "blueprints" / "hotel"), stdout=out)


def test_progress_counts_every_member(quay: Program, tmp_path: Path) -> None:
    for _ in range(3):
        with_visits(1)
    told: list[tuple[int, int]] = []
    folder = variant(tmp_path, (BLUE, 'name = "Blue"\nthreshold = 2'))
    differences.of(folder, progress=lambda done, total: told.append((done, total)))
    assert told == [(3, 3)]


def test_a_draft_on_a_blank_slate_is_told_from_none(tmp_path: Path) -> None:
    with slate.blank():
        blueprint.apply(QUAY, actor=ACTOR)
        assert differences.of(QUAY).changes == ()
