"""Recording: the last step of everything that begins to count, whichever way it came.

What waited for an activity takes part in its first evaluation; what it comes late for is looked at
again.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from common.errors import LoyaltyError
from earning import folding, late
from earning.models import Activity, Award, PendingActivity, UnclaimedActivity
from earning.session import Session
from earning.submissions import Checked, Submission


@dataclasses.dataclass(frozen=True, slots=True)
class Recorded:
    """The answer to one submission.

    `activity` is None while it is pending or unclaimed; amounts are in the units' smallest part.
    """

    submission: Submission
    activity: Activity | None = None
    awards: tuple[Award, ...] = ()
    unclaimed: UnclaimedActivity | None = None
    pending: PendingActivity | None = None
    is_replay: bool = False
    error: LoyaltyError | None = None

    @property
    def result(self) -> dict[str, Any]:
        """Balances and tier right after the activity was recorded."""
        return self.activity.result if self.activity else {}


def record(
    session: Session, checked: Sequence[Checked], *, may_wait: bool = True
) -> dict[int, Recorded]:
    """Record activities of known members in an open session; by the submission's index.

    `may_wait` says whether changes may have come before them. Raises late.MoreAccounts.
    """
    folded = folding.fold(checked) if may_wait and checked else {}
    ready = [folded[one.index].one if one.index in folded else one for one in checked]
    stored = session.record(ready)
    for index, changes in folded.items():
        folding.settle(changes, stored[index][0])
    late.follow(
        session,
        [activity for activity, _ in stored.values()],
        actor=session.actor,
        changed=[stored[index][0] for index in folded],
    )
    return {one.index: Recorded(one.submission, *stored[one.index]) for one in ready}
