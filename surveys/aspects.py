"""What a draft means for asking: which surveys ask what, of whom and when, and who answers the
unhappy; each time with how many were asked, or wait.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from common import clock
from common.text import counted, number
from points.wording import in_units
from program import catalog
from program.differences import Aspect, Finding, Said, register, told
from program.models import Program
from program.verbs import Progress
from surveys.models import Answer, Care, Case, CaseRule, Invitation, ReplyText, Survey, Trigger

Sayings = dict[str, Said]
LATELY = timedelta(days=30)
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _asking(program: Program) -> Sayings:
    row = Care.objects.filter(pk=1).first() or Care()
    closed = counted(len(row.holidays), "holiday", "holidays")
    elsewhere = f", {row.asked_elsewhere_id} is asked elsewhere" if row.asked_elsewhere_id else ""
    unit = catalog.of(program).default_unit
    words = (
        f"nobody twice within {counted(row.contact_days, 'day', 'days')}, nothing older than "
        f"{counted(row.max_age_days, 'day', 'days')}, answers from {row.opens_hour} to "
        f"{row.closes_hour} on {' '.join(DAYS[day] for day in row.business_days)} with {closed}, "
        f"at most {in_units(row.goodwill_max, unit)} to make good{elsewhere}"
    )
    return {"asking": Said("The way of asking", words)}


def _surveys(program: Program) -> Sayings:
    rows = Survey.objects.filter(is_active=True).prefetch_related("versions__questions__branches")
    return {row.code: Said(row.name, _survey(row)) for row in rows}


def _survey(row: Survey) -> str:
    """`NPS, open for 30 days, asks also "What went wrong?" after 0 – 6`."""
    words = row.get_kind_display() + (", in confidence" if row.is_anonymous else "")
    words += f", open for {counted(row.open_days, 'day', 'days')}"
    if row.activity_type_id:
        words += f", taking part is recorded as {row.activity_type_id}"
    newest = max(row.versions.all(), key=lambda one: one.number, default=None)
    if newest is None:
        return words
    if newest.why_words:
        words += f', asks for the reason with "{newest.why_words}"'
    for question in newest.questions.all():
        after = ", ".join(f"{one.least} to {one.most}" for one in question.branches.all())
        choices = " / ".join(question.options.values())
        words += f', then "{question.words}"'
        words += f" ({choices})" if choices else ""
        words += f" ({question.least} to {question.most})" if question.kind == "scale" else ""
        words += f" after {after}" if after else ""
    return words


def _who_was_asked(code: str) -> str:
    waiting = Invitation.objects.filter(
        survey=code, answered_at=None, withdrawn_at=None, ends_at__gt=clock.now()
    ).count()
    answers = Answer.objects.filter(survey=code, is_made_up=False).count()
    return (
        f"{counted(answers, 'answer stays', 'answers stay')} as given; "
        f"{counted(waiting, 'invitation is', 'invitations are')} still open."
    )


def _triggers(program: Program) -> Sayings:
    rows = Trigger.objects.filter(is_active=True, survey__is_active=True).select_related("survey")
    return {row.code: Said(row.code, _trigger(row)) for row in rows}


def _trigger(row: Trigger) -> str:
    """`After a visit asks 50% when an activity is confirmed (visit), 2 hours later`."""
    words = f"{row.survey.name} asks {number(row.rate)}% when {row.get_on_display()}"
    if row.every_months is not None:
        words = f"{row.survey.name} asks {number(row.rate)}% "
        words += f"every {counted(row.every_months, 'month', 'months')}"
    if row.activity_type_id:
        only = "".join(f", {name} {value}" for name, value in sorted(row.only.items()))
        words += f" ({row.activity_type_id}{only})"
    if row.delay_hours:
        words += f", {counted(row.delay_hours, 'hour', 'hours')} later"
    return words + (f", at most {row.quota:,} a month" if row.quota else "")


def _by_trigger(code: str) -> str:
    rows = Invitation.objects.filter(trigger__code=code, occurred_at__gt=clock.now() - LATELY)
    return f"{counted(rows.count(), 'member was', 'members were')} asked by it in the last 30 days."


def _cases(program: Program) -> Sayings:
    rows = CaseRule.objects.filter(is_active=True, survey__is_active=True)
    return {
        f"{row.survey_id}/{row.code}": Said(f"Cases {row.code} of {row.survey.name}", _case(row))
        for row in rows.select_related("survey", "location")
    }


def _case(row: CaseRule) -> str:
    """`0 to 6 for clara@…, heard from within 8 hours, closed within 45`."""
    place = f" at {row.location.name}" if row.location else ""
    words = f"{row.least} to {row.most}{place} for {row.owner or 'whom a manager picks'}"
    words += f", heard from within {counted(row.contact_hours, 'business hour', 'business hours')}"
    words += f", closed within {row.close_hours:,}"
    return words + (f", then {row.escalates_to}'s" if row.escalates_to else "")


def _open_cases(key: str) -> str:
    survey, _, code = key.partition("/")
    rows = Case.objects.filter(rule__survey=survey, rule__code=code)
    waiting = rows.exclude(status=Case.Status.CLOSED).count()
    return f"Open now: {counted(waiting, 'case', 'cases')}, with owner and hours as they are."


def _replies(program: Program) -> Sayings:
    return {row.code: Said(row.name, f'"{row.text}"') for row in ReplyText.objects.all()}


def _compare(
    title: str,
    touched: Callable[[str], str],
    before: Sayings,
    after: Sayings,
    progress: Progress,
) -> Sequence[Finding]:
    return told(title, before, after, touched=touched)


def _aspect(
    name: str, title: str, read: Callable[[Program], Sayings], touched: Callable[[str], str]
) -> Aspect:
    return Aspect(name, read, partial(_compare, title, touched))


def install() -> None:
    """Register the aspects of this app."""
    register(
        _aspect("asking", "Asking", _asking, lambda code: ""),
        _aspect("surveys", "Surveys", _surveys, _who_was_asked),
        _aspect("survey triggers", "Who is asked", _triggers, _by_trigger),
        _aspect("survey cases", "Unhappy answers", _cases, _open_cases),
        _aspect("replies", "Replies", _replies, lambda code: ""),
    )
