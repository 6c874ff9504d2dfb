"""Sharing: what the people of a household hold for each other, worked out from spans in memory.

The database says the same of what is stored (`Standing.objects.of`, `tiers.ladders`).
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from tiers.models import Ladder
from tiers.terms import LadderRule, Span

Peers = Sequence[tuple[uuid.UUID, datetime]]  # whom somebody lives with, and since when


def is_shared(rule: LadderRule) -> bool:
    """Whether people of a household hold anything for each other on a ladder."""
    return rule.sharing != Ladder.Sharing.NEVER


def is_open(rule: LadderRule, *, is_begun: bool) -> bool:
    """Whether somebody has what others hold; on some ladders only once they earned something."""
    return is_shared(rule) and (is_begun or rule.sharing != Ladder.Sharing.AFTER_FIRST)


def spans(peers: Peers, own: Callable[[uuid.UUID], Iterable[Span]]) -> list[Span]:
    """What others hold for somebody, from the day on which they live together."""
    return [
        dataclasses.replace(span, starts_at=max(span.starts_at, since))
        for peer, since in peers
        for span in own(peer)
        if span.ends_at is None or span.ends_at > max(span.starts_at, since)
    ]
