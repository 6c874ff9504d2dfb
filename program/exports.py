"""The lowest part of a blueprint, from what is stored: `program.sections` backwards."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from common.text import scaled
from program import catalog
from program.activity_types import ActivityTypeTable, AttributeTable, ReturnsTable
from program.models import ActivityAttribute, ActivityType, Location, Partner, Unit
from program.sections import (
    BrandTable,
    HoldTable,
    HouseholdsTable,
    LocationTable,
    PartnerTable,
    ProgramTable,
)
from program.units import (
    ExpiryTable,
    InactivityTable,
    TransferTable,
    UnitTable,
    YearlyDayTable,
)


def program() -> ProgramTable:
    """The program's own table."""
    row = catalog.current()
    return ProgramTable(
        code=row.code,
        name=row.name,
        business=row.business,
        time_zone=row.time_zone,
        currency=row.currency,
        brand=BrandTable(
            accent=row.brand_accent, ink=row.brand_ink, paper=row.brand_paper, logo=row.logo
        ),
        tagline=row.tagline,
        language=row.language,
        support_email=row.support_email,
        hold=HoldTable(minutes=row.hold_minutes, at_most=row.hold_minutes_most),
        household=HouseholdsTable(at_most=row.household_size, pooling=row.is_pooling),
        expiry_notices=list(row.expiry_notices),
    )


def units() -> list[UnitTable]:
    """Every unit, with how long it lives."""
    return [
        UnitTable(
            code=row.code,
            kind=literal(row.kind),
            singular=row.singular,
            plural=row.plural,
            decimals=row.decimals,
            rounding=literal(row.rounding),
            expiry=expiry(row),
            transfer=transfer(row),
            second_person_above=(
                None if row.second_person_above is None else whole(row.second_person_above, row)
            ),
            counts=row.counts_id,
            default=row.is_default,
        )
        for row in Unit.objects.all()
    ]


def expiry(unit: Unit) -> ExpiryTable | None:
    """When what is earned of a unit ends; None for never."""
    if unit.expiry == Unit.Expiry.NEVER:
        return None
    count = unit.expiry_count or 0
    ways: dict[str, dict[str, Any]] = {
        Unit.Expiry.MONTHS: {"months": count},
        Unit.Expiry.DAYS: {"days": count},
        Unit.Expiry.FIXED_DAY: {
            "fixed_day": YearlyDayTable(
                month=unit.expiry_month or 12, day=unit.expiry_day or 31, years=count
            )
        },
        Unit.Expiry.INACTIVITY: {
            "inactivity": InactivityTable(
                months=count,
                counts=list(unit.expiry_types) or literal(unit.expiry_counts),
            )
        },
    }
    return ExpiryTable(
        **ways[unit.expiry],
        round_to=literal(unit.expiry_round_to),
        since=unit.expiry_since,
        at_least_days=unit.expiry_min_days,
        at_most_months=unit.expiry_most_months,
    )


def transfer(unit: Unit) -> TransferTable | None:
    """Whom a unit may be sent to; None for nobody."""
    if unit.transfers == Unit.Transfers.NEVER:
        return None
    sent, received = unit.transfer_sent_most, unit.transfer_received_most
    return TransferTable(
        to=literal(unit.transfers),
        least=whole(unit.transfer_least, unit) if unit.transfer_least > 1 else None,
        step=whole(unit.transfer_step, unit) if unit.transfer_step > 1 else None,
        sent_at_most=None if sent is None else whole(sent, unit),
        received_at_most=None if received is None else whole(received, unit),
        per=literal(unit.transfer_per),
    )


def partners() -> list[PartnerTable]:
    """Every partner that takes part, with its places."""
    places: dict[str, list[LocationTable]] = {}
    for place in Location.objects.all():
        roles = [literal(role) for role in place.roles]
        table = LocationTable(code=place.code, name=place.name, roles=roles)
        places.setdefault(place.partner_id, []).append(table)
    return [
        PartnerTable(
            code=row.code,
            name=row.name,
            contact=row.contact,
            location=places.get(row.code, []),
        )
        for row in Partner.objects.filter(is_active=True)
    ]


def activity_types() -> list[ActivityTypeTable]:
    """Everything a member can do, with what is told about it."""
    return [
        ActivityTypeTable(
            code=row.code,
            name=row.name,
            plural=row.plural,
            attribute=[_attribute(one) for one in row.attributes.all()],
            rated_by=row.rated_by or None,
            tier_by=row.tier_by or None,
            begins_by=row.begins_by or None,
            claim_days=row.claim_days,
            confirm=literal(row.confirm),
            confirm_days=row.confirm_days,
            returns=ReturnsTable(
                tier=literal(row.return_tier), rewards=literal(row.return_rewards)
            ),
        )
        for row in ActivityType.objects.prefetch_related("attributes")
    ]


def _attribute(row: ActivityAttribute) -> AttributeTable:
    return AttributeTable(
        code=row.code,
        name=row.name,
        type=literal(row.kind),
        singular=row.singular,
        plural=row.plural,
        required=row.is_required,
        least=plain(row.least),
        most=plain(row.most),
        choices=row.choices,
        default=row.default or None,
        told_within_days=row.told_days,
    )


def literal(value: Any) -> Any:
    """A choice of a model as the plain text that its table wants."""
    return str(value)


def plain(value: Decimal | None) -> Decimal | None:
    """A decimal as a person would have written it: 10, not 10.0000; 0.5, not 0.50."""
    if value is None or value == 0:
        return None if value is None else Decimal(0)
    return Decimal(format(value.normalize(), "f"))


def whole(amount: int, unit: Unit) -> Decimal:
    """An amount in a unit's smallest part as a decimal of whole units."""
    return plain(scaled(amount, unit.decimals)) or Decimal(0)
