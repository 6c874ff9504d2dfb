"""Files of opening balances: read in, looked at, posted."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from desk import house, roles, say
from desk.admin.base import FactAdmin, StaffNames
from desk.views import opening as pages
from points.models import OpeningRun


@admin.register(OpeningRun)
class OpeningRunAdmin(StaffNames, FactAdmin):
    list_display = ("read_in", "file_name", "lines", "state", "doer")
    actor_field = "read_by"
    fields = ("file_name", "state", "read_in", "doer", "lines", "digest")
    readonly_fields = ("read_in", "doer", "lines")
    empty_hint = _(
        "No file yet. Members with their points are brought over from another system here."
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(roles.READ_OPENING))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return pages.read(request)

    def get_urls(self) -> list[Any]:
        return [*pages.urls(self.admin_site), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        run = self.get_object(request, object_id)
        if run is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        house.require(request, "points.view_openingrun")
        return pages.show(request, run)

    @display(description=_("read in"))
    def read_in(self, row: OpeningRun) -> str:
        return say.moment(row.read_at)

    @display(description=_("lines"))
    def lines(self, row: OpeningRun) -> str:
        words = {"rows": row.counts.get("rows", 0), "refused": row.counts.get("refused", 0)}
        return str(_("%(rows)s, %(refused)s of them refused") % words)
