"""Choices: what members may choose because a milestone was reached, and choosing for them."""

from __future__ import annotations

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from common import bodies
from earning.models import MilestoneChoice
from members.models import Member
from partners import calls, choice_examples, choices, documents, limits, naming
from partners.calls import PartnerViewSet, actor_of, key_of
from partners.errors import ParameterInvalid
from partners.models import Scope
from partners.shapes.members import ChoicesAnswer, ChoiceSubmitted
from partners.views.members import AT

ONE = AT | {"choice": ("The id, `chc_…`.", choice_examples.CHOICE["id"])}
STATES = MilestoneChoice.Status.values


class ChoiceViewSet(PartnerViewSet):
    """What members may choose for their milestones."""

    scopes: ClassVar = {
        "list": Scope.MEMBERS_READ,
        "retrieve": Scope.MEMBERS_READ,
        "choose": Scope.CHOICES_WRITE,
    }
    parameters: ClassVar = {"list": ("limit", "cursor", "status")}

    @documents.call(
        "listChoices",
        tag="Members",
        summary="List what a member may choose",
        words="Because a milestone was reached: what is open, with its options, its last day and "
        "what is given when nobody chooses; and what was decided. Newest first.",
        scope=Scope.MEMBERS_READ,
        answers={
            200: ("ChoicesAnswer", "A page.", {"data": [choice_examples.CHOICE], "next": None})
        },
        path=AT,
        query={
            **documents.PAGES,
            "status": "Only those that are `open`, `made`, `defaulted`, `lapsed`, `void`.",
        },
        codes=documents.ADDRESSED,
    )
    def list(self, request: Request, member: str) -> Response:
        found = naming.member_at(member)
        rows = choices.of(found)
        asked = request.query_params.get("status")
        if asked is not None:
            rows = rows.filter(status=_status(asked))
        data, following = calls.page(request, rows, prefix="chc")
        return Response(ChoicesAnswer(choices.answers(data, found), following))

    @documents.call(
        "getChoice",
        tag="Members",
        summary="Get a choice",
        words="One of a member's, as it stands.",
        scope=Scope.MEMBERS_READ,
        answers={200: ("ChoiceAnswer", "The choice.", choice_examples.CHOSEN)},
        path=ONE,
        codes=documents.ADDRESSED,
    )
    def retrieve(self, request: Request, member: str, choice: str) -> Response:
        found = naming.member_at(member)
        return Response(choices.answer(_one(found, choice), found))

    @documents.call(
        "makeChoice",
        tag="Members",
        summary="Choose for a member",
        words="As the member said: options by code, as many in all as `choose` says. It is final, "
        "and what is chosen is given at once. The same choice again is the first answer; what "
        "it gives counts towards what your key may credit in a day.",
        scope=Scope.CHOICES_WRITE,
        body="ChoiceSubmitted",
        answers={200: ("ChoiceAnswer", "Chosen.", choice_examples.CHOSEN)},
        examples={"an upgrade": {"options": {"upgrade": 1}, "location": "resort-hotel"}},
        path=ONE,
        codes=[
            *documents.ADDRESSED,
            "choice_closed",
            "choice_invalid",
            "unknown_location",
            "location_denied",
            "role_missing",
            "value_limit_reached",
        ],
        idempotency="needed",
    )
    def choose(self, request: Request, member: str, choice: str) -> Response:
        key, row = key_of(request), _one(naming.member_at(member), choice)
        sent = bodies.fit(request.data, ChoiceSubmitted)
        calls.place_of(key, sent.location, role="earn")
        given, owner = choices.choose(row, sent.options, actor=actor_of(request))
        limits.credit(key, given)
        return Response(choices.answer(_one(owner, choice), owner))


def _one(member: Member, text: str) -> MilestoneChoice:
    """A choice of a member's. Raises NothingThere."""
    pk = calls.identified("chc", text)
    row = choices.of(member).select_related("member__merged_into").filter(pk=pk).first()
    if row is None:
        raise calls.nothing("chc")
    return row


def _status(text: str) -> str:
    """A status of choices. Raises ParameterInvalid."""
    if text not in STATES:
        raise ParameterInvalid(f"status is one of: {', '.join(STATES)}.")
    return text
