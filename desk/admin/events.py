"""What happened, as it was announced, and whether the workers are alive."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import display

from desk import say
from desk.admin import links
from desk.admin.base import FactAdmin
from events.models import Event, Heartbeat
from members.models import Member


@admin.register(Event)
class EventAdmin(links.ByMember, FactAdmin):
    list_display = ("when", "what", "who", "subject")
    list_filter = ("type", ("occurred_at", RangeDateFilter))
    list_filter_submit = True
    member_lookup = "member_id__in"
    search_fields = ("subject",)
    fields = ("what", "type", "who", "subject", "payload", "when", "written")
    readonly_fields = ("what", "who", "when", "written")
    empty_hint = _("Nothing has been announced yet.")

    def dress(self, rows: Sequence[Event], request: HttpRequest) -> None:
        ids = {row.member_id for row in rows if row.member_id}
        names = dict(Member.objects.filter(pk__in=ids).values_list("pk", "name"))
        for row in rows:
            name = names.get(row.member_id, "") if row.member_id else ""
            row.member_name = name  # type: ignore[attr-defined]

    @display(description=_("happened"))
    def when(self, row: Event) -> str:
        return say.moment(row.occurred_at)

    @display(description=_("written down"))
    def written(self, row: Event) -> str:
        return say.moment(row.recorded_at)

    @display(description=_("what"))
    def what(self, row: Event) -> str:
        return row.type.replace("_", " ").capitalize()

    @display(description=_("member"))
    def who(self, row: Event) -> str:
        if row.member_id is None:
            return say.NOTHING
        name = getattr(row, "member_name", None)
        return links.to("members.member", row.member_id, name or _name(row.member_id))


def _name(pk: uuid.UUID) -> str:
    return Member.objects.filter(pk=pk).values_list("name", flat=True).first() or str(pk)


@admin.register(Heartbeat)
class HeartbeatAdmin(FactAdmin):
    list_display = ("name", "last_beat")
    fields = ("name", "last_beat")
    empty_hint = _(
        "No worker has given a sign of life. Start one: points do not expire without it."
    )

    @display(description=_("last sign of life"))
    def last_beat(self, row: Heartbeat) -> str:
        return say.moment(row.beat_at)
