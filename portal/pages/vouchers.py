"""The member's vouchers: ready ones first, then what became of the others."""

from __future__ import annotations

import dataclasses
import uuid
from datetime import datetime

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from common import clock
from common.ids import parse_public_id
from members import lineage
from members.models import Member
from rewards import contests, delivery, redemption
from rewards.models import Fulfilment, Kind, Redemption

SHOWN = 50  # past vouchers beyond these are in the activity list
WITHOUT_END = (Kind.PRODUCT, Kind.CONTEST)  # what comes of them comes whenever it does


@dataclasses.dataclass(frozen=True, slots=True)
class Vouchers:
    """What can be used, and what was."""

    ready: list[Redemption]
    past: list[Redemption]


@dataclasses.dataclass(frozen=True, slots=True)
class Voucher:
    """One voucher as of a moment, which an offline copy names."""

    voucher: Redemption
    member: Member
    as_of: datetime
    can_undo: bool
    undo_minutes: int
    undo_until: datetime
    parcel: Fulfilment | None = None
    has_won: bool | None = None


def gather(member: Member) -> Vouchers:
    """All that are ready and the latest of the others. One query."""
    latest, waits = mine(member).values("pk")[:SHOWN], Q(status=Redemption.Status.ISSUED)
    waits &= Q(expires_at__gt=clock.now()) | Q(reward__kind__in=WITHOUT_END)
    rows = list(mine(member).filter(waits | Q(pk__in=latest)))
    return Vouchers(
        ready=sorted(filter(is_waiting, rows), key=lambda row: row.expires_at),
        past=[row for row in rows if not is_waiting(row)],
    )


def is_waiting(row: Redemption) -> bool:
    """Whether something still comes of it: a code to show, a parcel, a draw."""
    return row.is_usable or (
        row.status == Redemption.Status.ISSUED and row.reward.kind in WITHOUT_END
    )


def one(member: Member, public_id: str) -> Redemption:
    """The member's own voucher. Raises Http404 for one that is somebody else's or nobody's."""
    try:
        pk: uuid.UUID = parse_public_id("red", public_id)
    except ValueError:
        raise Http404(_("There is no such voucher.")) from None
    found = mine(member).filter(pk=pk).first()
    if found is None:
        raise Http404(_("There is no such voucher."))
    return found


def page(voucher: Redemption, *, member: Member) -> Voucher:
    """The voucher's page."""
    return Voucher(
        voucher=voucher,
        member=member,
        as_of=clock.now(),
        can_undo=redemption.can_undo(voucher),
        undo_minutes=redemption.UNDO_MINUTES,
        undo_until=redemption.undo_until(voucher),
        parcel=delivery.parcel_of(voucher) if voucher.reward.kind == Kind.PRODUCT else None,
        has_won=contests.has_won(voucher) if voucher.reward.kind == Kind.CONTEST else None,
    )


def mine(member: Member) -> QuerySet[Redemption]:
    """The member's redemptions with what their pages name."""
    return Redemption.objects.filter(member__in=lineage.ids(member)).select_related(
        "reward__fund", "unit", "used_location", "date"
    )
