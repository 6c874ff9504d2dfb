"""Merges, members who look like one person, and what is held about somebody."""

from __future__ import annotations

import uuid

from django.contrib import admin
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as said
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from unfold.decorators import display

from common import clock
from desk import house, roles, say
from desk.admin import links
from desk.admin.base import FactAdmin, StaffNames
from desk.views import verbs as pages
from members import duplicates, export
from members.merges import MemberMerge
from members.models import Member


@admin.register(MemberMerge)
class MemberMergeAdmin(StaffNames, FactAdmin):
    list_display = ("gone", "kept", "when", "reason", "doer", "state")
    list_select_related = ("survivor", "absorbed")
    fields = ("gone", "kept", "when", "reason", "doer", "state", "undo_reason")
    readonly_fields = ("gone", "kept", "when", "doer", "state")
    search_fields = ("survivor__name", "absorbed__name")
    empty_hint = _("Nobody was merged yet.")

    def get_urls(self) -> list[URLPattern]:
        return [*pages.urls_of("members.membermerge", self.admin_site), *super().get_urls()]

    @display(description=_("membership"))
    def gone(self, row: MemberMerge) -> str:
        return links.member(row.absorbed)

    @display(description=_("is part of"))
    def kept(self, row: MemberMerge) -> str:
        return links.member(row.survivor)

    @display(description=_("since"))
    def when(self, row: MemberMerge) -> str:
        return say.moment(row.merged_at)

    @display(description=_("state"))
    def state(self, row: MemberMerge) -> str:
        if row.undone_at is not None:
            return said("undone on %(day)s") % {"day": say.day(row.undone_at)}
        if row.can_be_undone(clock.now()):
            return said("can be undone until %(day)s") % {"day": say.day(row.until)}
        return said("final")


def urls(site: AdminSite) -> list[URLPattern]:
    """Addresses below the list of members."""
    return [
        path("alike/", site.admin_view(alike), name="members_member_alike"),
        path("<uuid:pk>/held/", site.admin_view(held), name="members_member_held"),
    ]


@never_cache
def alike(request: HttpRequest) -> HttpResponse:
    """Members who look like one person, with the way to merge them."""
    house.require(request, roles.MERGE)
    shown = house.context(request, title=said("Members who look alike"))
    words = {"phone": said("phone"), "email": said("e-mail"), "birthday": said("name and birthday")}
    pairs = [(pair, [words[by] for by in pair.by]) for pair in duplicates.likely()]
    return render(request, "desk/alike.html", shown | {"pairs": pairs})


@never_cache
@require_POST
def held(request: HttpRequest, pk: uuid.UUID) -> StreamingHttpResponse:
    """Everything that is held about a member, to hand out: a file."""
    house.require(request, roles.EXPORT)
    member = get_object_or_404(Member, pk=pk)
    export.announce(member, actor=house.actor(request))
    answer = StreamingHttpResponse(export.as_json(member), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="member-{member.pk}.json"'
    return answer
