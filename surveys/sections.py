"""The part of a blueprint that describes what members are asked, when, and what unhappy answers
lead to.

What a survey asks is never rewritten: other questions are a new version.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec

from program.blueprint import Section, Table, register
from program.errors import BlueprintInvalid, HistoryProtected
from program.models import Location
from program.sections import Code, Name, Text, require_code, smallest, unique, upsert
from surveys import kinds
from surveys.models import (
    Answer,
    Branch,
    Care,
    CaseRule,
    Question,
    ReplyText,
    Survey,
    Trigger,
    Version,
)

Hour = Annotated[int, msgspec.Meta(ge=0, le=24)]
Hours = Annotated[int, msgspec.Meta(ge=1, le=2000)]
Score = Annotated[int, msgspec.Meta(ge=0, le=10)]
Email = Annotated[str, msgspec.Meta(max_length=254)]


class HoursTable(Table):
    """When somebody is there to answer. Days are counted from 0, Monday."""

    opens: Hour = 9
    closes: Hour = 18
    weekdays: list[Annotated[int, msgspec.Meta(ge=0, le=6)]] = msgspec.field(
        default_factory=lambda: [0, 1, 2, 3, 4]
    )
    holidays: list[date] = []

    def __post_init__(self) -> None:
        if self.closes <= self.opens:
            raise ValueError("closes is an hour after opens")
        if not self.weekdays:
            raise ValueError("weekdays names one day at least")


class AskingTable(Table):
    """How people are asked, whatever the survey."""

    contact_days: Annotated[int, msgspec.Meta(ge=0, le=3650)] = 90
    max_age_days: Annotated[int, msgspec.Meta(ge=1, le=366)] = 14
    hours: HoursTable = msgspec.field(default_factory=HoursTable)
    goodwill_at_most: Decimal = Decimal(500)
    asked_elsewhere: Code | None = None


class QuestionTable(Table):
    code: Code
    words: Text
    type: Literal["choice", "scale", "text"]
    choices: dict[str, str] = {}
    least: Annotated[int, msgspec.Meta(ge=0, le=100)] | None = None
    most: Annotated[int, msgspec.Meta(ge=0, le=100)] | None = None

    def __post_init__(self) -> None:
        ends = (self.least, self.most)
        if self.type == "choice" and not self.choices:
            raise ValueError("a choice names its choices")
        if self.type == "scale" and (None in ends or not self.least < self.most):  # type: ignore[operator]
            raise ValueError("a scale has a least and a most above it")
        if self.type != "scale" and ends != (None, None):
            raise ValueError("only a scale has a least and a most")
        if self.type != "choice" and self.choices:
            raise ValueError("only a choice has choices")


class BranchTable(Table):
    """After a score from `least` to `most`, this question is asked; otherwise it is not."""

    ask: Code
    least: Score
    most: Score

    def __post_init__(self) -> None:
        if self.least > self.most:
            raise ValueError("least is above most")


class TriggerTable(Table):
    code: Code
    on: Literal["activity", "voucher", "case", "wave"]
    activity: Code | None = None
    only: dict[str, str] = {}
    every_months: Annotated[int, msgspec.Meta(ge=1, le=60)] | None = None
    delay_hours: Annotated[int, msgspec.Meta(ge=0, le=9000)] = 0
    rate: Decimal = Decimal(100)
    quota: Annotated[int, msgspec.Meta(ge=1, le=2_000_000_000)] | None = None

    def __post_init__(self) -> None:
        if (self.on == "wave") != (self.every_months is not None):
            raise ValueError("a wave, and only a wave, says every_months")
        if self.activity is not None and self.on != "activity":
            raise ValueError("only a trigger on an activity names one")
        if self.only and self.activity is None:
            raise ValueError("only names attributes of an activity: say which")
        if not 0 < self.rate <= 100 or self.rate != round(self.rate, 2):
            raise ValueError("rate is a percentage above 0, with two decimals at most")


class CaseTable(Table):
    """Answers from `least` to `most` open a case."""

    code: Code
    most: Score
    least: Score = 0
    location: Annotated[str, msgspec.Meta(max_length=81)] = ""
    owner: Email = ""
    contact_hours: Hours = 16
    close_hours: Hours = 45
    escalates_to: Email = ""

    def __post_init__(self) -> None:
        if self.least > self.most:
            raise ValueError("least is above most")
        if self.close_hours < self.contact_hours:
            raise ValueError("close_hours is not less than contact_hours")


class SurveyTable(Table):
    code: Code
    name: Name
    kind: Literal["nps", "ces", "csat", "cli"]
    anonymous: bool = False
    open_days: Annotated[int, msgspec.Meta(ge=1, le=366)] = 30
    activity: Code | None = None
    partner: Code | None = None
    why: Annotated[str, msgspec.Meta(max_length=160)] = ""
    question: list[QuestionTable] = []
    branch: list[BranchTable] = []
    trigger: list[TriggerTable] = []
    case: list[CaseTable] = []

    def __post_init__(self) -> None:
        if (self.activity is None) != (self.partner is None):
            raise ValueError("activity and partner go together: in whose name is it recorded?")
        if self.anonymous and self.case:
            raise ValueError("an anonymous answer opens no case: nobody knows whose it is")


class ReplyTable(Table):
    """A text to begin a reply with."""

    code: Code
    name: Name
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]


def _apply_asking(table: AskingTable | None, blueprint: Any) -> list[str]:
    if table is None:
        return ["The way of asking is the usual one."] if Care.objects.all().delete()[0] else []
    if table.asked_elsewhere is not None:
        segments = [one.code for one in blueprint.segment]
        require_code(table.asked_elsewhere, segments, place="asking, asked_elsewhere")
    unit = next((u for u in blueprint.unit if u.default), None) or next(
        u for u in blueprint.unit if u.kind == "spendable"
    )
    values = {
        "contact_days": table.contact_days,
        "max_age_days": table.max_age_days,
        "opens_hour": table.hours.opens,
        "closes_hour": table.hours.closes,
        "weekdays": sorted(set(table.hours.weekdays)),
        "holidays": sorted(set(table.hours.holidays)),
        "goodwill_max": smallest(
            table.goodwill_at_most, unit.decimals, place="asking, goodwill_at_most"
        ),
        "asked_elsewhere_id": table.asked_elsewhere,
    }
    return upsert(Care, {"id": 1}, values, label="The way of asking")[1]


def _apply(tables: list[SurveyTable], blueprint: Any) -> list[str]:
    codes = [table.code for table in tables]
    unique(codes, place="survey")
    unique([one.code for table in tables for one in table.trigger], place="survey.trigger")
    changes: list[str] = []
    for position, table in enumerate(tables):
        _check(table, blueprint)
        values = {
            "name": table.name,
            "open_days": table.open_days,
            "activity_type_id": table.activity,
            "partner_id": table.partner,
            "is_active": True,
            "position": position,
            "kind": table.kind,
            "is_anonymous": table.anonymous,
        }
        label = f"Survey {table.name}"
        survey, changed = upsert(Survey, {"code": table.code}, values, label=label)
        changes += changed + _apply_version(survey, table)
        changes += _apply_triggers(survey, table) + _apply_cases(survey, table)
    gone = Survey.objects.filter(is_active=True).exclude(code__in=codes)
    changes += [f"Survey {survey.name} no longer asks." for survey in gone]
    gone.update(is_active=False)
    return changes


def _check(table: SurveyTable, blueprint: Any) -> None:
    place = f'[[survey]] "{table.code}"'
    unique([one.code for one in table.question], place="survey.question")
    unique([one.code for one in table.case], place="survey.case")
    _check_history(table, place)
    for branch in table.branch:
        questions = [one.code for one in table.question]
        require_code(branch.ask, questions, place=f"{place}, branch, ask")
    _check_scale(table, kinds.of(table.kind), place)
    types = {one.code: one for one in blueprint.activity_type}
    _check_types(table, types, place)
    if table.activity is not None:
        _check_taking_part(table, types[table.activity], blueprint, place)
    for case in table.case:
        if case.location:
            require_code(case.location, _places(blueprint), place=f"{place}, case, location")


def _check_scale(table: SurveyTable, kind: kinds.Kind, place: str) -> None:
    """A branch or a rule that no score leads to is a mistake."""
    for most in [*(one.most for one in table.branch), *(one.most for one in table.case)]:
        if most > kind.most:
            raise BlueprintInvalid(f"in {place}: the scale of {table.kind} ends at {kind.most}.")
        if most < kind.least:
            raise BlueprintInvalid(f"in {place}: the scale of {table.kind} begins at {kind.least}.")


def _check_types(table: SurveyTable, types: Any, place: str) -> None:
    for code in [table.activity, *(one.activity for one in table.trigger)]:
        if code is not None:
            require_code(code, types, place=f"{place}, activity")
    for one in table.trigger:
        if one.only:
            known = [attribute.code for attribute in types[one.activity].attribute]
            for name in one.only:
                require_code(name, known, place=f"{place}, trigger, only")


def _check_history(table: SurveyTable, place: str) -> None:
    known = Survey.objects.filter(code=table.code).first()
    is_kept = known is None or (known.kind, known.is_anonymous) == (table.kind, table.anonymous)
    if not is_kept and Answer.objects.filter(survey=known).exists():
        raise HistoryProtected(
            f"in {place}: its kind, and whether it is anonymous, stay for ever once somebody "
            "has answered. Add a survey under another code."
        )


def _check_taking_part(table: SurveyTable, type: Any, blueprint: Any, place: str) -> None:
    require_code(
        str(table.partner), [one.code for one in blueprint.partner], place=f"{place}, partner"
    )
    needed = [one.code for one in type.attribute if one.required]
    if needed:
        raise BlueprintInvalid(
            f'in {place}, activity: "{type.code}" asks for {", ".join(needed)}, which taking part '
            "in a survey does not have. Use an activity type without required attributes."
        )


def _places(blueprint: Any) -> list[str]:
    return [f"{one.code}/{place.code}" for one in blueprint.partner for place in one.location]


def _apply_version(survey: Survey, table: SurveyTable) -> list[str]:
    """A new version where something else is asked than by the newest one."""
    newest = survey.versions.order_by("-number").first()
    if newest is not None and said(newest) == (table.why, table.question, table.branch):
        return []
    number = (newest.number if newest else 0) + 1
    version = Version.objects.create(survey=survey, number=number, why_words=table.why)
    made = {}
    for position, one in enumerate(table.question):
        made[one.code] = Question.objects.create(
            version=version, code=one.code, kind=one.type, words=one.words,
            choices=[list(pair) for pair in one.choices.items()],
            least=one.least, most=one.most, position=position,
        )  # fmt: skip
    Branch.objects.bulk_create(
        Branch(version=version, question=made[one.ask], least=one.least, most=one.most)
        for one in table.branch
    )
    return [] if newest is None else [f"Survey {survey.name} asks by version {number}."]


def said(version: Version) -> tuple[str, list[QuestionTable], list[BranchTable]]:
    """What a version asks, as a blueprint says it."""
    questions = [
        QuestionTable(
            code=one.code, words=one.words, type=one.kind, choices=one.options,  # type: ignore[arg-type]
            least=one.least, most=one.most,
        )
        for one in version.questions.all()
    ]  # fmt: skip
    rows = version.branches.select_related("question").order_by("id")
    branches = [BranchTable(ask=b.question.code, least=b.least, most=b.most) for b in rows]
    return version.why_words, questions, branches


def _apply_triggers(survey: Survey, table: SurveyTable) -> list[str]:
    changes: list[str] = []
    for one in table.trigger:
        values = {
            "survey": survey,
            "on": one.on,
            "activity_type_id": one.activity,
            "only": one.only,
            "every_months": one.every_months,
            "delay_hours": one.delay_hours,
            "rate": one.rate,
            "quota": one.quota,
            "is_active": True,
        }
        changes += upsert(Trigger, {"code": one.code}, values, label=f"Trigger {one.code}")[1]
    gone = survey.triggers.filter(is_active=True).exclude(code__in=[t.code for t in table.trigger])
    changes += [f"Trigger {row.code} no longer asks." for row in gone]
    gone.update(is_active=False)
    return changes


def _apply_cases(survey: Survey, table: SurveyTable) -> list[str]:
    changes: list[str] = []
    for position, one in enumerate(table.case):
        values = {
            "least": one.least,
            "most": one.most,
            "location": _location(one.location),
            "owner": one.owner,
            "contact_hours": one.contact_hours,
            "close_hours": one.close_hours,
            "escalates_to": one.escalates_to,
            "is_active": True,
            "position": position,
        }
        match = {"survey": survey, "code": one.code}
        changes += upsert(CaseRule, match, values, label=f"Cases {one.code} of {survey.name}")[1]
    gone = survey.case_rules.filter(is_active=True).exclude(code__in=[c.code for c in table.case])
    changes += [f"Cases {row.code} of {survey.name} are no longer opened." for row in gone]
    gone.update(is_active=False)
    return changes


def _location(name: str) -> Location | None:
    partner, _, code = name.partition("/")
    return Location.objects.get(partner_id=partner, code=code) if name else None


def _apply_replies(tables: list[ReplyTable], blueprint: Any) -> list[str]:
    codes = [table.code for table in tables]
    unique(codes, place="reply")
    changes: list[str] = []
    for position, table in enumerate(tables):
        values = {"name": table.name, "text": table.text, "position": position}
        changes += upsert(ReplyText, {"code": table.code}, values, label=f"Reply {table.name}")[1]
    gone = ReplyText.objects.exclude(code__in=codes)
    changes += [f"Reply {row.name} was removed." for row in gone]
    gone.delete()
    return changes


def install() -> None:
    """Register the sections of this app."""
    from surveys import exports

    register(
        Section("asking", AskingTable | None, _apply_asking, exports.asking),
        Section("survey", list[SurveyTable], _apply, exports.surveys),
        Section("reply", list[ReplyTable], _apply_replies, exports.replies),
    )
