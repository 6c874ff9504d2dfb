"""The shop's real purchases, imported whole, against their known totals."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from decimal import Decimal

import pytest
from django.db.models import Sum

from earning import importing, mapping
from members.models import Member, MemberKey
from points import audit, ledger
from points.models import Entry
from program.models import Program
from tests.cast import ACTOR, ROOT

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.usefixtures("swept"),
]
PURCHASES = ROOT / "data" / "cdnow_purchases.csv.gz"


def rows() -> list[dict[str, str]]:
    with gzip.open(PURCHASES, "rt", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_shops_purchases(shop: Program) -> None:
    table = mapping.load(ROOT / "blueprints" / "shop" / "purchases.toml")
    report = importing.run(PURCHASES, table=table, actor=ACTOR)
    assert report.problems == []
    assert (report.rows, report.recorded, report.unclaimed) == (69_659, 69_659, 0)
    assert Member.objects.count() == 23_570
    spent = Entry.objects.filter(account__unit="spend").aggregate(cents=Sum("amount"))["cents"]
    assert Decimal(spent) / 100 == Decimal("2500315.63")
    bought = rows()
    points = sum(int(Decimal(row["dollars"])) for row in bought)
    awarded = Entry.objects.filter(account__unit="point", kind="base")
    assert awarded.aggregate(total=Sum("amount"))["total"] == points
    customer = Counter(row["customer"] for row in bought).most_common(1)[0][0]
    key = MemberKey.objects.get(id=MemberKey.id_for("reference", f"customer-{customer}"))
    own = [Decimal(row["dollars"]) for row in bought if row["customer"] == customer]
    assert ledger.balance(key.member, unit="spend") == sum(own) * 100
    assert list(audit.check()) == []
