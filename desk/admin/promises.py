"""What is promised and sent, to be read: holds, transfers, notices of an end."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from desk import say
from desk.admin import links
from desk.admin.base import FactAdmin, FactInline, StaffNames
from desk.admin.buttons import Buttons
from points.models import ExpiryNotice, Hold, HoldLot, Transfer


class PartInline(FactInline):
    model = HoldLot
    verbose_name_plural = _("which lots")
    fields = ("of_it", "earned_by", "ends")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[HoldLot]:
        return super().get_queryset(request).select_related("lot__account__unit", "lot__entry")

    @display(description=_("held"))
    def of_it(self, row: HoldLot) -> str:
        return say.figure(row.amount, row.lot.account.unit)

    @display(description=_("of what was earned by"))
    def earned_by(self, row: HoldLot) -> str:
        return links.to("points.lot", row.lot_id, row.lot.entry.reason)

    @display(description=_("last day"))
    def ends(self, row: HoldLot) -> str:
        return say.last_day(row.lot.expires_at)


@admin.register(Hold)
class HoldAdmin(links.ByMember, Buttons, StaffNames, FactAdmin):
    """Holds; an open one can be released, with a reason."""

    list_display = ("when", "who", "amount_held", "purpose", "status", "until")
    list_filter = ("status", "account__unit")
    list_select_related = ("member", "account__unit")
    fields = (
        "member", "amount_held", "taken", "status", "purpose", "source", "doer", "when", "until",
        "ended_at", "ended_by", "reason", "posting",
    )  # fmt: skip
    readonly_fields = ("amount_held", "taken", "doer", "when", "until")
    inlines: ClassVar = [PartInline]
    empty_hint = _("Nothing is held. Carts and tills hold points until they are paid with.")

    @display(description=_("held at"))
    def when(self, row: Hold) -> str:
        return say.moment(row.opened_at)

    @display(description=_("member"))
    def who(self, row: Hold) -> str:
        return links.member(row.member)

    @display(description=_("amount"))
    def amount_held(self, row: Hold) -> str:
        return say.figure(row.amount, row.account.unit)

    @display(description=_("spent of it"))
    def taken(self, row: Hold) -> str:
        return say.figure(row.captured, row.account.unit)

    @display(description=_("until"))
    def until(self, row: Hold) -> str:
        return say.moment(row.expires_at)


@admin.register(Transfer)
class TransferAdmin(links.ByMember, Buttons, StaffNames, FactAdmin):
    """Transfers; staff can take one back, as far as it is still there."""

    list_display = ("when", "who", "to_whom", "amount_sent", "note", "doer")
    list_filter = ("unit",)
    list_select_related = ("member", "receiver", "unit")
    fields = (
        "member", "to_whom", "amount_sent", "note", "source", "doer", "when", "posting", "arrival",
    )  # fmt: skip
    readonly_fields = ("to_whom", "amount_sent", "doer", "when")
    empty_hint = _("Nobody has sent points yet. Each unit says whom its points can be sent to.")

    @display(description=_("when"))
    def when(self, row: Transfer) -> str:
        return say.moment(row.occurred_at)

    @display(description=_("from"))
    def who(self, row: Transfer) -> str:
        return links.member(row.member)

    @display(description=_("to"))
    def to_whom(self, row: Transfer) -> str:
        return links.member(row.receiver)

    @display(description=_("amount"))
    def amount_sent(self, row: Transfer) -> str:
        return say.figure(row.amount, row.unit)


@admin.register(ExpiryNotice)
class ExpiryNoticeAdmin(links.ByMember, FactAdmin):
    list_display = ("given", "who", "amount_ending", "ends", "days")
    list_select_related = ("member", "account__unit")
    fields = ("member", "amount_ending", "ends", "days", "given")
    readonly_fields = ("amount_ending", "ends", "given")
    empty_hint = _("No notice has been given. The program says how many days before an end.")

    @display(description=_("given"))
    def given(self, row: ExpiryNotice) -> str:
        return say.moment(row.given_at)

    @display(description=_("member"))
    def who(self, row: ExpiryNotice) -> str:
        return links.member(row.member)

    @display(description=_("amount"))
    def amount_ending(self, row: ExpiryNotice) -> str:
        return say.figure(row.amount, row.account.unit)

    @display(description=_("last day"))
    def ends(self, row: ExpiryNotice) -> str:
        return say.last_day(row.expires_at)
