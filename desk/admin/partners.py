"""API keys: issued and revoked by verbs; what is kept of a key shows nothing that could be used."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from common import clock
from common.text import number
from desk import roles, say
from desk.admin import links
from desk.admin.base import FactAdmin, StaffNames
from desk.admin.buttons import Buttons
from desk.views import verbs
from partners import delivery, limits, log
from partners.models import ApiKey, ApiRequest, Delivery, Endpoint, Notice, Scope


class KeyStateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("live", _("works")),
            ("limit", _("near its limit today")),
            ("revoked", _("revoked")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> QuerySet[ApiKey]:
        if self.value() in ("live", "revoked"):
            return queryset.filter(revoked_at__isnull=self.value() == "live")
        if self.value() == "limit":
            return queryset.filter(pk__in=limits.alerted_today().values("key"))
        return queryset


@admin.register(ApiKey)
class ApiKeyAdmin(Buttons, StaffNames, FactAdmin):
    list_display = ("name", "partner", "hint", "may", "state", "last_used_on", "doer")
    list_filter = (KeyStateFilter, "partner")
    list_select_related = ("partner",)
    actor_field = "created_by"
    fields = (
        "name",
        "partner",
        "hint",
        "may",
        "locations",
        "per_minute",
        "points_per_day",
        "credited",
        "state",
        "issued",
        "ends",
        "last_used_on",
        "doer",
    )
    readonly_fields = ("hint", "may", "credited", "state", "issued", "ends", "doer")
    empty_hint = _("No key yet. A till, a booking engine or a web shop needs one of its own.")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(roles.ISSUE_KEY))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return verbs.issue_key(request)

    @display(description=_("key"))
    def hint(self, row: ApiKey) -> str:
        return row.hint

    @display(description=_("may"))
    def may(self, row: ApiKey) -> str:
        labels = dict(Scope.choices)
        return ", ".join(str(labels.get(scope, scope)) for scope in row.scopes)

    @display(description=_("credited today"))
    def credited(self, row: ApiKey) -> str:
        """In smallest parts of units to spend, where there is a limit, and so a count."""
        today = row.days.filter(day=clock.now().date()).first()
        return number(today.points) if today else "–"

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


@admin.register(ApiRequest)
class ApiRequestAdmin(links.ByName, FactAdmin):
    """The request log: what was called, and the line to call it again."""

    list_display = ("when", "key", "called", "status", "code", "is_replay", "ms")
    list_select_related = ("key",)
    list_filter = ("status", "is_replay", "key")
    search_fields = ("path",)
    named_by = "request_id"
    search_help_text = _("The id of a request, or a part of an address")
    fields = (
        "when",
        "key",
        "called",
        "status",
        "code",
        "is_replay",
        "ms",
        "request_id",
        "idempotency_key",
        "body",
        "answer",
        "curl",
    )
    readonly_fields = ("when", "called", "curl")
    empty_hint = _("Nobody has called the API yet. Issue a key, and try it at /api/v1/docs.")

    @display(description=_("when"))
    def when(self, row: ApiRequest) -> str:
        return say.moment(row.at)

    @display(description=_("call"))
    def called(self, row: ApiRequest) -> str:
        return str(row)

    @display(description=_("copy as curl"))
    def curl(self, row: ApiRequest) -> str:
        return format_html("<pre>{}</pre>", log.as_curl(row, origin="$PENNANT"))


@admin.register(Endpoint)
class EndpointAdmin(StaffNames, FactAdmin):
    """Webhooks: who is told what, and how it goes."""

    list_display = ("url", "partner", "kind", "status", "waiting", "delivered", "given_up")
    list_select_related = ("partner",)
    list_filter = ("status", "kind", "partner")
    search_fields = ("url", "contact")
    actor_field = "created_by"
    fields = (
        "url",
        "partner",
        "kind",
        "description",
        "contact",
        "types",
        "status",
        "failing_since",
        "waiting",
        "delivered",
        "given_up",
        "doer",
    )
    readonly_fields = ("waiting", "delivered", "given_up", "doer")
    empty_hint = _("No webhook yet. Partners make their own, with a key that may.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Endpoint]:
        states = {
            f"{state}_count": Count("deliveries", filter=Q(deliveries__state=state))
            for state in Delivery.State.values
        }
        return super().get_queryset(request).annotate(**states)

    @display(description=_("waiting"))
    def waiting(self, row: Endpoint) -> int:
        return int(getattr(row, "waiting_count", 0))

    @display(description=_("delivered"))
    def delivered(self, row: Endpoint) -> int:
        return int(getattr(row, "delivered_count", 0))

    @display(description=_("given up"))
    def given_up(self, row: Endpoint) -> int:
        return int(getattr(row, "given_up_count", 0))


@admin.register(Delivery)
class DeliveryAdmin(FactAdmin):
    """What was sent, what came back, and what is sent next."""

    list_display = ("type", "endpoint", "state", "attempts_made", "due_at", "ended_at")
    list_select_related = ("endpoint",)
    list_filter = ("state", "type")
    fields = ("type", "endpoint", "state", "attempts_made", "due_at", "ended_at", "sent", "tries")
    readonly_fields = ("sent", "tries")
    empty_hint = _("Nothing has been sent yet.")

    @display(description=_("what is sent"))
    def sent(self, row: Delivery) -> str:
        return format_html("<pre>{}</pre>", delivery.as_json(row))

    @display(description=_("attempts"))
    def tries(self, row: Delivery) -> str:
        lines = [
            f"{say.moment(one.at)}: {one.status or one.problem} ({one.ms} ms)"
            for one in row.attempts.all()
        ]
        return format_html("<pre>{}</pre>", "\n".join(lines))


@admin.register(Notice)
class NoticeAdmin(FactAdmin):
    """Letters to partners' contacts, and what became of each."""

    list_display = ("when", "what", "state", "why")
    list_select_related = ("endpoint", "key_day__key")
    list_filter = ("status",)
    fields = ("when", "what", "state", "why", "attempts", "doubts", "due_at", "sent_at")
    readonly_fields = ("when", "what", "state")
    empty_hint = _("No webhook was paused, and no key came near its limit.")

    @display(description=_("made"))
    def when(self, row: Notice) -> str:
        return say.moment(row.made_at)

    @display(description=_("about"))
    def what(self, row: Notice) -> str:
        if row.key_day is not None:
            return f"{row.key_day.key.name}, {say.day(row.key_day.day)}"
        return str(row.endpoint)

    @display(description=_("state"))
    def state(self, row: Notice) -> str:
        return row.get_status_display()
