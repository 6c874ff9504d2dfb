"""What all lists and pages of the admin share.

Facts (the ledger, activities, events) are shown and never edited, whoever looks. Program data is
edited through forms that know the database's constraints, and what only the database can know comes
back as a sentence on the same form, with everything that was typed still in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib.postgres.constraints import ExclusionConstraint
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.db.models import BaseConstraint, Model, Q, QuerySet
from django.forms.models import InlineForeignKeyField
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, StackedInline, TabularInline
from unfold.decorators import display
from unfold.views import ChangeList

from desk import hints, refusals, say

COUNTED = 5000  # rows a list counts; beyond, nobody turns pages: they search or filter


class CappedPaginator(Paginator):
    """Pages of the first five thousand rows.

    Counting more would read a whole table for a number nobody needs.
    """

    template_name = "desk/_pages.html"

    @cached_property
    def count(self) -> int:
        return min(self._found, COUNTED)

    @property
    def is_capped(self) -> bool:
        """Whether there are more rows than are paged."""
        return self._found > COUNTED

    @cached_property
    def _found(self) -> int:
        rows = self.object_list
        if not isinstance(rows, QuerySet):
            return len(rows)
        return rows.order_by().values("pk")[: COUNTED + 1].count()


class HouseList(ChangeList):
    """A page of a list, with what its rows need beside their own columns read for all of them at
    once.
    """

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        if not self.is_popup:
            self.title = capfirst(self.opts.verbose_name_plural)

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not self.query and not self.has_active_filters:
            self.full_result_count = self.result_count
        if not self.list_editable:
            rows = list(self.result_list)  # type: ignore[has-type]
            self.model_admin.dress(rows, request)
            self.result_list = rows


class HouseForm(forms.ModelForm):
    """A form that asks every constraint of its model before the database does, and says in words
    what is wrong.
    """

    refusal = ""  # what the database said of the last try
    compares_periods = True  # not where the periods of one formset change together

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.refusal:
            self.add_error(None, self.refusal)
        return data

    def _post_clean(self) -> None:
        """Ask the constraints here, with all values known; Django leaves out those on fields that
        are only shown.
        """
        self.instance.validate_constraints = lambda exclude=None: None
        try:
            super()._post_clean()
        finally:
            del self.instance.validate_constraints
        self._ask_constraints(faulty=set(self.errors))

    def _ask_constraints(self, *, faulty: set[str]) -> None:
        """Periods are compared with others only where they are periods: PostgreSQL would raise."""
        for model, constraints in self.instance.get_constraints():
            for constraint in constraints:
                if isinstance(constraint, ExclusionConstraint) and not self._may_compare():
                    continue
                try:
                    constraint.validate(model, self.instance, exclude=faulty)
                except ValidationError:
                    self.add_error(
                        self._place_of(constraint), refusals.sentence_of(constraint.name)
                    )

    def _may_compare(self) -> bool:
        return self.compares_periods and not self.errors

    def _place_of(self, constraint: BaseConstraint) -> str | None:
        """The last field of the form that a constraint speaks of: there its sentence is read."""
        names = [
            *getattr(constraint, "fields", ()),
            *_named(getattr(constraint, "condition", None)),
        ]
        return next((name for name in reversed(names) if name in self.fields), None)


class Helpful:
    """Forms on which every field says what it asks for."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        made = super().formfield_for_dbfield(db_field, request, **kwargs)
        if made is not None and not made.help_text:
            made.help_text = hints.for_field(db_field)
        return made


def _named(condition: Any) -> Iterator[str]:
    """The fields that a condition speaks of, in its order."""
    for part in condition.children if isinstance(condition, Q) else ():
        if isinstance(part, Q):
            yield from _named(part)
        elif isinstance(part, tuple):
            yield str(part[0]).partition("__")[0]


def parent_of(form: Any, name: str) -> Any:
    """The row that an inline's form belongs to, saved or not; None outside of an inline."""
    field = form.fields.get(name)
    if isinstance(field, InlineForeignKeyField):
        return field.parent_instance
    return getattr(form.instance, name) if getattr(form.instance, f"{name}_id") else None


class HouseAdmin(Helpful, ModelAdmin):
    """Lists that stay quick, forms that never fail without a sentence."""

    form = HouseForm
    actions = None
    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 0
    list_filter_submit = False
    warn_unsaved_form = True
    empty_hint: Any = _("There is nothing here yet.")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[HouseList]:
        return HouseList

    def dress(self, rows: Sequence[Any], request: HttpRequest) -> None:
        """Give the rows of one page what `list_display` needs and a join cannot bring.

        Override where needed.
        """

    def get_form(
        self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        made = super().get_form(request, obj, change=change, **kwargs)
        return type(made.__name__, (made,), {"refusal": getattr(request, "desk_refusal", "")})

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show what only the database could know on the form, instead of failing."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError as error:
            request.desk_refusal = refusals.sentence(error)  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)


class FactAdmin(HouseAdmin):
    """Facts: nobody adds, changes or deletes them here, not even a superuser."""

    warn_unsaved_form = False
    sortable_by: ClassVar[Sequence[str] | None] = ()

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Without Django's history of edits: facts have none, and verbs are told as events."""
        shown = {**(extra_context or {}), "show_history": False}
        return super().changeform_view(request, object_id, form_url, shown)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class StaffNames(HouseAdmin):
    """Lists that say which of the staff did something."""

    actor_field = "actor"

    def dress(self, rows: Sequence[Any], request: HttpRequest) -> None:
        names = say.staff_names(getattr(row, self.actor_field) for row in rows)
        for row in rows:
            row.doer_name = say.actor(getattr(row, self.actor_field), names)

    @display(description=_("by"))
    def doer(self, row: Any) -> str:
        written = getattr(row, self.actor_field)
        return (
            getattr(row, "doer_name", None)
            or say.actor(written, say.staff_names([written]))
            or say.NOTHING
        )


class KeptAdmin(HouseAdmin):
    """Program data: it may be changed, and withdrawn where that is possible, but other rows stand
    on it.
    """

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class PartAdmin(FactAdmin):
    """Rows that are edited on what they are part of, and go when it goes; here to look up."""

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(HouseAdmin.has_delete_permission(self, request, obj))

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        raise PermissionDenied

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        shown = {**(extra_context or {}), "show_delete": False}
        return super().change_view(request, object_id, form_url, shown)


class FactInline(TabularInline):
    """Rows of facts under the fact they belong to."""

    extra = 0
    can_delete = False
    hide_title = True

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class HouseInline(Helpful, TabularInline):
    """Rows of program data under the row they belong to."""

    form = HouseForm
    extra = 0
    hide_title = True


class TallInline(Helpful, StackedInline):
    """Rows with too many fields for a line; history may stand on them, so they are not deleted."""

    form = HouseForm
    extra = 0
    can_delete = False


class KeptInline(HouseInline):
    """Rows that may be added and changed; history may stand on them, so they are not deleted."""

    can_delete = False
