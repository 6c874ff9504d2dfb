"""What became of activities that were reported: confirmed, cancelled, changed in a part."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from common import bodies
from earning import confirmations, returns
from earning.changing import Changed
from partners import answers, documents, examples, limits, reported
from partners.calls import PartnerViewSet, actor_of, key_of
from partners.idempotency import REPLAYED
from partners.models import ApiKey, Scope
from partners.shapes.changes import AmendmentSubmitted, CancellationSubmitted
from partners.submitted import moment
from partners.views.activities import count
from program import catalog
from program.models import Unit

AT = {
    "activity": ("The id, `act_…`, or `ref:` and your own reference.", examples.ACTIVITY_AT),
}
CHANGING = [
    "nothing_there",
    "reference_invalid",
    "date_invalid",
    "occurred_in_future",
    "change_invalid",
    "change_reused",
    "activity_cancelled",
    "amount_invalid",
    "value_limit_reached",
]


class ChangeViewSet(PartnerViewSet):
    """Changes of the activities of the key's partner."""

    scopes: ClassVar = {
        "confirm": Scope.ACTIVITIES_WRITE,
        "cancel": Scope.ACTIVITIES_WRITE,
        "amend": Scope.ACTIVITIES_WRITE,
    }
    natural: ClassVar = frozenset({"confirm", "cancel", "amend"})  # once; and by reference

    @documents.call(
        "confirmActivity",
        tag="Activities",
        summary="Confirm a pending activity",
        words="It counts from now on, under its own id and date, with what the rules pay by then. "
        "Confirmed again, it is answered with the first answer.",
        scope=Scope.ACTIVITIES_WRITE,
        answers={200: ("ActivityAnswer", "It counts.", examples.RECORDED)},
        path=AT,
        codes=[
            "nothing_there",
            "activity_unknown",
            "activity_cancelled",
            "amount_invalid",
            "value_limit_reached",
        ],
        idempotency="possible",
    )
    def confirm(self, request: Request, activity: str) -> Response:
        key = key_of(request)
        found = reported.at(key, activity)
        done = confirmations.confirm(
            partner=key.partner_id, activity=found.public_id, actor=actor_of(request)
        )
        count(key, [done])
        return _marked(Response(answers.of_activity(done)), is_replay=done.is_replay)

    @documents.call(
        "cancelActivity",
        tag="Activities",
        summary="Cancel an activity",
        words="All of it: everything that it earned is taken back, and where points are spent "
        "already, later earnings repay them. Also before it has come: then it earns nothing when "
        "it does. What was cancelled stays so.",
        scope=Scope.ACTIVITIES_WRITE,
        body="CancellationSubmitted",
        answers={
            200: ("ChangeAnswer", "Cancelled, or it was before.", examples.CANCELLED),
            202: ("ChangeAnswer", "Kept until the activity counts.", examples.PARKED),
        },
        examples={"no show": examples.CANCELLATION},
        path=AT,
        codes=CHANGING,
        idempotency="possible",
    )
    def cancel(self, request: Request, activity: str) -> Response:
        key = key_of(request)
        sent = bodies.fit(request.data, CancellationSubmitted)
        done = returns.cancel(
            partner=key.partner_id,
            activity=reported.reference_at(key, activity),
            reference=sent.reference,
            reason=sent.reason,
            actor=actor_of(request),
            occurred_at=_moment(sent.occurred_at),
        )
        return _answered(done, key)

    @documents.call(
        "amendActivity",
        tag="Activities",
        summary="Change a part of an activity",
        words="New values of attributes, or how much of what was stated came back: the activity is "
        "evaluated again as if it had been reported like that, and the difference is posted, with "
        "a sentence for each rule. Any split of what comes back ends the same, and never more is "
        "taken than was earned. Also before it has come.",
        scope=Scope.ACTIVITIES_WRITE,
        body="AmendmentSubmitted",
        answers={
            200: ("ChangeAnswer", "Changed, or it was before.", examples.AMENDED),
            202: ("ChangeAnswer", "Kept until the activity counts.", examples.PARKED),
        },
        examples={"a refund": examples.AMENDMENT},
        path=AT,
        codes=[*CHANGING, "attributes_invalid"],
        idempotency="possible",
    )
    def amend(self, request: Request, activity: str) -> Response:
        key = key_of(request)
        sent = bodies.fit(request.data, AmendmentSubmitted)
        done = returns.amend(
            partner=key.partner_id,
            activity=reported.reference_at(key, activity),
            reference=sent.reference,
            reason=sent.reason,
            actor=actor_of(request),
            attributes=sent.attributes,
            returned=sent.returned,
            occurred_at=_moment(sent.occurred_at),
        )
        return _answered(done, key)


def _moment(text: str | None) -> datetime | date | None:
    return None if text is None else moment(text)


def _answered(done: Changed, key: ApiKey) -> Response:
    """What came of a change; what it gave on top counts towards the key's limit."""
    if not done.is_replay:
        limits.credit(key, _given(done))
    waits = done.status == "parked"
    answer = reported.change_answer(done)
    code = status.HTTP_202_ACCEPTED if waits else status.HTTP_200_OK
    return _marked(Response(answer, status=code), is_replay=done.is_replay)


def _given(done: Changed) -> int:
    """What a change gave on top in units to spend, in smallest parts; what it took is no credit."""
    units = catalog.of(catalog.current()).units
    spendable = (
        row.amount for row in done.corrections if units[row.unit_id].kind == Unit.Kind.SPENDABLE
    )
    return max(0, sum(spendable))


def _marked(response: Response, *, is_replay: bool) -> Response:
    if is_replay:
        response[REPLAYED] = "true"
    return response
