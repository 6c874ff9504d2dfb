"""Webhook endpoints and their deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from partners.answers import one_of
from partners.models import Delivery, Endpoint
from partners.shapes import shown

Url = Annotated[str, Meta(min_length=8, max_length=400, description="https://, a public address.")]
Types = Annotated[list[str], Meta(min_length=1, max_length=40, description="Types of events.")]
Contact = Annotated[
    str, Meta(min_length=3, max_length=250, description="Who is written to when it is paused.")
]
Description = Annotated[str, Meta(max_length=120)]


@shown
class WebhookSubmitted(Struct, forbid_unknown_fields=True):
    """Where to tell what."""

    url: Url
    types: Types
    contact: Contact
    description: Description = ""


@shown
class WebhookChanges(Struct, forbid_unknown_fields=True):
    """What is to be another; what is left out stays."""

    url: Url | UnsetType = UNSET
    types: Types | UnsetType = UNSET
    contact: Contact | UnsetType = UNSET
    description: Description | UnsetType = UNSET


@shown
class WebhookAnswer(Struct):
    """An endpoint. Its secret is told by the calls that make it."""

    id: str
    url: str
    description: str
    contact: str
    types: list[str]
    status: Annotated[str, one_of(Endpoint.Status.values)]
    failing_since: datetime | None
    created_at: datetime
    counts: Annotated[dict[str, int], Meta(description="Deliveries by state.")]


@shown
class WebhookSecretAnswer(Struct):
    """An endpoint with its secret: keep it, and verify every signature with it."""

    webhook: WebhookAnswer
    generation: Annotated[int, Meta(description="How many secrets there were, with this one.")]
    secret: Annotated[str, Meta(description="`whsec_…`, as Standard Webhooks libraries take it.")]
    previous_until: Annotated[
        datetime | None, Meta(description="Until when the secret before signs as well.")
    ]


@shown
class WebhooksAnswer(Struct):
    """Your endpoints."""

    data: list[WebhookAnswer]


@shown
class ReplaySubmitted(Struct, forbid_unknown_fields=True):
    """Which deliveries are sent again: those made from a moment up to another."""

    since: Annotated[str, Meta(max_length=40)]
    until: Annotated[str, Meta(max_length=40)]


@shown
class ReplayAnswer(Struct):
    """How many are sent again, each under its old id."""

    replayed: int


@shown
class AttemptAnswer(Struct):
    """One try to deliver."""

    at: datetime
    status: int | None
    problem: str
    answer: str
    ms: int


@shown
class DeliveryAnswer(Struct):
    """One event for one endpoint. `id` is the header `webhook-id` of every attempt."""

    id: str
    event: str
    type: str
    state: Annotated[str, one_of(Delivery.State.values)]
    created_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    attempts: list[AttemptAnswer]


@shown
class DeliveriesAnswer(Struct):
    """A page of deliveries, newest first."""

    data: list[DeliveryAnswer]
    next: str | None
