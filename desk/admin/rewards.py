"""Rewards with their prices and stock, to be edited; vouchers, to be read, used and cancelled."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.staticfiles import finders
from django.db.models import Model, Prefetch, QuerySet
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from common import clock
from desk import fields, say, vouchers
from desk.admin import links
from desk.admin.base import (
    FactAdmin,
    HouseForm,
    HouseInline,
    KeptAdmin,
    StaffNames,
)
from desk.admin.buttons import Buttons
from desk.admin.kinds import DateInline
from desk.admin.prices import GROUPS, PartInline, PriceInline
from desk.views import till
from program.models import Unit
from rewards import codes
from rewards.models import Redemption, Reward, RewardPrice, RewardStock, VoucherKey

PICTURES = "rewards"  # the folder below static/


def picture_choices() -> list[tuple[str, Any]]:
    """Every picture below static/rewards/."""
    folder = finders.find(PICTURES)
    if not isinstance(folder, str):
        return [("", _("none"))]
    found = sorted(
        path for path in Path(folder).rglob("*") if path.suffix in {".svg", ".png", ".webp", ".jpg"}
    )
    names = [path.relative_to(Path(folder).parent).as_posix() for path in found]
    return [("", _("none")), *((name, name.removeprefix(f"{PICTURES}/")) for name in names)]


class RewardForm(fields.AmountsMixin, HouseForm):
    amounts: ClassVar = {"step": "unit", "most": "unit"}
    step = fields.AmountField(
        label=_("In steps of"),
        min_value=0,
        required=False,
        help_text=_("A donor may add so much at a time to the price. Empty: the price only."),
    )
    most = fields.AmountField(
        label=_("At most"),
        min_value=0,
        required=False,
        help_text=_("The most that is taken in one donation. Empty: no limit."),
    )
    picture = forms.ChoiceField(
        label=_("Picture"),
        required=False,
        widget=UnfoldAdminSelectWidget(),
        help_text=_("A file below static/rewards/. Put new ones there."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "picture" in self.fields:
            self.fields["picture"].choices = picture_choices()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        fund, unit = data.get("fund"), self.unit_of("unit")
        if fund is not None and unit is not None and fund.unit_id != unit.pk:
            words = {"units": fund.unit.plural}
            self.add_error("fund", _("This fund takes %(units)s. Pay the reward in them.") % words)
        return data


class StockInline(HouseInline):
    model = RewardStock
    verbose_name = _("slot")
    verbose_name_plural = _(
        "stock: no slot means no limit; several slots spare busy rewards a queue"
    )
    fields = ("slot", "left")


@admin.register(Reward)
class RewardAdmin(Buttons, KeptAdmin):
    list_display = ("shown", "kind", "costs", "left", "for_tier", "offered")
    list_filter = ("is_active", "kind", "category", "lowest_tier")
    list_select_related = ("unit", "lowest_tier")
    search_fields = ("name", "code", "summary")
    form = RewardForm
    inlines: ClassVar = [PriceInline, PartInline, StockInline, DateInline]
    fieldsets: ClassVar = [
        (
            None,
            {
                "fields": (
                    "name",
                    "code",
                    "category",
                    "summary",
                    "description",
                    "terms",
                    "worth",
                    "picture",
                )
            },
        ),
        (
            _("Who may have it, and when"),
            {
                "fields": (
                    "is_active",
                    ("per_member", "per_member_in"),
                    ("lowest_tier", "segment"),
                    "plan",
                    ("starts_at", "ends_at"),
                    ("early_tier", "early_days"),
                )
            },
        ),
        (
            _("The voucher"),
            {"fields": ("unit", ("valid_days", "valid_to", "valid_until"), "position")},
        ),
        (
            _("The kind, and what belongs to it"),
            {
                "fields": (
                    "kind",
                    ("codes", "shared_code"),
                    ("value", "percent", "least_purchase"),
                    ("fund", "step", "most"),
                    "cancel_days",
                    ("draws_on", "winners"),
                    "odds",
                    "legal",
                    ("upgrade_from", "upgrade_to"),
                )
            },
        ),
    ]
    empty_hint = _("No reward fits. Add one: points are worth what can be had for them.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reward]:
        prices = Prefetch("prices", RewardPrice.objects.select_related(*GROUPS))
        return super().get_queryset(request).with_stock().prefetch_related(prices)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> tuple[str, ...]:
        return ("code", "unit", "kind") if obj else ()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "unit":
            kwargs["queryset"] = Unit.objects.filter(kind=Unit.Kind.SPENDABLE)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @display(description=_("reward"), ordering="position")
    def shown(self, row: Reward) -> str:
        if not row.picture:
            return row.name
        picture = static(row.picture)
        return format_html(
            '<span class="desk-tier"><img class="desk-thumb" src="{}" alt="">{}</span>',
            picture,
            row.name,
        )

    @display(description=_("costs"))
    def costs(self, row: Reward) -> str:
        today = timezone.localdate(clock.now())
        prices = [price for price in row.prices.all() if price.is_in_force(today)]
        words = [
            say.amount(price.amount, row.unit) + (f" ({group.name})" if group else "")
            for price in sorted(
                prices, key=lambda price: (not price.is_for_everybody, price.amount)
            )
            for group in [price.tier or price.segment or price.plan]
        ]
        return ", ".join(words) or str(_("no price today"))

    @display(description=_("left"))
    def left(self, row: Reward) -> Any:
        count = getattr(row, "left", None)
        return _("no limit") if count is None else f"{count:,}"

    @display(description=_("for"))
    def for_tier(self, row: Reward) -> str:
        return links.tier(row.lowest_tier) if row.lowest_tier else str(_("everybody"))

    @display(description=_("on offer"), boolean=True)
    def offered(self, row: Reward) -> bool:
        now = clock.now()
        return (
            row.is_active
            and not (row.starts_at and row.starts_at > now)
            and not (row.ends_at and row.ends_at <= now)
        )


class VoucherStateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("ready", _("ready to use")),
            ("used", _("used")),
            ("cancelled", _("cancelled")),
            ("expired", _("expired unused")),
        ]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Redemption]
    ) -> QuerySet[Redemption]:
        now, issued = clock.now(), Redemption.Status.ISSUED
        if self.value() == "ready":
            return queryset.filter(status=issued, expires_at__gt=now)
        if self.value() == "expired":
            return queryset.filter(status=issued, expires_at__lte=now)
        return (
            queryset.filter(status=self.value())
            if self.value() in ("used", "cancelled")
            else queryset
        )


@admin.register(Redemption)
class RedemptionAdmin(links.ByMember, Buttons, StaffNames, FactAdmin):
    list_display = ("issued", "who", "reward_name", "paid", "state", "last_day")
    list_filter = (VoucherStateFilter, "reward")
    list_select_related = ("member", "reward", "unit", "used_location")
    search_help_text = _("Voucher code, or the member")
    date_hierarchy = "issued_at"
    empty_hint = _(
        "No voucher fits. Members redeem on the portal; the desk can redeem for them on their page."
    )
    change_form_template = "desk/voucher_page.html"
    change_form_outer_before_template = None  # that page has its own place for the buttons
    fields = ("member", "reward_name", "paid", "state")
    readonly_fields = fields

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Redemption], search_term: str
    ) -> tuple[QuerySet[Redemption], bool]:
        code = codes.clean(search_term)
        if len(code) == codes.LENGTH:
            key = VoucherKey.objects.filter(pk=VoucherKey.id_for(code)).first()
            if key is not None:
                return queryset.filter(pk=key.redemption_id, member=key.member_id), False
        return super().get_search_results(request, queryset, search_term)

    @display(description=_("issued"))
    def issued(self, row: Redemption) -> str:
        return say.moment(row.issued_at)

    @display(description=_("member"))
    def who(self, row: Redemption) -> str:
        return links.member(row.member)

    @display(description=_("reward"))
    def reward_name(self, row: Redemption) -> str:
        return row.reward.name

    @display(description=_("paid"))
    def paid(self, row: Redemption) -> str:
        return say.figure(row.price, row.unit)

    @display(description=_("state"))
    def state(self, row: Redemption) -> str:
        kind, label = vouchers.state(row)
        return format_html('<span class="desk-state desk-{}">{}</span>', kind, label)

    @display(description=_("last day"))
    def last_day(self, row: Redemption) -> str:
        return say.last_day(row.expires_at)

    def get_urls(self) -> list[Any]:
        return [*till.urls(self.admin_site), *super().get_urls()]

    def beside(self, row: Redemption) -> dict[str, Any]:
        return {
            "verdict": vouchers.verdict(row),
            "code": codes.format(row.code),
            "doers": vouchers.doers(row),
        }


@admin.register(VoucherKey)
class VoucherKeyAdmin(FactAdmin):
    """The narrow table that keeps codes unique, for engineers.

    Ids are made from codes and cannot be turned back.
    """

    list_display = ("id", "redemption_id", "member_id")
    fields = ("id", "redemption_id", "member_id")
