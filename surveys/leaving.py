"""What leaving means here: who was erased is asked nothing any more."""

from __future__ import annotations

import uuid

from common import clock
from members import erasure
from surveys.models import Invitation, Outcome


def _end(ids: list[uuid.UUID], actor: str) -> None:
    """Withdraw every question that is still open to them."""
    waiting = Invitation.objects.filter(member__in=ids, answered_at__isnull=True)
    waiting.filter(withdrawn_at__isnull=True).update(
        withdrawn_at=clock.now(), withdrawn_why=Outcome.GONE
    )


def install() -> None:
    """Take part in erasures; called once, when the app is ready."""
    erasure.register(erasure.Part("surveys", _end))
