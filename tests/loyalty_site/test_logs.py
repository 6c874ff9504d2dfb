"""Log lines are JSON, whatever is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from loyalty_site import logs


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("plain", "plain"),
        ("half of a pair: \ud800", "half of a pair: \ud800"),
        (Path("/srv"), "PosixPath('/srv')"),
    ],
)
def test_a_line_is_json_whatever_is_told(told: object, read: str) -> None:
    line = logs._json({"event": "request", "told": told}, default=str)
    assert json.loads(line) == {"event": "request", "told": read}


def test_secrets_are_told_by_their_names() -> None:
    event = {"event": "x", "api_key": "pn_live_1", "keyboard": "azerty"}
    assert logs.hide_secrets(None, "info", event)["api_key"] == logs.HIDDEN
    assert event["keyboard"] == "azerty"
