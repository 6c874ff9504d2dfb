"""The ledger, to be read: accounts, postings, entries, lots and their uses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import display

from common import clock
from desk import say
from desk.admin import links
from desk.admin.base import FactAdmin, FactInline, StaffNames
from earning import explaining
from points.models import Account, Entry, Extension, Lot, LotUse, Posting

REDEEMED = (Entry.Kind.SPEND, Entry.Kind.CAPTURE, Entry.Kind.RESTORE)
NOT_ISSUED = (Entry.Kind.RESTORE, Entry.Kind.RECEIVED, Entry.Kind.SETTLE)
LEDGER_HINT = _(
    "Nothing has been posted that fits. Points come in with activities and go out with rewards."
)


class EntryInline(FactInline):
    model = Entry
    verbose_name_plural = _("entries")
    fields = ("change", "reason", "balance", "happened")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        return super().get_queryset(request).select_related("account__unit").order_by("version")

    @display(description=_("change"))
    def change(self, row: Entry) -> str:
        return say.figure(row.amount, row.account.unit, is_change=True)

    @display(description=_("balance after"))
    def balance(self, row: Entry) -> str:
        return say.figure(row.balance_after, row.account.unit)

    @display(description=_("happened"))
    def happened(self, row: Entry) -> str:
        return say.moment(row.occurred_at)


class UseInline(FactInline):
    model = LotUse
    verbose_name_plural = _("what consumed it")
    fields = ("taken", "by", "when")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[LotUse]:
        rows = super().get_queryset(request)
        return rows.select_related("entry", "lot__account__unit").order_by("id")

    @display(description=_("taken"))
    def taken(self, row: LotUse) -> str:
        return say.figure(-row.amount, row.lot.account.unit, is_change=True)

    @display(description=_("by"))
    def by(self, row: LotUse) -> str:
        return links.to("points.entry", row.entry_id, row.entry.reason)

    @display(description=_("when"))
    def when(self, row: LotUse) -> str:
        return say.moment(row.entry.occurred_at)


class FlowFilter(admin.SimpleListFilter):
    """The same sums as on the first page: what came in, what went out, what ended."""

    title = _("what moved")
    parameter_name = "flow"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("issued", _("issued")),
            ("redeemed", _("redeemed or given back")),
            ("expired", _("expired")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Entry]) -> QuerySet[Entry]:
        if self.value() == "issued":
            return queryset.filter(amount__gt=0).exclude(kind__in=NOT_ISSUED)
        if self.value() == "redeemed":
            return queryset.filter(kind__in=REDEEMED)
        return queryset.filter(kind=Entry.Kind.EXPIRY) if self.value() == "expired" else queryset


class HoldsFilter(admin.SimpleListFilter):
    title = _("balance")
    parameter_name = "holds"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("something", _("above zero")), ("nothing", _("zero")), ("debt", _("below zero"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Account]) -> QuerySet[Account]:
        tests = {"something": Q(balance__gt=0), "nothing": Q(balance=0), "debt": Q(balance__lt=0)}
        test = tests.get(self.value() or "")
        return queryset.filter(test) if test is not None else queryset


@admin.register(Account)
class AccountAdmin(links.ByMember, FactAdmin):
    list_display = ("who", "holds", "promised", "entries_so_far")
    list_filter = ("unit", HoldsFilter)
    list_select_related = ("member", "unit")
    fields = ("member", "unit", "holds", "promised", "entries_so_far")
    empty_hint = _("No account yet. One is opened with a member's first points.")

    @display(description=_("member"))
    def who(self, row: Account) -> str:
        return row.member.name

    @display(description=_("balance"))
    def holds(self, row: Account) -> str:
        return say.figure(row.balance, row.unit)

    @display(description=_("held of it"))
    def promised(self, row: Account) -> str:
        return say.figure(row.held, row.unit)

    @display(description=_("entries"))
    def entries_so_far(self, row: Account) -> int:
        return row.version


@admin.register(Posting)
class PostingAdmin(links.ByMember, StaffNames, FactAdmin):
    list_display = ("when", "who", "kind", "source", "doer", "note")
    list_filter = ("kind", ("occurred_at", RangeDateFilter))
    list_filter_submit = True
    list_select_related = ("member",)
    fields = ("member", "kind", "source", "doer", "note", "reverses", "when", "written")
    readonly_fields = ("doer", "when", "written")
    inlines: ClassVar = [EntryInline]
    empty_hint = LEDGER_HINT

    @display(description=_("happened"))
    def when(self, row: Posting) -> str:
        return say.moment(row.occurred_at)

    @display(description=_("written down"))
    def written(self, row: Posting) -> str:
        return say.moment(row.recorded_at)

    @display(description=_("member"))
    def who(self, row: Posting) -> str:
        return links.member(row.member)


@admin.register(Entry)
class EntryAdmin(links.ByMember, FactAdmin):
    list_display = ("when", "who", "change", "reason", "balance")
    list_filter = (FlowFilter, "kind", "account__unit", ("occurred_at", RangeDateFilter))
    list_filter_submit = True
    list_select_related = ("member", "account__unit")
    fields = (
        "member",
        "change",
        "kind",
        "reason",
        "balance",
        "version",
        "posting",
        "when",
        "written",
        "why",
    )
    readonly_fields = ("change", "balance", "when", "written", "why")
    empty_hint = LEDGER_HINT

    @display(description=_("why"))
    def why(self, row: Entry) -> str:
        """The sentence, the rule revision behind it, and what has been corrected since."""
        found = explaining.explain(row)
        told = [found.sentence]
        if found.rule is not None:
            words = {"rule": found.rule.code, "revision": found.rule.revision}
            told.append(str(_("Rule %(rule)s, revision %(revision)s") % words))
        if found.change is not None:
            told.append(found.change.reason)
        told += [
            str(_("Since then: %(sentence)s") % {"sentence": row.sentence})
            for row in found.corrections
        ]
        return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in told))

    @display(description=_("happened"))
    def when(self, row: Entry) -> str:
        return say.moment(row.occurred_at)

    @display(description=_("written down"))
    def written(self, row: Entry) -> str:
        return say.moment(row.recorded_at)

    @display(description=_("member"))
    def who(self, row: Entry) -> str:
        return links.member(row.member)

    @display(description=_("change"))
    def change(self, row: Entry) -> str:
        return say.figure(row.amount, row.account.unit, is_change=True)

    @display(description=_("balance after"))
    def balance(self, row: Entry) -> str:
        return say.figure(row.balance_after, row.account.unit)


class LotStateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("live", _("something left")),
            ("soon", _("ends within 30 days")),
            ("empty", _("used up")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Lot]) -> QuerySet[Lot]:
        if self.value() == "live":
            return queryset.filter(remaining__gt=0)
        if self.value() == "soon":
            return queryset.filter(
                remaining__gt=0, expires_at__lte=clock.now() + timedelta(days=30)
            )
        return queryset.filter(remaining=0) if self.value() == "empty" else queryset


@admin.register(Lot)
class LotAdmin(links.ByMember, FactAdmin):
    list_display = ("awarded_on", "who", "left", "promised", "of", "source", "ends")
    list_filter = (LotStateFilter, "account__unit", ("expires_at", RangeDateFilter))
    list_filter_submit = True
    list_select_related = ("member", "account__unit", "entry")
    fields = ("member", "left", "promised", "of", "entry", "source", "origin", "awarded_on", "ends")
    readonly_fields = ("left", "promised", "of", "source", "awarded_on", "ends")
    inlines: ClassVar = [UseInline]
    empty_hint = _("No lot fits. Every credit that can be spent is one, with its own last day.")

    @display(description=_("awarded"))
    def awarded_on(self, row: Lot) -> str:
        return say.day(row.awarded_at)

    @display(description=_("member"))
    def who(self, row: Lot) -> str:
        return links.member(row.member)

    @display(description=_("left"))
    def left(self, row: Lot) -> str:
        return say.figure(row.remaining, row.account.unit)

    @display(description=_("held"))
    def promised(self, row: Lot) -> str:
        return say.figure(row.held, row.account.unit)

    @display(description=_("of"))
    def of(self, row: Lot) -> str:
        return say.figure(row.awarded, row.account.unit)

    @display(description=_("for"))
    def source(self, row: Lot) -> str:
        return row.entry.reason

    @display(description=_("last day"))
    def ends(self, row: Lot) -> str:
        return say.last_day(row.expires_at)


@admin.register(Extension)
class ExtensionAdmin(links.ByMember, StaffNames, FactAdmin):
    list_display = ("written", "who", "to", "source", "reason", "doer")
    list_select_related = ("member",)
    fields = (
        "member", "account", "lot", "to", "source", "posting", "reason", "doer", "written",
    )  # fmt: skip
    readonly_fields = ("to", "doer", "written")
    empty_hint = _("Nothing has moved the end of anybody's points.")

    @display(description=_("written down"))
    def written(self, row: Extension) -> str:
        return say.moment(row.recorded_at)

    @display(description=_("member"))
    def who(self, row: Extension) -> str:
        return links.member(row.member)

    @display(description=_("new last day"))
    def to(self, row: Extension) -> str:
        return say.last_day(row.until)


@admin.register(LotUse)
class LotUseAdmin(links.ByMember, FactAdmin):
    list_display = ("when", "who", "taken", "spent_on", "earned_by")
    list_select_related = ("member", "entry", "lot__entry", "lot__account__unit")
    fields = ("member", "taken", "entry", "spent_on", "lot", "earned_by")
    readonly_fields = ("taken", "spent_on", "earned_by")
    empty_hint = _("No lot has been touched yet.")

    @display(description=_("happened"))
    def when(self, row: LotUse) -> str:
        return say.moment(row.entry.occurred_at)

    @display(description=_("member"))
    def who(self, row: LotUse) -> str:
        return links.member(row.member)

    @display(description=_("taken"))
    def taken(self, row: LotUse) -> str:
        return say.figure(-row.amount, row.lot.account.unit, is_change=True)

    @display(description=_("by"))
    def spent_on(self, row: LotUse) -> str:
        return row.entry.reason

    @display(description=_("from what was earned by"))
    def earned_by(self, row: LotUse) -> str:
        return row.lot.entry.reason
