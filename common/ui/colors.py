"""A whole palette from three brand colors, in a light and a dark scheme, that always keeps its
contrast.

What must stay true, whatever an operator chooses: text, muted text and accent reach 4.5:1 on every
surface they stand on (WCAG 2.2, 1.4.3), control edges reach 3:1 (1.4.11), and the words on an
accent button reach 4.5:1. Lightness moves until they do; hue and chroma stay the brand's.
Arithmetic is OKLCH (Björn Ottosson, https://bottosson.github.io/posts/oklab/).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

TEXT = 4.5
EDGE = 3.0
STEP = 0.01  # one percent of lightness: finer than the eye, and at most a hundred steps


@dataclass(frozen=True, slots=True)
class Oklch:
    """A color by lightness (0 to 1), chroma (0 to about 0.37) and hue in radians."""

    light: float
    chroma: float
    hue: float

    def at(self, light: float, chroma: float | None = None) -> Oklch:
        """The same hue at another lightness and, if given, another chroma."""
        return Oklch(light, self.chroma if chroma is None else chroma, self.hue)


def channels(color: str) -> tuple[float, float, float]:
    """`#rrggbb` as three numbers from 0 to 1."""
    return (int(color[1:3], 16) / 255, int(color[3:5], 16) / 255, int(color[5:7], 16) / 255)


def to_hex(red: float, green: float, blue: float) -> str:
    """Three numbers as `#rrggbb`; what lies outside 0 to 1 is clipped."""
    return "#" + "".join(
        f"{round(255 * min(1.0, max(0.0, part))):02x}" for part in (red, green, blue)
    )


def mix(first: str, second: str, share: float) -> str:
    """`share` (0 to 1) of the second color laid over the first."""
    pairs = zip(channels(first), channels(second), strict=True)
    red, green, blue = (one + (two - one) * share for one, two in pairs)
    return to_hex(red, green, blue)


def luminance(color: str) -> float:
    """Relative luminance as WCAG defines it, 0 (black) to 1 (white)."""
    red, green, blue = (_linear(part) for part in channels(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two colors, 1 to 21."""
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


INKS = ("#14213d", "#ffffff", "#000000")  # one of them reaches 4.5:1 on any ground


def readable_on(ground: str) -> str:
    """An ink for words on `ground`: navy or white, whichever is read better, black where neither
    is.
    """
    navy, white, black = INKS
    best = max((navy, white), key=lambda ink: contrast(ink, ground))
    return best if contrast(best, ground) >= TEXT else black


def to_oklch(color: str) -> Oklch:
    """`#rrggbb` as OKLCH."""
    red, green, blue = (_linear(part) for part in channels(color))
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    light = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    green_red = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    blue_yellow = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return Oklch(light, math.hypot(green_red, blue_yellow), math.atan2(blue_yellow, green_red))


def from_oklch(color: Oklch) -> str:
    """OKLCH as `#rrggbb`, with the chroma lowered where the screen cannot show it."""
    chroma = color.chroma
    while chroma > 0:
        parts = _rgb(color.at(color.light, chroma))
        if all(-1e-4 <= part <= 1 + 1e-4 for part in parts):
            return to_hex(*parts)
        chroma -= 0.005
    return to_hex(*_rgb(color.at(color.light, 0)))


def reach(color: str, ratio: float, *grounds: str, up: bool) -> str:
    """`color` made lighter (`up`) or darker until it stands out by `ratio` from every ground."""
    shade, found = to_oklch(color), color
    goal, move = (1.0, STEP) if up else (0.0, -STEP)
    while min(contrast(found, ground) for ground in grounds) < ratio and shade.light != goal:
        shade = shade.at(min(1.0, max(0.0, shade.light + move)))
        found = from_oklch(shade)
    return found


NAVY = Oklch(0.2, 0.045, math.radians(262))  # the dark scheme of a brand whose ink has no hue


@lru_cache(maxsize=64)
def schemes(accent: str, ink: str, paper: str) -> dict[str, dict[str, str]]:
    """The custom properties of the `light` and the `dark` scheme, by name, for three colors."""
    return {"light": _light(accent, ink, paper), "dark": _dark(accent, ink, paper)}


def _light(accent: str, ink: str, paper: str) -> dict[str, str]:
    ground = to_oklch(paper)
    paper = paper if ground.light >= 0.9 else from_oklch(ground.at(0.94, min(ground.chroma, 0.03)))
    sheet = mix(paper, "#ffffff", 0.75)
    well = mix(paper, ink, 0.06)
    grounds = (paper, sheet, well)
    ink = reach(ink, 9, *grounds, up=False)
    return _finish(accent, ink, grounds, up=False) | {"on-accent": "#ffffff"}


def _dark(accent: str, ink: str, paper: str) -> dict[str, str]:
    night = to_oklch(ink)
    night = (
        NAVY if night.chroma < 0.01 else night.at(night.light, min(max(night.chroma, 0.03), 0.06))
    )
    ground, sheet, well = (from_oklch(night.at(light)) for light in (0.205, 0.26, 0.17))
    pale = to_oklch(paper)
    text = from_oklch(pale.at(0.95, min(pale.chroma, 0.02)))
    return _finish(accent, text, (ground, sheet, well), up=True) | {"on-accent": well}


def _finish(accent: str, ink: str, grounds: tuple[str, str, str], *, up: bool) -> dict[str, str]:
    paper, sheet, well = grounds
    found = reach(accent, TEXT, *grounds, up=up)
    return {
        "paper": paper,
        "sheet": sheet,
        "well": well,
        "ink": ink,
        "soft": reach(mix(paper, ink, 0.62), TEXT, *grounds, up=up),
        "edge": reach(mix(paper, ink, 0.45), EDGE, *grounds, up=up),
        "line": mix(paper, ink, 0.15),
        "accent": found,
        "tint": mix(paper, found, 0.1),
        "good": reach("#1f7a5c", TEXT, *grounds, up=up),
        "bad": reach("#b3261e", TEXT, *grounds, up=up),
    }


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _rgb(color: Oklch) -> tuple[float, float, float]:
    one, two = color.chroma * math.cos(color.hue), color.chroma * math.sin(color.hue)
    long = (color.light + 0.3963377774 * one + 0.2158037573 * two) ** 3
    medium = (color.light - 0.1055613458 * one - 0.0638541728 * two) ** 3
    short = (color.light - 0.0894841775 * one - 1.2914855480 * two) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    return _gamma(red), _gamma(green), _gamma(blue)


def _gamma(part: float) -> float:
    return 12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055
