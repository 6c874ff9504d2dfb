"""Members: the list a desk searches, and the one page on which everything about a member is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import BigIntegerField, OuterRef, QuerySet, Subquery, UUIDField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from unfold.decorators import display

from common import clock
from desk import conditions, finding, house, member_page, roles, say
from desk.admin import links
from desk.admin.base import FactAdmin, StaffNames
from desk.verbs.base import page
from desk.views import past
from desk.views import verbs as pages
from members.models import Card, ClaimCode, Member, MemberKey, MemberQuerySet
from points.models import Account
from program import catalog
from program.models import Program
from tiers.models import Standing, Tier


class TierFilter(admin.SimpleListFilter):
    title = _("tier")
    parameter_name = "tier"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        program = house.program(request)
        tiers = conditions.tiers(program) if program else []
        return [("none", _("no tier yet")), *((str(tier.pk), tier.name) for tier in tiers)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Member]) -> QuerySet[Member]:
        held = Standing.objects.at(clock.now())
        if self.value() == "none":
            return queryset.exclude(pk__in=held.values("member"))
        known = {str(pk) for pk, _name in self.lookup_choices}
        if self.value() in known:
            return queryset.filter(pk__in=held.filter(tier=self.value()).values("member"))
        return queryset


class LoginFilter(admin.SimpleListFilter):
    title = _("login")
    parameter_name = "login"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("signs in on the portal")), ("no", _("has a card only"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Member]) -> QuerySet[Member]:
        if self.value() in ("yes", "no"):
            return queryset.filter(user__isnull=self.value() == "no")
        return queryset


def with_balance_and_tier(members: MemberQuerySet, program: Program) -> QuerySet[Member]:
    """Each member with card number, balance of the unit shown first, and the tier held now, in the
    same query.
    """
    unit = catalog.of(program).default_unit
    accounts = Account.objects.filter(member=OuterRef("pk"), unit=unit.pk)
    held = (
        Standing.objects.at(clock.now())
        .filter(member=OuterRef("pk"))
        .order_by("ladder__position", "-tier__rank")
    )
    return members.with_card().annotate(
        balance=Subquery(accounts.values("balance")[:1], output_field=BigIntegerField()),
        tier_id=Subquery(held.values("tier")[:1], output_field=UUIDField()),
    )


@admin.register(Member)
class MemberAdmin(FactAdmin):
    list_display = ("name", "card", "flies", "has_points", "reached_by", "joined")
    list_filter = (TierFilter, LoginFilter, "status")
    search_fields = ("name",)
    search_help_text = _("Name, card, e-mail, phone or reference")
    sortable_by = ("name", "has_points", "joined")
    ordering = ("-id",)
    empty_hint = _("Nobody fits. Look for part of a name, or enrol somebody new.")
    list_per_page = 40

    def get_queryset(self, request: HttpRequest) -> QuerySet[Member]:
        program = house.program(request)
        rows: MemberQuerySet = super().get_queryset(request)
        return with_balance_and_tier(rows, program) if program else rows.with_card()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Member], search_term: str
    ) -> tuple[QuerySet[Member], bool]:
        if search_term.strip():
            queryset = queryset.filter(pk__in=finding.members(search_term).values("pk"))
        return queryset, False

    def dress(self, rows: Sequence[Any], request: HttpRequest) -> None:
        program = house.program(request)
        if program is None:
            return
        tiers: dict[Any, Tier] = {tier.pk: tier for tier in conditions.tiers(program)}
        unit = catalog.of(program).default_unit
        for row in rows:
            row.tier = tiers.get(row.tier_id)
            row.has = say.figure(row.balance or 0, unit)

    @display(description=_("card"))
    def card(self, row: Any) -> str:
        number = row.card_number
        return format_html(
            '<span class="desk-number">{}</span>', Card(number=number) if number else say.NOTHING
        )

    @display(description=_("tier"))
    def flies(self, row: Any) -> str:
        return links.tier(getattr(row, "tier", None))

    @display(description=_("balance"), ordering="balance")
    def has_points(self, row: Any) -> str:
        return str(getattr(row, "has", say.NOTHING))

    @display(description=_("e-mail or phone"))
    def reached_by(self, row: Member) -> str:
        return row.email or row.phone or say.NOTHING

    @display(description=_("joined"), ordering="joined_at")
    def joined(self, row: Member) -> str:
        return say.day(row.joined_at)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(roles.ENROL))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What is exactly one member's opens that member at once; a mistyped card says so."""
        sought = request.GET.get("q", "").strip()
        if sought and self.has_view_permission(request):
            member = finding.exactly(sought)
            if member is not None:
                return redirect(page(member))
            if hint := finding.mistyped(sought):
                messages.warning(request, hint)
        return super().changelist_view(request, extra_context)

    def get_urls(self) -> list[Any]:
        own = [*pages.urls_of("members.member", self.admin_site), *past.urls(self.admin_site)]
        return [*own, *super().get_urls()]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return pages.enrol(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The desk's one screen about a member."""
        member = self.get_object(request, object_id)
        if member is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        house.require(request, "members.view_member")
        return show(request, member)


@never_cache
def show(request: HttpRequest, member: Member) -> HttpResponse:
    """A member's page; a part of its timeline for htmx."""
    program = house.program(request) or catalog.current()
    found = member_page.gather(
        member,
        program=program,
        unit=request.GET.get("unit", ""),
        before=request.GET.get("before", ""),
    )
    shown = house.context(request, title=member.name) | {
        "page": found,
        "member": member,
        "original": member,
        "opts": Member._meta,
        "buttons": pages.open_to(request, member),
    }
    return render(request, "desk/member.html", shown)


@admin.register(Card)
class CardAdmin(links.ByMember, FactAdmin):
    list_display = ("shown", "who", "works", "issued", "revoked")
    list_filter = ("is_active",)
    list_select_related = ("member",)
    fields = ("member", "shown", "works", "issued", "revoked")
    readonly_fields = ("shown", "works", "issued", "revoked")
    empty_hint = _("No card fits. A card is issued with every enrolment.")

    @display(description=_("number"))
    def shown(self, row: Card) -> str:
        return format_html('<span class="desk-number">{}</span>', str(row))

    @display(description=_("member"))
    def who(self, row: Card) -> str:
        return links.member(row.member)

    @display(description=_("works"), boolean=True)
    def works(self, row: Card) -> bool:
        return row.is_active

    @display(description=_("issued"))
    def issued(self, row: Card) -> str:
        return say.moment(row.issued_at)

    @display(description=_("revoked"))
    def revoked(self, row: Card) -> str:
        return say.moment(row.revoked_at)


@admin.register(MemberKey)
class MemberKeyAdmin(links.ByMember, FactAdmin):
    """What members are known by: the narrow table that keeps every value to one member."""

    list_display = ("value", "kind", "who")
    list_filter = ("kind",)
    list_select_related = ("member",)
    fields = ("kind", "value", "member")

    @display(description=_("member"))
    def who(self, row: MemberKey) -> str:
        return links.member(row.member)


@admin.register(ClaimCode)
class ClaimCodeAdmin(links.ByMember, StaffNames, FactAdmin):
    """Claim codes that were handed out. The codes themselves are kept by nobody."""

    list_display = ("issued", "who", "good_until", "attempts_left", "used", "doer")
    list_select_related = ("member",)
    actor_field = "issued_by"
    fields = ("member", "issued", "good_until", "attempts_left", "used", "doer")
    readonly_fields = ("issued", "good_until", "used", "doer")
    search_fields: ClassVar = ("member__name",)
    empty_hint = _("No claim code has been handed out.")

    @display(description=_("issued"))
    def issued(self, row: ClaimCode) -> str:
        return say.moment(row.created_at)

    @display(description=_("member"))
    def who(self, row: ClaimCode) -> str:
        return links.member(row.member)

    @display(description=_("good until"))
    def good_until(self, row: ClaimCode) -> str:
        return say.last_day(row.expires_at)

    @display(description=_("used"))
    def used(self, row: ClaimCode) -> str:
        return say.moment(row.used_at)
