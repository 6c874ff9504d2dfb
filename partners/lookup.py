"""Looking a member up for a till: who it is, what there is to spend, where they stand."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Sum

from common import clock
from members import cards, enrolment
from members.models import Member
from partners.answers import (
    ExpiryAnswer,
    MemberAnswer,
    ProgressAnswer,
    StandingAnswer,
    TierNamed,
    UnitAnswer,
)
from points.models import Lot
from program import catalog
from program.models import Program
from tiers import standing
from tiers.standing import Progress


def by_card(number: str) -> MemberAnswer:
    """The member with this card, in six queries (two more where balances do not say the tier).

    Raises CardNumberInvalid for a mistyped number and MemberNotFound for one nobody has.
    """
    card = cards.clean(number)
    member = enrolment.find(card=card)
    program = catalog.current()
    balances = dict(member.accounts.order_by().values_list("unit", "balance"))
    held = member.standings.at(clock.now())
    places = standing.place(member, program=program, held=held, balances=balances)
    units = catalog.of(program).units
    return MemberAnswer(
        card=card,
        name=till_name(member.name),
        status=member.status,
        balances={code: balances.get(code, 0) for code in units},
        units={
            code: UnitAnswer(
                kind=unit.kind, singular=unit.singular, plural=unit.plural, decimals=unit.decimals
            )
            for code, unit in units.items()
        },
        tier=_standing(places[0], program) if places else None,
        progress=_progress(places[0]) if places else None,
        next_expiry=_next_expiry(member, program),
    )


def till_name(name: str) -> str:
    """The first name and the initial of the last: "Marta Silva" is "Marta S."."""
    first, *others = name.split()
    last = others[-1] if others else ""
    return f"{first} {last[0]}." if len(last) > 1 else f"{first} {last}".strip()


def _standing(place: Progress, program: Program) -> StandingAnswer | None:
    if place.tier is None or place.starts_at is None:
        return None
    return StandingAnswer(
        code=place.tier.code,
        name=place.tier.name,
        since=clock.local_date(place.starts_at, program.time_zone),
        until=_last_day(place.ends_at, program) if place.ends_at else None,
    )


def _progress(place: Progress) -> ProgressAnswer | None:
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
        last_day=_last_day(row["expires_at"], program),
    )


def _last_day(end: datetime, program: Program) -> date:
    """The last day before an exclusive end, as the calendar on the wall has it."""
    return clock.local_date(end - timedelta(microseconds=1), program.time_zone)
