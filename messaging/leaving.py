"""What leaving means here: who was erased is written to no more."""

from __future__ import annotations

import uuid

from members import erasure
from messaging.models import Letter


def _end(ids: list[uuid.UUID], actor: str) -> None:
    """Keep back what waits, and let go of what is in hand: whoever has it writes nothing down of
    it any more, neither the address nor what a mail server said.
    """
    left = Letter.objects.filter(
        member__in=ids, status__in=[Letter.Status.WAITING, Letter.Status.SENDING]
    )
    left.update(status=Letter.Status.REFUSED, taken_at=None, why="No longer a member.")


def install() -> None:
    """Take part in erasures; called once, when the app is ready."""
    erasure.register(erasure.Part("messaging", _end))
