"""What erasing a person does to status: what is held ends now, and no challenge waits."""

from __future__ import annotations

import uuid

from common import clock
from members import erasure
from tiers.models import Standing


def install() -> None:
    """Take part in erasures."""
    erasure.register(erasure.Part("tiers", _end))


def _end(member_ids: list[uuid.UUID], _actor: str) -> None:
    now = clock.now()
    rows = Standing.objects.filter(member__in=member_ids)
    rows.filter(starts_at__gte=now).delete()
    rows.at(now).update(ends_at=now)
    rows.filter(challenge_unit__isnull=False, kept_at__isnull=True).update(
        challenge_unit=None, challenge_amount=None, keeps_until=None
    )  # as what is withdrawn
