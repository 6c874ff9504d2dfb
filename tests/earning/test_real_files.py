"""The real files that come with the project, imported whole, against their known totals."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import transaction
from django.db.models import Sum

from earning import importing, mapping
from earning.importing import Report
from earning.models import Activity, UnclaimedActivity
from members.models import Member, MemberKey
from points import audit, ledger
from points.models import Entry
from program.models import Program
from tests.cast import ACTOR, ROOT
from tiers import standing

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(600)]
BOOKINGS = ROOT / "data" / "hotel_bookings.csv.gz"
PURCHASES = ROOT / "data" / "cdnow_purchases.csv.gz"


def load(path: Path, table: Path) -> Report:
    return importing.run(path, table=mapping.load(table), actor=ACTOR)


def rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def nights(row: dict[str, str]) -> int:
    return int(row["stays_in_weekend_nights"]) + int(row["stays_in_week_nights"])


def test_the_hotels_bookings(hotel: Program) -> None:
    table = ROOT / "blueprints" / "hotel" / "bookings.toml"
    report = load(BOOKINGS, table)
    assert report.problems == []
    assert (report.rows, report.recorded, report.unclaimed) == (14_938, 12_969, 1_969)
    stayed = {"attributes__outcome": "stayed"}
    known = Activity.objects.filter(**stayed).count()
    waiting = UnclaimedActivity.objects.filter(**stayed).count()
    assert known + waiting == 6_938
    _assert_agents_have_their_nights()
    again = load(BOOKINGS, table)
    assert (again.recorded, again.unclaimed, again.repeated) == (0, 0, 14_938)
    assert Activity.objects.count() == 12_969
    _assert_agents_have_their_nights()


def _assert_agents_have_their_nights() -> None:
    """What the file says of each agent, counted here by hand, is what each member has."""
    slept: Counter[str] = Counter()
    earned: Counter[str] = Counter()
    for row in rows(BOOKINGS):
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


def test_the_shops_purchases(shop: Program) -> None:
    report = load(PURCHASES, ROOT / "blueprints" / "shop" / "purchases.toml")
    assert report.problems == []
    assert (report.rows, report.recorded, report.unclaimed) == (69_659, 69_659, 0)
    assert Member.objects.count() == 23_570
    spent = Entry.objects.filter(account__unit="spend").aggregate(cents=Sum("amount"))["cents"]
    assert Decimal(spent) / 100 == Decimal("2500315.63")
    bought = rows(PURCHASES)
    points = sum(int(Decimal(row["dollars"])) for row in bought)
    awarded = Entry.objects.filter(account__unit="point", kind="base")
    assert awarded.aggregate(total=Sum("amount"))["total"] == points
    customer = Counter(row["customer"] for row in bought).most_common(1)[0][0]
    key = MemberKey.objects.get(id=MemberKey.id_for("reference", f"customer-{customer}"))
    own = [Decimal(row["dollars"]) for row in bought if row["customer"] == customer]
    assert ledger.balance(key.member, unit="spend") == sum(own) * 100
    assert list(audit.check()) == []
    # Two million deferred checks of foreign keys would follow, for rows that are rolled back.
    transaction.set_rollback(True)
