"""Revisions: how the wording of a rule is stored. What has paid is succeeded, never edited."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Max, Q, QuerySet

from common import clock
from earning.models import Award, Rule, RuleCondition, RuleLimit
from program import catalog
from program.errors import HistoryProtected


@dataclasses.dataclass(frozen=True, slots=True)
class Wording:
    """What a blueprint says of a rule, as columns, from one day to another."""

    code: str
    starts_on: date | None
    ends_on: date | None
    columns: dict[str, Any]
    conditions: list[dict[str, Any]]
    limits: list[dict[str, Any]]

    @property
    def name(self) -> str:
        return str(self.columns["name"])

    def is_said_by(self, rule: Rule) -> bool:
        """Whether a stored revision says the same, whatever its days."""
        columns = {name: value for name, value in self.columns.items() if name != "position"}
        return (
            all(getattr(rule, name) == value for name, value in columns.items())
            and _rows(rule.conditions.all(), self.conditions)
            and _rows(rule.limits.all(), self.limits)
        )


def store(wording: Wording, *, others: Collection[date], today: date) -> list[str]:
    """Make the rule say `wording`. Returns what changed, in sentences.

    `others` are the first days of the rule's other versions in the blueprint: a version without one
    means the last revision that none of them means. Raises HistoryProtected where the change would
    rewrite what has paid.
    """
    rows = Rule.objects.filter(code=wording.code).order_by("revision")
    if wording.starts_on is None:
        match = rows.exclude(starts_on__in=others).last()
    else:
        match = rows.filter(starts_on=wording.starts_on).first()
    if match is None:
        changes = _make_room(wording, others=others)
        _insert(wording, revision=_next(wording.code), starts_on=wording.starts_on)
        return [*changes, f"Rule {wording.name} was added."]
    if _comes_back(match, wording, today):
        revision = _next(wording.code)
        _insert(wording, revision=revision, starts_on=today)
        return [f"Rule {wording.name} is back; revision {revision} is in force from {today}."]
    if wording.is_said_by(match):
        return _reschedule(match, wording)
    if not Award.objects.filter(rule=match).exists():
        match.delete()
        _insert(wording, revision=match.revision, starts_on=match.starts_on)
        return [f"Rule {wording.name} changed; it has not paid yet."]
    _close(match, wording, today)
    revision = _next(wording.code)
    _insert(wording, revision=revision, starts_on=today)
    return [f"Rule {wording.name} changed; revision {revision} is in force from {today}."]


def end_missing(kept: set[str], *, today: date) -> list[str]:
    """Rules that are no longer in the blueprint stop today; those that never paid go."""
    return [_end(rule, today) for rule in _running(today).exclude(code__in=kept)]


def end_dropped(code: str, *, kept: Collection[date], today: date) -> list[str]:
    """The same for versions of a rule, where the blueprint gives all of them a first day.

    What ends where one of those begins goes on until then.
    """
    rows = _running(today).filter(code=code).exclude(ends_on__in=kept)
    return [_end(rule, today) for rule in rows if rule.starts_on not in kept]


def _running(today: date) -> QuerySet[Rule]:
    return Rule.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=today))


def _end(rule: Rule, today: date) -> str:
    if not Award.objects.filter(rule=rule).exists():
        rule.delete()
        return f"Rule {rule.name} was removed."
    if rule.starts_on is not None and rule.starts_on >= today:
        raise HistoryProtected(f'Rule "{rule.code}" has paid today and cannot end before tomorrow.')
    Rule.objects.filter(pk=rule.pk).update(ends_on=today)
    return f"Rule {rule.name} ends today."


def _make_room(wording: Wording, *, others: Collection[date]) -> list[str]:
    """End what is in force on days that a new version is for, and that the blueprint no longer has.

    What has never paid goes; what has paid on those days is protected.
    """
    rows = Rule.objects.filter(code=wording.code).exclude(starts_on__in=others)
    if wording.starts_on is not None:
        rows = rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=wording.starts_on))
    if wording.ends_on is not None:
        rows = rows.filter(Q(starts_on__isnull=True) | Q(starts_on__lt=wording.ends_on))
    changes = []
    for rule in rows:
        last = _last_paid(rule)
        if last is None:
            rule.delete()
        elif wording.starts_on is None or last >= wording.starts_on:
            raise HistoryProtected(
                f'in [[rule]] "{wording.code}": it has paid on {last} by another wording. Keep '
                'that one, give it an "until" after that day, and start this one there.'
            )
        else:
            Rule.objects.filter(pk=rule.pk).update(ends_on=wording.starts_on)
            changes.append(f"Rule {rule.name} ends on {wording.starts_on}.")
    return changes


def _last_paid(rule: Rule) -> date | None:
    """The day of the last activity that a revision paid for."""
    last = Award.objects.filter(rule=rule).aggregate(last=Max("activity__occurred_at"))["last"]
    return clock.local_date(last, catalog.current().time_zone) if last else None


def _comes_back(match: Rule, wording: Wording, today: date) -> bool:
    """Whether a rule that had ended is wanted again: from today, never for the time between."""
    has_ended = match.ends_on is not None and match.ends_on <= today
    if not has_ended or (wording.ends_on is not None and wording.ends_on <= today):
        return False
    if wording.starts_on is not None:
        raise HistoryProtected(
            f'in [[rule]] "{wording.code}": it has ended on {match.ends_on}. Keep it, and add a '
            'second table with the same code and a later "from".'
        )
    return True


def _reschedule(match: Rule, wording: Wording) -> list[str]:
    """The wording stands; its place in the list and its last day may change, not below what it
    paid.
    """
    Rule.objects.filter(pk=match.pk).exclude(position=wording.columns["position"]).update(
        position=wording.columns["position"]
    )
    if match.ends_on == wording.ends_on:
        return []
    last = _last_paid(match)
    if last and wording.ends_on and last >= wording.ends_on:
        raise HistoryProtected(
            f'in [[rule]] "{wording.code}", until: it has paid on {last}. Choose a later day.'
        )
    Rule.objects.filter(pk=match.pk).update(ends_on=wording.ends_on)
    return [f"Rule {wording.name} ends on {wording.ends_on or 'no day'}."]


def _close(match: Rule, wording: Wording, today: date) -> None:
    """End a revision that has paid, today, so that its successor can start."""
    if wording.ends_on is not None and wording.ends_on <= today:
        raise HistoryProtected(
            f'in [[rule]] "{wording.code}", until: what has paid is changed from today on, so it '
            "ends later than today."
        )
    if wording.starts_on is not None:
        raise HistoryProtected(
            f'in [[rule]] "{wording.code}": it has paid since {wording.starts_on}. Keep it, give '
            'it an "until", and add a second table with the same code and a later "from".'
        )
    if match.starts_on is not None and match.starts_on >= today:
        raise HistoryProtected(
            f'in [[rule]] "{wording.code}": today\'s revision has paid already. Give the change '
            'a later "from".'
        )
    Rule.objects.filter(pk=match.pk).update(ends_on=today)


def _next(code: str) -> int:
    last = Rule.objects.filter(code=code).order_by("revision").last()
    return last.revision + 1 if last else 1


def _insert(wording: Wording, *, revision: int, starts_on: date | None) -> None:
    rule = Rule.objects.create(
        code=wording.code,
        revision=revision,
        starts_on=starts_on,
        ends_on=wording.ends_on,
        **wording.columns,
    )
    RuleCondition.objects.bulk_create(RuleCondition(rule=rule, **row) for row in wording.conditions)
    RuleLimit.objects.bulk_create(RuleLimit(rule=rule, **row) for row in wording.limits)


def _rows(stored: Any, wanted: list[dict[str, Any]]) -> bool:
    """Whether stored rows are the wanted ones, in order."""
    found = list(stored)
    return len(found) == len(wanted) and all(
        getattr(row, name) == value
        for row, columns in zip(found, wanted, strict=True)
        for name, value in columns.items()
    )
