"""Surveys as they stand, in memory: read once per version of the program and process."""

from __future__ import annotations

import dataclasses
import uuid

from program import catalog
from program.models import Program
from surveys.hours import Opening
from surveys.models import Care, CaseRule, Survey, Trigger, Version


@dataclasses.dataclass(frozen=True, slots=True)
class Asking:
    """Everything that deciding needs: the way of asking, triggers, newest versions, case rules."""

    care: Care
    surveys: dict[str, Survey]
    triggers: tuple[Trigger, ...]
    versions: dict[str, Version]
    case_rules: dict[str, tuple[CaseRule, ...]]
    opening: Opening

    def on(self, what: str) -> list[Trigger]:
        """The triggers that listen to this."""
        return [trigger for trigger in self.triggers if trigger.on == what]


@catalog.versioned
def of(program: Program) -> Asking:
    """Surveys, triggers and rules of the program as it stands."""
    care = Care.objects.select_related("asked_elsewhere").first() or Care()
    surveys = {row.code: row for row in Survey.objects.select_related("activity_type", "partner")}
    rules: dict[str, list[CaseRule]] = {}
    for rule in CaseRule.objects.filter(is_active=True).select_related("location"):
        rules.setdefault(rule.survey_id, []).append(rule)
    versions: dict[str, Version] = {}
    rows = Version.objects.order_by("number").prefetch_related("questions", "branches")
    for row in rows:
        versions[row.survey_id] = row
    active = Trigger.objects.filter(is_active=True, survey__is_active=True)
    return Asking(
        care=care,
        surveys=surveys,
        triggers=tuple(active.select_related("survey", "activity_type")),
        versions=versions,
        case_rules={code: tuple(found) for code, found in rules.items()},
        opening=Opening(
            care.opens_hour,
            care.closes_hour,
            tuple(care.business_days),
            program.time_zone,
            frozenset(care.holidays),
        ),
    )


def version_of(survey: Survey, asking: Asking) -> Version:
    """What a survey asks now."""
    return asking.versions[survey.code]


def questions_for(version: Version, score: int) -> list[uuid.UUID]:
    """The questions that follow a score, in order: those no branch names, and those whose branch
    holds it.
    """
    named = {branch.question_id for branch in version.branches.all()}
    follow = {
        branch.question_id
        for branch in version.branches.all()
        if branch.least <= score <= branch.most
    }
    return [
        question.pk
        for question in version.questions.all()
        if question.pk not in named or question.pk in follow
    ]
