"""The one stylesheet: the files of static/css in their order, the brand's colors from the Program
row, no build step.

One request instead of twenty, and no inline style, so the content policy stays strict. The address
carries a digest of the files and the colors: it may be kept for ever, and changes when either does.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.urls import reverse

from common.ui import colors
from program.models import Program

ORDER = ("reset", "tokens", "base", "layout", "components/*", "utilities")
LAYERS = "@layer reset,tokens,base,layout,components,utilities;"
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
SPACE = re.compile(r"\s+")
AROUND = re.compile(r"\s*([{};,>])\s*")


def address(program: Program | None) -> str:
    """Where this program's stylesheet is, with its digest."""
    return f"{reverse('portal:stylesheet')}?v={digest(program)}"


def digest(program: Program | None) -> str:
    """Changes whenever a file or a brand color does."""
    return hashlib.sha256(text(program).encode()).hexdigest()[:12]


def text(program: Program | None) -> str:
    """The whole stylesheet."""
    return _text(*brand(program))


def brand(program: Program | None) -> tuple[str, str, str]:
    """Accent, ink and paper; the house's own before there is a program."""
    known = program or Program()
    return known.brand_accent, known.brand_ink, known.brand_paper


@lru_cache(maxsize=8)
def _text(accent: str, ink: str, paper: str) -> str:
    schemes = colors.schemes(accent, ink, paper)
    return LAYERS + _files() + _variables(schemes["light"], schemes["dark"])


@lru_cache(maxsize=1)
def _files() -> str:
    found = finders.find("css/tokens.css")
    if not isinstance(found, str):
        raise FileNotFoundError(
            "static/css is missing: STATICFILES_DIRS must name the folder static/."
        )
    folder = Path(found).parent
    paths = [path for name in ORDER for path in sorted(folder.glob(f"{name}.css"))]
    return "".join(squeezed(path.read_text("utf-8")) for path in paths)


def squeezed(css: str) -> str:
    """The same rules without comments and needless space."""
    return AROUND.sub(r"\1", SPACE.sub(" ", COMMENT.sub("", css))).strip()


def _variables(light: dict[str, str], dark: dict[str, str]) -> str:
    day, night = (
        "".join(f"--{name}:{color};" for name, color in scheme.items()) for scheme in (light, dark)
    )
    return (
        "@layer tokens{"
        f":root{{color-scheme:light;{day}}}"
        "@media (prefers-color-scheme:dark){"
        f":root:not([data-scheme=light]){{color-scheme:dark;{night}}}"
        "}"
        f":root[data-scheme=dark]{{color-scheme:dark;{night}}}"
        "}"
    )
