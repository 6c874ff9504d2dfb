"""The buttons of the verbs on the page of a row: one mixin for every admin that has them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from desk.views import verbs


class Buttons:
    """An admin whose page of one row shows the verbs that make sense for it, and serves them.

    Stands before the admin class it is mixed into. `beside` adds what the page's template needs
    beside the buttons.
    """

    change_form_outer_before_template: str | None = "desk/_buttons.html"

    def beside(self, row: Any) -> dict[str, Any]:
        return {}

    def get_urls(self) -> list[Any]:
        label = self.model._meta.label_lower  # type: ignore[attr-defined]
        own = verbs.urls_of(label, self.admin_site)  # type: ignore[attr-defined]
        return [*own, *super().get_urls()]

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        *args: Any,
        obj: Any = None,
        **kwargs: Any,
    ) -> HttpResponse:
        if obj is not None:
            context |= {"buttons": verbs.open_to(request, obj), **self.beside(obj)}
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)
