"""Amounts as members read them: in whole units, with the unit's name in the right number."""

from __future__ import annotations

from common.text import number, scaled
from program.models import Unit


def in_units(amount: int, unit: Unit) -> str:
    """An amount in the unit's smallest part with its unit: `1 night`, `5,250 points`."""
    value = scaled(amount, unit.decimals) if unit.decimals else amount
    return f"{number(value)} {unit.singular if value == 1 else unit.plural}"
