"""The program and its places, as a till needs to know them."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from common import clock
from earning import wording
from earning.models import Rule
from partners import documents, lookup
from partners.calls import PartnerViewSet, key_of
from partners.models import Scope
from partners.shapes.program import (
    AttributeAnswer,
    LadderShown,
    LocationAnswer,
    LocationsAnswer,
    ProgramAnswer,
    RuleAnswer,
    RungAnswer,
    TypeAnswer,
)
from program import catalog
from program.models import ActivityType, Program
from tiers import ladders

PROGRAM = {
    "code": "mare-circle",
    "name": "Mare Circle",
    "business": "Mare Hotels",
    "currency": "EUR",
    "time_zone": "Europe/Lisbon",
    "is_test": False,
    "units": {
        "point": {"kind": "spendable", "singular": "point", "plural": "points", "decimals": 0}
    },
    "activity_types": [
        {
            "code": "stay",
            "name": "Stay",
            "attributes": [
                {"code": "nights", "name": "Nights", "kind": "integer", "is_required": True}
            ],
        }
    ],
    "ladders": [
        {
            "code": "fleet",
            "name": "Fleet",
            "tiers": [{"code": "skiff", "name": "Skiff", "colors": ["#14213d", "#faf7f0"]}],
        }
    ],
    "rules": [
        {
            "code": "revenue",
            "name": "Room revenue",
            "type": "stay",
            "unit": "point",
            "words": "10 points for every EUR 1 of room revenue",
        }
    ],
}


class ProgramViewSet(PartnerViewSet):
    """What the program is."""

    scopes: ClassVar = {"retrieve": Scope.PROGRAM_READ, "locations": Scope.PROGRAM_READ}

    @documents.call(
        "getProgram",
        tag="Program",
        summary="Get the program",
        words="Units, activity types with what is asked of them, tiers, and the rules in words. It "
        "changes rarely: send `If-None-Match` and get 304.",
        scope=Scope.PROGRAM_READ,
        answers={200: ("ProgramAnswer", "The program.", PROGRAM)},
    )
    def retrieve(self, request: Request) -> Response:
        return Response(_answer(catalog.current(), is_test=key_of(request).is_test))

    @documents.call(
        "listLocations",
        tag="Program",
        summary="List your places",
        words="Those that the key may act for, each with its parts.",
        scope=Scope.PROGRAM_READ,
        answers={
            200: (
                "LocationsAnswer",
                "Your places.",
                {
                    "data": [
                        {"code": "resort-hotel", "name": "Resort hotel", "roles": ["earn", "burn"]}
                    ]
                },
            )
        },
    )
    def locations(self, request: Request) -> Response:
        key = key_of(request)
        places = catalog.of(catalog.current()).locations
        mine = [
            LocationAnswer(place.code, place.name, list(place.roles))
            for (partner, code), place in sorted(places.items())
            if partner == key.partner_id and (not key.locations or code in key.locations)
        ]
        return Response(LocationsAnswer(mine))


def _answer(program: Program, *, is_test: bool) -> ProgramAnswer:
    today = clock.local_date(clock.now(), program.time_zone)
    return ProgramAnswer(
        code=program.code,
        name=program.name,
        business=program.business,
        currency=program.currency,
        time_zone=program.time_zone,
        is_test=is_test,
        units=lookup.units_of(program),
        activity_types=[_type(type) for type in catalog.of(program).types.values()],
        ladders=[
            LadderShown(
                code=ladder.code,
                name=ladder.name,
                tiers=[
                    RungAnswer(tier.code, tier.name, tier.colors)
                    for tier in ladder.rungs  # type: ignore[attr-defined]
                ],
            )
            for ladder in ladders.rows(program)
        ],
        rules=[_rule(rule, program) for rule in _in_force(today)],
    )


def _type(type: ActivityType) -> TypeAnswer:
    rows = type.attributes.all()
    facts = [AttributeAnswer(row.code, row.name, row.kind, row.is_required) for row in rows]
    return TypeAnswer(type.code, type.name, facts)


def _in_force(day: date) -> list[Rule]:
    rows = Rule.objects.select_related("unit", "percent_of")
    return [
        rule
        for rule in rows
        if (rule.starts_on is None or rule.starts_on <= day)
        and (rule.ends_on is None or day < rule.ends_on)
    ]


def _rule(rule: Rule, program: Program) -> RuleAnswer:
    return RuleAnswer(
        code=rule.code,
        name=rule.name,
        type=rule.type_id,
        unit=rule.unit_id,
        words=wording.pays(rule, program=program),
    )
