"""Webhook endpoints: made, changed, paused, taken away; their deliveries sent again.

What must stay true: an endpoint belongs to a partner and a kind of key; what is sent to it is only
what its partner may see.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Count, QuerySet

from common import clock
from common.ids import public_id
from events import outbox
from partners import happenings, notices
from partners.errors import WebhookInvalid
from partners.models import ApiKey, Delivery, Endpoint
from partners.outside import Located

AT_MOST = 10  # endpoints of a partner
OVERLAP = timedelta(hours=24)  # how long the secret before signs as well
Status, State = Endpoint.Status, Delivery.State


def create(
    key: ApiKey,
    *,
    address: Located,
    types: Iterable[str],
    contact: str,
    description: str,
    actor: str,
) -> Endpoint:
    """Tell this address what happens from now on. Where it leads was asked before (`locate`).

    Raises WebhookInvalid, and AddressForbidden when the address is not public.
    """
    _check(address, contact)
    now = clock.now()
    with transaction.atomic():
        owner = type(key.partner).objects.select_for_update(no_key=True).get(pk=key.partner_id)
        if of(key).count() >= AT_MOST:
            raise WebhookInvalid(f"There are {AT_MOST} webhooks already. Remove one first.")
        endpoint = Endpoint(
            partner=owner,
            kind=key.kind,
            url=address.url,
            description=description,
            contact=contact,
            types=_known(types),
            subscribed_at=now,
            created_by=actor,
            created_at=now,
        )
        endpoint.save(force_insert=True)
        _announce("webhook_created", endpoint, actor=actor)
    return endpoint


def update(
    endpoint: Endpoint,
    *,
    actor: str,
    address: Located | None = None,
    types: Iterable[str] | None = None,
    contact: str | None = None,
    description: str | None = None,
) -> Endpoint:
    """Change what is told to whom; None leaves it as it is by then. Raises as `create` does.

    Who becomes the contact of a paused one is told that it is paused.
    """
    _check(address, contact)
    with transaction.atomic():
        row = locked(endpoint)
        wanted = row.types if types is None else _known(types)
        if wanted != row.types:
            row.types, row.subscribed_at = wanted, clock.now()
        row.url = row.url if address is None else address.url
        if contact is not None and contact != row.contact:
            row.contact = contact
            if row.status == Status.PAUSED:
                notices.of_pause(row)
        row.description = row.description if description is None else description
        row.save(update_fields=["types", "subscribed_at", "url", "contact", "description"])
        _announce("webhook_changed", row, actor=actor)
    return row


def remove(endpoint: Endpoint, *, actor: str) -> Endpoint:
    """Send nothing more; what waits is given up. Removing it again changes nothing."""
    with transaction.atomic():
        row = locked(endpoint)
        if row.status != Status.REMOVED:
            row.status = Status.REMOVED
            row.save(update_fields=["status"])
            waiting = row.deliveries.filter(state=State.WAITING)
            waiting.update(state=State.GIVEN_UP, due_at=None, ended_at=clock.now())
            _announce("webhook_removed", row, actor=actor)
    return row


def rotate(endpoint: Endpoint, *, actor: str) -> Endpoint:
    """A new secret; the one before signs as well for a day."""
    with transaction.atomic():
        row = locked(endpoint)
        row.generation += 1
        row.previous_until = clock.now() + OVERLAP
        row.save(update_fields=["generation", "previous_until"])
        _announce("webhook_secret_rotated", row, actor=actor)
    return row


def resume(endpoint: Endpoint, *, actor: str) -> Endpoint:
    """Send again to a paused endpoint, what waits first."""
    with transaction.atomic():
        row = locked(endpoint)
        if row.status == Status.PAUSED:
            row.status, row.failing_since = Status.ACTIVE, None
            row.save(update_fields=["status", "failing_since"])
            row.deliveries.filter(state=State.WAITING).update(due_at=clock.now())
            _announce("webhook_resumed", row, actor=actor)
    return row


def pause(row: Endpoint) -> None:
    """Stop sending to an endpoint that has failed for a day, and write to its contact.

    Call it inside a transaction, with the endpoint locked.
    """
    row.status = Status.PAUSED
    row.save(update_fields=["status", "failing_since"])
    notices.of_pause(row)
    _announce("webhook_paused", row, actor="system:webhooks")


def test(endpoint: Endpoint, *, actor: str) -> Delivery:
    """Send one event that means nothing."""
    now = clock.now()
    with transaction.atomic():
        row = locked(endpoint)
        event = outbox.publish(
            "webhook_test", subject=row.public_id, payload={"partner": row.partner_id}
        )
        made, _ = Delivery.objects.get_or_create(
            endpoint=row,
            event_id=event.pk,
            defaults={
                "type": event.type,
                "body": {
                    "member": None,
                    "subject": event.subject,
                    "occurred_at": event.occurred_at.isoformat(),
                    "payload": event.payload,
                },
                "created_at": now,
                "due_at": now,
            },
        )
    return made


def replay(endpoint: Endpoint, *, since: datetime, until: datetime) -> int:
    """Send again what was made in a range of time, under the same ids. Returns how many."""
    with transaction.atomic():
        row = locked(endpoint)
        rows = row.deliveries.filter(created_at__gte=since, created_at__lt=until)
        return _again(rows)


def replay_one(delivery: Delivery) -> Delivery:
    """Send one delivery again, under the same id."""
    with transaction.atomic():
        locked(delivery.endpoint)
        _again(Delivery.objects.filter(pk=delivery.pk))
    return Delivery.objects.get(pk=delivery.pk)


def _again(rows: QuerySet[Delivery]) -> int:
    now = clock.now()
    return rows.update(
        state=State.WAITING, due_at=now, ended_at=None, attempts_made=0, begun_at=now
    )


def of(key: ApiKey) -> QuerySet[Endpoint]:
    """The endpoints a key may manage."""
    rows = Endpoint.objects.filter(partner=key.partner_id, kind=key.kind)
    return rows.exclude(status=Status.REMOVED)


def locked(endpoint: Endpoint) -> Endpoint:
    return Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint.pk)


def counts(endpoint: Endpoint) -> dict[str, int]:
    """How many deliveries wait, were made, were given up."""
    rows = endpoint.deliveries.values_list("state")
    found = dict(rows.annotate(n=Count("pk")).order_by())
    return {state: found.get(state, 0) for state in State.values}


def _check(address: Located | None, contact: str | None) -> None:
    if address is not None and address.refusal is not None:
        raise address.refusal
    try:
        if contact is not None:
            validate_email(contact)
    except ValidationError:
        raise WebhookInvalid(
            "The contact is an e-mail address that somebody reads.", pointer="/contact"
        ) from None


def _known(types: Iterable[str]) -> list[str]:
    wanted = sorted(set(types))
    unknown = [one for one in wanted if one not in happenings.KINDS]
    if unknown or not wanted:
        raise WebhookInvalid(
            f"There is no event {', '.join(unknown) or 'chosen'}. Choose some of: "
            f"{', '.join(happenings.KINDS)}.",
            pointer="/types",
        )
    return wanted


def _announce(type: str, endpoint: Endpoint, *, actor: str) -> None:
    facts = {
        "partner": endpoint.partner_id,
        "host": urlsplit(endpoint.url).hostname,
        "contact": endpoint.contact,
        "failing_since": endpoint.failing_since.isoformat() if endpoint.failing_since else None,
        "actor": actor,
    }
    outbox.publish(type, subject=public_id("whe", endpoint.pk), payload=facts)
