"""The member's vouchers: ready ones first, then what became of the others."""

from __future__ import annotations

import dataclasses
import uuid
from datetime import datetime

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from common import clock
from common.ids import parse_public_id
from members import lineage
from members.models import Member
from rewards import redemption
from rewards.models import Redemption

SHOWN = 50  # past vouchers beyond these are in the activity list


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


def gather(member: Member) -> Vouchers:
    """All that are ready and the latest of the others. One query."""
    rows = list(mine(member)[:SHOWN])
    return Vouchers(
        ready=sorted((row for row in rows if row.is_usable), key=lambda row: row.expires_at),
        past=[row for row in rows if not row.is_usable],
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
    )


def mine(member: Member) -> QuerySet[Redemption]:
    """The member's redemptions with what their pages name."""
    return Redemption.objects.filter(member__in=lineage.ids(member)).select_related(
        "reward", "unit", "used_location"
    )
