"""The queue of what waits for a second person, and the audits that were run."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from desk import say
from desk.admin import links
from desk.admin.base import FactAdmin, StaffNames
from desk.admin.buttons import Buttons
from desk.views import adjustments
from points.models import AdjustmentRequest, AuditRun

State = AdjustmentRequest.State


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(State.choices)

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[AdjustmentRequest]
    ) -> QuerySet[AdjustmentRequest]:
        known = self.value() in State.values
        return queryset.filter(state=self.value()) if known else queryset


@admin.register(AdjustmentRequest)
class AdjustmentRequestAdmin(links.ByMember, Buttons, StaffNames, FactAdmin):
    list_display = ("asked", "who", "change", "reason", "doer", "stands")
    list_filter = (StateFilter, "unit")
    list_select_related = ("member", "unit")
    actor_field = "asked_by"
    fields = ("member", "change", "reason", "doer", "asked", "stands", "decider", "decision")
    readonly_fields: ClassVar = ("change", "doer", "asked", "stands", "decider")
    empty_hint = _("Nothing waits. What is more than one person may move by hand comes here first.")

    def get_urls(self) -> list[Any]:
        return [*adjustments.urls(self.admin_site), *super().get_urls()]

    @display(description=_("asked"))
    def asked(self, row: AdjustmentRequest) -> str:
        return say.moment(row.asked_at)

    @display(description=_("member"))
    def who(self, row: AdjustmentRequest) -> str:
        return links.member(row.member)

    @display(description=_("change"))
    def change(self, row: AdjustmentRequest) -> str:
        return say.figure(row.amount, row.unit, is_change=True)

    @display(description=_("state"))
    def stands(self, row: AdjustmentRequest) -> str:
        if row.state != State.WAITING:
            return str(row.get_state_display())
        url = reverse("admin:points_adjustmentrequest_approve", args=[row.pk])
        return format_html('<a class="desk-link" href="{}">{}</a>', url, row.get_state_display())

    @display(description=_("decided by"))
    def decider(self, row: AdjustmentRequest) -> str:
        if not row.decided_by:
            return say.NOTHING
        name = say.actor(row.decided_by, say.staff_names([row.decided_by]))
        return str(_("%(who)s, %(when)s") % {"who": name, "when": say.moment(row.decided_at)})


@admin.register(AuditRun)
class AuditRunAdmin(FactAdmin):
    list_display = ("started", "verdict", "counted", "took", "covers")
    fields = (
        "started", "verdict", "counted", "invariants", "took", "covers",
        "first_invariant", "first_row", "first_finding", "actor",
    )  # fmt: skip
    readonly_fields = ("started", "verdict", "counted", "took", "covers")
    empty_hint = _("The books have not been audited yet: manage.py audit_ledger, or wait a night.")

    @display(description=_("started"))
    def started(self, row: AuditRun) -> str:
        return say.moment(row.started_at)

    @display(description=_("verdict"))
    def verdict(self, row: AuditRun) -> str:
        if row.finished_at is None:
            return format_html('<span class="desk-minus">{}</span>', _("not finished"))
        if row.faults:
            found = _("%(faults)s faults") % {"faults": f"{row.faults:,}"}
            return format_html('<span class="desk-minus">{}</span>', found)
        return format_html('<span class="desk-plus">{}</span>', _("the books balance"))

    @display(description=_("entries"))
    def counted(self, row: AuditRun) -> str:
        return f"{row.entries:,}"

    @display(description=_("took"))
    def took(self, row: AuditRun) -> str:
        if row.finished_at is None:
            return say.NOTHING
        seconds = (row.finished_at - row.started_at).total_seconds()
        return str(_("%(seconds)s s") % {"seconds": f"{seconds:,.1f}"})

    @display(description=_("covers"))
    def covers(self, row: AuditRun) -> str:
        if row.since is None:
            return str(_("everything"))
        return str(_("what moved since %(moment)s") % {"moment": say.moment(row.since)})
