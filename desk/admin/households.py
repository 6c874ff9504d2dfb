"""Who belongs together: segments that staff put together, households that share a status."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from desk import say
from desk.admin import links
from desk.admin.base import FactAdmin, FactInline, HouseAdmin, KeptAdmin
from desk.admin.buttons import Buttons
from members import segments
from members.models import Household, HouseholdMember, Invitation, Segment, SegmentMember


@admin.register(Segment)
class SegmentAdmin(KeptAdmin):
    list_display = ("name", "code", "size")
    fields = ("name", "code")
    search_fields = ("name", "code")
    empty_hint = _("No segment yet: students, locals, employees. Rules can ask for one.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Segment]:
        return super().get_queryset(request).annotate(member_count=Count("members"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code",) if obj else ()

    @display(description=_("members"))
    def size(self, row: Segment) -> int:
        return int(getattr(row, "member_count", 0))


@admin.register(SegmentMember)
class SegmentMemberAdmin(links.ByMember, HouseAdmin):
    """Who is in which segment: added and taken out, never moved."""

    list_display = ("who", "segment", "added")
    list_filter = ("segment",)
    list_select_related = ("member", "segment")
    autocomplete_fields = ("member",)
    fields = ("member", "segment")
    empty_hint = _("Nobody is in a segment yet.")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: SegmentMember, form: Any, change: bool) -> None:
        segments.join(obj.member, segment=obj.segment)
        obj.pk = SegmentMember.objects.get(member=obj.member, segment=obj.segment).pk

    def delete_model(self, request: HttpRequest, obj: SegmentMember) -> None:
        segments.leave(obj.member, segment=obj.segment)

    @display(description=_("member"))
    def who(self, row: SegmentMember) -> str:
        return links.member(row.member)

    @display(description=_("added"))
    def added(self, row: SegmentMember) -> str:
        return say.day(row.added_at)


class PeopleInline(FactInline):
    model = HouseholdMember
    verbose_name_plural = _("who lives or lived there")
    fields = ("who", "is_head", "since", "left", "shares_points")
    readonly_fields = fields

    @display(description=_("shares points since"))
    def shares_points(self, row: HouseholdMember) -> str:
        return say.day(row.pooled_at)

    def get_queryset(self, request: HttpRequest) -> QuerySet[HouseholdMember]:
        return super().get_queryset(request).select_related("member")

    @display(description=_("member"))
    def who(self, row: HouseholdMember) -> str:
        return links.member(row.member)

    @display(description=_("since"))
    def since(self, row: HouseholdMember) -> str:
        return say.day(row.joined_at)

    @display(description=_("left"))
    def left(self, row: HouseholdMember) -> str:
        return say.day(row.left_at)


@admin.register(Household)
class HouseholdAdmin(Buttons, FactAdmin):
    list_display = ("name", "size", "since")
    search_fields = ("name",)
    fields = ("name", "since")
    readonly_fields = ("since",)
    inlines: ClassVar = [PeopleInline]
    empty_hint = _("No households. Members found them on the portal, or you do on their page.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Household]:
        living = Count("people", filter=Q(people__left_at__isnull=True))
        return super().get_queryset(request).annotate(living=living)

    @display(description=_("people"))
    def size(self, row: Household) -> int:
        return int(getattr(row, "living", 0))

    @display(description=_("since"))
    def since(self, row: Household) -> str:
        return say.day(row.created_at)


@admin.register(HouseholdMember)
class HouseholdMemberAdmin(links.ByMember, FactAdmin):
    list_display = ("who", "household", "is_head", "since", "left")
    list_select_related = ("member", "household")
    fields = ("member", "household", "is_head", "since", "left", "pooled_at")
    readonly_fields = ("since", "left", "pooled_at")

    @display(description=_("member"))
    def who(self, row: HouseholdMember) -> str:
        return links.member(row.member)

    @display(description=_("since"))
    def since(self, row: HouseholdMember) -> str:
        return say.day(row.joined_at)

    @display(description=_("left"))
    def left(self, row: HouseholdMember) -> str:
        return say.day(row.left_at)


@admin.register(Invitation)
class InvitationAdmin(links.ByMember, FactAdmin):
    list_display = ("invited", "who", "household", "by", "status", "answered")
    list_filter = ("status",)
    list_select_related = ("member", "household", "invited_by")
    fields = ("member", "household", "by", "status", "invited", "answered")
    readonly_fields = ("by", "invited", "answered")
    empty_hint = _("Nobody has been invited. The head of a household invites on the portal.")

    @display(description=_("invited"))
    def invited(self, row: Invitation) -> str:
        return say.moment(row.invited_at)

    @display(description=_("member"))
    def who(self, row: Invitation) -> str:
        return links.member(row.member)

    @display(description=_("by"))
    def by(self, row: Invitation) -> str:
        return links.member(row.invited_by)

    @display(description=_("answered"))
    def answered(self, row: Invitation) -> str:
        return say.moment(row.answered_at)
