"""The part of a blueprint that describes referrals, and back."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

import msgspec

from earning.models import ReferralTerms
from program.blueprint import Section, Table, register
from program.describing import describe
from program.descriptions import CODE
from program.errors import BlueprintInvalid
from program.sections import (
    AttributeCode,
    Code,
    Name,
    Text,
    positive,
    reordered,
    require_code,
    unique,
    upsert,
)

NUMBERS = ("integer", "decimal", "money")


class ReferralTable(Table):
    """What a friend does, and what is then recorded for the two sides."""

    code: Code
    name: Name
    summary: Text
    activity: Code
    records: Code
    records_for_friend: Code | None = None
    attribute: AttributeCode | None = None
    at_least: Decimal | None = None
    first_only: bool = True
    within_days: Annotated[int, msgspec.Meta(ge=1, le=3650)] | None = None

    def __post_init__(self) -> None:
        positive(self, "at_least")
        if (self.attribute is None) != (self.at_least is None):
            raise ValueError("attribute and at_least go together")
        if self.activity in (self.records, self.records_for_friend):
            raise ValueError("what is recorded is another activity than the one that is asked for")


def _apply(tables: list[ReferralTable], blueprint: Any) -> list[str]:
    codes = [table.code for table in tables]
    unique(codes, place="referral")
    changes = reordered(ReferralTerms.objects.all(), codes, what="referrals")
    for position, table in enumerate(tables):
        _check(table, blueprint)
        values = {
            "name": table.name,
            "summary": table.summary,
            "type_id": table.activity,
            "attribute": table.attribute or "",
            "least": table.at_least,
            "is_first_only": table.first_only,
            "within_days": table.within_days,
            "referrer_type_id": table.records,
            "friend_type_id": table.records_for_friend,
            "is_active": True,
            "position": position,
        }
        match = {"code": table.code}
        changes += upsert(ReferralTerms, match, values, label=f"Referral {table.name}")[1]
    gone = ReferralTerms.objects.filter(is_active=True).exclude(code__in=codes)
    changes += [f"Referral {terms.name} is no longer offered." for terms in gone]
    gone.update(is_active=False)
    return changes


def _check(table: ReferralTable, blueprint: Any) -> None:
    """Refuse activity types that ask for more than the friend's activity tells."""
    place = f'[[referral]] "{table.code}"'
    types = {one.code: one for one in blueprint.activity_type}
    require_code(table.activity, types, place=f"{place}, activity")
    told = {one.code: one for one in types[table.activity].attribute}
    if table.attribute is not None:
        require_code(table.attribute, told, place=f"{place}, attribute")
        if told[table.attribute].type not in NUMBERS:
            raise BlueprintInvalid(f"in {place}: {table.attribute} is no number.")
    for code in filter(None, (table.records, table.records_for_friend)):
        require_code(code, types, place=f"{place}, records")
        for attribute in types[code].attribute:
            known = told.get(attribute.code)
            if attribute.required and (known is None or not known.required):
                raise BlueprintInvalid(
                    f'in {place}: nobody can tell "{attribute.code}" of {code}. Leave it out of '
                    "that activity type, or write required = false."
                )


def _export() -> list[ReferralTable]:
    return [
        ReferralTable(
            code=row.code,
            name=row.name,
            summary=row.summary,
            activity=row.type_id,
            records=row.referrer_type_id,
            records_for_friend=row.friend_type_id,
            attribute=row.attribute or None,
            at_least=None if row.least is None else Decimal(format(row.least.normalize(), "f")),
            first_only=row.is_first_only,
            within_days=row.within_days,
        )
        for row in ReferralTerms.objects.filter(is_active=True)
    ]


def install() -> None:
    """Register the section and say what its keys mean; called once, when the app is ready."""
    register(Section("referral", list[ReferralTable], _apply, _export))
    describe(
        ReferralTable,
        "Members invite friends with a link of their own. When the friend does what is asked, an "
        "activity is recorded for the member who invited, and one for the friend, in the same "
        "moment; rules say what they pay, and limits of those rules how often. The first one "
        "holds for invitations from now on.",
        {
            "code": (CODE, '"a-friend"'),
            "name": ("What clerks read.", '"Bring a friend"'),
            "summary": ("The rule in one line, for members.", '"A coffee for both of you."'),
            "activity": ("What the friend has to do.", '"purchase"'),
            "records": ("What is recorded for the member who invited.", '"brought-a-friend"'),
            "records_for_friend": ("What is recorded for the friend.", '"came-with-a-friend"'),
            "attribute": ("Which number of the friend's activity is looked at.", '"paid"'),
            "at_least": ("How much it must be.", "75"),
            "first_only": (
                "Whether only the friend's first activity of the kind counts.",
                "false",
            ),
            "within_days": ("So many days after the friend joined.", "90"),
        },
    )
