"""What an activity says after its changes: the rows folded one after the other, nothing else.

New values of attributes replace what was said before; amounts that came back add up, in whatever
order and however many steps they come, and never to more than there was.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from earning.errors import ActivityCancelled
from earning.models.changes import ChangeBody
from earning.submissions import Amended
from program import attributes
from program.models import ActivityType

Kind = ChangeBody.Kind


@dataclasses.dataclass(frozen=True, slots=True)
class State:
    """An activity's attributes as they are stated, and what of them came back in all."""

    type: ActivityType
    stated: Mapping[str, Any]
    returned: Mapping[str, int | Decimal] = dataclasses.field(default_factory=dict)
    is_cancelled: bool = False

    @property
    def amended(self) -> Amended:
        """The same as evaluation wants it."""
        left = attributes.less(self.type, self.stated, self.returned)
        return Amended(stated=self.stated, values=left, is_cancelled=self.is_cancelled)

    def changed(self, change: ChangeBody) -> State:
        """The state after one more change.

        Raises ActivityCancelled once it is cancelled, AttributesInvalid for what does not fit.
        """
        if change.kind == Kind.REVIEW:
            return self
        if self.is_cancelled:
            raise ActivityCancelled(
                "This activity has been cancelled, and nothing of it can be changed any more. "
                "Report what happened instead as a new activity."
            )
        if change.kind == Kind.CANCEL:
            return dataclasses.replace(self, is_cancelled=True)
        stated = self._restated(change.attributes)
        returned = {k: v for k, v in self.returned.items() if k not in change.attributes}
        for code, amount in attributes.amounts(self.type, change.returned).items():
            returned[code] = returned.get(code, 0) + amount
        attributes.less(self.type, stated, returned)  # refuses what is too much
        return dataclasses.replace(self, stated=stated, returned=returned)

    def _restated(self, new: Mapping[str, Any]) -> Mapping[str, Any]:
        """What is stated once `new` replaces a part of it; only what is new is checked anew."""
        if not new:
            return self.stated
        checked = attributes.check(self.type, {**attributes.plain(self.stated), **new})
        old = {code: value for code, value in self.stated.items() if code not in new}
        return old | {code: value for code, value in checked.items() if code in new}


def of(type: ActivityType, said: Mapping[str, Any], changes: Iterable[ChangeBody] = ()) -> State:
    """The state of an activity that was reported with the (stored) attributes `said`."""
    state = State(type, attributes.typed(type, said))
    for change in changes:
        state = state.changed(change)
    return state
