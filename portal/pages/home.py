"""The home page: what a member has, where they stand, what is near, what ends, what happened."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import JSONObject

from common import clock
from members import lineage
from members.models import Member
from points.models import Account, Lot
from portal.pages import choices, lines, offers, pending, rewards, surveys
from portal.pages.lines import Line, Promise
from portal.pages.pending import Waiting
from portal.pages.standing import Place, of_progress
from portal.pages.surveys import Ask
from program import catalog
from program.models import Program, Unit
from rewards.models import Redemption
from rewards.offers import Offer
from surveys import answering, opening
from surveys.models import Invitation
from tiers import standing
from tiers.models import Standing

LATEST = 3
SHORT_NAME = 16  # fits beside the greeting on a narrow phone
ASKED_FOR = timedelta(hours=1)  # how long home shows a question once it was seen
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
    """All that home shows.

    `balance` is what is free to be spent; `latest_credit` is the newest line that brought
    something, to celebrate it once.
    """

    member: Member
    unit: Unit
    balance: int
    held: tuple[Promise, ...]
    standing: Place | None
    expiring: Ending | None
    vouchers_ready: int
    offer: Offer | None
    ask: Ask | None
    latest: list[Line]
    latest_credit: uuid.UUID | None
    pending: list[Waiting]
    choices: list[choices.Waiting]
    offers: int  # that can be activated

    @property
    def called(self) -> str:
        """The name to greet by: all of a short one, the first of a long one."""
        name = self.member.name
        return name if len(name) <= SHORT_NAME else self.member.first_name


def gather(member: Member, *, program: Program) -> Home:
    """The page in one query, three where more than all that was ever counted decides a tier."""
    known = catalog.of(program)
    glance = _glance(member, unit=known.default_unit, program=program)
    balances = {row["unit"]: row["balance"] for row in glance["balances"]}
    free = {row["unit"]: row["balance"] - row["held"] for row in glance["balances"]}
    held = [_standing(row) for row in glance["held"]]
    places = standing.place(member, program=program, held=held, balances=balances)
    latest = lines.merged(glance["moved"], glance["idle"], catalog=known)[:LATEST]
    ending = glance["ending"]
    return Home(
        member=member,
        unit=known.default_unit,
        balance=free.get(known.default_unit.code, 0),
        held=tuple(lines.promise(row, known.units) for row in glance["promised"]),
        standing=of_progress(places[0]) if places else None,
        expiring=_ending(ending[0]) if ending else None,
        vouchers_ready=len(glance["vouchers"]),
        offer=rewards.nearest(glance["open_to"], balances=free, units=known.units),
        ask=_ask(member, glance["asked"], program=program),
        latest=latest,
        latest_credit=next((line.id for line in latest if _brought(line)), None),
        pending=pending.told(glance["pending"], catalog=known),
        choices=choices.told(glance["to_choose"]),
        offers=offers.to_activate(
            glance["activated"], segments=glance["groups"], held=held, program=program
        ),
    )


def _glance(member: Member, *, unit: Unit, program: Program) -> Mapping[str, Any]:
    """Everything of the member's that home needs, in one statement."""
    now = clock.now()
    ready = Redemption.objects.filter(
        member__in=lineage.ids(member), status="issued", expires_at__gt=now
    )
    return (
        Member.objects.filter(pk=member.pk)
        .values(
            balances=ArraySubquery(_balances(member)),
            held=ArraySubquery(_held(member, now=now)),
            promised=ArraySubquery(lines.holds(member, now=now)),
            ending=ArraySubquery(_endings(member, unit=unit, now=now)[:1]),
            vouchers=ArraySubquery(ready.order_by().values("pk")),
            open_to=ArraySubquery(rewards.open_to(member, program=program)),
            asked=ArraySubquery(_asked(member, now=now)[:1]),
            moved=ArraySubquery(lines.postings(member)[:LATEST]),
            idle=ArraySubquery(lines.unpaid(member)[:LATEST]),
            pending=ArraySubquery(pending.rows(member)),
            to_choose=ArraySubquery(choices.rows(member)),
            activated=ArraySubquery(offers.activated(member)),
            groups=ArraySubquery(offers.segments(member)),
        )
        .get()
    )


def _asked(member: Member, *, now: datetime) -> QuerySet[Invitation, Any]:
    """Questions that home has not shown yet, or only just: it asks once, gently."""
    fresh = Q(shown_at__isnull=True) | Q(shown_at__gt=now - ASKED_FOR)
    return opening.open_to(member, at=now).filter(fresh).select_related(None).values("pk")


def _ask(member: Member, found: list[uuid.UUID], *, program: Program) -> Ask | None:
    """The question on home; from now on it is only in the inbox."""
    if not found:
        return None
    one = answering.invitation(found[0])
    if one.shown_at is None:
        opening.shown(one)
    return surveys.ask(one, program=program)


def _balances(member: Member) -> QuerySet[Account, Any]:
    rows = Account.objects.filter(member=member).order_by()
    return rows.values(row=JSONObject(unit="unit_id", balance="balance", held="held"))


def _held(member: Member, *, now: datetime) -> QuerySet[Standing, Any]:
    rows = Standing.objects.of(member).at(now).order_by()
    parts = {"ladder": "ladder_id", "tier": "tier_id", "starts": "starts_at", "ends": "ends_at"}
    return rows.values(row=JSONObject(**parts))


def _endings(member: Member, *, unit: Unit, now: datetime) -> QuerySet[Lot, Any]:
    rows = Lot.objects.live().filter(member=member, account__unit=unit, expires_at__gt=now)
    sums = rows.order_by("expires_at").values("expires_at").annotate(amount=Sum("remaining"))
    return sums.values(row=JSONObject(amount="amount", expires_at="expires_at"))


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
