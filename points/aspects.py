"""What a draft means for points that members hold: their amounts never, and their dates."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count, Sum

from common.text import counted, number, scaled
from points.models import Lot
from program import catalog, exports, toml
from program.differences import Aspect, Finding, register
from program.models import Program, Unit
from program.verbs import Progress

Units = dict[str, tuple[Unit, str]]  # the unit, and when it ends, as a blueprint says it


def _read(program: Program) -> Units:
    return {unit.code: (unit, _policy(unit)) for unit in catalog.of(program).units.values()}


def _policy(unit: Unit) -> str:
    expiry = exports.expiry(unit)
    return toml.inline(expiry) if expiry else "never"


def _compare(before: Units, after: Units, progress: Progress) -> Sequence[Finding]:
    sentences = ["No points move: every balance stays what it is, and with it the liability."]
    live = Lot.objects.live().order_by().values("account__unit")
    for row in live.annotate(left=Sum("remaining"), who=Count("member", distinct=True)):
        unit, old = before[row["account__unit"]]
        later, new = after[unit.code]
        amount = f"{number(scaled(row['left'], unit.decimals))} {unit.plural}"
        kept = f"{amount} of {counted(row['who'], 'member', 'members')} keep their dates"
        if later.expiry == Unit.Expiry.INACTIVITY:
            kept += " until an activity moves them"
        if old != new:
            kept = (
                f"What is earned of {unit.plural} from now on ends by {new} instead of {old}; the "
                f"{kept}"
            )
        sentences.append(f"{kept}.")
    return [Finding("Points", (*sentences, *_counting(before, after)))]


def _counting(before: Units, after: Units) -> list[str]:
    """Counters that begin to count what is earned of another unit."""
    sentences = []
    for code, (unit, _policy_of) in after.items():
        was = before[code][0].counts_id if code in before else None
        if unit.counts_id is not None and unit.counts_id != was:
            counts = after[unit.counts_id][0]
            sentences.append(
                f"{unit.plural.capitalize()} count what is earned of {counts.plural} from now on; "
                "what was earned before is not counted."
            )
    return sentences


def install() -> None:
    """Register the aspects of this app."""
    register(Aspect("points", _read, _compare))
