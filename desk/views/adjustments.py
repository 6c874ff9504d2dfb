"""The adjustments of a day: a page for whoever watches over them, and the same as CSV."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.views.decorators.cache import never_cache

from common import clock, sheets
from common.text import scaled
from desk import house, roles, say
from desk.views.past import DayForm
from points import daybook
from points.daybook import Daybook, Row
from program import catalog

MARKS: dict[str, Any] = {
    "second_person": later("a second person agreed"),
    "near_the_limit": later("just below the limit"),
    "often": later("the same member several times"),
    "at_night": later("at night"),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Shown:
    """A row with its people and marks in words."""

    row: Row
    doer: str
    second: str
    marks: tuple[str, ...]


def urls(site: AdminSite) -> list[URLPattern]:
    name = "points_adjustmentrequest_report"
    return [path("report/", site.admin_view(report), name=name)]


@never_cache
def report(request: HttpRequest) -> HttpResponse:
    """Who moved whose points by hand on a day, unusual ones first; `as=csv` for a file."""
    house.require(request, roles.DECIDE)
    program = house.program(request) or catalog.current()
    today = clock.local_date(clock.now(), program.time_zone)
    form = DayForm(request.GET if "on" in request.GET else {"on": today})
    shown = house.context(request, title=later("Adjustments of a day")) | {"form": form}
    if form.is_valid():
        book = daybook.of(form.cleaned_data["on"], program=program)
        names = say.staff_names(
            actor for row in book.rows for actor in (row.actor, row.approved_by)
        )
        rows = [_shown(row, names) for row in book.rows]
        if request.GET.get("as") == "csv":
            return _file(book, rows)
        by = [(say.actor(total.key, names), total) for total in book.by_actor]
        shown |= {"book": book, "rows": rows, "by_actor": by}
    return render(request, "desk/adjustments.html", shown)


def _shown(row: Row, names: dict[str, str]) -> Shown:
    return Shown(
        row=row,
        doer=say.actor(row.actor, names),
        second=say.actor(row.approved_by, names) if row.approved_by else "",
        marks=tuple(str(MARKS[mark]) for mark in row.marks),
    )


def _file(book: Daybook, rows: list[Shown]) -> HttpResponse:
    body = "".join(sheets.lines(_cells(book.day, rows)))
    response = HttpResponse(body, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="adjustments-{book.day}.csv"'
    return response


def _cells(day: date, rows: list[Shown]) -> Iterator[tuple[Any, ...]]:
    yield (
        _("Day"), _("Member"), _("Unit"), _("Amount"), _("Reason"), _("By"), _("Second person"),
        _("Unusual"),
    )  # fmt: skip
    for one in rows:
        row = one.row
        amount = scaled(row.amount, row.unit.decimals)
        marks = "; ".join(one.marks)
        yield day, row.name, row.unit.code, amount, row.reason, one.doer, one.second, marks
