"""Admin forms as a browser sends them: every field with what it shows, and what is changed."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from tests.desk.counter import Counter


class _Fields(HTMLParser):
    """The fields of a page's forms: name to value, or to a list of values."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, Any] = {}
        self._select, self._area = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "input" and given.get("name") and self._counts(given):
            ticked = "on" if given.get("type") in ("checkbox", "radio") else ""
            self.found[given["name"]] = given.get("value", ticked)
        elif tag == "select":
            self._select = given.get("name", "")
            self.found.setdefault(self._select, "")
        elif tag == "option" and self._select and "selected" in given:
            self.found[self._select] = given.get("value", "")
        elif tag == "textarea":
            self._area = given.get("name", "")
            self.found[self._area] = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.found[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self.found[self._area] = self.found[self._area].lstrip("\n")
            self._area = ""

    @staticmethod
    def _counts(given: dict[str, str]) -> bool:
        kind = given.get("type", "text")
        return kind not in ("submit", "button") and (
            kind not in ("checkbox", "radio") or "checked" in given
        )


def shown(counter: Counter, url: str) -> dict[str, Any]:
    """What the form at an address would send as it is."""
    page = _Fields()
    page.feed(counter.get(url).content.decode())
    return {
        name: value
        for name, value in page.found.items()
        if name and "__prefix__" not in name and name not in ("q", "csrfmiddlewaretoken")
    }


def save(counter: Counter, url: str, **changed: Any) -> Any:
    """Send the form with some fields changed."""
    return counter.post(url, shown(counter, url) | changed | {"_save": "Save"})


def add_row(fields: dict[str, Any], prefix: str, **row: Any) -> dict[str, Any]:
    """The fields with one more row in an inline."""
    index = int(fields[f"{prefix}-TOTAL_FORMS"])
    new = {f"{prefix}-{index}-{name}": value for name, value in row.items()}
    return fields | new | {f"{prefix}-TOTAL_FORMS": str(index + 1)}
