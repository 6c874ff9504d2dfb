"""Letters at the desk: their words, and what became of each."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from desk import say
from desk.admin import links
from desk.admin.base import FactAdmin, HouseForm, KeptAdmin
from desk.views import letters
from members.models import Consent
from messaging import registry, writing
from messaging.errors import TemplateInvalid
from messaging.models import Letter, Template


def about(event: str) -> str:
    """What staff call the letter about an event."""
    kind = registry.kinds().get(event)
    return kind.name if kind else event


class TemplateForm(HouseForm):
    """Words that name only what the letter knows."""

    event = forms.ChoiceField(label=_("About"), widget=UnfoldAdminSelectWidget())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "event" in self.fields:
            known = sorted(registry.kinds().values(), key=lambda kind: kind.name)
            choices = [(kind.event, kind.name) for kind in known]
            self.fields["event"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        event = data.get("event") or self.instance.event
        kind = registry.kinds().get(event)
        if kind is not None and data.get("subject") and data.get("text"):
            try:
                writing.check(data["subject"], data["text"], known=kind.known())
            except TemplateInvalid as error:
                self.add_error("text", error.message)
        return data


@admin.register(Template)
class TemplateAdmin(KeptAdmin):
    form = TemplateForm
    change_form_after_template = "desk/_letter.html"
    list_display = ("about", "language", "subject", "is_active")
    list_filter = ("language",)
    fields = (("event", "language"), "subject", "text", "is_active")
    empty_hint = _("Letters have the house's own words. Give them yours here.")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("about", "language") if obj else ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        first = ("about", "language") if obj else ("event", "language")
        return (first, "subject", "text", "is_active")

    @display(description=_("about"))
    def about(self, row: Template) -> str:
        return about(row.event)

    def get_urls(self) -> list[Any]:
        return [*letters.urls(self.admin_site), *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["letters"] = letters.known(context.get("original"))
        return super().render_change_form(request, context, *args, **kwargs)


@admin.register(Letter)
class LetterAdmin(links.ByMember, FactAdmin):
    """What became of each letter. Its text is not kept: it carries signed links."""

    list_display = ("when", "who", "what", "subject", "state")
    list_select_related = ("member",)
    list_filter = ("status", "event_type")
    fields = (
        "when",
        "who",
        "what",
        "subject",
        "address",
        "state",
        "why",
        "attempts",
        "doubts",
    )
    readonly_fields = ("when", "who", "what", "state")
    empty_hint = _("No letter was written yet.")

    @display(description=_("made"))
    def when(self, row: Letter) -> str:
        return say.moment(row.made_at)

    @display(description=_("member"))
    def who(self, row: Letter) -> str:
        return links.member(row.member)

    @display(description=_("about"))
    def what(self, row: Letter) -> str:
        return about(row.event_type)

    @display(description=_("state"))
    def state(self, row: Letter) -> str:
        return row.get_status_display()


@admin.register(Consent)
class ConsentAdmin(links.ByMember, FactAdmin):
    list_display = ("when", "who", "topic", "is_given")
    list_select_related = ("member",)
    list_filter = ("topic", "is_given")
    fields = ("when", "who", "topic", "is_given")
    readonly_fields = ("when", "who")
    empty_hint = _("Nobody has said anything about letters: they may be written to.")

    @display(description=_("said"))
    def when(self, row: Consent) -> str:
        return say.moment(row.said_at)

    @display(description=_("member"))
    def who(self, row: Consent) -> str:
        return links.member(row.member)
