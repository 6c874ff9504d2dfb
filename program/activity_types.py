"""The section `activity_type`: what members do, what is told about it, when it counts, and what a
return of it means.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec

from program.applying import reordered, upsert
from program.blueprint import Table
from program.errors import BlueprintInvalid, HistoryProtected
from program.models import ActivityAttribute, ActivityType
from program.sections import AttributeCode, Code, Title, quoted, require_code, unique

CENTS = 2  # digits after the point of what an attribute may be at least and at most
BOUND = 10**12  # what is told of one thing that happened is always less


class AttributeTable(Table):
    code: AttributeCode
    name: Title
    type: Literal["integer", "decimal", "money", "text", "choice", "boolean", "date"]
    singular: Annotated[str, msgspec.Meta(max_length=40)] = ""
    plural: Annotated[str, msgspec.Meta(max_length=40)] = ""
    required: bool = True
    least: Decimal | None = None
    most: Decimal | None = None
    choices: dict[str, str] = {}
    default: Annotated[str, msgspec.Meta(min_length=1, max_length=40)] | None = None
    told_within_days: Annotated[int, msgspec.Meta(ge=0, le=3650)] | None = None

    def __post_init__(self) -> None:
        for name in ("least", "most"):
            bound = getattr(self, name)
            if bound is not None and (bound != round(bound, CENTS) or abs(bound) >= BOUND):
                raise ValueError(
                    f"{name} is below {BOUND:,} and has at most {CENTS} digits after the point"
                )


class ReturnsTable(Table):
    """What becomes of status, and of unused rewards, when an activity comes back."""

    tier: Literal["kept", "reexamined"] = "kept"
    rewards: Literal["kept", "cancelled"] = "kept"


class ActivityTypeTable(Table):
    code: Code
    name: Title
    plural: Title
    attribute: list[AttributeTable] = []
    rated_by: AttributeCode | None = None
    begins_by: AttributeCode | None = None
    tier_by: AttributeCode | None = None
    claim_days: Annotated[int, msgspec.Meta(ge=1, le=3650)] | None = None
    confirm: Literal["at_once", "days", "call"] = "at_once"
    confirm_days: Annotated[int, msgspec.Meta(ge=1, le=730)] | None = None
    returns: ReturnsTable = msgspec.field(default_factory=ReturnsTable)

    def __post_init__(self) -> None:
        if (self.confirm == "days") != (self.confirm_days is not None):
            raise ValueError('confirm_days is given where confirm is "days", and only there')


def apply(tables: list[ActivityTypeTable], blueprint: Any) -> list[str]:
    """Make the program's activity types those of the blueprint. Returns what changed."""
    codes = [table.code for table in tables]
    unique(codes, place="activity_type")
    changes = reordered(ActivityType.objects.all(), codes, what="activity types")
    for position, table in enumerate(tables):
        for key in ("rated_by", "begins_by"):
            dates = [one.code for one in table.attribute if one.type == "date"]
            if getattr(table, key):
                place = f'[[activity_type]] "{table.code}", {key}'
                require_code(getattr(table, key), dates, place=place)
        if table.tier_by:
            known = [one.code for one in table.attribute if one.type == "choice"]
            require_code(table.tier_by, known, place=f'[[activity_type]] "{table.code}", tier_by')
        values = {
            "name": table.name,
            "plural": table.plural,
            "claim_days": table.claim_days,
            "rated_by": table.rated_by or "",
            "begins_by": table.begins_by or "",
            "tier_by": table.tier_by or "",
            "confirm": table.confirm,
            "confirm_days": table.confirm_days,
            "return_tier": table.returns.tier,
            "return_rewards": table.returns.rewards,
            "position": position,
        }
        type, changed = upsert(
            ActivityType, {"code": table.code}, values, label=f"Activity {table.name}"
        )
        changes += changed + _apply_attributes(type, table)
    return changes


def _apply_attributes(type: ActivityType, table: ActivityTypeTable) -> list[str]:
    codes = [one.code for one in table.attribute]
    unique(codes, place="activity_type.attribute")
    changes = reordered(type.attributes.all(), codes, what=f"what is told of a {table.name}")
    for position, one in enumerate(table.attribute):
        if one.type == "choice" and not one.choices:
            raise BlueprintInvalid(
                f'in [[activity_type]] "{table.code}", attribute "{one.code}": a choice needs '
                "choices."
            )
        if one.least is not None and one.most is not None and one.least > one.most:
            raise BlueprintInvalid(
                f'in [[activity_type]] "{table.code}", attribute "{one.code}": least is above most.'
            )
        _check_default(one, place=f'[[activity_type]] "{table.code}", attribute "{one.code}"')
        match = {"type": type, "code": one.code}
        existing = ActivityAttribute.objects.filter(**match).first()
        if existing and existing.kind != one.type:
            raise HistoryProtected(
                f'in [[activity_type]] "{table.code}", attribute "{one.code}": its type is '
                "for life. Add a new attribute."
            )
        values = {
            name: getattr(one, name)
            for name in ("name", "singular", "plural", "least", "most", "choices")
        }
        values |= {"kind": one.type, "is_required": one.required, "position": position}
        values |= {"default": one.default or "", "told_days": one.told_within_days}
        changes += upsert(ActivityAttribute, match, values, label=f"{table.name}, {one.name}")[1]
    gone = ActivityAttribute.objects.filter(type=type).exclude(
        code__in=[one.code for one in table.attribute]
    )
    changes += [f"{table.name}, {attribute.name} was removed." for attribute in gone]
    gone.delete()
    return changes


def _check_default(one: AttributeTable, *, place: str) -> None:
    """Refuse a default that is no choice, and a term that nothing follows."""
    if one.default is not None and one.default not in one.choices:
        if one.type != "choice":
            raise BlueprintInvalid(
                f"in {place}: a default goes with the type choice. Leave it out, and write "
                "required = false where it need not be told."
            )
        raise BlueprintInvalid(f"in {place}, default: use one of {quoted(one.choices)}.")
    if one.told_within_days is not None and one.default is None:
        raise BlueprintInvalid(
            f"in {place}: told_within_days needs a default, for who says nothing in time."
        )
