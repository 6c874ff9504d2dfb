"""Files of activities: sent in, looked at, applied."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from desk import house, roles, say
from desk.admin.base import FactAdmin, StaffNames
from desk.views import imports as pages
from partners.models import Import


@admin.register(Import)
class ImportAdmin(StaffNames, FactAdmin):
    list_display = ("came", "file_name", "partner", "lines", "state", "doer")
    list_filter = ("state", "partner")
    list_select_related = ("partner",)
    actor_field = "created_by"
    fields = ("file_name", "partner", "state", "came", "doer", "lines", "digest")
    readonly_fields = ("came", "doer", "lines")
    empty_hint = _("No file yet. Partners send them, or you do: activities by the thousand.")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(roles.IMPORT))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return pages.send(request)

    def get_urls(self) -> list[Any]:
        return [*pages.urls(self.admin_site), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        run = self.get_object(request, object_id)
        if run is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        house.require(request, "partners.view_import")
        return pages.show(request, run)

    @display(description=_("came"))
    def came(self, row: Import) -> str:
        return say.moment(row.created_at)

    @display(description=_("lines"))
    def lines(self, row: Import) -> str:
        refused = (row.outcome or row.report).get("refused", 0)
        words = {"lines": f"{row.lines_read:,}", "refused": f"{refused:,}"}
        return str(_("%(lines)s, %(refused)s of them refused") % words)
