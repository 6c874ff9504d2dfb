"""The API's calls: read what was sent, call the verb, show what came of it."""

from __future__ import annotations

from typing import ClassVar

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from common import bodies
from common.api import ApiViewSet
from earning import intake
from partners import answers, documents, lookup
from partners.authentication import partner_of
from partners.models import Scope
from partners.submitted import ActivitySubmitted

REPLAYED = "Idempotent-Replayed"


class ActivityViewSet(ApiViewSet):
    """Activities: what partners report."""

    scopes: ClassVar = {"create": Scope.ACTIVITIES_WRITE}

    @documents.post_activity
    def create(self, request: Request) -> Response:
        partner = partner_of(request)
        submission = bodies.fit(request.data, ActivitySubmitted).submission(partner=partner)
        recorded = intake.record(submission, actor=f"partner:{partner}")
        response = Response(answers.of_activity(recorded), status=_status(recorded))
        if recorded.is_replay:
            response[REPLAYED] = "true"
        return response


def _status(recorded: intake.Recorded) -> int:
    if recorded.activity is None:
        return status.HTTP_202_ACCEPTED
    return status.HTTP_200_OK if recorded.is_replay else status.HTTP_201_CREATED


class MemberViewSet(ApiViewSet):
    """Members, as tills may see them."""

    scopes: ClassVar = {"retrieve": Scope.MEMBERS_READ}

    @documents.get_member
    def retrieve(self, request: Request, card: str) -> Response:
        return Response(lookup.by_card(card))
