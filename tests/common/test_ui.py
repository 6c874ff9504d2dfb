"""The components draw what they are given: numbers, dates, colors that can be read, flags that stay
in their outline.
"""

from __future__ import annotations

import datetime as dt
import re
from fractions import Fraction
from types import SimpleNamespace

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from common.templatetags import ui
from common.ui import colors, pennant, qr

POINT = SimpleNamespace(singular="point", plural="points", decimals=0)
STAR = SimpleNamespace(singular="star", plural="stars", decimals=2)
HEX = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


@pytest.mark.parametrize(
    ("amount", "unit", "said"),
    [
        (0, POINT, "0 points"),
        (1, POINT, "1 point"),
        (1234567, POINT, "1,234,567 points"),
        (-2700, POINT, "\N{MINUS SIGN}2,700 points"),
        (100, STAR, "1.00 star"),
        (123456, STAR, "1,234.56 stars"),
    ],
)
def test_amounts_are_said_in_the_right_number(
    amount: int, unit: SimpleNamespace, said: str
) -> None:
    assert ui.words(amount, unit) == said


def test_a_credit_shows_its_sign() -> None:
    assert ">+40<" in ui.amount(40, POINT, sign=True)
    assert ">40<" in ui.amount(40, POINT)


def test_a_unit_cannot_smuggle_markup_in() -> None:
    unit = SimpleNamespace(singular="<b>", plural="<b>", decimals=0)
    assert "&lt;b&gt;" in ui.amount(2, unit)


def test_nobody_is_at_a_hundred_percent_before_they_are_there() -> None:
    assert ui.percent(Fraction(999, 1000)).startswith("99")
    assert ui.percent(Fraction(1)).startswith("100")
    assert ">99\N{NARROW NO-BREAK SPACE}%<" in ui.ring(Fraction(999, 1000))
    assert ">29\N{NARROW NO-BREAK SPACE}%<" in ui.ring(Fraction(29, 100))


@time_machine.travel("2026-03-10T00:30:00Z")
@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2026-03-10T00:10:00+00:00", "Today"),
        ("2026-03-09T23:50:00+00:00", "Yesterday"),
        ("2026-03-07T12:00:00+00:00", "3 days ago"),
        ("2026-03-01T12:00:00+00:00", "1 Mar"),
        ("2025-12-31T12:00:00+00:00", "31 Dec 2025"),
    ],
)
def test_days_are_near_or_named(moment: str, said: str) -> None:
    lisbon = {"program": SimpleNamespace(time_zone="Europe/Lisbon")}
    assert f">{said}<" in ui.day(lisbon, dt.datetime.fromisoformat(moment))


def test_the_last_good_day_is_the_one_before_an_exclusive_end() -> None:
    lisbon = {"program": SimpleNamespace(time_zone="Europe/Lisbon")}
    end = dt.datetime(2026, 6, 30, 23, tzinfo=dt.UTC)  # midnight in Lisbon's summer
    assert ">30 June 2026<" in ui.last_day(lisbon, end)


def test_a_code_is_read_in_groups() -> None:
    assert ui.grouped("482109376623") == "4821 0937 6623"
    assert ui.grouped("ABCD-EFGH-JK") == "ABCD EFGH JK"


@given(accent=HEX, ink=HEX, paper=HEX)
def test_any_brand_can_be_read_in_both_schemes(accent: str, ink: str, paper: str) -> None:
    for scheme in colors.schemes(accent, ink, paper).values():
        grounds = [scheme[name] for name in ("paper", "sheet", "well")]
        for name in ("ink", "soft", "accent", "good", "bad"):
            assert min(colors.contrast(scheme[name], ground) for ground in grounds) >= 4.5, name
        assert min(colors.contrast(scheme["edge"], ground) for ground in grounds) >= 3
        assert colors.contrast(scheme["on-accent"], scheme["accent"]) >= 4.5
        assert colors.contrast(scheme["ink"], scheme["tint"]) >= 4.5


@given(color=HEX)
def test_words_on_a_tiers_color_can_be_read(color: str) -> None:
    assert colors.contrast(colors.readable_on(color), color) >= 4.5


@given(color=HEX)
def test_colors_survive_the_way_there_and_back(color: str) -> None:
    back = colors.from_oklch(colors.to_oklch(color))
    ways = zip(colors.channels(color), colors.channels(back), strict=True)
    assert all(abs(one - two) <= 2 / 255 for one, two in ways)


@pytest.mark.parametrize("outline", pennant.OUTLINES)
@pytest.mark.parametrize("field", pennant.FIELDS)
def test_every_field_stays_inside_every_outline(outline: str, field: str) -> None:
    design = pennant.Design.of(outline, field, ["#112233", "#445566", "#778899"])
    drawn = pennant.flag(design)
    corners = [
        float(number) for path in re.findall(r'd="M([^"]+)z"', drawn) for number in path.split()
    ]
    assert min(corners[::2]) >= 0
    assert max(corners[::2]) <= pennant.LENGTH
    assert min(corners[1::2]) >= 0
    assert max(corners[1::2]) <= pennant.HEIGHT
    assert "#112233" in drawn


def test_a_design_of_unknown_words_is_the_plain_pennant() -> None:
    design = pennant.Design.of("kite", "spots", ['"/><script>'])
    assert (design.outline, design.field) == ("pennant", "solid")
    assert design.colors == pennant.DEFAULT_COLORS


def test_the_next_pennant_climbs_and_stays_below_the_one_on_top() -> None:
    low, high = (pennant.Design.of("pennant", "disc", ["#112233"]) for _ in range(2))
    heights = [
        float(re.search(r"translate\(33 ([\d.]+)\)", pennant.mast(low, high, fraction=part))[1])  # type: ignore[index]
        for part in (0, 0.5, 1, 7)
    ]
    assert heights[0] > heights[1] > heights[2] == heights[3]
    assert heights[2] > 14 + 1.4 * pennant.HEIGHT


def test_codes_are_black_on_white_with_a_quiet_zone() -> None:
    drawn = qr.svg("482109376623", label="QR code of your card number")
    assert 'fill="#fff"' in drawn
    assert 'stroke="#000"' in drawn
    assert 'role="img"' in drawn
    assert drawn.count("<svg") == 1
