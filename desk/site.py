"""The staff's front door: unfold's admin site in the program's name, colors and time zone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from desk import dashboard, house

View = Callable[..., HttpResponseBase]


class DeskSite(UnfoldAdminSite):
    """One site, registered with every model of the house."""

    index_template = "desk/dashboard.html"
    index_title = _("Today")

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Everything staff see is dated in the program's time zone, so pages are rendered inside
        it.
        """
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def in_program_time(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            with timezone.override(house.zone(request)):
                response: HttpResponseBase = inner(request, *args, **kwargs)
                return response.render() if isinstance(response, TemplateResponse) else response

        return in_program_time

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """Every model somebody may see, counted up when it is read: the house has doors of its own
        (`theme.navigation`), and Django asks for this list on each page.
        """
        return SimpleLazyObject(partial(super().get_app_list, request, app_label))

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Staff sign in where everybody does: with a code or a password, under the same limits."""
        return secure_admin_login(super().login)(request, extra_context)

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        shown = {"figures": dashboard.figures(house.program(request)), "newest": dashboard.newest()}
        shown |= extra_context or {}
        return super().index(request, shown)
