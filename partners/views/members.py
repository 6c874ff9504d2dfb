"""Members: enrolling, finding, and telling what they have, where they stand, what happened."""

from __future__ import annotations

from typing import ClassVar

from msgspec import UNSET
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from common import bodies
from members import enrolment, lineage
from partners import calls, documents, examples, history, lookup, naming, reported
from partners.calls import PartnerViewSet, actor_of, key_of
from partners.models import Scope
from partners.shapes.members import MemberChanges, MemberSubmitted
from partners.submitted import MemberNamed

AT = {
    "member": ("`mem_…`, the card's twelve digits, or `ref:` and your own number.", examples.KNOWN)
}
MISSING = documents.ADDRESSED


class MemberViewSet(PartnerViewSet):
    """Members, as tills may see them."""

    scopes: ClassVar = {
        "create": Scope.MEMBERS_WRITE,
        "update": Scope.MEMBERS_WRITE,
        "find": Scope.MEMBERS_READ,
        "retrieve": Scope.MEMBERS_READ,
        "balance": Scope.MEMBERS_READ,
        "standing": Scope.MEMBERS_READ,
        "entries": Scope.MEMBERS_READ,
        "statements": Scope.MEMBERS_READ,
        "statement": Scope.MEMBERS_READ,
        "receipt": Scope.MEMBERS_READ,
    }
    parameters: ClassVar = {
        "entries": ("limit", "cursor", "unit"),
        "receipt": ("activity",),
    }
    asking: ClassVar = frozenset({"find"})

    @documents.call(
        "enrollMember",
        tag="Members",
        summary="Enrol a member",
        words="Somebody new gets a card at once. What is known already is never guessed to be the "
        "same person: an e-mail address, a phone number or a reference that is somebody's is "
        "refused, and finding that member is the way on.",
        scope=Scope.MEMBERS_WRITE,
        body="MemberSubmitted",
        answers={201: ("MemberAnswer", "Enrolled.", examples.MEMBER)},
        examples={
            "guest": {
                "name": "Ines Duarte",
                "email": "ines.duarte@example.org",
                "reference": "guest-2025-77",
            }
        },
        codes=["identifier_taken", "invalid_input"],
        idempotency="needed",
    )
    def create(self, request: Request) -> Response:
        sent = bodies.fit(request.data, MemberSubmitted)
        member = enrolment.enroll(
            name=sent.name,
            email=sent.email or "",
            phone=sent.phone or "",
            reference=sent.reference or "",
            actor=actor_of(request),
        )
        return Response(lookup.of(member), status=status.HTTP_201_CREATED)

    @documents.call(
        "findMember",
        tag="Members",
        summary="Find a member",
        words="By card, e-mail, phone or your own number, so that none of them stands in an "
        "address. Nothing is recorded.",
        scope=Scope.MEMBERS_READ,
        body="MemberNamed",
        answers={200: ("MemberAnswer", "Who it is, and where they stand.", examples.MEMBER)},
        examples={"by reference": {"reference": examples.AGENT}},
        codes=documents.NAMED,
    )
    def find(self, request: Request) -> Response:
        return Response(lookup.of(naming.member_named(bodies.fit(request.data, MemberNamed))))

    @documents.call(
        "getMember",
        tag="Members",
        summary="Look a member up",
        words="What a till needs: who it is (a first name and an initial), what there is to spend, "
        "the tier and how far the next one is, and what ends next.",
        scope=Scope.MEMBERS_READ,
        answers={200: ("MemberAnswer", "Who it is, and where they stand.", examples.MEMBER)},
        path=AT,
        codes=MISSING,
    )
    def retrieve(self, request: Request, member: str) -> Response:
        return Response(lookup.by_address(member))

    @documents.call(
        "updateMember",
        tag="Members",
        summary="Change a member's details",
        words="Name, phone and language. What is left out stays as it is.",
        scope=Scope.MEMBERS_WRITE,
        body="MemberChanges",
        answers={200: ("MemberAnswer", "Changed.", examples.MEMBER)},
        examples={"language": {"language": "pt"}},
        path=AT,
        codes=[*MISSING, "identifier_taken", "invalid_input", "member_inactive", "member_merged"],
        idempotency="needed",
    )
    def update(self, request: Request, member: str) -> Response:
        found = naming.member_at(member)
        sent = bodies.fit(request.data, MemberChanges)
        changed = enrolment.update(
            found,
            actor=actor_of(request),
            name=None if sent.name is UNSET else sent.name,
            phone=None if sent.phone is UNSET else sent.phone or "",
            language=None if sent.language is UNSET else sent.language,
        )
        return Response(lookup.of(changed))

    @documents.call(
        "getBalance",
        tag="Members",
        summary="Get what a member has",
        words="Every unit: what there is, what is held for open carts, what is pending, and what "
        "ends when, in the order in which it is spent.",
        scope=Scope.MEMBERS_READ,
        answers={
            200: (
                "BalanceAnswer",
                "All of it.",
                {
                    "member": examples.MEMBER_ID,
                    "accounts": [
                        {
                            "unit": "point",
                            "balance": 11800,
                            "available": 11800,
                            "held": 0,
                            "pending": 0,
                            "lots": [{"amount": 11800, "last_day": "2027-06-30"}],
                        }
                    ],
                },
            )
        },
        path=AT,
        codes=MISSING,
    )
    def balance(self, request: Request, member: str) -> Response:
        return Response(history.balance(naming.member_at(member)))

    @documents.call(
        "getStanding",
        tag="Members",
        summary="Get where a member stands",
        words="On every ladder: the tier, from when to when, and the way to the next one.",
        scope=Scope.MEMBERS_READ,
        answers={
            200: (
                "LaddersAnswer",
                "Every ladder.",
                {
                    "member": examples.MEMBER_ID,
                    "ladders": [
                        {
                            "ladder": "fleet",
                            "name": "Fleet",
                            "tier": examples.MEMBER["tier"],
                            "progress": examples.MEMBER["progress"],
                        }
                    ],
                },
            )
        },
        path=AT,
        codes=MISSING,
    )
    def standing(self, request: Request, member: str) -> Response:
        return Response(history.standing(naming.member_at(member)))

    @documents.call(
        "listEntries",
        tag="Members",
        summary="List a member's movements",
        words="Every movement of points with its reason, newest first.",
        scope=Scope.MEMBERS_READ,
        answers={
            200: (
                "EntriesAnswer",
                "A page.",
                {
                    "data": [
                        {
                            "id": "ent_01k6r3b1q9e8tv4x3a7m5n2c0d",
                            "unit": "point",
                            "kind": "base",
                            "amount": 11800,
                            "balance": 11800,
                            "reason": "Room revenue: EUR 1,180.00 × 10 = 11,800 points",
                            "occurred_at": "2025-06-13T23:00:00Z",
                            "recorded_at": "2025-06-20T09:12:44Z",
                        }
                    ],
                    "next": None,
                },
            )
        },
        path=AT,
        query={**documents.PAGES, "unit": "Only of this unit."},
        codes=MISSING,
    )
    def entries(self, request: Request, member: str) -> Response:
        found = naming.member_at(member)
        rows = history.entries(found, unit=request.query_params.get("unit", ""))
        data, following = calls.page(request, rows, prefix="ent")
        return Response(history.entries_answer(data, following))

    @documents.call(
        "listStatements",
        tag="Members",
        summary="List a member's statements",
        words="The months from the member's first movement to this one, newest first.",
        scope=Scope.MEMBERS_READ,
        answers={
            200: (
                "MonthsAnswer",
                "The months.",
                {"member": examples.MEMBER_ID, "data": ["2025-07", "2025-06"]},
            )
        },
        path=AT,
        codes=MISSING,
    )
    def statements(self, request: Request, member: str) -> Response:
        return Response(history.months(naming.member_at(member)))

    @documents.call(
        "getStatement",
        tag="Members",
        summary="Get a member's statement",
        words="A month in the program's time zone: what there was, every movement, what there is. "
        "A movement stands in the month in which it happened, whenever it was reported.",
        scope=Scope.MEMBERS_READ,
        answers={200: ("StatementAnswer", "The month.", examples.STATEMENT)},
        path=AT | {"month": ("A month like 2025-06.", "2025-06")},
        codes=MISSING,
    )
    def statement(self, request: Request, member: str, month: str) -> Response:
        return Response(history.statement(naming.member_at(member), calls.month_of(month)))

    @documents.call(
        "getReceipt",
        tag="Members",
        summary="Get the line for a receipt",
        words="One line to print: what was earned just now (name the activity), the balance, and "
        "how far the next tier is.",
        scope=Scope.MEMBERS_READ,
        answers={
            200: (
                "ReceiptAnswer",
                "What to print.",
                {
                    "member": examples.MEMBER_ID,
                    "line": "You earned 11,800 points. Your balance: 11,800 points. "
                    "16 nights to Sloop.",
                    "lines": [
                        "You earned 11,800 points.",
                        "Your balance: 11,800 points.",
                        "16 nights to Sloop.",
                    ],
                    "earned": {"point": 11800},
                    "balances": {"point": 11800},
                },
            )
        },
        path=AT,
        query={"activity": "The activity of this sale, `act_…`: its earnings come first."},
        codes=MISSING,
    )
    def receipt(self, request: Request, member: str) -> Response:
        found = naming.member_at(member)
        activity = request.query_params.get("activity")
        row = None
        if activity is not None:
            pk = calls.identified("act", activity)
            row = (
                reported.visible(key_of(request))
                .filter(member__in=lineage.ids(found), pk=pk)
                .first()
            )
            if row is None:
                raise calls.nothing("act")
        return Response(history.receipt(found, row))
