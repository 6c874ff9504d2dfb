"""Looking a member up for a till: who it is, what there is to spend, where they stand."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Sum

from common import clock
from common.ids import public_id
from members import cards
from members.models import Member
from partners import naming
from partners.answers import (
    ExpiryAnswer,
    MemberAnswer,
    ProgressAnswer,
    StandingAnswer,
    TierNamed,
    UnitAnswer,
)
from partners.naming import till_name
from points.models import Lot
from program import catalog
from program.models import Program
from tiers import standing
from tiers.standing import Progress


def of(member: Member, *, card: str = "") -> MemberAnswer:
    """What a till may know of a member, in five queries (two more where balances do not say the
    tier, one more where the card is not known).
    """
    program = catalog.current()
    if not card:
        card = member.cards.filter(is_active=True).values_list("number", flat=True).first() or ""
    balances = dict(member.accounts.order_by().values_list("unit", "balance"))
    held = member.standings.at(clock.now())
    places = standing.place(member, program=program, held=held, balances=balances)
    units = catalog.of(program).units
    return MemberAnswer(
        id=public_id("mem", member.pk),
        card=card,
        name=till_name(member.name),
        status=member.status,
        balances={code: balances.get(code, 0) for code in units},
        units=units_of(program),
        tier=standing_of(places[0], program) if places else None,
        progress=progress_of(places[0]) if places else None,
        next_expiry=_next_expiry(member, program),
    )


def by_address(text: str) -> MemberAnswer:
    """The member at an address (`naming.member_at`)."""
    member = naming.member_at(text)
    is_card = not text.startswith((naming.BY_ID, naming.BY_REFERENCE))
    return of(member, card=cards.clean(text) if is_card else "")


def units_of(program: Program) -> dict[str, UnitAnswer]:
    """The program's units by code."""
    return {
        code: UnitAnswer(
            kind=unit.kind, singular=unit.singular, plural=unit.plural, decimals=unit.decimals
        )
        for code, unit in catalog.of(program).units.items()
    }


def standing_of(place: Progress, program: Program) -> StandingAnswer | None:
    """The tier that is held on a ladder."""
    if place.tier is None or place.starts_at is None:
        return None
    return StandingAnswer(
        code=place.tier.code,
        name=place.tier.name,
        since=clock.local_date(place.starts_at, program.time_zone),
        until=last_day(place.ends_at, program) if place.ends_at else None,
    )


def progress_of(place: Progress) -> ProgressAnswer | None:
    """How far the next tier of a ladder is."""
    if place.next_tier is None:
        return None
    return ProgressAnswer(
        next_tier=TierNamed(code=place.next_tier.code, name=place.next_tier.name),
        unit=place.counter_unit.code,
        value=place.value,
        missing=place.missing,
    )


def _next_expiry(member: Member, program: Program) -> ExpiryAnswer | None:
    ends = Lot.objects.live().filter(member=member, expires_at__gt=clock.now())
    grouped = ends.order_by("expires_at", "account__unit").values("expires_at", "account__unit")
    row = grouped.annotate(amount=Sum("remaining")).first()
    if row is None or row["expires_at"] is None:
        return None
    return ExpiryAnswer(
        unit=row["account__unit"],
        amount=row["amount"],
        last_day=last_day(row["expires_at"], program),
    )


def last_day(end: datetime, program: Program) -> date:
    """The last day before an exclusive end, as the calendar on the wall has it."""
    return clock.local_date(end - timedelta(microseconds=1), program.time_zone)
