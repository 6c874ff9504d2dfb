"""Small drawings of the desk's pages."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def bar(fraction: Fraction | Decimal | float) -> SafeString:
    """A bar filled by a fraction from 0 to 1. The words beside it say the same."""
    filled = round(100 * min(1.0, max(0.0, float(fraction))))
    return format_html(
        '<svg class="desk-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="100" height="8"/><rect class="desk-bar-done" width="{}" height="8"/></svg>',
        filled,
    )
