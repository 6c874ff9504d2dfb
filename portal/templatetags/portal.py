"""Tags only the portal needs: its stylesheet, the program's mark, a reward's picture."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from common.ui import colors
from portal import stylesheet as sheet
from program.models import Program
from rewards.models import Reward

register = template.Library()
MARK = (
    '<svg class="mark" viewBox="0 0 32 32" aria-hidden="true">'
    '<path d="M7 2v28" stroke="currentColor" stroke-width="3" stroke-linecap="round"/>'
    '<path class="brand-flag" d="M10 4 30 11.5 10 19z"/></svg>'
)


@register.simple_tag
def stylesheet(program: Program | None) -> str:
    """The address of the stylesheet in this program's colors."""
    return sheet.address(program)


@register.simple_tag
def theme_colors(program: Program | None, scheme: str) -> SafeString:
    """The color of the browser's own bars, in both schemes or in the one that was asked for."""
    schemes = colors.schemes(*sheet.brand(program))
    if scheme:
        return format_html('<meta name="theme-color" content="{}">', schemes[scheme]["paper"])
    return format_html_join(
        "",
        '<meta name="theme-color" media="(prefers-color-scheme:{})" content="{}">',
        [(name, found["paper"]) for name, found in schemes.items()],
    )


@register.simple_tag
def logo(program: Program | None) -> SafeString:
    """The operator's logo, or the house's pennant in the operator's accent."""
    address = _address(program.logo) if program else ""
    if address:
        return format_html('<img src="{}" alt="" width="28" height="28">', address)
    return mark_safe(MARK)  # noqa: S308


@register.simple_tag
def picture(reward: Reward) -> str:
    """The address of a reward's picture; a plain ticket where it has none."""
    return _address(reward.picture) or static("rewards/ticket.svg")


@register.simple_tag
def money(value: Decimal | None, program: Program) -> str:
    """`EUR 25`, `EUR 7.50`: an amount in the program's currency, without needless zeros."""
    if value is None:
        return ""
    return (
        f"{program.currency} {value:,.0f}" if value % 1 == 0 else f"{program.currency} {value:,.2f}"
    )


def _address(path: str) -> str:
    """Where a static file is; empty for none, and for a name that was never collected."""
    try:
        return static(path) if path else ""
    except ValueError:  # from the manifest: a typing error in one row must not break a page
        return ""
