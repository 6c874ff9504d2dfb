"""Numbers and amounts in words, for sentences that are stored or printed outside a template."""

from __future__ import annotations

from decimal import Decimal


def number(value: int | Decimal) -> str:
    """A number as people write it: grouped by thousands, without needless zeros after the point."""
    if isinstance(value, int):
        return f"{value:,}"
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def scaled(amount: int, decimals: int) -> Decimal:
    """An amount in a unit's smallest part as a decimal number of whole units."""
    return Decimal(amount).scaleb(-decimals)


def counted(count: int, one: str, many: str) -> str:
    """A count with its noun: `1 member`, `1,234 members`."""
    return f"{count:,} {one if count == 1 else many}"
