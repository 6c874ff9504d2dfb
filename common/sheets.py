"""Files for spreadsheets: CSV whose cells stay text, whatever somebody wrote into them.

A cell that begins like a formula is run by spreadsheets when the file is opened (OWASP, "CSV
Injection"); an apostrophe in front makes it text again.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

FORMULA = re.compile(r"^\s*[=+\-@\t\r\n]")
NUMBER = re.compile(r"^-?[0-9][0-9.,]*$")


def cell(value: Any) -> str:
    """A value as the text of a cell: numbers as they are, and nothing that could be a formula."""
    text = "" if value is None else str(value)
    if FORMULA.match(text) and not NUMBER.match(text):
        return f"'{text}"
    return text


def lines(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Rows as lines of CSV, one at a time, so that a file of any length can be streamed."""
    page = io.StringIO()
    writer = csv.writer(page)
    for row in rows:
        writer.writerow([cell(value) for value in row])
        yield page.getvalue()
        page.seek(0)
        page.truncate()
