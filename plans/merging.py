"""What a merge does to plans: a plan that runs stays with who pays for it, so it ends first."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from members import merging
from members.errors import MergeRefused
from members.merging import Merging
from plans.models import Subscription


def install() -> None:
    """Take part in merges."""
    merging.register(merging.Part("plans", _nothing, _nothing, refuse=_refuse))


def _nothing(work: Merging, memo: Any) -> None:
    """What has ended stays where it was charged."""


def _refuse(work: Merging) -> None:
    row = Subscription.objects.live().filter(member=work.absorbed).select_related("plan").first()
    if row is not None:
        raise MergeRefused(
            _(
                "%(name)s has %(plan)s, which is charged to them. Cancel it at once, or merge the "
                "other way round."
            )
            % {"name": work.absorbed.name, "plan": row.plan.name}
        )
