"""What a draft means for letters: whose words change, and how many letters that concerns."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import timedelta

from common import clock
from common.text import counted
from messaging.models import Letter, Template
from program.differences import Aspect, Finding, register
from program.models import Program
from program.verbs import Progress

LATELY = timedelta(days=30)
Key = tuple[str, str]  # event and language


@dataclasses.dataclass(frozen=True, slots=True)
class Words:
    """What a letter says."""

    subject: str
    text: str


def _read(program: Program) -> dict[Key, Words]:
    rows = Template.objects.filter(is_active=True)
    return {(row.event, row.language): Words(row.subject, row.text) for row in rows}


def _compare(
    before: dict[Key, Words], after: dict[Key, Words], progress: Progress
) -> Sequence[Finding]:
    sentences = [
        f"{_changed(key, before.get(key), after.get(key))} {_written(key)}"
        for key in sorted({*before, *after})
        if before.get(key) != after.get(key)
    ]
    return [Finding("Letters", tuple(sentences))] if sentences else []


def _changed(key: Key, old: Words | None, new: Words | None) -> str:
    name = f"The letter {key[0]} in {key[1]!r}"
    if new is None:
        return f"{name} has the house's own words again."
    if old is None:
        return f'{name} gets words of its own: "{new.subject}".'
    if old.text == new.text:
        return f'{name}: its subject is "{new.subject}" instead of "{old.subject}".'
    if old.subject == new.subject:
        return f'{name}: its text is another; its subject stays "{new.subject}".'
    return f'{name}: its text is another, and its subject "{new.subject}".'


def _written(key: Key) -> str:
    """How many letters of this event there are, whatever their language."""
    rows = Letter.objects.filter(event_type=key[0])
    sent = rows.filter(status=Letter.Status.SENT, sent_at__gt=clock.now() - LATELY).count()
    words = f"{counted(sent, 'letter', 'letters')} about it in the last 30 days, in any language."
    waiting = rows.filter(status=Letter.Status.WAITING).count()
    if waiting:
        words += f" {counted(waiting, 'letter waits', 'letters wait')}, to be sent as drafted."
    return words


def install() -> None:
    """Register the aspect of this app."""
    register(Aspect("letters", _read, _compare))
