"""The home page: what a member has, where they stand, what is near, what ends, what happened."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Sum
from django.db.models.functions import JSONObject

from common import clock
from members.models import Member
from points.models import Account, Lot
from portal.pages import lines, rewards
from portal.pages.lines import Line
from portal.pages.standing import Place, of_progress
from program import catalog
from program.models import Program, Unit
from rewards.models import Redemption
from rewards.offers import Offer
from tiers import standing
from tiers.models import Standing

LATEST = 3
SHORT_NAME = 16  # fits beside the greeting on a narrow phone
SOON = timedelta(days=60)  # from then on the notice is painted in the accent


@dataclasses.dataclass(frozen=True, slots=True)
class Ending:
    """Points that end next: how many, and the exclusive end of their last day."""

    amount: int
    expires_at: datetime

    @property
    def is_soon(self) -> bool:
        return self.expires_at - clock.now() < SOON


@dataclasses.dataclass(frozen=True, slots=True)
class Home:
    """All that home shows. `latest_credit` is the newest line that brought something, to celebrate
    it once.
    """

    member: Member
    unit: Unit
    balance: int
    standing: Place | None
    expiring: Ending | None
    vouchers_ready: int
    offer: Offer | None
    latest: list[Line]
    latest_credit: uuid.UUID | None

    @property
    def called(self) -> str:
        """The name to greet by: all of a short one, the first of a long one."""
        name = self.member.name
        return name if len(name) <= SHORT_NAME else self.member.first_name


def gather(member: Member, *, program: Program) -> Home:
    """The page in two queries, three for a ladder that counts a year."""
    known = catalog.of(program)
    glance = _glance(member, unit=known.default_unit)
    balances = {row["unit"]: row["balance"] for row in glance["balances"]}
    held = [_standing(row) for row in glance["held"]]
    places = standing.place(member, program=program, held=held, balances=balances)
    latest = lines.merged(glance["moved"], glance["idle"], catalog=known)[:LATEST]
    ending = glance["ending"]
    return Home(
        member=member,
        unit=known.default_unit,
        balance=balances.get(known.default_unit.code, 0),
        standing=of_progress(places[0]) if places else None,
        expiring=_ending(ending[0]) if ending else None,
        vouchers_ready=len(glance["vouchers"]),
        offer=rewards.nearest(program=program, places=places, balances=balances),
        latest=latest,
        latest_credit=next((line.id for line in latest if _brought(line)), None),
    )


def _glance(member: Member, *, unit: Unit) -> Mapping[str, Any]:
    """Everything of the member's that home needs, in one statement."""
    now = clock.now()
    mine = OuterRef("pk")
    held = Standing.objects.filter(member=mine).at(now)
    ending = (
        Lot.objects.live()
        .filter(member=mine, account__unit=unit, expires_at__gt=now)
        .order_by("expires_at")
        .values("expires_at")
        .annotate(amount=Sum("remaining"))
    )
    ready = Redemption.objects.filter(member=mine, status="issued", expires_at__gt=now).order_by()
    return (
        Member.objects.filter(pk=member.pk)
        .values(
            balances=ArraySubquery(
                Account.objects.filter(member=mine)
                .order_by()
                .values(row=JSONObject(unit="unit_id", balance="balance"))
            ),
            held=ArraySubquery(
                held.order_by().values(
                    row=JSONObject(
                        ladder="ladder_id", tier="tier_id", starts="starts_at", ends="ends_at"
                    )
                )
            ),
            ending=ArraySubquery(
                ending.values(row=JSONObject(amount="amount", expires_at="expires_at"))[:1]
            ),
            vouchers=ArraySubquery(ready.values("pk")),
            moved=ArraySubquery(lines.postings(mine)[:LATEST]),
            idle=ArraySubquery(lines.unpaid(mine)[:LATEST]),
        )
        .get()
    )


def _standing(row: Mapping[str, Any]) -> Standing:
    return Standing(
        ladder_id=row["ladder"],
        tier_id=uuid.UUID(row["tier"]),
        starts_at=datetime.fromisoformat(row["starts"]),
        ends_at=datetime.fromisoformat(row["ends"]) if row["ends"] else None,
    )


def _ending(row: Mapping[str, Any]) -> Ending:
    return Ending(amount=row["amount"], expires_at=datetime.fromisoformat(row["expires_at"]))


def _brought(line: Line) -> bool:
    return any(one.amount > 0 for one in line.sums)
