"""Milestones, marks on a counter that pay when they are passed; and occasions."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from desk import fields, say
from desk.admin import links
from desk.admin.base import FactAdmin, HouseForm, KeptAdmin
from earning.models import Milestone, MilestoneReached, Occasion


class MilestoneForm(fields.AmountsMixin, HouseForm):
    amounts: ClassVar = {"at": "counter", "every": "counter", "amount": "unit"}
    at = fields.AmountField(label=_("At"), min_value=0, help_text=_("How much of the counter."))
    every = fields.AmountField(
        label=_("And every"), min_value=0, required=False, help_text=_("Empty: it pays once.")
    )
    amount = fields.AmountField(label=_("Pays"), min_value=0)


@admin.register(Milestone)
class MilestoneAdmin(KeptAdmin):
    form = MilestoneForm
    list_display = ("name", "mark", "pays", "window", "per", "is_active")
    list_select_related = ("counter", "unit")
    list_filter = ("is_active", "counter")
    fields = (
        ("name", "code"), ("counter", "window"), ("at", "every"),
        ("unit", "amount"), ("per", "position"), "is_active",
    )  # fmt: skip
    empty_hint = _("No milestone yet: ten nights, a hundred visits.")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> tuple[str, ...]:
        return ("code", "counter", "unit") if obj else ()

    @display(description=_("at"))
    def mark(self, row: Milestone) -> str:
        words = {"at": say.amount(row.at, row.counter)}
        if row.every is None:
            return words["at"]
        return str(
            _("%(at)s, and every %(every)s")
            % {**words, "every": say.amount(row.every, row.counter)}
        )

    @display(description=_("pays"))
    def pays(self, row: Milestone) -> str:
        return say.amount(row.amount, row.unit)


@admin.register(Occasion)
class OccasionAdmin(KeptAdmin):
    list_display = ("code", "on", "type", "partner", "is_active")
    list_select_related = ("type", "partner")
    list_filter = ("is_active", "on")
    fields = (("code", "on"), ("type", "partner"), "position", "is_active")
    empty_hint = _("No occasion yet: a gift on every birthday, points for joining.")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> tuple[str, ...]:
        return ("code", "on") if obj else ()


@admin.register(MilestoneReached)
class MilestoneReachedAdmin(links.ByMember, FactAdmin):
    list_display = ("when", "who", "milestone", "level", "period")
    list_select_related = ("member", "milestone")
    list_filter = ("milestone",)
    fields = ("member", "milestone", "level", "period", "activity", "when")
    readonly_fields = ("when",)
    empty_hint = _("Nobody has passed a milestone yet.")

    @display(description=_("written down"))
    def when(self, row: MilestoneReached) -> str:
        return say.moment(row.recorded_at)

    @display(description=_("member"))
    def who(self, row: MilestoneReached) -> str:
        return links.member(row.member)
