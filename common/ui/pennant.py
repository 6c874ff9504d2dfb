"""The pennant: a tier's flag drawn from two or three colors, in the manner of signal flags.

A pennant is an *outline* (pennant, swallowtail, flag) and a *field* (cross, disc, stripes, …). The
field's pieces are cut to the outline here, in Python, so that the SVG is a few plain polygons: no
ids, no clip paths, safe to repeat on a page and under a strict content policy. Flags are
decoration: the tier's name always stands beside them in words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

from common.ui import colors

COLOR = re.compile(r"#[0-9a-fA-F]{6}")
Point = tuple[float, float]
Shape = list[Point]

LENGTH, HEIGHT = 60.0, 38.0
OUTLINES: dict[str, Shape] = {
    "pennant": [(0, 0), (LENGTH, 19), (0, HEIGHT)],
    "swallowtail": [(0, 0), (LENGTH, 4), (44, 19), (LENGTH, 34), (0, HEIGHT)],
    "flag": [(0, 0), (54, 0), (54, HEIGHT), (0, HEIGHT)],
}
DEFAULT_COLORS = ("#b3392f", "#faf7f0")
CENTRES = {"pennant": 17.0, "swallowtail": 23.0, "flag": 27.0}  # where a charge looks centred


@dataclass(frozen=True, slots=True)
class Piece:
    """One convex part of a field: its corners and which of the tier's colors fills it."""

    corners: tuple[Point, ...]
    color: int


@dataclass(frozen=True, slots=True)
class Design:
    """What a tier flies: an outline, a field and two or three colors."""

    outline: str
    field: str
    colors: tuple[str, ...]

    @classmethod
    def of(cls, outline: str, field: str, colors: Sequence[str]) -> Design:
        """A design from a tier's words and colors; what is unknown becomes the plain pennant."""
        chosen = tuple(color for color in colors if COLOR.fullmatch(color)) or DEFAULT_COLORS
        return cls(
            outline if outline in OUTLINES else "pennant",
            field if field in FIELDS else "solid",
            chosen if len(chosen) > 1 else (*chosen, DEFAULT_COLORS[1]),
        )


def _box(left: float, top: float, right: float, bottom: float, color: int = 1) -> Piece:
    return Piece(((left, top), (right, top), (right, bottom), (left, bottom)), color)


def _beam(start: Point, end: Point, width: float, color: int = 1) -> Piece:
    """A straight bar from one point to another."""
    (x1, y1), (x2, y2) = start, end
    length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
    dx, dy = (y1 - y2) / length * width / 2, (x2 - x1) / length * width / 2
    return Piece(
        ((x1 + dx, y1 + dy), (x2 + dx, y2 + dy), (x2 - dx, y2 - dy), (x1 - dx, y1 - dy)), color
    )


def _disc(x: float, radius: float, color: int = 1) -> Piece:
    turns = [2 * pi * step / 28 for step in range(28)]
    return Piece(tuple((x + radius * cos(turn), 19 + radius * sin(turn)) for turn in turns), color)


def _diamond(x: float, half: float, color: int = 1) -> Piece:
    return Piece(
        ((x, 19 - half), (x + half * 1.2, 19), (x, 19 + half), (x - half * 1.2, 19)), color
    )


def _vertical(x: float) -> list[Piece]:
    return [_box(x, 0, LENGTH, HEIGHT)]


def _horizontal(x: float) -> list[Piece]:
    return [_box(0, 19, LENGTH, HEIGHT)]


def _stripes(x: float) -> list[Piece]:
    width = x * 2 / 5
    return [_box(width * turn, 0, width * (turn + 1), HEIGHT) for turn in (1, 3, 5)]


def _cross(x: float) -> list[Piece]:
    return [_box(x - 4.5, 0, x + 4.5, HEIGHT), _box(0, 14.5, LENGTH, 23.5)]


def _saltire(x: float) -> list[Piece]:
    reach = x * 2
    return [_beam((-4, -2.5), (reach + 4, 40.5), 8.5), _beam((-4, 40.5), (reach + 4, -2.5), 8.5)]


def _diamonds(x: float) -> list[Piece]:
    return [_diamond(x, 13), _diamond(x, 6.5, 2)]


def _discs(x: float) -> list[Piece]:
    return [_disc(x, 10), _disc(x, 4.5, 2)]


def _border(x: float) -> list[Piece]:
    return [_box(6, 6, LENGTH, 32)]


def _solid(x: float) -> list[Piece]:
    return []


FIELDS = {
    "solid": _solid,
    "vertical": _vertical,
    "horizontal": _horizontal,
    "stripes": _stripes,
    "cross": _cross,
    "saltire": _saltire,
    "diamond": _diamonds,
    "disc": _discs,
    "border": _border,
}


def cut(shape: Shape, corners: Sequence[Point]) -> Shape:
    """The part of `shape` inside a convex polygon (Sutherland and Hodgman, 1974)."""
    turn = 1 if _area(corners) > 0 else -1
    for start, end in zip(corners, [*corners[1:], corners[0]], strict=True):
        shape = _keep(shape, start, end, turn)
    return shape


def _keep(shape: Shape, start: Point, end: Point, turn: int) -> Shape:
    def side(point: Point) -> float:
        return turn * (
            (end[0] - start[0]) * (point[1] - start[1])
            - (end[1] - start[1]) * (point[0] - start[0])
        )

    kept: Shape = []
    for here, after in zip(shape, [*shape[1:], *shape[:1]], strict=True):
        inside, goes_on = side(here), side(after)
        if inside >= 0:
            kept.append(here)
        if (inside > 0 > goes_on) or (inside < 0 < goes_on):
            share = inside / (inside - goes_on)
            kept.append(
                (here[0] + (after[0] - here[0]) * share, here[1] + (after[1] - here[1]) * share)
            )
    return kept


def _area(corners: Sequence[Point]) -> float:
    pairs = zip(corners, [*corners[1:], corners[0]], strict=True)
    return sum(one[0] * two[1] - two[0] * one[1] for one, two in pairs)


def _inset(shape: Shape, by: float) -> Shape:
    """The outline made smaller towards its own middle, for a border."""
    middle_x = sum(x for x, _ in shape) / len(shape)
    return [(middle_x + (x - middle_x) * by, 19 + (y - 19) * by) for x, y in shape]


def flag(design: Design) -> str:
    """The flag alone, as SVG polygons in a box of 60 x 38 with the hoist at the left edge."""
    outline = OUTLINES[design.outline]
    parts = [_polygon(outline, design.colors[0])]
    if design.field == "border":
        parts.append(_polygon(_inset(outline, 0.62), design.colors[1]))
    else:
        for piece in FIELDS[design.field](CENTRES[design.outline]):
            found = cut(outline, piece.corners)
            if len(found) > 2:
                parts.append(_polygon(found, design.colors[piece.color % len(design.colors)]))
    rim = f'<path d="{_path(outline)}" fill="none" stroke="currentColor" stroke-opacity=".3"/>'
    return "".join(parts) + rim


def svg(design: Design, *, height: int = 22) -> str:
    """The flag on its staff, `height` pixels high, beside a name. Hidden from screen readers."""
    width = round(height * 66 / 44)
    return (
        f'<svg class="pennant" viewBox="0 0 66 44" width="{width}" height="{height}"'
        ' aria-hidden="true">'
        f'<path d="M2 0v44" stroke="currentColor" stroke-width="2.5"/>'
        f'<g transform="translate(4 2)">{flag(design)}</g></svg>'
    )


def mast(current: Design | None, following: Design | None, *, fraction: float) -> str:
    """A mast: the tier held flies at the top, the next one climbs by `fraction` (0 to 1)."""
    return (
        '<svg class="mast" viewBox="0 0 124 262" aria-hidden="true">'
        '<path d="M26 10V252M12 252h28M17 216h18" stroke="currentColor" stroke-width="4.5"'
        ' stroke-linecap="round"/><circle cx="26" cy="7" r="5.5" fill="currentColor"/>'
        + (f'<g transform="translate(29 14) scale(1.4)">{flag(current)}</g>' if current else "")
        + (_climbing(following, fraction) if following else "")
        + "</svg>"
    )


def _climbing(design: Design, fraction: float) -> str:
    """A flag on the halyard, between the deck (y = 188) and just below the flag on top (y = 86)."""
    height = 188 - 102 * min(1.0, max(0.0, fraction))
    return (
        '<path d="M33 100v128" stroke="currentColor" stroke-opacity=".35" stroke-width="2"'
        ' stroke-dasharray="1 6" stroke-linecap="round"/>'
        f'<g class="mast-next"><g transform="translate(33 {height:.1f}) scale(1.1)">'
        f"{flag(design)}</g></g>"
    )


def face(design: Design) -> str:
    """The ground of a membership card in the tier's first color, its flag flying off the right edge
    above the sea.

    428 x 270, the proportions of a card in a wallet. What is written on it goes to the left of x =
    210.
    """
    ground = design.colors[0]
    ink = colors.readable_on(ground)
    waves = "".join(f"M-20 {y}q22-9 44 0" + "t44 0" * 10 for y in (226, 240, 254))
    return (
        '<svg class="pass-ground" viewBox="0 0 428 270" preserveAspectRatio="xMaxYMid slice"'
        f' aria-hidden="true" color="{ink}"><path fill="{ground}" d="M0 0h428v270H0z"/>'
        f'<path d="{waves}" fill="none" stroke="currentColor" stroke-opacity=".2"'
        ' stroke-width="1.5"/>'
        '<path d="M228-6v282" stroke="currentColor" stroke-width="7"/>'
        f'<g transform="translate(232 26) scale(4)">{flag(design)}</g></svg>'
    )


def bunting(designs: Sequence[Design]) -> str:
    """A line dressed with every flag of the program, as a ship is on a holiday."""
    count = max(1, len(designs))
    points = []
    for index in range(count):
        along = (index + 0.5) / count
        points.append((along * 720, 14 + 44 * 4 * along * (1 - along)))
    hung = "".join(
        f'<g transform="translate({x + 19:.1f} {y:.1f}) rotate(90)">{flag(design)}</g>'
        for (x, y), design in zip(points, designs, strict=False)
    )
    return (
        '<svg class="bunting" viewBox="0 0 720 122" aria-hidden="true">'
        '<path d="M0 14Q360 102 720 14" fill="none" stroke="currentColor" stroke-width="2"/>'
        f"{hung}</svg>"
    )


def _polygon(shape: Shape, color: str) -> str:
    return f'<path d="{_path(shape)}" fill="{color}"/>'


def _path(shape: Shape) -> str:
    return "M" + " ".join(f"{_short(x)} {_short(y)}" for x, y in shape) + "z"


def _short(number: float) -> str:
    return f"{number:.1f}".rstrip("0").rstrip(".") if number else "0"
