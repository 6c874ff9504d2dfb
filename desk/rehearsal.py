"""Rehearsals: what a verb would do, found out by doing it and taking it all back.

A preview can so never say anything else than what then happens: it is the same code under the same
checks.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

from common.ids import uuid7
from members.models import Member
from points.models import Account, Entry, Extension, Lot
from program import catalog
from program.models import Program, Unit
from rewards import offers
from tiers.models import Tier


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """One unit's balance before and after."""

    unit: Unit
    before: int
    after: int


@dataclasses.dataclass(frozen=True, slots=True)
class Rehearsal:
    """What would change: balances, the entries that would be written, when new points would end,
    which ends would move, and the tier.
    """

    changes: tuple[Change, ...]
    entries: tuple[Entry, ...]
    ends: tuple[datetime, ...]
    moved: tuple[Extension, ...]
    tiers_before: tuple[Tier, ...]
    tiers_after: tuple[Tier, ...]

    @property
    def moves_tier(self) -> bool:
        return self.tiers_before != self.tiers_after


class _Enough(Exception):
    """Takes everything back."""


def of(member: Member, act: Callable[[], Any]) -> Rehearsal:
    """What `act` would do to the member. Raises what `act` raises; writes nothing either way."""
    program, marker = catalog.current(), uuid7()
    balances, tiers = _balances(member), _tiers(member, program)
    found: list[Rehearsal] = []
    try:
        with transaction.atomic():
            act()
            found.append(_compare(member, program, marker=marker, balances=balances, tiers=tiers))
            raise _Enough
    except _Enough:
        return found[0]


def _compare(
    member: Member,
    program: Program,
    *,
    marker: Any,
    balances: dict[str, int],
    tiers: tuple[Tier, ...],
) -> Rehearsal:
    after, units = _balances(member), catalog.of(program).units
    entries = Entry.objects.filter(member=member, id__gt=marker).select_related("account__unit")
    lots = Lot.objects.filter(member=member, id__gt=marker, expires_at__isnull=False)
    ends = {end for end in lots.values_list("expires_at", flat=True) if end is not None}
    return Rehearsal(
        changes=tuple(
            Change(unit, balances.get(code, 0), after.get(code, 0))
            for code, unit in units.items()
            if balances.get(code, 0) != after.get(code, 0)
        ),
        entries=tuple(entries.order_by("id")),
        ends=tuple(sorted(ends)),
        moved=tuple(
            Extension.objects.filter(member=member, id__gt=marker, lot__isnull=False)
            .select_related("lot", "account__unit")
            .order_by("ended_at")
        ),
        tiers_before=tiers,
        tiers_after=_tiers(member, program),
    )


def _balances(member: Member) -> dict[str, int]:
    return dict(Account.objects.filter(member=member).values_list("unit", "balance"))


def _tiers(member: Member, program: Program) -> tuple[Tier, ...]:
    """The tier on each ladder: the highest, where several are held side by side."""
    highest: dict[str, Tier] = {}
    for tier in offers.held(member, program=program):
        known = highest.get(tier.ladder_id)
        if known is None or tier.rank > known.rank:
            highest[tier.ladder_id] = tier
    return tuple(highest.values())
