"""The demo's letters, read from the files that the e-mail backend writes."""

from __future__ import annotations

import dataclasses
import email
import email.policy
import re
from datetime import datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

SEPARATOR = b"-" * 79 + b"\n"  # what Django's file backend writes behind each letter
NAME = re.compile(r"\d{8}-\d{6}-\d+\.log")
SHOWN_MAX = 100


@dataclasses.dataclass(frozen=True, slots=True)
class Letter:
    """One mail. `id` is its file and its place in it."""

    id: str
    subject: str
    sender: str
    recipient: str
    sent_at: datetime | None
    text: str


def newest(folder: Path) -> list[Letter]:
    """The latest letters, newest first."""
    files = list(folder.glob("*.log")) if folder.is_dir() else []
    files.sort(key=lambda file: file.stat().st_mtime_ns, reverse=True)
    letters: list[Letter] = []
    for file in files:
        letters += reversed(_letters(file))
        if len(letters) >= SHOWN_MAX:
            break
    return letters[:SHOWN_MAX]


def find(folder: Path, *, letter_id: str) -> Letter | None:
    """One letter by its id, or None."""
    name, _, place = letter_id.rpartition(".")
    if not (NAME.fullmatch(name) and place.isdigit() and (folder / name).is_file()):
        return None
    letters = _letters(folder / name)
    return letters[int(place)] if int(place) < len(letters) else None


def _letters(file: Path) -> list[Letter]:
    parts = [part for part in file.read_bytes().split(SEPARATOR) if part.strip()]
    return [_letter(part, letter_id=f"{file.name}.{place}") for place, part in enumerate(parts)]


def _letter(raw: bytes, *, letter_id: str) -> Letter:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(preferencelist=("plain", "html"))
    date = message["Date"]
    return Letter(
        id=letter_id,
        subject=str(message["Subject"] or ""),
        sender=str(message["From"] or ""),
        recipient=str(message["To"] or ""),
        sent_at=parsedate_to_datetime(str(date)) if date else None,
        text=body.get_content().strip() if body else "",
    )
