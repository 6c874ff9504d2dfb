"""Which events become letters, and what their words may speak of.

This app knows no event. Whoever knows one registers it at start-up: the topic it belongs to, the
variables its words may use, and a function that finds their values when the letter is sent.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from members.models import Member

# Every letter may use these.
COMMON = {
    "name": "The member's name.",
    "program": "The program's name.",
    "business": "The business that runs it.",
    "home": "The address of the member's own page.",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Choice:
    """One of several answers that can be tapped in the letter itself."""

    label: str
    url: str


@dataclasses.dataclass(frozen=True, slots=True)
class Scale:
    """A row of answers with what its ends mean, drawn where the text says `{scale}`."""

    choices: tuple[Choice, ...]
    low_words: str = ""
    high_words: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Told:
    """What a letter is filled with. `why_not` names a reason not to send it after all."""

    values: Mapping[str, str] = dataclasses.field(default_factory=dict)
    scale: Scale | None = None
    why_not: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class About:
    """The event a letter is about: its public id and its payload."""

    member: Member
    subject: str
    payload: Mapping[str, Any]
    letter_id: uuid.UUID


@dataclasses.dataclass(frozen=True, slots=True)
class Kind:
    """An event that becomes a letter.

    `title` is what staff call it; `topic` what a member can say no to, empty for what they asked
    for themselves. `variables` are the names its words may use, with what they mean; `subject` and
    `text` are ours; `example` fills them for a look before anybody is written to.
    """

    event: str
    topic: str
    variables: Mapping[str, str]
    tell: Callable[[About], Told]
    subject: Any
    text: Any
    example: Callable[[], Told]
    topic_words: Any = ""
    title: Any = ""

    @property
    def name(self) -> str:
        """What staff choose it by."""
        return str(self.title) or self.event

    def known(self) -> dict[str, str]:
        """Every variable that the words may use."""
        return {**COMMON, **self.variables}


_kinds: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Add events that become letters; called once, when the app that knows them is ready."""
    _kinds.update({kind.event: kind for kind in kinds})


def kinds() -> dict[str, Kind]:
    """Every event that becomes a letter."""
    return dict(_kinds)


def topics() -> dict[str, Any]:
    """What members can say no to, in words."""
    return {kind.topic: kind.topic_words for kind in _kinds.values() if kind.topic}
