"""Every curl line of docs/API.md runs as it is written."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator

import pytest
import time_machine
from django.http import HttpResponse

from partners import happenings
from tests.conftest import ROOT
from tests.till import Till, card_of, marta

PAGE = ROOT / "docs" / "API.md"
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)


@pytest.fixture(autouse=True)
def spring() -> Iterator[None]:
    with time_machine.travel("2026-03-10T09:00:00Z", tick=False):
        yield


def lines() -> list[str]:
    """The commands of the page, in order."""
    return [block.strip() for block in BLOCK.findall(PAGE.read_text(encoding="utf-8"))]


def shell(line: str, variables: dict[str, str]) -> list[str]:
    """What a shell makes of a line: variables, quotes and continued lines."""
    line = line.replace("${CARD// /}", variables["CARD"].replace(" ", ""))
    for name, value in variables.items():
        line = line.replace(f"${name}", value)
    return shlex.split(line.replace("\\\n", " "))


def run(till: Till, words: list[str]) -> HttpResponse:
    """What curl does with its arguments."""
    method, data, headers, address = "GET", "", {}, ""
    rest = iter(words[1:])
    for word in rest:
        if word == "-X":
            method = next(rest)
        elif word == "-d":
            data = next(rest)
        elif word == "-H":
            name, _, value = next(rest).partition(": ")
            headers[name] = value
        elif not word.startswith("-"):
            address = word
    kind = headers.pop("Content-Type", "application/x-www-form-urlencoded")
    path = address.removeprefix("http://127.0.0.1:8000")
    return till.client.generic(method, path, data, content_type=kind, headers=headers)


def test_the_quick_start_works_as_printed(till: Till) -> None:
    number = card_of(marta())
    spaced = " ".join(number[start : start + 4] for start in range(0, 12, 4))
    variables = {"PENNANT": "http://127.0.0.1:8000", "KEY": till.text, "CARD": spaced}
    till.client.defaults.pop("HTTP_AUTHORIZATION")
    curls = [line for line in lines() if line.startswith("curl")]
    answers = [run(till, shell(line, variables)) for line in curls]
    assert [answer.status_code for answer in answers] == [200, 201, 202, 201, 200, 201]
    again = run(till, shell(curls[1], variables))
    assert (again.status_code, again["Idempotent-Replayed"]) == (200, "true")
    other = run(till, shell(curls[1].replace('"nights": 7', '"nights": 8'), variables))
    assert (other.status_code, other.json()["code"]) == (409, "reference_reused")


def test_the_problem_on_the_page_is_one_that_there_is(till: Till) -> None:
    page = PAGE.read_text(encoding="utf-8")
    shown = json.loads(page.split("```json\n")[1].split("```")[0])
    got = till.stay(nigths=7, nights=None).json()
    assert {**got, "request_id": ""} == {**shown, "request_id": ""}


def test_the_page_lists_every_event(db: None) -> None:
    page = PAGE.read_text(encoding="utf-8")
    for kind in happenings.KINDS.values():
        assert f"| `{kind.type}` | {kind.words} |" in page, kind.type
