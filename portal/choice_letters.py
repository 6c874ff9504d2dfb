"""What letters about choices are filled with: when one opens, and before its last day."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.utils.translation import ngettext

from common import clock
from common.ids import parse_public_id
from common.templatetags.ui import words
from earning import choice_opening, choosing, milestone_words
from earning.errors import ChoiceUnknown
from earning.models import MilestoneChoice
from messaging.registry import About, Kind, Told, register
from portal.letters import address
from program import catalog

TO_CHOOSE = {
    "milestone": "The name of the milestone.",
    "level": "What was reached: 50 nights.",
    "choose": "How many are chosen, as a sentence.",
    "options": "What can be chosen, a line for each.",
    "day": "The last day to choose; empty where there is none.",
    "until": "The same as a sentence.",
    "otherwise": "What is given when nothing is chosen, as a sentence.",
    "page": "The address of the page on which to choose.",
}


def choosing_of(about: About) -> Told:
    """What is to be chosen, of what, until when; silent where it was chosen meanwhile."""
    try:
        row = choosing.one(about.member, parse_public_id("chc", about.subject))
    except ChoiceUnknown:
        return Told(why_not="There is no such choice any more.")
    is_over = row.due_at is not None and row.due_at <= clock.now()
    if row.status != MilestoneChoice.Status.OPEN or is_over:
        return Told(why_not="It was chosen, or its last day was over, before the letter left.")
    milestone = row.reached.milestone
    given = [option for option in choosing.options(milestone) if option.default]
    names = [_times(option.name, option.default) for option in given]
    return Told(
        _to_choose(
            milestone=milestone.name,
            level=milestone_words.level(milestone, row.reached.level),
            many=row.many,
            options=[option.name for option in choosing.options(milestone)],
            last=clock.local_date(row.due_at - choice_opening.MOMENT, catalog.current().time_zone)
            if row.due_at
            else None,
            default=names,
            page=address("choose", row.public_id),
        )
    )


def _times(name: str, times: int) -> str:
    return name if times == 1 else f"{times} × {name}"


def _to_choose(
    *,
    milestone: str,
    level: str,
    many: int,
    options: list[str],
    last: date | None,
    default: list[str],
    page: str,
) -> dict[str, str]:
    day = formats.date_format(last, "j F Y") if last else ""
    otherwise = ""
    if last and default:
        otherwise = _("If you choose nothing, you get: %(what)s.") % {"what": ", ".join(default)}
    elif last:
        otherwise = _("If you choose nothing by then, nothing is given.")
    return {
        "milestone": milestone,
        "level": level,
        "choose": ngettext("Choose %(n)s of these:", "Choose %(n)s of these:", many) % {"n": many},
        "options": "\n".join(f"– {name}" for name in options),
        "day": day,
        "until": _("You have until %(day)s.") % {"day": day} if day else "",
        "otherwise": otherwise,
        "page": page,
    }


def _example_choosing() -> Told:
    program = catalog.current()
    unit = catalog.of(program).default_unit
    amounts = [words(amount * 10**unit.decimals, unit) for amount in (500, 1200)]
    last = clock.local_date(clock.now(), program.time_zone) + timedelta(days=30)
    return Told(
        _to_choose(
            milestone=_("Thank you"),
            level=amounts[1],
            many=1,
            options=amounts,
            last=last,
            default=amounts[:1],
            page=address("home"),
        )
    )


def install() -> None:
    """Register the letters; called once, when the app is ready."""
    register(
        Kind(
            event="milestone_choice_opened",
            title=later("Something is yours to choose"),
            topic="choices",
            topic_words=later("word of what is yours to choose"),
            variables=TO_CHOOSE,
            tell=choosing_of,
            example=_example_choosing,
            subject=later("{milestone}: something is yours to choose"),
            text=later(
                "Hello {name},\n\nyou have reached {level}. {choose}\n\n{options}\n\n"
                "{until} {otherwise}\n\nChoose now\n{page}"
            ),
        ),
        Kind(
            event="milestone_choice_closing",
            title=later("The last day to choose comes"),
            topic="choices",
            topic_words=later("word of what is yours to choose"),
            variables=TO_CHOOSE,
            tell=choosing_of,
            example=_example_choosing,
            subject=later("{milestone}: choose until {day}"),
            text=later(
                "Hello {name},\n\nyou have reached {level}, and have not chosen yet. {choose}\n\n"
                "{options}\n\n{until} {otherwise}\n\nChoose now\n{page}"
            ),
        ),
    )
