"""The board of cases: who waits for us, since when, and how quickly we answer."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.contrib.admin import AdminSite
from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as later
from django.views.decorators.cache import never_cache

from common import clock
from desk import house, roles, say
from program import catalog
from surveys import care
from surveys.models import Case, CaseStep, Line

SHOWN = 50  # cases in a column; the list behind has the rest
CONTACTED, CLOSED = timedelta(hours=48), timedelta(days=7)


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """Cases in one state."""

    title: Any
    cases: Sequence[Case]
    count: int


@dataclasses.dataclass(frozen=True, slots=True)
class Pace:
    """How quickly cases of the last 90 days were answered, in whole percent; None before any."""

    cases: int
    contacted: int | None
    closed: int | None


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """One case with everything that was said and done."""

    steps: Sequence[Any]
    lines: Sequence[Line]
    given: int
    unit: Any
    kind: str


def urls(site: AdminSite) -> list[URLPattern]:
    return [path("board/", site.admin_view(show), name="surveys_case_board")]


def state(case: Case) -> str:
    """How a case is painted: overdue, open, in hand, done."""
    if case.status == Case.Status.CLOSED:
        return "used"
    due = case.close_due_at if case.replied_at else case.contact_due_at
    if due <= clock.now():
        return "expired"
    return "ready"


@never_cache
def show(request: HttpRequest) -> HttpResponse:
    """Three columns: nobody has replied, replied, closed lately."""
    house.require(request, roles.SEE_CASES)
    mine = request.GET.get("mine") == "1"
    rows = Case.objects.select_related("member", "survey", "owner", "answer", "rule")
    if mine:
        rows = rows.filter(owner=house.clerk(request).pk)
    columns = [
        _column(label, rows.filter(status=status).order_by(order))
        for label, status, order in (
            (later("Nobody has replied"), Case.Status.OPEN, "contact_due_at"),
            (later("Replied"), Case.Status.REPLIED, "close_due_at"),
            (later("Closed lately"), Case.Status.CLOSED, "-closed_at"),
        )
    ]
    shown = house.context(request, title=later("Cases")) | {
        "columns": columns,
        "pace": pace(),
        "is_mine": mine,
    }
    return render(request, "desk/board.html", shown)


def _column(title: Any, rows: Any) -> Column:
    cases = list(rows[:SHOWN])
    for case in cases:
        case.kind = state(case)
    return Column(title, cases, rows.count())


def pace() -> Pace:
    """The share that heard from us within 48 hours, and the share closed within a week, among cases
    that are old enough to tell.
    """
    now = clock.now()
    lately = Case.objects.filter(opened_at__gt=now - timedelta(days=90))
    found = lately.aggregate(
        cases=Count("pk"),
        tell_contact=Count("pk", filter=_tells("replied_at", CONTACTED, now)),
        contacted=Count("pk", filter=Q(replied_at__lte=F("opened_at") + CONTACTED)),
        tell_close=Count("pk", filter=_tells("closed_at", CLOSED, now)),
        closed=Count("pk", filter=Q(closed_at__lte=F("opened_at") + CLOSED)),
    )
    return Pace(
        found["cases"],
        _percent(found["contacted"], found["tell_contact"]),
        _percent(found["closed"], found["tell_close"]),
    )


def _tells(field: str, within: timedelta, now: Any) -> Q:
    """It has happened, or the time for it is over."""
    return Q(**{f"{field}__isnull": False}) | Q(opened_at__lte=now - within)


def _percent(part: int, whole: int) -> int | None:
    return 100 * part // whole if whole else None


def page(case: Case) -> Page:
    """A case for its page."""
    steps = list(CaseStep.objects.filter(member_id=case.member_id, case=case).order_by("id"))
    names = say.staff_names(step.actor for step in steps)
    for step in steps:
        step.doer = say.actor(step.actor, names)  # type: ignore[attr-defined]
    lines = Line.objects.filter(answer=case.answer_id).select_related("question")
    return Page(
        steps=steps,
        lines=list(lines),
        given=care.goodwill(case),
        unit=catalog.of(catalog.current()).default_unit,
        kind=state(case),
    )
