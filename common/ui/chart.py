"""Charts drawn on the server: a figure and its interval for each group, one below the other.

Plain SVG without styles of its own; the words and numbers stand in a table beside it, so it is
hidden from screen readers.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from decimal import Decimal

from django.utils.html import escape

WIDTH, ROW, LEFT, RIGHT, TOP = 720, 34, 150, 70, 26
LABEL_MAX = 18  # characters that fit left of the scale


@dataclasses.dataclass(frozen=True, slots=True)
class Mark:
    """One row: its name, its figure in words, and where it lies; None where it is hidden."""

    name: str
    words: str = ""
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None


def intervals(marks: Sequence[Mark], *, least: int, most: int, ticks: Sequence[int]) -> str:
    """Dots with whiskers over a scale from `least` to `most`."""
    height = TOP + ROW * len(marks) + 8
    parts = [f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" aria-hidden="true">']
    for tick in ticks:
        x = _x(Decimal(tick), least, most)
        parts.append(
            f'<line class="chart-tick" x1="{x}" x2="{x}" y1="{TOP}" y2="{height - 8}"/>'
            f'<text class="chart-number" x="{x}" y="16" text-anchor="middle">{_said(tick)}</text>'
        )
    for place, mark in enumerate(marks):
        parts.append(_row(mark, TOP + ROW * place + ROW // 2, least, most))
    return "".join(parts) + "</svg>"


def _row(mark: Mark, y: int, least: int, most: int) -> str:
    name = mark.name if len(mark.name) <= LABEL_MAX else mark.name[: LABEL_MAX - 1] + "…"
    label = f'<text class="chart-name" x="0" y="{y + 5}">{escape(name)}</text>'
    if mark.value is None or mark.low is None or mark.high is None:
        words = f'<text class="chart-number" x="{LEFT}" y="{y + 5}">{escape(mark.words)}</text>'
        return label + words
    x, low, high = (_x(value, least, most) for value in (mark.value, mark.low, mark.high))
    return (
        f'{label}<line class="chart-whisker" x1="{low}" x2="{high}" y1="{y}" y2="{y}"/>'
        f'<circle class="chart-dot" cx="{x}" cy="{y}" r="6"/>'
        f'<text class="chart-figure" x="{WIDTH}" y="{y + 5}" text-anchor="end">'
        f"{escape(mark.words)}</text>"
    )


def _x(value: Decimal, least: int, most: int) -> int:
    share = (value - least) / (most - least)
    return LEFT + int(share * (WIDTH - LEFT - RIGHT))


def _said(tick: int) -> str:
    return f"\N{MINUS SIGN}{-tick}" if tick < 0 else str(tick)


def bars(counts: Sequence[tuple[str, int]]) -> str:
    """How often each number was given: a bar for each, its count above."""
    most = max((count for _name, count in counts), default=0) or 1
    step = WIDTH // max(len(counts), 1)
    parts = [f'<svg class="chart" viewBox="0 0 {WIDTH} 150" aria-hidden="true">']
    for place, (name, count) in enumerate(counts):
        tall, x = 100 * count // most, place * step
        parts.append(
            f'<rect class="chart-bar" x="{x + 4}" y="{126 - tall}" width="{step - 8}"'
            f' height="{tall}" rx="3"/>'
            f'<text class="chart-number" x="{x + step // 2}" y="{120 - tall}"'
            f' text-anchor="middle">{count}</text>'
            f'<text class="chart-name" x="{x + step // 2}" y="146" text-anchor="middle">'
            f"{escape(name)}</text>"
        )
    return "".join(parts) + "</svg>"
