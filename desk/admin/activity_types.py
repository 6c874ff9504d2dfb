"""Activity types and what is told of each. Codes and kinds are for life."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from desk import fields, say
from desk.admin.base import HouseForm, KeptAdmin, TallInline
from program.models import ActivityAttribute, ActivityType


class AttributeForm(HouseForm):
    choices = fields.ChoicesField(
        label=_("Choices"), required=False, help_text=_("For a choice: one a line, code = words.")
    )

    class Meta:
        model = ActivityAttribute
        fields = (
            "name",
            "code",
            "kind",
            "is_required",
            "singular",
            "plural",
            "least",
            "most",
            "choices",
            "default",
            "told_days",
            "position",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("code", "kind"):
            if name in self.fields:
                self.fields[name].disabled = not self.instance._state.adding


class AttributeInline(TallInline):
    model = ActivityAttribute
    form = AttributeForm
    verbose_name = _("attribute")
    verbose_name_plural = _("attributes: what an activity says about itself")
    fields = (
        ("name", "code"), ("kind", "is_required"), ("singular", "plural"),
        ("least", "most"), ("choices", "default"), ("told_days", "position"),
    )  # fmt: skip


class ActivityTypeForm(HouseForm):
    """Dates and tier are attributes of the type, so they can be chosen once there are some."""

    rated_by = forms.ChoiceField(
        label=_("Rated by"),
        required=False,
        widget=UnfoldAdminSelectWidget(),
        help_text=_("The date that decides which rules are in force."),
    )
    begins_by = forms.ChoiceField(
        label=_("Begins by"),
        required=False,
        widget=UnfoldAdminSelectWidget(),
        help_text=_("The date on which it begins: the tier held then is what it earns at."),
    )
    tier_by = forms.ChoiceField(
        label=_("Tier by"),
        required=False,
        widget=UnfoldAdminSelectWidget(),
        help_text=_("A choice among tiers: the one told counts, where it is above the one held."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own, kind = ActivityAttribute.objects.filter(type=self.instance.pk), ActivityAttribute.Kind
        dates = own.filter(kind=kind.DATE).values_list("code", "name")
        tiers = own.filter(kind=kind.CHOICE).values_list("code", "name")
        rows = [("", _("the activity's own day")), *dates]
        held = [("", _("the tier that is held")), *tiers]
        for name, found in (("rated_by", rows), ("begins_by", rows), ("tier_by", held)):
            if name in self.fields:
                self.fields[name].choices = found  # type: ignore[attr-defined]


@admin.register(ActivityType)
class ActivityTypeAdmin(KeptAdmin):
    form = ActivityTypeForm
    list_display = ("name", "code", "asks_for", "claim_days")
    inlines: ClassVar = [AttributeInline]
    fields = (
        ("name", "plural"),
        "code",
        ("rated_by", "begins_by", "tier_by"),
        ("claim_days", "position"),
        ("confirm", "confirm_days"),
        ("return_tier", "return_rewards"),
    )
    empty_hint = _("No activity type yet: stays, purchases, visits. A blueprint brings them.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ActivityType]:
        return super().get_queryset(request).prefetch_related("attributes")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> tuple[str, ...]:
        return ("code",) if obj else ()

    @display(description=_("asks for"))
    def asks_for(self, row: ActivityType) -> str:
        return ", ".join(attribute.name for attribute in row.attributes.all()) or say.NOTHING
