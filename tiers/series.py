"""Series: dated amounts of one counter, summed over any window."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import datetime


class Series:
    """Dated amounts with running sums, for sums over any window by two look-ups."""

    def __init__(self) -> None:
        self.moments: list[datetime] = []
        self.sums: list[int] = []

    @classmethod
    def of(cls, dated: Iterable[tuple[datetime, int]]) -> Series:
        """Amounts that come in order."""
        made, total = cls(), 0
        for moment, amount in dated:
            total += amount
            made.moments.append(moment)
            made.sums.append(total)
        return made

    def add(self, moment: datetime, amount: int) -> None:
        """Append an amount; moments come in order."""
        self.moments.append(moment)
        self.sums.append(amount + (self.sums[-1] if self.sums else 0))

    def between(self, start: datetime | None, moment: datetime) -> int:
        """The sum of what happened from `start` on (None: ever) up to and including `moment`."""
        return self._upto(bisect_right(self.moments, moment)) - (
            self._upto(bisect_left(self.moments, start)) if start else 0
        )

    def _upto(self, index: int) -> int:
        return self.sums[index - 1] if index else 0
