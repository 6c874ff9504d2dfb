"""Delivery: a product is ordered with the redemption, shipped and delivered by the desk.

Each step is taken once and in this order. What was delivered counts as used; until then it can be
cancelled, and the points go back to their lots.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from events import outbox
from rewards.errors import AddressMissing, FulfilmentMoved
from rewards.models import Fulfilment, Kind, Redemption, Reward

Status = Fulfilment.Status
ADDRESS_LENGTH = 400


def require_address(reward: Reward, address: str) -> str:
    """The address a product goes to, in a form that can be kept. Raises AddressMissing."""
    said = address.strip()[:ADDRESS_LENGTH]
    if reward.kind == Kind.PRODUCT and not said:
        raise AddressMissing(
            _("Write down where it should be sent. Nothing was taken."), pointer="/address"
        )
    return said


def order(redemption: Redemption, *, address: str) -> Fulfilment | None:
    """Put a product on the clerk's list; None for other kinds. Inside the redemption."""
    if redemption.reward.kind != Kind.PRODUCT:
        return None
    return Fulfilment.objects.create(
        member_id=redemption.member_id,
        redemption=redemption,
        address=address,
        ordered_at=redemption.issued_at,
    )


def ship(parcel: Fulfilment, *, tracking: str = "", actor: str) -> Fulfilment:
    """The parcel has left the house. Raises FulfilmentMoved unless it is ordered."""
    with transaction.atomic():
        row = _locked(parcel, {Status.ORDERED})
        row.status, row.shipped_at = Status.SHIPPED, clock.now()
        row.tracking = tracking.strip()[:80]
        row.save(update_fields=["status", "shipped_at", "tracking"])
        _announce("product_shipped", row, actor)
    return row


def deliver(parcel: Fulfilment, *, actor: str) -> Fulfilment:
    """The parcel has arrived: the redemption is used. Raises FulfilmentMoved unless shipped."""
    with transaction.atomic():
        row = _locked(parcel, {Status.SHIPPED})
        row.status, row.delivered_at = Status.DELIVERED, clock.now()
        row.save(update_fields=["status", "delivered_at"])
        done = Redemption.objects.filter(pk=row.redemption_id, member_id=row.member_id)
        done.update(status=Redemption.Status.USED, used_at=row.delivered_at, used_by=actor)
        _announce("product_delivered", row, actor)
    return row


def stop(redemption: Redemption) -> None:
    """The redemption is being cancelled, under its lock: so is its parcel."""
    Fulfilment.objects.filter(member=redemption.member_id, redemption=redemption).update(
        status=Status.CANCELLED
    )


def parcel_of(redemption: Redemption) -> Fulfilment | None:
    """The parcel of a redemption, None where nothing is sent."""
    return Fulfilment.objects.filter(member=redemption.member_id, redemption=redemption).first()


def _locked(parcel: Fulfilment, may: set[Status]) -> Fulfilment:
    """The parcel under the lock of its redemption, which a cancellation takes first, too."""
    mine = {"pk": parcel.redemption_id, "member": parcel.member_id}
    redemption = Redemption.objects.select_for_update(of=("self",)).get(**mine)
    row = Fulfilment.objects.select_related("redemption__reward").get(
        pk=parcel.pk, member=redemption.member_id
    )
    if row.status not in may:
        raise FulfilmentMoved(
            _("This order is %(state)s. Look at the list again.")
            % {"state": row.get_status_display()},
            status=row.status,
        )
    return row


def _announce(type: str, row: Fulfilment, actor: str) -> None:
    outbox.publish(
        type,
        member_id=row.member_id,
        subject=row.redemption.public_id,
        payload={"reward": row.redemption.reward.code, "tracking": row.tracking, "actor": actor},
    )
