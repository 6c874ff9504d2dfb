"""Referrals: the terms to be edited, who brought whom to be read, doubted ones to be decided."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from desk import say
from desk.admin import links
from desk.admin.base import FactAdmin, KeptAdmin
from desk.admin.buttons import Buttons
from earning.models import Referral, ReferralTerms


@admin.register(ReferralTerms)
class ReferralTermsAdmin(KeptAdmin):
    list_display = ("name", "summary", "type", "is_active")
    list_select_related = ("type",)
    fields = (
        ("name", "code"), "summary", "type", ("attribute", "least"),
        ("is_first_only", "within_days"), ("referrer_type", "friend_type"),
        ("is_active", "position"),
    )  # fmt: skip
    empty_hint = _("No terms yet. With them, members can invite friends.")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> tuple[str, ...]:
        return ("code",) if obj else ()


@admin.register(Referral)
class ReferralAdmin(links.ByMember, Buttons, FactAdmin):
    list_display = ("referred", "friend", "by", "status", "reason")
    list_filter = ("status",)
    list_select_related = ("member", "referrer", "terms")
    fields = ("friend", "by", "terms", "status", "reason", "referred", "paid_for")
    readonly_fields = ("friend", "by", "referred", "paid_for")
    empty_hint = _("Nobody was invited yet.")

    @display(description=_("joined by it"))
    def referred(self, row: Referral) -> str:
        return say.moment(row.referred_at)

    @display(description=_("friend"))
    def friend(self, row: Referral) -> str:
        return links.member(row.member)

    @display(description=_("invited by"))
    def by(self, row: Referral) -> str:
        return links.member(row.referrer)

    @display(description=_("paid for"))
    def paid_for(self, row: Referral) -> str:
        return row.activity.reference if row.activity else say.NOTHING
