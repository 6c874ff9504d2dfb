"""What erasing a person does to what they earn: nothing is awaited for nobody."""

from __future__ import annotations

import uuid

from django.utils.translation import gettext as _

from earning import confirmations
from earning.models import PendingActivity
from members import erasure


def install() -> None:
    """Take part in erasures."""
    erasure.register(erasure.Part("earning", end=_end))


def _end(member_ids: list[uuid.UUID], actor: str) -> None:
    """End the waiting of what was still to be confirmed: it never counts."""
    waiting = PendingActivity.Status.WAITING
    rows = PendingActivity.objects.filter(member__in=member_ids, status=waiting)
    for row in rows.select_for_update().order_by("pk"):
        status, reason = PendingActivity.Status.CANCELLED, str(_("The membership ended"))
        confirmations.end(row, status=status, actor=actor, reason=reason)
