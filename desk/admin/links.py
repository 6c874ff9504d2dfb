"""Links from one fact to another, and the small flags beside names."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.admin.options import ModelAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from common.templatetags import ui
from desk import finding, say
from members.models import Member
from tiers.models import Tier


def to(model: str, pk: Any, words: str) -> SafeString:
    """A link to a row's page; `model` as `members.member`."""
    url = reverse(f"admin:{model.replace('.', '_')}_change", args=[pk])
    return format_html('<a class="desk-link" href="{}">{}</a>', url, words)


def at(url: str, words: str) -> SafeString:
    """A link to a page of the desk's own."""
    return format_html('<a class="desk-link" href="{}">{}</a>', url, words)


def member(row: Member) -> SafeString:
    """A member's name, leading to their page."""
    return to("members.member", row.pk, row.name)


def tier(row: Tier | None) -> SafeString | str:
    """A tier's pennant and name."""
    if row is None:
        return say.NOTHING
    return format_html(
        '<span class="desk-tier">{} {}</span>', ui.pennant_tag(row, size=18), row.name
    )


class ByName(ModelAdmin):
    """Lists in which the whole name that others have for a row (`named_by`) leads to it."""

    named_by: ClassVar[str]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        name = search_term.strip()
        named = queryset.filter(**{self.named_by: name})
        if name and named.exists():
            return named, False
        return super().get_search_results(request, queryset, search_term)


class ByMember(ModelAdmin):
    """Lists of what belongs to members are searched by member."""

    search_fields = ("member__name",)
    search_help_text: Any = _("Member: name, card, e-mail, phone, reference")
    member_lookup = "member__in"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if search_term.strip():
            queryset = queryset.filter(
                **{self.member_lookup: finding.members(search_term).values("pk")}
            )
        return queryset, False
