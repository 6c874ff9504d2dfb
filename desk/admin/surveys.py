"""Surveys at the desk: what is asked, of whom and why not, what was answered, and the cases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from common import clock
from desk import say
from desk.admin import links
from desk.admin.base import FactAdmin, HouseAdmin, HouseForm, HouseInline, KeptAdmin, PartAdmin
from desk.admin.buttons import Buttons
from desk.fields import ChoicesField
from desk.views import board, scores
from surveys.models import (
    Answer,
    Branch,
    Care,
    Case,
    CaseRule,
    CaseStep,
    Decision,
    Invitation,
    Line,
    Question,
    ReplyText,
    Survey,
    Tally,
    Trigger,
    Version,
)


@admin.register(Care)
class CareAdmin(KeptAdmin):
    list_display = ("__str__", "contact_days", "opens_hour", "closes_hour")
    fields = (
        ("contact_days", "max_age_days"), ("opens_hour", "closes_hour"), ("weekdays", "holidays"),
        ("goodwill_max", "asked_elsewhere"),
    )  # fmt: skip
    empty_hint = _("The usual way: 90 days between two surveys, Monday to Friday from 9 to 18.")


@admin.register(Survey)
class SurveyAdmin(KeptAdmin):
    list_display = ("name", "kind", "is_anonymous", "is_active")
    fields = (
        ("name", "code"), ("kind", "is_anonymous"), ("activity_type", "partner"),
        ("open_days", "position"), "is_active",
    )  # fmt: skip
    search_fields = ("name", "code")
    empty_hint = _("No survey yet: after a stay, twice a year.")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> tuple[str, ...]:
        return ("code", "kind", "is_anonymous") if obj else ()

    def get_urls(self) -> list[Any]:
        return [*scores.urls(self.admin_site), *super().get_urls()]


class QuestionForm(HouseForm):
    """A question; its choices are lines, and stay in their order."""

    choices = ChoicesField(
        label=_("Choices"), required=False, help_text=_("For a choice: one a line, code = words.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["choices"] = self.instance.options

    def clean_choices(self) -> list[list[str]]:
        return [list(pair) for pair in (self.cleaned_data["choices"] or {}).items()]


class QuestionInline(HouseInline):
    model = Question
    form = QuestionForm
    fields = ("code", "words", "kind", "choices", "least", "most", "position")


class BranchInline(HouseInline):
    model = Branch
    fields = ("question", "least", "most")


@admin.register(Version)
class VersionAdmin(KeptAdmin):
    """What a survey asks. Once somebody has answered it stays; other questions are a new one."""

    list_display = ("survey", "number", "why_words", "since")
    list_select_related = ("survey",)
    list_filter = ("survey",)
    fields = (("survey", "number"), "why_words")
    inlines = (QuestionInline, BranchInline)
    empty_hint = _("A survey has its first version as soon as a blueprint brings it.")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        is_used = obj is not None and Answer.objects.filter(version=obj.pk).exists()
        return not is_used and bool(super().has_change_permission(request, obj))

    @display(description=_("since"))
    def since(self, row: Version) -> str:
        return say.day(row.created_at)


@admin.register(Question)
class QuestionAdmin(PartAdmin):
    """Questions are edited on their version; this list is to look them up."""

    list_display = ("words", "kind", "version")
    list_select_related = ("version",)
    fields = ("version", "code", "words", "kind", "choices", "least", "most")


@admin.register(Branch)
class BranchAdmin(PartAdmin):
    """Branches are edited on their version; this list is to look them up."""

    list_display = ("question", "least", "most")
    list_select_related = ("question",)
    fields = ("version", "question", "least", "most")


@admin.register(Trigger)
class TriggerAdmin(KeptAdmin):
    list_display = ("code", "survey", "on", "rate", "quota", "is_active")
    list_select_related = ("survey",)
    list_filter = ("survey", "on")
    fields = (
        ("survey", "code"), ("on", "activity_type"), "only", ("delay_hours", "every_months"),
        ("rate", "quota"), "is_active",
    )  # fmt: skip
    empty_hint = _("Nothing makes us ask yet.")


@admin.register(CaseRule)
class CaseRuleAdmin(KeptAdmin):
    list_display = ("code", "survey", "least", "most", "owner", "is_active")
    list_select_related = ("survey",)
    list_filter = ("survey",)
    fields = (
        ("survey", "code"), ("least", "most"), ("location", "owner"),
        ("contact_hours", "close_hours"), ("escalates_to", "position"), "is_active",
    )  # fmt: skip
    empty_hint = _("No answer opens a case yet.")


@admin.register(ReplyText)
class ReplyTextAdmin(HouseAdmin):
    list_display = ("name", "code", "position")
    fields = (("name", "code"), "text", "position")
    empty_hint = _("No text to begin a reply with yet.")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> tuple[str, ...]:
        return ("code",) if obj else ()


@admin.register(Decision)
class DecisionAdmin(links.ByMember, FactAdmin):
    """Why somebody was, or was not, asked."""

    list_display = ("when", "who", "outcome", "trigger", "until")
    list_select_related = ("member", "trigger")
    list_filter = ("outcome", "trigger")
    fields = ("when", "who", "outcome", "trigger", "until", "source", "occurred_at")
    readonly_fields = ("when", "who")
    empty_hint = _("Nothing was decided yet: a stay or a used voucher comes first.")

    @display(description=_("decided"))
    def when(self, row: Decision) -> str:
        return say.moment(row.decided_at)

    @display(description=_("member"))
    def who(self, row: Decision) -> str:
        return links.member(row.member)


class InvitationState(admin.SimpleListFilter):
    """What became of an invitation: who did not answer is a choice of its own."""

    title, parameter_name = _("state"), "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("answered", _("answered")),
            ("silent", _("asked, and did not answer")),
            ("open", _("open")),
            ("waiting", _("waits for its hour")),
            ("withdrawn", _("withdrawn")),
        ]

    def queryset(self, request: HttpRequest, rows: QuerySet[Invitation]) -> QuerySet[Invitation]:
        now = clock.now()
        asked = rows.filter(opened_at__isnull=False, answered_at__isnull=True)
        asked = asked.filter(withdrawn_at__isnull=True)
        chosen: dict[str | None, QuerySet[Invitation]] = {
            "answered": rows.filter(answered_at__isnull=False),
            "silent": asked.filter(ends_at__lte=now),
            "open": asked.filter(ends_at__gt=now),
            "waiting": rows.filter(opened_at__isnull=True, withdrawn_at__isnull=True),
            "withdrawn": rows.filter(withdrawn_at__isnull=False),
        }
        return chosen.get(self.value(), rows)


@admin.register(Invitation)
class InvitationAdmin(links.ByMember, FactAdmin):
    list_display = ("when", "who", "survey", "state", "last_day")
    list_select_related = ("member", "survey")
    list_filter = (InvitationState, "survey", "trigger", "is_made_up")
    fields = (
        "who", "survey", "version", "trigger", "source", "state", "opens_at", "ends_at", "tier",
        "location", "is_made_up",
    )  # fmt: skip
    readonly_fields = ("who", "state")
    empty_hint = _("Nobody was asked yet.")

    @display(description=_("opens"))
    def when(self, row: Invitation) -> str:
        return say.moment(row.opens_at)

    @display(description=_("member"))
    def who(self, row: Invitation) -> str:
        return links.member(row.member)

    @display(description=_("state"))
    def state(self, row: Invitation) -> Any:
        if row.answered_at is not None:
            return _("answered")
        if row.withdrawn_at is not None:
            return _("withdrawn")
        if row.ends_at <= clock.now():
            return _("not answered")
        return _("open") if row.opened_at is not None else _("waits for its hour")

    @display(description=_("last day"))
    def last_day(self, row: Invitation) -> str:
        return say.last_day(row.ends_at)


@admin.register(Answer)
class AnswerAdmin(FactAdmin):
    """Answers without names: whose one is, where it is known, its case says.

    Anonymous ones are not listed: filters would count out the few. Their page of scores has them.
    """

    list_display = ("when", "survey", "score", "comment_short", "made_up")
    list_select_related = ("survey",)
    list_filter = ("survey", "score", "is_made_up")
    search_fields = ("comment",)
    search_help_text = _("A word of the comment")
    fields = ("when", "survey", "version", "score", "items", "comment", "tags", "series", "made_up")
    readonly_fields = ("when", "made_up")
    empty_hint = _("Nobody has answered yet.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Answer]:
        return super().get_queryset(request).filter(is_anonymous=False)

    @display(description=_("answered"))
    def when(self, row: Answer) -> str:
        return say.day(row.answered_on)

    @display(description=_("comment"))
    def comment_short(self, row: Answer) -> str:
        return row.comment[:80] or say.NOTHING

    @display(description=_("made up"), boolean=True)
    def made_up(self, row: Answer) -> bool:
        return row.is_made_up


@admin.register(Line)
class LineAdmin(FactAdmin):
    """Answers to questions of one's own, without the anonymous, as in the list of answers."""

    list_display = fields = ("answer", "question", "value")
    list_select_related = ("answer", "question")
    empty_hint = _("Nobody has answered a question of your own yet.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Line]:
        return super().get_queryset(request).filter(answer__is_anonymous=False)


@admin.register(Tally)
class TallyAdmin(FactAdmin):
    """What pages of scores are added up from. A cell may be a single answer, and the pages hide
    small groups: so these are for whoever runs the site, and the permission opens the pages.
    """

    list_display = ("survey", "month", "tier", "location", "trigger", "value", "answers")
    list_select_related = ("survey", "location")
    fields = (
        *list_display, "series", "asked", "eligible", "made_up", "counted_at",
    )  # fmt: skip
    empty_hint = _("Answers are counted every five minutes.")

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.is_active and request.user.is_superuser


@admin.register(Case)
class CaseAdmin(links.ByMember, Buttons, FactAdmin):
    list_display = ("opened", "who", "survey", "state", "owner", "due")
    list_select_related = ("member", "survey", "owner")
    list_filter = ("status", "survey", "cause", "result")
    fields = ("who", "survey", "state", "owner", "due")
    readonly_fields: ClassVar = ("opened", "who", "state", "due")
    change_form_template = "desk/case.html"
    change_form_outer_before_template = None  # that page has its own place for the buttons
    empty_hint = _("No case: nobody was unhappy, or nobody was asked.")

    @display(description=_("opened"))
    def opened(self, row: Case) -> str:
        return say.moment(row.opened_at)

    @display(description=_("member"))
    def who(self, row: Case) -> str:
        return links.member(row.member)

    @display(description=_("state"))
    def state(self, row: Case) -> str:
        kind = board.state(row)
        return format_html(
            '<span class="desk-state desk-{}">{}</span>', kind, row.get_status_display()
        )

    @display(description=_("reply due"))
    def due(self, row: Case) -> str:
        return say.moment(row.contact_due_at)

    def get_urls(self) -> list[Any]:
        return [*board.urls(self.admin_site), *super().get_urls()]

    def beside(self, row: Case) -> dict[str, Any]:
        return {"page": board.page(row)}


@admin.register(CaseStep)
class CaseStepAdmin(links.ByMember, FactAdmin):
    list_display = ("when", "who", "kind", "text", "doer")
    list_select_related = ("member", "case")
    list_filter = ("kind",)
    fields = ("when", "who", "case", "kind", "text", "posting", "doer")
    readonly_fields = ("when", "who", "doer")
    empty_hint = _("No case was worked on yet.")

    def dress(self, rows: Sequence[Any], request: HttpRequest) -> None:
        names = say.staff_names(row.actor for row in rows)
        for row in rows:
            row.doer_name = say.actor(row.actor, names)

    @display(description=_("when"))
    def when(self, row: CaseStep) -> str:
        return say.moment(row.happened_at)

    @display(description=_("member"))
    def who(self, row: CaseStep) -> str:
        return links.member(row.member)

    @display(description=_("by"))
    def doer(self, row: CaseStep) -> str:
        return getattr(row, "doer_name", None) or say.actor(row.actor)
