"""What erasing a person asks of rewards: nothing may still be on its way to them, and
nothing stays put aside.
"""

from __future__ import annotations

import uuid

from django.utils.translation import gettext as _

from members import erasure
from members.errors import ErasureRefused
from rewards import reservation
from rewards.goods import Fulfilment


def install() -> None:
    """Take part in erasures."""
    erasure.register(erasure.Part("rewards", end=_end, refuse=_refuse))


def _end(member_ids: list[uuid.UUID], actor: str) -> None:
    """What was put aside goes back; its points have been let go of by now."""
    reservation.drop_all(member_ids, actor=actor)


def _refuse(member_ids: list[uuid.UUID]) -> None:
    under_way = [Fulfilment.Status.ORDERED, Fulfilment.Status.SHIPPED]
    if Fulfilment.objects.filter(member__in=member_ids, status__in=under_way).exists():
        raise ErasureRefused(
            _("A product is on its way, and its address is still needed. Cancel it, or wait.")
        )
