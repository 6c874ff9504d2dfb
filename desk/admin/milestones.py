"""Milestones, marks on a counter that pay when they are passed; and occasions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from common import circles
from desk import fields, refusals, say
from desk.admin import links
from desk.admin.base import FactAdmin, HouseForm, HouseInline, KeptAdmin
from desk.admin.buttons import Buttons
from desk.admin.rules import attribute_choices
from earning import choice_opening, milestone_words
from earning.models import (
    Milestone,
    MilestoneChoice,
    MilestoneOption,
    MilestoneReached,
    Occasion,
)
from program import catalog
from program.models import ActivityAttribute, Unit

ENDLESS = "earning_milestone_does_not_feed_itself_for_ever"
COUNTABLE = [
    kind for kind in ActivityAttribute.Kind.values if kind not in ("decimal", "money")
]  # values of which some are the same


class MilestoneForm(fields.AmountsMixin, HouseForm):
    amounts: ClassVar = {
        "at": "marks", "every": "marks", "up_to": "marks", "streak_least": "counter",
        "amount": "unit",
    }  # fmt: skip
    at = fields.AmountField(label=_("At"), min_value=0, help_text=_("How much of what is counted."))
    every = fields.AmountField(
        label=_("And every"), min_value=0, required=False, help_text=_("Empty: it pays once.")
    )
    up_to = fields.AmountField(
        label=_("Up to"), min_value=0, required=False, help_text=_("Empty: there is no last one.")
    )
    distinct = forms.ChoiceField(
        label=_("Different"),
        required=False,
        widget=UnfoldAdminSelectWidget(),
        help_text=_("What is counted once of the activities."),
    )
    streak_least = fields.AmountField(
        label=_("With at least"),
        min_value=0,
        required=False,
        help_text=_("What has to be counted in each of them."),
    )
    amount = fields.AmountField(label=_("Pays"), min_value=0, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "distinct" in self.fields:
            self.fields["distinct"].choices = _distinct_choices()  # type: ignore[attr-defined]

    def unit_of(self, source: str) -> Unit | None:
        """Marks are in the counter's unit, or plain numbers: of activities, or of what goes on in a
        row.
        """
        if source != "marks":
            return super().unit_of(source)
        streak = getattr(self, "cleaned_data", {}).get("streak", self.instance.streak)
        return None if streak else super().unit_of("counter")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for name in self.amounts:
            value = data.get(name)
            if isinstance(value, Decimal):
                if value != int(value):
                    self.add_error(name, _("This is a whole number."))
                data[name] = int(value)
        self._check_distinct(data)
        self._check_circles(data)
        return data

    def _check_distinct(self, data: dict[str, Any]) -> None:
        type, distinct = data.get("type") or self.instance.type, data.get("distinct")
        if not distinct or distinct in Milestone.Distinct.values or type is None:
            return
        if not type.attributes.filter(code=distinct).exists():
            words = _("%(type)s has no such attribute.") % {"type": type.name}
            self.add_error("distinct", words)

    def _check_circles(self, data: dict[str, Any]) -> None:
        """Milestones do not pay each other without an end."""
        rows = Milestone.objects.filter(is_active=True).exclude(pk=self.instance.pk)
        counters = catalog.counters(Unit.objects.all())

        def paid(unit: str | None) -> set[str]:
            return {unit, *counters.get(unit, ())} if unit else set()

        feeds = {row.code: (paid(row.unit_id), row.counter_id) for row in rows}
        unit = data.get("unit") or self.instance.unit
        counter = data.get("counter") or self.instance.counter
        if unit is None or counter is None or not data.get("is_active"):
            return
        every, amount = data.get("every"), data.get("amount")
        if counter.code in paid(unit.code) and every and amount and amount >= every:
            self.add_error("amount", refusals.sentence_of(ENDLESS))
        circle = circles.find({**feeds, "": (paid(unit.code), counter.code)})
        if circle:
            names = dict(rows.values_list("code", "name"))
            way = " → ".join(names.get(code, str(data.get("name", ""))) for code in circle)
            self.add_error(
                None,
                _("Milestones would pay each other in a circle: %(way)s. Let it pay another unit.")
                % {"way": way},
            )


def _distinct_choices() -> list[tuple[str, Any]]:
    """Days, partners, locations, and the attributes whose values can be told apart."""
    return [
        ("", _("each one")),
        *Milestone.Distinct.choices,
        *(one for one in attribute_choices(*COUNTABLE) if one[0]),
    ]


class OptionForm(fields.AmountsMixin, HouseForm):
    amounts: ClassVar = {"amount": "unit"}
    amount = fields.AmountField(label=_("Gives"), min_value=0)

    class Meta:
        model = MilestoneOption
        fields = (
            *("name", "code", "unit", "amount", "at_most", "default", "is_active", "position"),
        )


class OptionInline(HouseInline):
    model = MilestoneOption
    form = OptionForm
    verbose_name_plural = _("options, of which the member chooses")
    fields = ("name", "code", "unit", "amount", "at_most", "default", "is_active", "position")
    can_delete = False


@admin.register(Milestone)
class MilestoneAdmin(KeptAdmin):
    form = MilestoneForm
    inlines = (OptionInline,)
    list_display = ("name", "mark", "pays", "window", "per", "is_active")
    list_select_related = ("counter", "type", "unit")
    list_filter = ("is_active", "counter")
    fields = (
        ("name", "code"), ("counter", "type", "distinct"), ("at", "every", "up_to"),
        ("window", "window_count", "year_starts"), ("streak", "streak_least"),
        ("unit", "amount"), ("choose", "choose_days", "choose_month", "choose_day"),
        ("per", "position"), "is_active",
    )  # fmt: skip
    empty_hint = _("No milestone yet: ten nights, a hundred visits.")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> tuple[str, ...]:
        return ("code", "counter", "type", "unit") if obj else ()

    @display(description=_("at"))
    def mark(self, row: Milestone) -> str:
        words = {"at": milestone_words.level(row, row.at)}
        if row.every is None:
            return words["at"]
        words["every"] = milestone_words.level(row, row.every)
        if row.up_to is None:
            return str(_("%(at)s, and every %(every)s") % words)
        words["last"] = milestone_words.level(row, row.up_to)
        return str(_("%(at)s, and every %(every)s, up to %(last)s") % words)

    @display(description=_("pays"))
    def pays(self, row: Milestone) -> str:
        if row.unit is None or row.amount is None:
            return str(_("a choice of %(many)s") % {"many": row.choose})
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


@admin.register(MilestoneChoice)
class MilestoneChoiceAdmin(links.ByMember, Buttons, FactAdmin):
    list_display = ("what", "who", "until", "chosen", "status")
    list_select_related = ("member", "reached__milestone__counter", "reached__milestone__type")
    list_filter = ("status", "reached__milestone")
    fields = ("member", "what", "many", "until", "status", "chosen", "doer", "when")
    readonly_fields = ("what", "until", "chosen", "doer", "when")
    empty_hint = _("Nothing to choose yet. Who passes a milestone with options finds them here.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("picks__option")

    @display(description=_("what for"))
    def what(self, row: MilestoneChoice) -> str:
        level = row.reached
        return f"{level.milestone}: {milestone_words.level(level.milestone, level.level)}"

    @display(description=_("member"))
    def who(self, row: MilestoneChoice) -> str:
        return links.member(row.member)

    @display(description=_("last day"))
    def until(self, row: MilestoneChoice) -> str:
        return say.day(row.due_at - choice_opening.MOMENT) if row.due_at else str(_("none"))

    @display(description=_("chosen"))
    def chosen(self, row: MilestoneChoice) -> str:
        return ", ".join(f"{pick.times} × {pick.option}" for pick in row.picks.all()) or "–"

    @display(description=_("by"))
    def doer(self, row: MilestoneChoice) -> str:
        return say.actor(row.actor, say.staff_names([row.actor])) if row.actor else "–"

    @display(description=_("when"))
    def when(self, row: MilestoneChoice) -> str:
        return say.moment(row.ended_at) if row.ended_at else "–"
