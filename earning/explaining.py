"""Explaining an entry of the ledger: which rule or milestone made it, from what, and what has been
corrected since.
"""

from __future__ import annotations

import dataclasses
import uuid
from typing import Any

from earning.models import (
    Activity,
    ActivityChange,
    Award,
    Correction,
    MilestoneChoice,
    MilestoneReached,
    MilestoneVoid,
    Rule,
)
from points.models import Entry


@dataclasses.dataclass(frozen=True, slots=True)
class Explanation:
    """How one entry came about: its sentence, the rule revision and what it was computed from; the
    activity; the change, where it corrects; the milestone, where one paid; and what the same rule
    was corrected by since.
    """

    entry: Entry
    sentence: str
    activity: Activity | None = None
    rule: Rule | None = None
    inputs: dict[str, Any] = dataclasses.field(default_factory=dict)
    change: ActivityChange | None = None
    milestone: MilestoneReached | None = None
    corrections: tuple[Correction, ...] = ()


def explain(entry: Entry) -> Explanation:
    """How an entry came about. One that earning knows nothing of is explained by its reason."""
    award = _of(Award, entry)
    if award is not None:
        return Explanation(
            entry,
            award.sentence,
            activity=award.activity,
            rule=award.rule,
            inputs=award.inputs,
            corrections=_since(award.activity, award.rule),
        )
    correction = _of(Correction, entry)
    if correction is not None:
        return Explanation(
            entry,
            correction.sentence,
            activity=correction.activity,
            rule=correction.rule,
            inputs=correction.inputs,
            change=correction.change,
            corrections=_since(correction.activity, correction.rule, after=correction),
        )
    return _milestone(entry) or Explanation(entry, entry.reason)


def _of(kind: Any, entry: Entry) -> Any:
    rows = kind.objects.filter(member=entry.member_id, entry=entry)
    related = ["activity__type", "rule", *(["change"] if kind is Correction else [])]
    return rows.select_related(*related).first()


def _since(
    activity: Activity, rule: Rule, *, after: Correction | None = None
) -> tuple[Correction, ...]:
    """What changes have taken back from a rule's award, or given on top, oldest first."""
    rows = Correction.objects.filter(member=activity.member_id, activity=activity, rule=rule)
    if after is not None:
        rows = rows.filter(id__gt=after.pk)
    return tuple(rows.select_related("change", "unit").order_by("id"))


def _milestone(entry: Entry) -> Explanation | None:
    void = MilestoneVoid.objects.filter(member=entry.member_id, entry=entry).first()
    if void is not None:
        return Explanation(entry, void.sentence, milestone=void.reached)
    head, _, rest = entry.posting.source.partition(":")
    if head == "milestone-voided":
        row = MilestoneReached.objects.filter(pk=uuid.UUID(rest.partition(":")[0])).first()
        return Explanation(entry, entry.reason, milestone=row)
    if head == "milestone-choice":
        choice = MilestoneChoice.objects.select_related("reached__milestone", "reached__activity")
        level = choice.get(pk=uuid.UUID(rest), member=entry.member_id).reached
        return Explanation(entry, entry.reason, activity=level.activity, milestone=level)
    if head != "milestone":
        return None
    rows = MilestoneReached.objects.filter(member=entry.member_id).select_related(
        "milestone", "activity__type"
    )
    for row in rows:
        if row.source == entry.posting.source:
            return Explanation(entry, entry.reason, activity=row.activity, milestone=row)
    return None
