"""API keys: issued and revoked by verbs; what is kept of a key shows nothing that could be used."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from common import clock
from desk import roles, say
from desk.admin.base import FactAdmin, StaffNames
from desk.views import verbs
from partners.models import ApiKey, Scope


class KeyStateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("live", _("works")), ("revoked", _("revoked"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> QuerySet[ApiKey]:
        if self.value() in ("live", "revoked"):
            return queryset.filter(revoked_at__isnull=self.value() == "live")
        return queryset


@admin.register(ApiKey)
class ApiKeyAdmin(StaffNames, FactAdmin):
    list_display = ("name", "partner", "hint", "may", "state", "last_used_on", "doer")
    list_filter = (KeyStateFilter, "partner")
    list_select_related = ("partner",)
    actor_field = "created_by"
    fields = ("name", "partner", "hint", "may", "state", "issued", "ends", "last_used_on", "doer")
    readonly_fields = ("hint", "may", "state", "issued", "ends", "doer")
    change_form_outer_before_template = "desk/_buttons.html"
    empty_hint = _("No key yet. A till, a booking engine or a web shop needs one of its own.")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(roles.ISSUE_KEY))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return verbs.issue_key(request)

    def get_urls(self) -> list[Any]:
        return [*verbs.urls_of("partners.apikey", self.admin_site), *super().get_urls()]

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        *args: Any,
        obj: Any = None,
        **kwargs: Any,
    ) -> HttpResponse:
        if obj is not None:
            context["buttons"] = verbs.open_to(request, obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    @display(description=_("key"))
    def hint(self, row: ApiKey) -> str:
        return row.hint

    @display(description=_("may"))
    def may(self, row: ApiKey) -> str:
        labels = dict(Scope.choices)
        return ", ".join(str(labels.get(scope, scope)) for scope in row.scopes)

    @display(description=_("state"))
    def state(self, row: ApiKey) -> Any:
        if row.revoked_at:
            return _("revoked on %(day)s") % {"day": say.day(row.revoked_at)}
        return _("works") if row.is_active(clock.now()) else _("expired")

    @display(description=_("issued"))
    def issued(self, row: ApiKey) -> str:
        return say.moment(row.created_at)

    @display(description=_("last day"))
    def ends(self, row: ApiKey) -> str:
        return say.last_day(row.expires_at)
