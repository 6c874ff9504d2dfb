"""Activities: what partners report, one by one or by the thousand, and what they reported."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from common import bodies, bulk
from common.errors import LoyaltyError
from earning import intake
from earning.intake import Recorded
from earning.submissions import Submission
from members import lineage
from partners import (
    answers,
    calls,
    documents,
    examples,
    idempotency,
    limits,
    naming,
    reported,
)
from partners.calls import PartnerViewSet, actor_of, key_of
from partners.errors import ParameterInvalid
from partners.idempotency import REPLAYED, Call
from partners.models import ApiKey, Scope
from partners.shapes.activities import (
    BatchAnswer,
    BatchResult,
    BatchSubmitted,
    ItemProblem,
)
from partners.shapes.changes import ActivitiesAnswer
from partners.submitted import ActivitySubmitted
from program import catalog
from program.models import Unit

RECORDING = [
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
    "unknown_partner",
    "location_denied",
    "role_missing",
    "value_limit_reached",
]


KEPT: dict[str, Callable[[ApiKey], QuerySet[Any]]] = {
    "recorded": reported.visible,
    "pending": reported.waiting,
    "unclaimed": reported.unclaimed,
}


class ActivityViewSet(PartnerViewSet):
    """Activities of the key's partner."""

    scopes: ClassVar = {
        "create": Scope.ACTIVITIES_WRITE,
        "batch": Scope.ACTIVITIES_WRITE,
        "list": Scope.ACTIVITIES_READ,
        "retrieve": Scope.ACTIVITIES_READ,
    }
    parameters: ClassVar = {
        "list": (
            "limit",
            "cursor",
            "member",
            "reference",
            "type",
            "status",
            "since",
            "until",
        )
    }
    natural: ClassVar = frozenset({"create", "batch"})  # by reference
    whole: ClassVar = frozenset({"create"})
    bodies: ClassVar = {"batch": calls.BATCH_BYTES}

    @documents.call(
        "postActivity",
        tag="Activities",
        summary="Post an activity",
        words="Tell what happened: a stay, a purchase. It is recorded with all it earns.\n\n"
        "Your `reference` makes it safe to send again: the same content is answered with the first "
        "answer, other content is refused. When a line breaks, send exactly the same again.\n\n"
        "An activity that names nobody known is kept and answered with 202; it earns, under its "
        "own date, once somebody claims it. So is one of a kind that has to be confirmed first: it "
        "is pending, with what it is expected to earn.",
        scope=Scope.ACTIVITIES_WRITE,
        body="ActivitySubmitted",
        answers={
            201: ("ActivityAnswer", "Recorded.", examples.RECORDED),
            200: ("ActivityAnswer", "Recorded before: the first answer again.", examples.RECORDED),
            202: (
                "UnclaimedAnswer PendingAnswer",
                "Kept until somebody claims it, or until it is confirmed.",
                examples.UNCLAIMED,
            ),
        },
        examples={"stay": examples.STAY, "nobody": examples.NOBODY},
        codes=RECORDING,
        idempotency="possible",
    )
    def create(self, request: Request) -> HttpResponse:
        submission = _submission(bodies.fit(request.data, ActivitySubmitted), key_of(request))
        answer = Answering(request)
        intake.record(submission, actor=actor_of(request), beside=answer)
        return answer.response

    def at_once(self, request: Request, call: Call | None) -> HttpResponse | None:
        key = key_of(request)
        if self.action != "create" or key.is_test:
            return None
        submission = _submission(bodies.fit(request.data, ActivitySubmitted), key)
        answer, turn = Answering(request, call), call.lock if call else ""
        recorded = intake.record_at_once(
            submission, actor=actor_of(request), turn=turn, beside=answer
        )
        return answer.response if recorded else None

    @documents.call(
        "postActivities",
        tag="Activities",
        summary="Post up to 1,000 activities",
        words="Each has a result of its own, in the order in which they were sent: what is wrong "
        "with one does not keep the others out. Sending the batch again records nothing twice. "
        "What is right is recorded in one transaction.",
        scope=Scope.ACTIVITIES_WRITE,
        body="BatchSubmitted",
        answers={200: ("BatchAnswer", "A result for each.", examples.BATCHED)},
        examples={"two stays": examples.BATCH},
        codes=["value_limit_reached"],
        idempotency="possible",
    )
    @bulk.unswept()  # until all rows are let go of
    def batch(self, request: Request) -> Response:
        key = key_of(request)
        sent = bodies.fit(request.data, BatchSubmitted).activities
        found: list[Submission | LoyaltyError] = [_read(item, key) for item in sent]
        good = [item for item in found if isinstance(item, Submission)]
        recorded = iter(intake.record_batch(good, actor=actor_of(request)) if good else [])
        results = [item if isinstance(item, LoyaltyError) else next(recorded) for item in found]
        count(key, [one for one in results if isinstance(one, Recorded)])
        return Response(_batch_answer(results))

    @documents.call(
        "listActivities",
        tag="Activities",
        summary="List your activities",
        words="What you reported, newest first: what is recorded, or what waits.",
        scope=Scope.ACTIVITIES_READ,
        answers={
            200: ("ActivitiesAnswer", "A page.", {"data": [examples.SHOWN], "next": None}),
        },
        query={
            **documents.PAGES,
            "member": "Only of this member: `mem_…`, a card, or `ref:` and your number.",
            "reference": "Only the one with this reference.",
            "type": "Only of this type.",
            "status": "`recorded` (unless said, with what was cancelled later), `pending` (with "
            "what was cancelled meanwhile) or `unclaimed`.",
            "since": "Only those that happened on this day (UTC) or later.",
            "until": "Only those that happened before this day (UTC).",
        },
        codes=documents.ADDRESSED,
    )
    def list(self, request: Request) -> Response:
        rows = _filtered(request, _of_status(request))
        found, following = calls.page(request, rows, prefix="act")
        return Response(ActivitiesAnswer(reported.shown(found), following))

    @documents.call(
        "getActivity",
        tag="Activities",
        summary="Get an activity",
        words="One of yours as it stands: what it earned, and every change. Where it does not "
        "count yet, what it waits for.",
        scope=Scope.ACTIVITIES_READ,
        answers={200: ("ActivityShown", "The activity.", examples.SHOWN)},
        path={"activity": ("The id, `act_…`, or `ref:` and your reference.", examples.ACTIVITY_AT)},
        codes=["nothing_there"],
    )
    def retrieve(self, request: Request, activity: str) -> Response:
        (found,) = reported.shown([reported.at(key_of(request), activity)])
        return Response(found)


class Answering:
    """Makes the answer to one activity while it is being written, counts what it credits, and
    keeps it for those who send the `call` again.
    """

    response: HttpResponse

    def __init__(self, request: Request, call: Call | None = None) -> None:
        self.request, self.call = request, call

    def __call__(self, recorded: Recorded) -> None:
        """Raises ValueLimitReached."""
        count(key_of(self.request), [recorded])
        response = calls.answered(answers.of_activity(recorded), status=status_of(recorded))
        if recorded.is_replay:
            response[REPLAYED] = "true"
        self.response = response
        if self.call is not None:
            idempotency.remember(self.call, self.response)


def _of_status(request: Request) -> QuerySet[Any]:
    """The rows of the status that is asked for. Raises ParameterInvalid."""
    wanted = request.query_params.get("status", "recorded")
    if wanted not in KEPT:
        raise ParameterInvalid(f"status is one of: {', '.join(KEPT)}.")
    return KEPT[wanted](key_of(request))


def _filtered(request: Request, rows: QuerySet[Any]) -> QuerySet[Any]:
    given = request.query_params
    if "member" in given:
        member = naming.member_at(given["member"])
        is_owned = given.get("status") != "unclaimed"
        rows = rows.filter(member__in=lineage.ids(member)) if is_owned else rows.none()
    if "reference" in given:
        rows = rows.filter(reference=text_parameter(given["reference"], "reference"))
    if "type" in given:
        rows = rows.filter(type=text_parameter(given["type"], "type"))
    since, until = calls.day_parameter(request, "since"), calls.day_parameter(request, "until")
    if since:
        rows = rows.filter(occurred_at__date__gte=since)
    return rows.filter(occurred_at__date__lt=until) if until else rows


def text_parameter(text: str, name: str) -> str:
    """A parameter that the database can hold. Raises ParameterInvalid."""
    if "\x00" in text or bodies.UNSTORABLE.search(text):
        raise ParameterInvalid(f"{name} holds characters that cannot be looked for.")
    return text


def _submission(sent: ActivitySubmitted, key: ApiKey) -> Submission:
    submission = sent.submission(partner=key.partner_id)
    calls.place_of(key, sent.location, role="earn")
    return submission


def _read(item: Any, key: ApiKey) -> Submission | LoyaltyError:
    try:
        return _submission(bodies.fit(item, ActivitySubmitted), key)
    except LoyaltyError as error:
        return error


def count(key: ApiKey, recorded: list[Recorded]) -> None:
    """Count what was credited just now, where the key has a limit. Raises ValueLimitReached."""
    if key.points_per_day is not None:
        limits.credit(key, credited(recorded))


def credited(recorded: list[Recorded]) -> int:
    """What was credited just now in units to spend, in smallest parts."""
    units = catalog.of(catalog.current()).units
    return sum(
        award.amount
        for one in recorded
        if not one.is_replay and one.error is None
        for award in one.awards
        if units[award.unit_id].kind == Unit.Kind.SPENDABLE
    )


def status_of(recorded: Recorded) -> int:
    if recorded.activity is None:
        return status.HTTP_202_ACCEPTED
    return status.HTTP_200_OK if recorded.is_replay else status.HTTP_201_CREATED


def _batch_answer(results: list[Recorded | LoyaltyError]) -> BatchAnswer:
    made = [_result(index, one) for index, one in enumerate(results)]
    done = [one for one in made if one.problem is None]
    return BatchAnswer(
        recorded=sum(one.status == 201 for one in done),
        replayed=sum(one.is_replay for one in done),
        unclaimed=sum(isinstance(one.activity, answers.UnclaimedAnswer) for one in done),
        pending=sum(isinstance(one.activity, answers.PendingAnswer) for one in done),
        refused=len(made) - len(done),
        results=made,
    )


def _result(index: int, one: Recorded | LoyaltyError) -> BatchResult:
    error = one if isinstance(one, LoyaltyError) else one.error
    if error is not None:
        problem = ItemProblem(
            code=error.code,
            status=error.status,
            title=str(error.title),
            detail=error.message,
            errors=[answers.ErrorPlace(**place) for place in naming.problem_places(error)],
        )
        return BatchResult(index, error.status, False, None, problem)
    assert isinstance(one, Recorded)
    return BatchResult(index, status_of(one), one.is_replay, answers.of_activity(one), None)
