"""The hotel's real bookings, imported whole, against their known totals; and simulated."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import Sum

from earning import importing, mapping, simulation
from earning.importing import Report
from earning.models import Activity, UnclaimedActivity
from members.models import MemberKey
from points.models import Entry
from program import blueprint
from program.models import Program
from tests.cast import ACTOR, ROOT, variant
from tests.program.replaying import HOTEL, by, issued
from tiers import standing

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.usefixtures("swept"),
]
BOOKINGS = ROOT / "data" / "hotel_bookings.csv.gz"


def load() -> Report:
    return importing.run(BOOKINGS, table=mapping.load(HOTEL / "bookings.toml"), actor=ACTOR)


def rows() -> list[dict[str, str]]:
    with gzip.open(BOOKINGS, "rt", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def nights(row: dict[str, str]) -> int:
    return int(row["stays_in_weekend_nights"]) + int(row["stays_in_week_nights"])


def test_the_hotels_bookings(hotel: Program, tmp_path: Path) -> None:
    report = load()
    assert report.problems == []
    assert (report.rows, report.recorded, report.unclaimed) == (14_938, 12_969, 1_969)
    stayed = {"attributes__outcome": "stayed"}
    known = Activity.objects.filter(**stayed).count()
    waiting = UnclaimedActivity.objects.filter(**stayed).count()
    assert known + waiting == 6_938
    _assert_agents_have_their_nights()
    again = load()
    assert (again.recorded, again.unclaimed, again.repeated) == (0, 0, 14_938)
    assert Activity.objects.count() == 12_969
    _assert_agents_have_their_nights()
    _assert_simulating_gives_what_happened_and_the_known_difference(tmp_path)


def _assert_agents_have_their_nights() -> None:
    """What the file says of each agent, counted here by hand, is what each member has."""
    slept: Counter[str] = Counter()
    earned: Counter[str] = Counter()
    for row in rows():
        if row["reservation_status"] == "Check-Out" and row["agent"] != "NULL":
            times = 2 if row["reserved_room_type"] in "GHLP" else 1
            slept[row["agent"]] += nights(row)
            earned[row["agent"]] += nights(row) * times
    assert slept.most_common(1)[0][1] == 3_871
    keys = MemberKey.objects.filter(kind="reference").select_related("member")
    members = {key.value.removeprefix("agent-"): key.member for key in keys}
    counted = Entry.objects.filter(account__unit="night").values_list("member")
    totals = dict(counted.annotate(total=Sum("amount")))
    found = {agent: totals.get(member.pk, 0) for agent, member in members.items()}
    assert {agent: count for agent, count in found.items() if count} == {
        agent: count for agent, count in earned.items() if count
    }
    top = members[slept.most_common(1)[0][0]]
    told = [a.attributes for a in top.activities.filter(attributes__outcome="stayed")]
    assert sum(attributes["nights"] for attributes in told) == 3_871
    held = standing.current(top)
    assert held is not None
    assert held.code == "clipper"


def _assert_simulating_gives_what_happened_and_the_known_difference(folder: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # no worker does it for rows that are never committed
    same = simulation.run(HOTEL)
    assert same.changes_nothing
    assert (same.activities, same.members) == (12_969, 141)
    for unit, (really, _) in issued(same).items():
        kinds = (Entry.Kind.BASE, Entry.Kind.BONUS)
        rows = Entry.objects.filter(account__unit=unit, kind__in=kinds)
        assert really == rows.aggregate(total=Sum("amount"))["total"]
    night = 'unit = "night"\nper = { attribute = "nights", amount = 1 }'
    suite = f'name = "Suite, once more"\nactivity = "stay"\n{night}'
    doubled = variant(folder, (suite, suite.replace("amount = 1", "amount = 2")), base=HOTEL)
    result = simulation.run(doubled)
    rules = by(result, "rule", "night")
    assert rules["nights"][0] == rules["nights"][1]
    assert rules["suite-nights"][1] == 2 * rules["suite-nights"][0]
    really, draft = issued(result)["night"]
    assert draft - really == rules["suite-nights"][0] == 529
    assert by(result, "rule")["revenue"][0] == by(result, "rule")["revenue"][1]
    blueprint.apply(doubled, actor=ACTOR)
    assert simulation.run(HOTEL).cells == same.cells
