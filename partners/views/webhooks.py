"""Webhook endpoints of a partner, and what was delivered to them."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime
from typing import ClassVar

from msgspec import UNSET
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from common import bodies
from common.errors import InvalidInput
from common.ids import public_id
from partners import calls, documents, examples, outside, signing, webhooks
from partners.calls import PartnerViewSet, actor_of, key_of
from partners.errors import ParameterInvalid, WebhookInvalid
from partners.models import Delivery, Endpoint, Scope
from partners.outside import Located
from partners.shapes.webhooks import (
    AttemptAnswer,
    DeliveriesAnswer,
    DeliveryAnswer,
    ReplayAnswer,
    ReplaySubmitted,
    WebhookAnswer,
    WebhookChanges,
    WebhooksAnswer,
    WebhookSecretAnswer,
    WebhookSubmitted,
)
from partners.submitted import moment

AT = {"webhook": ("The id, `whe_…`.", examples.ENDPOINT["id"])}
CODES = ["webhook_invalid", "address_forbidden"]
SECRET = {
    "webhook": examples.ENDPOINT,
    "generation": 1,
    "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
    "previous_until": None,
}
SUBMITTED = {
    "url": "https://till.example.com/pennant",
    "types": ["activity_recorded", "voucher_used"],
    "contact": "it@till.example.com",
}


class WebhookViewSet(PartnerViewSet):
    """The endpoints of the key's partner and kind."""

    scopes: ClassVar = dict.fromkeys(
        (
            "list",
            "create",
            "retrieve",
            "update",
            "remove",
            "rotate",
            "resume",
            "test",
            "replay",
        ),
        Scope.WEBHOOKS_WRITE,
    )
    address: Located | None = None  # that was sent

    def beforehand(self, request: Request) -> None:
        with contextlib.suppress(InvalidInput):  # the action says it, in its turn
            if self.action == "create":
                self.address = outside.locate(bodies.fit(request.data, WebhookSubmitted).url)
            elif self.action == "update":
                url = bodies.fit(request.data, WebhookChanges).url
                self.address = None if url is UNSET else outside.locate(url)

    @documents.call(
        "listWebhooks",
        tag="Webhooks",
        summary="List your webhooks",
        words="With how many deliveries wait, were made and were given up: together they are all "
        "the events that the endpoint asked for.",
        scope=Scope.WEBHOOKS_WRITE,
        answers={200: ("WebhooksAnswer", "Your endpoints.", {"data": [examples.ENDPOINT]})},
    )
    def list(self, request: Request) -> Response:
        return Response(WebhooksAnswer([_answer(row) for row in webhooks.of(key_of(request))]))

    @documents.call(
        "createWebhook",
        tag="Webhooks",
        summary="Make a webhook",
        words="From now on the address is told what happens, signed as Standard Webhooks "
        "asks. The secret is told here and whenever you rotate it.",
        scope=Scope.WEBHOOKS_WRITE,
        body="WebhookSubmitted",
        answers={201: ("WebhookSecretAnswer", "Made.", SECRET)},
        examples={"till": SUBMITTED},
        codes=CODES,
        idempotency="needed",
    )
    def create(self, request: Request) -> Response:
        sent = bodies.fit(request.data, WebhookSubmitted)
        assert self.address is not None
        row = webhooks.create(
            key_of(request),
            address=self.address,
            types=sent.types,
            contact=sent.contact,
            description=sent.description,
            actor=actor_of(request),
        )
        return Response(_with_secret(row), status=status.HTTP_201_CREATED)

    @documents.call(
        "getWebhook",
        tag="Webhooks",
        summary="Get a webhook",
        words="One of yours, without its secret.",
        scope=Scope.WEBHOOKS_WRITE,
        answers={200: ("WebhookAnswer", "The endpoint.", examples.ENDPOINT)},
        path=AT,
        codes=["nothing_there"],
    )
    def retrieve(self, request: Request, webhook: str) -> Response:
        return Response(_answer(own(request, webhook)))

    @documents.call(
        "updateWebhook",
        tag="Webhooks",
        summary="Change a webhook",
        words="Its address, its events, its contact. What is left out stays.",
        scope=Scope.WEBHOOKS_WRITE,
        body="WebhookChanges",
        answers={200: ("WebhookAnswer", "Changed.", examples.ENDPOINT)},
        examples={"contact": {"contact": "it@till.example.com"}},
        path=AT,
        codes=[*CODES, "nothing_there"],
        idempotency="needed",
    )
    def update(self, request: Request, webhook: str) -> Response:
        row = own(request, webhook)
        sent = bodies.fit(request.data, WebhookChanges)
        changed = webhooks.update(
            row,
            address=self.address,
            types=None if sent.types is UNSET else sent.types,
            contact=None if sent.contact is UNSET else sent.contact,
            description=None if sent.description is UNSET else sent.description,
            actor=actor_of(request),
        )
        return Response(_answer(changed))

    @documents.call(
        "removeWebhook",
        tag="Webhooks",
        summary="Remove a webhook",
        words="Nothing more is sent; what waits is given up.",
        scope=Scope.WEBHOOKS_WRITE,
        answers={204: ("", "Removed.", None)},
        path=AT,
        codes=["nothing_there"],
        idempotency="needed",
    )
    def remove(self, request: Request, webhook: str) -> Response:
        webhooks.remove(own(request, webhook), actor=actor_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @documents.call(
        "rotateWebhookSecret",
        tag="Webhooks",
        summary="Rotate a secret",
        words="A new secret. For a day the one before signs as well, so that you can change it "
        "without a gap.",
        scope=Scope.WEBHOOKS_WRITE,
        answers={
            200: (
                "WebhookSecretAnswer",
                "Rotated.",
                SECRET | {"previous_until": "2025-06-21T09:12:44Z"},
            )
        },
        path=AT,
        codes=["nothing_there"],
        idempotency="needed",
    )
    def rotate(self, request: Request, webhook: str) -> Response:
        row = webhooks.rotate(own(request, webhook), actor=actor_of(request))
        return Response(_with_secret(row))

    @documents.call(
        "resumeWebhook",
        tag="Webhooks",
        summary="Resume a webhook",
        words="One that was paused after a day of failures is told again, what waits first.",
        scope=Scope.WEBHOOKS_WRITE,
        answers={200: ("WebhookAnswer", "Resumed.", examples.ENDPOINT)},
        path=AT,
        codes=["nothing_there"],
        idempotency="needed",
    )
    def resume(self, request: Request, webhook: str) -> Response:
        row = webhooks.resume(own(request, webhook), actor=actor_of(request))
        return Response(_answer(row))

    @documents.call(
        "testWebhook",
        tag="Webhooks",
        summary="Test a webhook",
        words="Sends an event `webhook_test` that means nothing.",
        scope=Scope.WEBHOOKS_WRITE,
        answers={
            202: (
                "DeliveryAnswer",
                "On its way.",
                examples.DELIVERY | {"state": "waiting", "ended_at": None, "attempts": []},
            )
        },
        path=AT,
        codes=["nothing_there"],
        idempotency="needed",
    )
    def test(self, request: Request, webhook: str) -> Response:
        made = webhooks.test(own(request, webhook), actor=actor_of(request))
        return Response(delivery_answer(made), status=status.HTTP_202_ACCEPTED)

    @documents.call(
        "replayWebhook",
        tag="Webhooks",
        summary="Send a range again",
        words="Every delivery that was made from `since` up to `until`, whatever became of it, "
        "under its old id.",
        scope=Scope.WEBHOOKS_WRITE,
        body="ReplaySubmitted",
        answers={200: ("ReplayAnswer", "On their way.", {"replayed": 12})},
        examples={"a day": {"since": "2025-06-20T00:00:00Z", "until": "2025-06-21T00:00:00Z"}},
        path=AT,
        codes=["nothing_there", "date_invalid", "webhook_invalid"],
        idempotency="needed",
    )
    def replay(self, request: Request, webhook: str) -> Response:
        sent = bodies.fit(request.data, ReplaySubmitted)
        since = _at(moment(sent.since, pointer="/since"))
        until = _at(moment(sent.until, pointer="/until"))
        if until <= since:
            raise WebhookInvalid("until is later than since.", pointer="/until")
        row = own(request, webhook)
        return Response(ReplayAnswer(webhooks.replay(row, since=since, until=until)))


class DeliveryViewSet(PartnerViewSet):
    """What was sent, or will be."""

    scopes: ClassVar = dict.fromkeys(("list", "retrieve", "replay"), Scope.WEBHOOKS_WRITE)
    parameters: ClassVar = {"list": ("limit", "cursor", "state")}

    @documents.call(
        "listDeliveries",
        tag="Webhooks",
        summary="List deliveries",
        words="Of one endpoint, newest first, each with its attempts.",
        scope=Scope.WEBHOOKS_WRITE,
        answers={200: ("DeliveriesAnswer", "A page.", {"data": [examples.DELIVERY], "next": None})},
        path=AT,
        query={**documents.PAGES, "state": "Only those waiting, delivered or given_up."},
        codes=["nothing_there"],
    )
    def list(self, request: Request, webhook: str) -> Response:
        rows = own(request, webhook).deliveries.prefetch_related("attempts")
        state = request.query_params.get("state")
        if state is not None:
            if state not in Delivery.State.values:
                raise ParameterInvalid(f"state is one of: {', '.join(Delivery.State.values)}.")
            rows = rows.filter(state=state)
        found, following = calls.page(request, rows, prefix="whd")
        return Response(DeliveriesAnswer([delivery_answer(row) for row in found], following))

    @documents.call(
        "getDelivery",
        tag="Webhooks",
        summary="Get a delivery",
        words="With every attempt and what was answered.",
        scope=Scope.WEBHOOKS_WRITE,
        answers={200: ("DeliveryAnswer", "The delivery.", examples.DELIVERY)},
        path={"delivery": ("The id, `whd_…`.", examples.DELIVERY["id"])},
        codes=["nothing_there"],
    )
    def retrieve(self, request: Request, delivery: str) -> Response:
        return Response(delivery_answer(_own_delivery(request, delivery)))

    @documents.call(
        "replayDelivery",
        tag="Webhooks",
        summary="Send one again",
        words="Under its old id, whatever became of it.",
        scope=Scope.WEBHOOKS_WRITE,
        answers={
            202: (
                "DeliveryAnswer",
                "On its way.",
                examples.DELIVERY | {"state": "waiting", "ended_at": None},
            )
        },
        path={"delivery": ("The id, `whd_…`.", examples.DELIVERY["id"])},
        codes=["nothing_there"],
        idempotency="needed",
    )
    def replay(self, request: Request, delivery: str) -> Response:
        row = webhooks.replay_one(_own_delivery(request, delivery))
        return Response(delivery_answer(row), status=status.HTTP_202_ACCEPTED)


def own(request: Request, text: str) -> Endpoint:
    """The caller's endpoint. Raises NothingThere."""
    row = webhooks.of(key_of(request)).filter(pk=calls.identified("whe", text)).first()
    if row is None:
        raise calls.nothing("whe")
    return row


def _own_delivery(request: Request, text: str) -> Delivery:
    rows = Delivery.objects.filter(endpoint__in=webhooks.of(key_of(request)))
    found = rows.filter(pk=calls.identified("whd", text)).select_related("endpoint").first()
    if found is None:
        raise calls.nothing("whd")
    return found


def _at(given: datetime | date) -> datetime:
    if isinstance(given, datetime):
        return given
    return datetime(given.year, given.month, given.day, tzinfo=UTC)


def _answer(row: Endpoint) -> WebhookAnswer:
    return WebhookAnswer(
        id=row.public_id,
        url=row.url,
        description=row.description,
        contact=row.contact,
        types=row.types,
        status=row.status,
        failing_since=row.failing_since,
        created_at=row.created_at,
        counts=webhooks.counts(row),
    )


def _with_secret(row: Endpoint) -> WebhookSecretAnswer:
    return WebhookSecretAnswer(
        _answer(row), row.generation, signing.secret(row), row.previous_until
    )


def delivery_answer(row: Delivery) -> DeliveryAnswer:
    """A delivery with its attempts, newest first."""
    return DeliveryAnswer(
        id=row.public_id,
        event=public_id("evt", row.event_id),
        type=row.type,
        state=row.state,
        created_at=row.created_at,
        due_at=row.due_at,
        ended_at=row.ended_at,
        attempts=[
            AttemptAnswer(one.at, one.status, one.problem, one.answer, one.ms)
            for one in row.attempts.all()
        ],
    )
