"""Words: checked when they are saved, filled in when a letter is sent.

A text is plain, with names in braces: `{name}`. A line that is just `{scale}` becomes the scale; an
address on a line of its own becomes a button. Nothing in a text is code.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Collection, Mapping
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from common.ui import colors
from messaging.errors import TemplateInvalid
from messaging.models import Template
from messaging.registry import Kind, Told
from program import catalog
from program.models import Program

NAME = re.compile(r"\{([^{}]*)\}")
ADDRESS = re.compile(r"https?://\S+")
SCALE = "{scale}"


@dataclasses.dataclass(frozen=True, slots=True)
class Written:
    """A letter that is ready: subject, plain text, and the same as HTML."""

    subject: str
    text: str
    html: str


def check(subject: str, text: str, *, known: Collection[str], place: str = "text") -> None:
    """Refuse words that name something the letter does not know. Raises TemplateInvalid."""
    for name in NAME.findall(subject + "\n" + text):
        if name not in known:
            near = difflib.get_close_matches(name, list(known), n=1)
            hint = f" Did you mean {{{near[0]}}}?" if near else ""
            names = ", ".join(f"{{{one}}}" for one in sorted(known))
            raise TemplateInvalid(
                f"There is no {{{name}}} in this letter.{hint} It knows {names}.",
                pointer=f"/{place}",
            )
    if SCALE in subject:
        raise TemplateInvalid("A subject cannot hold a scale. Move {scale} into the text.")
    if re.search(r"[\r\n]", subject):
        raise TemplateInvalid("A subject is one line.", pointer="/subject")


@catalog.versioned
def _templates(_program: Program) -> dict[tuple[str, str], tuple[str, str]]:
    """Subject and text of the program's own words, by event and language."""
    rows = Template.objects.filter(is_active=True)
    return {(row.event, row.language): (row.subject, row.text) for row in rows}


def words(kind: Kind, *, language: str, fallback: str) -> tuple[str, str]:
    """Subject and text in the member's language, the program's, or the house's own words."""
    found = _templates(catalog.current())
    for wanted in (language, language.partition("-")[0], fallback):
        if (kind.event, wanted) in found:
            return found[kind.event, wanted]
    with translation.override(language):
        return str(kind.subject), str(kind.text)


def write(
    kind: Kind,
    told: Told,
    *,
    values: Mapping[str, str],
    program: Program,
    language: str,
    stop_url: str = "",
) -> Written:
    """The letter with everything filled in."""
    found = words(kind, language=language, fallback=program.language)
    return filled(
        kind, found, told, values=values, program=program, language=language, stop_url=stop_url
    )


def filled(
    kind: Kind,
    found: tuple[str, str],
    told: Told,
    *,
    values: Mapping[str, str],
    program: Program,
    language: str,
    stop_url: str = "",
) -> Written:
    """A letter of these words, subject and text, whether they are kept or only tried."""
    subject, text = found
    said = {**values, **told.values}
    subject = " ".join(_filled(subject, said).split())
    with translation.override(language):
        parts = [_part(block, said, told) for block in re.split(r"\n\s*\n", text.strip())]
        context = {
            "subject": subject, "parts": parts, "program": program, "stop_url": stop_url,
            "topic_words": kind.topic_words, "language": language, **_colors(program),
        }  # fmt: skip
        html = render_to_string("messaging/letter.html", context)
        plain = render_to_string("messaging/letter.txt", context)
    return Written(subject=subject, text=plain.strip() + "\n", html=html)


def _part(block: str, said: Mapping[str, str], told: Told) -> dict[str, Any]:
    """A paragraph, a button, or the scale."""
    if block.strip() == SCALE and told.scale is not None:
        return {"scale": told.scale}
    text = _filled(block.replace(SCALE, ""), said).strip()
    lines = text.split("\n")
    if ADDRESS.fullmatch(lines[-1].strip()):
        label = "\n".join(lines[:-1]).strip()
        return {"button": {"label": label, "url": lines[-1].strip()}, "text": text}
    return {"text": text}


def _filled(text: str, said: Mapping[str, str]) -> str:
    """Names replaced by their values; one that has none by nothing, so that a letter never fails
    for a word.
    """
    return NAME.sub(lambda match: said.get(match[1], ""), text)


def _colors(program: Program) -> dict[str, str]:
    """The brand's colors, with words that can be read on the accent."""
    accent = program.brand_accent
    return {
        "accent": accent,
        "ink": program.brand_ink,
        "paper": program.brand_paper,
        "on_accent": colors.readable_on(accent),
    }
