"""Events: what happened, for those who want to catch up."""

from __future__ import annotations

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from partners import calls, documents, examples, happenings
from partners.calls import PartnerViewSet, key_of
from partners.errors import ParameterInvalid
from partners.models import Scope
from partners.shapes.program import EventsAnswer


class EventViewSet(PartnerViewSet):
    """The events that the key's partner may see."""

    scopes: ClassVar = {"list": Scope.EVENTS_READ}
    parameters: ClassVar = {"list": ("limit", "cursor", "type")}

    @documents.call(
        "listEvents",
        tag="Events",
        summary="List what happened",
        words="Oldest first, so that you can go on where you stopped: keep `cursor`, and send it "
        "next time. What you see here is what webhooks send. An event appears a second after it "
        "happened, and never before one that you have read.",
        scope=Scope.EVENTS_READ,
        answers={
            200: (
                "EventsAnswer",
                "A page.",
                {"data": [examples.EVENT], "next": None, "cursor": "ZXZ0XzAxazZyM2IxcTllOHR2NHgz"},
            )
        },
        query={
            "limit": documents.PAGES["limit"],
            "cursor": "`cursor` or `next` of an answer before, as it is.",
            "type": "Only of this type.",
        },
    )
    def list(self, request: Request) -> Response:
        rows = happenings.visible(key_of(request).partner_id)
        wanted = request.query_params.get("type")
        if wanted is not None:
            if wanted not in happenings.KINDS:
                known = ", ".join(happenings.KINDS)
                raise ParameterInvalid(f"type is one of: {known}.")
            rows = rows.filter(type=wanted)
        found, following = calls.page(
            request, happenings.settled(rows), prefix="evt", is_ascending=True
        )
        cursor = calls.last_cursor(found, "evt") or request.query_params.get("cursor")
        return Response(
            EventsAnswer([happenings.answer_of(row) for row in found], following, cursor)
        )
