"""A member as of a past day: what they had then as far as is known today, and as far as was known
then.
"""

from __future__ import annotations

import dataclasses
import uuid
from datetime import date, datetime, timedelta

from django import forms
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from unfold.widgets import UnfoldAdminSingleDateWidget

from common import clock
from desk import house
from members.models import Member
from points import past
from points.models import Account
from points.past import State
from program import catalog
from program.models import Program, Unit
from tiers import past as tiers
from tiers.past import Held

PERMISSION = "points.view_entry"
LOTS = 12  # of each account; the page is for looking, not for counting


class DayForm(forms.Form):
    on = forms.DateField(
        label=_("At the end of"),
        widget=UnfoldAdminSingleDateWidget(),
        help_text=_("As of this moment, for today."),
    )


@dataclasses.dataclass(frozen=True, slots=True)
class Then:
    """One unit at the moment asked for, in both pasts."""

    unit: Unit
    happened: State
    known: State

    @property
    def is_same(self) -> bool:
        return self.happened.balance == self.known.balance

    @property
    def lots(self) -> tuple[past.PastLot, ...]:
        return self.happened.lots[:LOTS]


@dataclasses.dataclass(frozen=True, slots=True)
class Look:
    """The whole answer: the moment, every unit, and the tiers in both pasts."""

    moment: datetime
    units: tuple[Then, ...]
    held: tuple[Held, ...]
    held_known: tuple[Held, ...]


def urls(site: AdminSite) -> list[URLPattern]:
    return [path("<uuid:pk>/past/", site.admin_view(view), name="members_member_past")]


@never_cache
def view(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask for a day, and show the member as of its end."""
    house.require(request, PERMISSION)
    member = get_object_or_404(Member, pk=pk)
    program = house.program(request) or catalog.current()
    today = clock.local_date(clock.now(), program.time_zone)
    form = DayForm(request.GET if "on" in request.GET else {"on": today})
    shown = house.context(request, title=_("As of a day")) | {"member": member, "form": form}
    if form.is_valid():
        shown["look"] = look(member, on=form.cleaned_data["on"], program=program)
    return render(request, "desk/past.html", shown)


def look(member: Member, *, on: date, program: Program) -> Look:
    """The member at the end of a day in the program's zone, or now if that is sooner."""
    end = clock.end_of_day(on, program.time_zone) - timedelta(microseconds=1)
    moment = min(end, clock.now())
    units = catalog.of(program).units
    held = Account.objects.filter(member=member, version__gt=0).order_by("unit__position", "unit")
    return Look(
        moment=moment,
        units=tuple(
            Then(
                units[account.unit_id],
                past.happened(member, unit=account.unit_id, at=moment),
                past.known(member, unit=account.unit_id, at=moment),
            )
            for account in held
        ),
        held=tuple(tiers.happened(member, at=moment, program=program)),
        held_known=tuple(tiers.known(member, at=moment, program=program)),
    )
