"""What the OpenAPI document says of each call: the words, the shapes and the examples.

The examples of requests run as they are against the demo.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from common.problems import PROBLEM_JSON, PROBLEMS
from partners import problems

JSON = "application/json"
INTRODUCTION = f"""\
What tills, booking engines and web shops say to the program.

Send your key with every call: `Authorization: Bearer pn_live_…`. What you post stands under your
own reference and counts once, however often you send it. Every refusal is `{PROBLEM_JSON}` with a
stable `code`; [all of them are listed]({PROBLEMS.rstrip("/")}). Within version 1 there are only
additions.
"""
CARD = "482109376621"  # well formed; in the demo the document shows a card that there is
AGENT = "agent-9"  # a member of the demo, by the reference of the front desk
PLACES = frozenset({"body_invalid", "attributes_invalid", "card_number_invalid"})


def shape(name: str) -> dict[str, Any]:
    """A reference to the component that a struct of that name has become."""
    return {"$ref": f"#/components/schemas/{name}"}


def answer(name: str, words: str, *examples: OpenApiExample) -> OpenApiResponse:
    """An answer of the shape of a struct."""
    return OpenApiResponse(shape(name), description=words, examples=list(examples))


def refusals(*codes: str) -> dict[tuple[int, str], OpenApiResponse]:
    """The refusals of a call by status, each code with an example."""
    known = problems.catalogue()
    anywhere = ["key_missing", "key_unknown", "key_revoked", "key_expired", "partner_inactive"]
    anywhere += ["scope_missing", "too_many_requests", "internal_error", "busy", "program_missing"]
    by_status: dict[int, list[problems.Entry]] = {}
    for code in [*codes, *anywhere]:
        by_status.setdefault(known[code].status, []).append(known[code])
    return {
        (status, PROBLEM_JSON): OpenApiResponse(
            shape("Problem"),
            description=_listed(entries),
            examples=[_example(entry) for entry in entries],
        )
        for status, entries in sorted(by_status.items())
    }


def _listed(entries: Sequence[problems.Entry]) -> str:
    return "\n".join(f"- `{entry.code}`: {entry.meaning}" for entry in entries)


def _example(entry: problems.Entry) -> OpenApiExample:
    return OpenApiExample(
        entry.code,
        value={
            "type": f"{PROBLEMS}{entry.code}",
            "title": entry.title,
            "status": entry.status,
            "detail": f"{entry.meaning} {entry.remedy}",
            "instance": "/api/v1/activities",
            "code": entry.code,
            "request_id": "4f9d1c0e7b7a4c0f9a55d2f3c1c0b7aa",
            "errors": [],
        },
        media_type=PROBLEM_JSON,
        response_only=True,
        status_codes=[str(entry.status)],
    )


STAY = {
    "reference": "booking-2025-0614-7",
    "type": "stay",
    "occurred_at": "2025-06-14",
    "member": {"reference": AGENT},
    "location": "resort-hotel",
    "attributes": {"outcome": "stayed", "nights": 7, "suite": True, "revenue": "1180.00"},
}
RECORDED = {
    "id": "act_01k6r3b1q9e8tv4x3a7m5n2c0d",
    "status": "recorded",
    "reference": "booking-2025-0614-7",
    "type": "stay",
    "occurred_at": "2025-06-13T23:00:00Z",
    "awards": [
        {
            "unit": "night",
            "amount": 7,
            "class": "base",
            "rule": "nights",
            "sentence": "Nights: 7 nights × 1 = 7 nights",
        },
        {
            "unit": "night",
            "amount": 7,
            "class": "base",
            "rule": "suite-nights",
            "sentence": "Suite, once more: 7 nights × 1 = 7 nights",
        },
        {
            "unit": "point",
            "amount": 11800,
            "class": "base",
            "rule": "revenue",
            "sentence": "Room revenue: EUR 1,180.00 × 10 = 11,800 points",
        },
    ],
    "balances": {"night": 14, "point": 11800},
    "tier": {"code": "skiff", "name": "Skiff"},
}
UNCLAIMED = {
    "id": "act_01k6r3b1q9e8tv4x3a7m5n2c0e",
    "status": "unclaimed",
    "reference": "booking-2025-0614-8",
    "type": "stay",
    "occurred_at": "2025-06-13T23:00:00Z",
    "message": "It names nobody. The activity is kept and earns under its own date once it is "
    "claimed.",
}
MEMBER = {
    "card": CARD,
    "name": "Marta S.",
    "status": "active",
    "balances": {"point": 11800, "night": 14},
    "units": {
        "point": {"kind": "spendable", "singular": "point", "plural": "points", "decimals": 0},
        "night": {"kind": "counter", "singular": "night", "plural": "nights", "decimals": 0},
    },
    "tier": {"code": "skiff", "name": "Skiff", "since": "2025-06-14", "until": None},
    "progress": {
        "next_tier": {"code": "sloop", "name": "Sloop"},
        "unit": "night",
        "value": 14,
        "missing": 16,
    },
    "next_expiry": {"unit": "point", "amount": 11800, "last_day": "2027-06-30"},
}
REPLAYED = OpenApiParameter(
    "Idempotent-Replayed",
    str,
    OpenApiParameter.HEADER,
    description="`true` when this is the first answer again.",
    response=[200, 202],
)


def _shown(name: str, value: Any, *, summary: str, **where: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, summary=summary, media_type=JSON, **where)


post_activity = extend_schema(
    operation_id="postActivity",
    tags=["Activities"],
    summary="Post an activity",
    description=(
        "Tell what happened: a stay, a purchase. It is recorded at once, with all it earns.\n\n"
        "Your `reference` makes it safe to send again: the same content is answered with the first "
        "answer, other content is refused. When a line breaks, send exactly the same again.\n\n"
        "An activity that names nobody known is kept and answered with 202; it earns, under its "
        "own date, once somebody claims it. So is one of a kind that has to be confirmed first: it "
        "is pending, with what it is expected to earn.\n\n"
        "Needs the scope `activities:write`."
    ),
    parameters=[REPLAYED],
    request={JSON: shape("ActivitySubmitted")},
    responses={
        201: answer("ActivityAnswer", "Recorded."),
        200: answer("ActivityAnswer", "Recorded before: the first answer again."),
        202: OpenApiResponse(
            {"oneOf": [shape("UnclaimedAnswer"), shape("PendingAnswer")]},
            description="Kept until somebody claims it, or until it is confirmed.",
        ),
        **refusals(
            "body_malformed",
            "body_invalid",
            "date_invalid",
            "reference_invalid",
            "unknown_activity_type",
            "unknown_location",
            "attributes_invalid",
            "occurred_in_future",
            "reported_too_late",
            "card_number_invalid",
            "member_name_invalid",
            "amount_invalid",
            "reference_reused",
            "length_required",
            "body_too_large",
            "media_type_unsupported",
        ),
    },
    examples=[
        _shown("stay", STAY, summary="Seven nights in a suite", request_only=True),
        _shown(
            "nobody",
            {name: value for name, value in STAY.items() if name != "member"}
            | {"reference": "booking-2025-0614-8"},
            summary="A stay that names nobody",
            request_only=True,
        ),
        _shown(
            "recorded",
            RECORDED,
            summary="Recorded",
            response_only=True,
            status_codes=["200", "201"],
        ),
        _shown("kept", UNCLAIMED, summary="Unclaimed", response_only=True, status_codes=["202"]),
    ],
)

get_member = extend_schema(
    operation_id="getMember",
    tags=["Members"],
    summary="Look a member up by card",
    description=(
        "What a till needs: whose card it is (a first name and an initial), what there is to "
        "spend, the tier and how far the next one is, and what ends next.\n\n"
        "Needs the scope `members:read`."
    ),
    parameters=[
        OpenApiParameter(
            "card",
            str,
            OpenApiParameter.PATH,
            description="The card's twelve digits. Spaces and hyphens are ignored.",
            examples=[OpenApiExample("card", value=CARD)],
        )
    ],
    request=None,
    responses={
        200: answer("MemberAnswer", "Who it is, and where they stand."),
        **refusals("card_number_invalid", "member_not_found"),
    },
    examples=[
        _shown("member", MEMBER, summary="A member", response_only=True, status_codes=["200"])
    ],
)
