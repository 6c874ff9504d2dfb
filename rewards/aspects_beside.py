"""What a draft means for exchanging, and for funds that members give to."""

from __future__ import annotations

from collections.abc import Sequence

from common.text import counted
from points.models import Account
from points.wording import in_units
from program.differences import Aspect, Finding, Said, register, told
from program.models import Program
from program.verbs import Progress
from rewards.models import Conversion, Fund, FundTotal

Sayings = dict[str, Said]


def _conversions(program: Program) -> Sayings:
    rows = Conversion.objects.filter(is_active=True).select_related("takes", "gives")
    return {row.code: Said(row.name, _rate(row)) for row in rows}


def _rate(row: Conversion) -> str:
    """`3 beans become 1 stamp, at least 30 beans`."""
    words = f"{in_units(row.step, row.takes)} become {in_units(row.amount, row.gives)}"
    if row.least:
        words += f", at least {in_units(row.least, row.takes)}"
    if row.bonus_step and row.bonus_amount:
        more = in_units(row.bonus_amount, row.gives)
        words += f", {more} more for every {in_units(row.bonus_step, row.takes)}"
    if row.most is not None:
        words += f", at most {in_units(row.most, row.takes)} a {row.per}"
    if row.is_at_once:
        return f"{words}, by itself as soon as there is enough"
    return words + (", by itself as a month ends" if row.is_monthly else "")


def _able(code: str) -> str:
    row = Conversion.objects.filter(code=code).first()
    if row is None:
        return ""
    least = max(row.least, row.step)
    who = Account.objects.filter(unit=row.takes_id, balance__gte=least).count()
    return f"{counted(who, 'member has', 'members have')} enough to exchange today."


def _funds(program: Program) -> Sayings:
    rows = Fund.objects.select_related("unit")
    return {row.code: Said(row.name, row.about or f"takes {row.unit.plural}") for row in rows}


def _given(code: str) -> str:
    row = FundTotal.objects.filter(fund=code).select_related("fund__unit").first()
    return f"It was given {in_units(row.amount, row.fund.unit)}; that stays." if row else ""


def _exchanging(before: Sayings, after: Sayings, progress: Progress) -> Sequence[Finding]:
    return told("Exchanging", before, after, touched=_able)


def _giving(before: Sayings, after: Sayings, progress: Progress) -> Sequence[Finding]:
    return told("Funds", before, after, touched=_given)


def install() -> None:
    """Register these aspects."""
    register(Aspect("conversions", _conversions, _exchanging), Aspect("funds", _funds, _giving))
