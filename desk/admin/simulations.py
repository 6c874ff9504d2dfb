"""Simulations: ordered, followed while they run, read and taken away as files."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from common import sheets
from desk import house, roles, say
from desk.admin.base import FactAdmin, StaffNames
from desk.verbs.simulations import Simulate
from desk.views import verbs
from earning.models import SimulationRun

FILES = ("points", "members")


@admin.register(SimulationRun)
class SimulationRunAdmin(StaffNames, FactAdmin):
    list_display = ("ordered", "status", "came", "since", "doer")
    list_filter = ("status",)
    fields = ("ordered", "status", "since", "doer")
    readonly_fields = ("ordered", "doer")
    change_form_template = "desk/simulation.html"
    empty_hint = _("No draft was simulated yet. See what one would pay before it is in force.")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(roles.SIMULATE))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        house.require(request, Simulate.permission)
        return verbs.run(request, Simulate, subject=None)

    def get_urls(self) -> list[Any]:
        take = self.admin_site.admin_view(self.take)
        return [
            path("<uuid:pk>/<slug:name>.csv", take, name="earning_simulationrun_csv"),
            *super().get_urls(),
        ]

    def take(self, request: HttpRequest, pk: uuid.UUID, name: str) -> HttpResponse:
        """One of the two files of a report."""
        house.require(request, "earning.view_simulationrun")
        row = get_object_or_404(SimulationRun, pk=pk)
        if name not in FILES or name not in row.report:
            raise Http404
        response = HttpResponse(content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="simulation-{name}.csv"'
        response.writelines(sheets.lines(row.report[name]))
        return response

    @display(description=_("ordered"))
    def ordered(self, row: SimulationRun) -> str:
        return say.moment(row.ordered_at)

    @display(description=_("replayed"))
    def came(self, row: SimulationRun) -> str:
        return f"{row.percent} %" if row.status == SimulationRun.Status.RUNNING else say.NOTHING
