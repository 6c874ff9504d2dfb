"""What members did and what it earned, to be read; activities that wait for their owner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import display

from desk import house, rules, say
from desk.admin import links
from desk.admin.base import FactAdmin, FactInline, StaffNames
from desk.admin.buttons import Buttons
from earning.models import (
    Activity,
    ActivityBody,
    ActivityKey,
    Award,
    Correction,
    ImportRun,
    PendingActivity,
    UnclaimedActivity,
)
from program import catalog
from program.models import Program


class AwardInline(FactInline):
    model = Award
    verbose_name_plural = _("what it earned")
    fields = ("change", "sentence", "rule")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Award]:
        return super().get_queryset(request).select_related("unit", "rule")

    @display(description=_("earned"))
    def change(self, row: Award) -> str:
        return say.figure(row.amount, row.unit, is_change=True)


def describe(rows: Sequence[Any], program: Program | None) -> None:
    """Say of each activity what it was and where, from the program kept in memory."""
    if program is None:
        return
    types = catalog.of(program).types
    for row in rows:
        known = types.get(row.type_id)
        row.facts = rules.facts_in_words(known, row.attributes, program=program)


class ActivityPage(StaffNames):
    """What lists of claimed and unclaimed activities share."""

    def dress(self, rows: Sequence[Any], request: HttpRequest) -> None:
        super().dress(rows, request)
        describe(rows, house.program(request))

    @display(description=_("happened"))
    def when(self, row: ActivityBody) -> str:
        return say.day(row.occurred_at)

    @display(description=_("written down"))
    def written(self, row: ActivityBody) -> str:
        return say.moment(row.recorded_at)

    @display(description=_("what"))
    def what(self, row: ActivityBody) -> str:
        place = row.location.name if row.location else row.partner.name
        return str(_("%(type)s, %(place)s") % {"type": row.type.name, "place": place})

    @display(description=_("details"))
    def details(self, row: ActivityBody) -> str:
        if not hasattr(row, "facts"):
            describe([row], catalog.current())
        return str(getattr(row, "facts", ""))


class CorrectionInline(FactInline):
    model = Correction
    verbose_name_plural = _("what changes took back or gave")
    fields = ("moved", "sentence", "rule", "why")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Correction]:
        return super().get_queryset(request).select_related("unit", "rule", "change")

    @display(description=_("moved"))
    def moved(self, row: Correction) -> str:
        return say.figure(row.amount, row.unit, is_change=True)

    @display(description=_("reason"))
    def why(self, row: Correction) -> str:
        return row.change.reason


class EarnedFilter(admin.SimpleListFilter):
    title = _("earned")
    parameter_name = "earned"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("earned something")), ("no", _("earned nothing"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Activity]) -> QuerySet[Activity]:
        earning = Exists(Award.objects.filter(activity=OuterRef("pk"), member=OuterRef("member")))
        if self.value() == "yes":
            return queryset.filter(earning)
        return queryset.filter(~earning) if self.value() == "no" else queryset


@admin.register(Activity)
class ActivityAdmin(links.ByName, links.ByMember, Buttons, ActivityPage, FactAdmin):
    named_by = "reference"
    list_display = ("when", "who", "what", "details", "earned", "reference")
    list_filter = (EarnedFilter, "type", "partner", "location", ("occurred_at", RangeDateFilter))
    list_filter_submit = True
    list_select_related = ("member", "type", "partner", "location")
    search_help_text = _("Member, or the partner's reference")
    fields = ("member", "what", "details", "partner", "reference", "when", "written", "doer", "why")
    readonly_fields = ("what", "details", "when", "written", "doer", "why")
    inlines: ClassVar = [AwardInline, CorrectionInline]
    empty_hint = _(
        "No activity fits. They come from partners, from imports, or by claiming one that waits."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Activity]:
        return super().get_queryset(request).prefetch_related("awards__unit")

    @display(description=_("member"))
    def who(self, row: Activity) -> str:
        return links.member(row.member)

    @display(description=_("earned"))
    def earned(self, row: Activity) -> str:
        awards = list(row.awards.all())
        return ", ".join(f"+{say.amount(award.amount, award.unit)}" for award in awards) or str(
            _("nothing")
        )

    @display(description=_("why nothing"))
    def why(self, row: Activity) -> str:
        return (
            say.NOTHING if row.awards.all() else rules.why_nothing(row, program=catalog.current())
        )


class ClaimedFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("waiting", _("waiting for its owner")), ("claimed", _("claimed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() in ("waiting", "claimed"):
            return queryset.filter(claimed_at__isnull=self.value() == "waiting")
        return queryset


@admin.register(UnclaimedActivity)
class UnclaimedActivityAdmin(Buttons, ActivityPage, FactAdmin):
    list_display = ("when", "what", "details", "named_whom", "reference", "state")
    list_filter = (ClaimedFilter, "type", "partner", "location")
    list_select_related = ("type", "partner", "location")
    date_hierarchy = "occurred_at"
    ordering = ("-occurred_at", "-id")
    search_fields = ("reference__istartswith", "named__icontains")
    search_help_text = _("The partner's reference, or whom it named")
    fields = (
        "what",
        "details",
        "named_whom",
        "partner",
        "reference",
        "when",
        "written",
        "doer",
        "state",
    )
    readonly_fields = ("what", "details", "named_whom", "when", "written", "doer", "state")
    empty_hint = _("Nothing waits for its owner. Activities that name nobody known are kept here.")

    @display(description=_("whom it named"))
    def named_whom(self, row: UnclaimedActivity) -> str:
        kind, _colon, value = row.named.partition(":")
        return (
            str(_("%(kind)s %(value)s") % {"kind": kind, "value": value})
            if value
            else str(_("nobody"))
        )

    @display(description=_("state"))
    def state(self, row: UnclaimedActivity) -> str:
        if row.claimed_at:
            return str(_("claimed on %(day)s") % {"day": say.day(row.claimed_at)})
        url = reverse("admin:earning_unclaimedactivity_claim", args=[row.pk])
        return format_html('<a class="desk-link" href="{}">{}</a>', url, _("Claim for a member"))


@admin.register(PendingActivity)
class PendingActivityAdmin(links.ByName, links.ByMember, Buttons, ActivityPage, FactAdmin):
    named_by = "reference"
    list_display = ("when", "who", "what", "details", "due", "expects", "state")
    list_filter = ("status", "type", "partner", "location")
    list_select_related = ("member", "type", "partner", "location")
    ordering = ("-occurred_at", "-id")
    search_help_text = _("Member, or the partner's reference")
    fields = (
        *("member", "what", "details", "partner", "reference", "when", "written", "doer"),
        *("due", "expects", "state"),
    )
    readonly_fields = ("what", "details", "when", "written", "doer", "due", "expects", "state")
    empty_hint = _("Nothing is pending. What has to be confirmed before it counts waits here.")

    @display(description=_("member"))
    def who(self, row: PendingActivity) -> str:
        return links.member(row.member)

    @display(description=_("counts"))
    def due(self, row: PendingActivity) -> str:
        if row.due_on is None:
            return str(_("when it is confirmed"))
        return str(_("on %(day)s") % {"day": row.due_on})

    def dress(self, rows: Sequence[Any], request: HttpRequest) -> None:
        super().dress(rows, request)
        program = house.program(request)
        for row in rows:
            row.units = catalog.of(program).units if program else {}

    @display(description=_("expected"))
    def expects(self, row: PendingActivity) -> str:
        units = getattr(row, "units", None) or catalog.of(catalog.current()).units
        told = [f"+{say.amount(e['amount'], units[e['unit']])}" for e in row.expected]
        return ", ".join(told) or str(_("nothing"))

    @display(description=_("state"))
    def state(self, row: PendingActivity) -> str:
        if row.ended_at is None:
            return str(row.get_status_display())
        words = {"state": row.get_status_display(), "day": say.day(row.ended_at)}
        return str(_("%(state)s on %(day)s") % words)


@admin.register(Award)
class AwardAdmin(links.ByMember, FactAdmin):
    list_display = ("change", "who", "sentence", "award_class", "rule")
    list_filter = ("award_class", "unit", "rule")
    list_select_related = ("member", "unit", "rule")
    ordering = ("-id",)
    fields = ("member", "change", "sentence", "award_class", "rule", "activity", "entry", "inputs")
    readonly_fields = ("change",)
    empty_hint = _("No award fits. An award says what one rule paid for one activity.")

    @display(description=_("earned"))
    def change(self, row: Award) -> str:
        return say.figure(row.amount, row.unit, is_change=True)

    @display(description=_("member"))
    def who(self, row: Award) -> str:
        return links.member(row.member)


@admin.register(ImportRun)
class ImportRunAdmin(StaffNames, FactAdmin):
    list_display = ("started", "file_name", "partner", "outcome", "doer")
    list_select_related = ("partner",)
    fields = (
        "file_name",
        "partner",
        "outcome",
        "shifted_days",
        "doer",
        "started",
        "finished",
        "digest",
    )
    readonly_fields = ("outcome", "doer", "started", "finished")
    empty_hint = _(
        "No file has been imported yet: manage.py import_activities FILE --map MAPPING.toml"
    )

    @display(description=_("started"))
    def started(self, row: ImportRun) -> str:
        return say.moment(row.started_at)

    @display(description=_("finished"))
    def finished(self, row: ImportRun) -> str:
        return say.moment(row.finished_at)

    @display(description=_("what came of it"))
    def outcome(self, row: ImportRun) -> str:
        if not row.counts:
            return str(_("not finished"))
        counts = {name: f"{value:,}" for name, value in row.counts.items()}
        return str(
            _(
                "%(rows)s rows: %(recorded)s recorded, %(unclaimed)s unclaimed, "
                "%(problems)s with problems"
            )
            % {"rows": 0, "recorded": 0, "unclaimed": 0, "problems": 0, **counts}
        )


@admin.register(ActivityKey)
class ActivityKeyAdmin(FactAdmin):
    """The narrow table that keeps partners' references unique, for engineers."""

    list_display = ("id", "activity_id", "member_id")
    fields = ("id", "activity_id", "member_id", "request_hash")
