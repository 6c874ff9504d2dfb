"""What merging and erasing ask of plans: what is paid for on and on has to be ended by somebody."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import gettext as _

from members import erasure, merging
from members.errors import ErasureRefused, MergeRefused
from members.merging import Merging
from plans.models import Subscription

ENDED = Subscription.State.ENDED


def install() -> None:
    """Take part in merges and erasures."""
    merging.register(merging.Part("plans", _nothing, _nothing, refuse=_keep_apart))
    erasure.register(erasure.Part("plans", refuse=_refuse))


def _nothing(_work: Merging, _found: Any) -> None:
    return None


def _keep_apart(work: Merging) -> None:
    running = Subscription.objects.filter(member=work.absorbed).exclude(state=ENDED)
    if running.exists():
        raise MergeRefused(
            _("%(name)s has a plan that runs. Merge the other way round, or end the plan first.")
            % {"name": work.absorbed.name}
        )


def _refuse(member_ids: list[uuid.UUID]) -> None:
    running = Subscription.objects.filter(member__in=member_ids).exclude(state=ENDED)
    if running.exists():
        raise ErasureRefused(
            _("A plan is still running. End it first, so that nothing is charged.")
        )
