"""What rewards of some kinds are made of: funds to be edited; dates and codes to be looked up;
orders and draws with what can be done.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from desk import say
from desk.admin import links
from desk.admin.base import FactAdmin, HouseForm, HouseInline, KeptAdmin, PartAdmin, StaffNames
from desk.admin.buttons import Buttons
from program.models import Unit
from rewards import contests
from rewards.models import (
    Draw,
    Fulfilment,
    Fund,
    Redemption,
    RewardCode,
    RewardDate,
    RewardPrice,
    RewardStock,
)


@admin.register(Fund)
class FundAdmin(KeptAdmin):
    list_display = ("name", "given", "times", "unit")
    list_select_related = ("unit", "total")
    search_fields = ("name", "code")
    fields = (("name", "code"), "about", ("unit", "position"))
    empty_hint = _("No fund yet. With one, members can give points to something they care for.")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> tuple[str, ...]:
        return ("code", "unit") if obj else ()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "unit":
            kwargs["queryset"] = Unit.objects.filter(kind=Unit.Kind.SPENDABLE)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @display(description=_("given so far"))
    def given(self, row: Fund) -> str:
        total = getattr(row, "total", None)
        return say.amount(total.amount if total else 0, row.unit)

    @display(description=_("donations"))
    def times(self, row: Fund) -> str:
        total = getattr(row, "total", None)
        return f"{total.donations if total else 0:,}"


class DateForm(HouseForm):
    """A date with its places; more places are more that are left."""

    class Meta:
        model = RewardDate
        fields = ("day", "name", "places")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        places = data.get("places")
        if places is not None:
            known = 0 if self.instance._state.adding else self.initial.get("places", 0)
            self.instance.left = (self.instance.left or 0) + places - known
        return data


class DateInline(HouseInline):
    model = RewardDate
    form = DateForm
    verbose_name = _("date")
    verbose_name_plural = _("dates, for a place on a date")
    fields = ("day", "name", "places", "left")
    readonly_fields = ("left",)
    can_delete = False


@admin.register(RewardDate)
class RewardDateAdmin(PartAdmin):
    """Dates are edited on their reward; this list is to look them up."""

    list_display = ("reward", "day", "name", "places", "left")
    list_select_related = ("reward",)
    list_filter = ("reward",)
    fields = ("reward", "day", "name", "places", "left")
    empty_hint = _("No dates. A reward that is a place on a date has them on its page.")


@admin.register(RewardPrice)
class RewardPriceAdmin(PartAdmin):
    """Prices are edited on their reward; this list is to look them up."""

    list_display = ("reward", "price", "tier", "segment", "plan", "starts_on", "ends_on")
    list_select_related = ("reward__unit", "tier", "segment", "plan")
    list_filter = ("tier", "segment", "plan")
    fields = ("reward", "price", "tier", "segment", "plan", "starts_on", "ends_on")
    readonly_fields = ("price",)

    @display(description=_("price"))
    def price(self, row: RewardPrice) -> str:
        return say.amount(row.amount, row.reward.unit)


@admin.register(RewardStock)
class RewardStockAdmin(PartAdmin):
    """Stock is edited on its reward; this list is to look it up."""

    list_display = ("reward", "slot", "left")
    list_select_related = ("reward",)
    fields = ("reward", "slot", "left")


@admin.register(RewardCode)
class RewardCodeAdmin(FactAdmin):
    """Uploaded codes: whose they are, and how many nobody has."""

    list_display = ("reward", "code", "given", "added")
    list_select_related = ("reward",)
    list_filter = ("reward",)
    search_fields = ("=code",)
    fields = ("reward", "code", "redemption_id", "member_id", "added_at")
    empty_hint = _("No codes. They are uploaded on the page of a reward that hands them out.")

    @display(description=_("given out"), boolean=True)
    def given(self, row: RewardCode) -> bool:
        return row.redemption_id is not None

    @display(description=_("added"))
    def added(self, row: RewardCode) -> str:
        return say.moment(row.added_at)


@admin.register(Fulfilment)
class FulfilmentAdmin(links.ByMember, Buttons, FactAdmin):
    """The clerk's list of what is to be sent."""

    list_display = ("ordered", "product", "who", "where", "status", "tracking")
    list_filter = ("status",)
    list_select_related = ("member", "redemption__reward")
    fields = ("product", "member", "where", "status", "tracking", "ordered", "shipped", "delivered")
    readonly_fields = ("product", "where", "ordered", "shipped", "delivered")
    empty_hint = _("Nothing was ordered. Products that members redeem are listed here.")

    @display(description=_("ordered"))
    def ordered(self, row: Fulfilment) -> str:
        return say.moment(row.ordered_at)

    @display(description=_("product"))
    def product(self, row: Fulfilment) -> str:
        return row.redemption.reward.name

    @display(description=_("member"))
    def who(self, row: Fulfilment) -> str:
        return links.member(row.member)

    @display(description=_("address"))
    def where(self, row: Fulfilment) -> str:
        return ", ".join(row.address.splitlines())

    @display(description=_("sent"))
    def shipped(self, row: Fulfilment) -> str:
        return say.moment(row.shipped_at)

    @display(description=_("arrived"))
    def delivered(self, row: Fulfilment) -> str:
        return say.moment(row.delivered_at)


@admin.register(Draw)
class DrawAdmin(StaffNames, FactAdmin):
    """Draws with what proves them."""

    list_display = ("drawn", "reward", "entered", "won", "doer")
    list_select_related = ("reward",)
    fields = ("reward", "drawn", "doer", "entered", "seed", "proof", "won")
    readonly_fields = ("drawn", "doer", "entered", "proof", "won")
    empty_hint = _("No draw yet. A contest is drawn on its reward's page, once it has closed.")
    ordering: ClassVar = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Draw]:
        return super().get_queryset(request).select_related("reward")

    @display(description=_("drawn"))
    def drawn(self, row: Draw) -> str:
        return say.moment(row.drawn_at)

    @display(description=_("entries"))
    def entered(self, row: Draw) -> str:
        return f"{len(row.entries):,}"

    @display(description=_("made again from seed and entries"))
    def proof(self, row: Draw) -> Any:
        return _("the same winners") if contests.proves(row) else _("OTHER winners: do not pay out")

    @display(description=_("winners"))
    def won(self, row: Draw) -> Any:
        if not hasattr(row, "_shown"):
            return f"{len(row.winners):,}"
        return row._shown

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        """The page, not the list, names the winners."""
        row = super().get_object(request, object_id, from_field)
        if row is not None:
            found = Redemption.objects.filter(pk__in=row.winners).select_related("member")
            by_id = {str(one.pk): one for one in found}
            names = [(links.member(by_id[pk].member),) for pk in row.winners if pk in by_id]
            row._shown = format_html_join(", ", "{}", names)
        return row
