"""Log lines are JSON, whatever is told."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from loyalty_site import logs

TELLING = """
import logging, structlog
from loyalty_site import logs
logs.configure(level="INFO", is_readable=False)
log = structlog.get_logger("pennant.here")
log.debug("nobody asked for it")
structlog.contextvars.bind_contextvars(request_id="r-1")
log.info("told", email="a@b.example", n=1)
try:
    1 / 0
except ZeroDivisionError as error:
    log.error("failed", exc_info=error)
logging.getLogger("theirs").warning("said %s", 1)
logging.getLogger("theirs").debug("nobody asked for it either")
"""


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("plain", "plain"),
        ("half of a pair: \ud800", "half of a pair: \ud800"),
        (Path("/srv"), "PosixPath('/srv')"),
    ],
)
def test_a_line_is_json_whatever_is_told(told: object, read: str) -> None:
    line = logs.as_line(None, "info", {"event": "request", "told": told})
    assert json.loads(line) == {"event": "request", "told": read}


def test_secrets_are_told_by_their_names() -> None:
    event = {"event": "x", "api_key": "pn_live_1", "keyboard": "azerty"}
    assert logs.hide_secrets(None, "info", event)["api_key"] == logs.HIDDEN
    assert event["keyboard"] == "azerty"


def test_ours_and_the_standard_library_s_lines_have_one_form() -> None:
    done = subprocess.run(
        [sys.executable, "-c", TELLING], capture_output=True, text=True, check=True
    )
    assert done.stdout == ""
    told, failed, said = [json.loads(line) for line in done.stderr.splitlines()]
    common = {"request_id": "r-1", "logger": "pennant.here"}
    assert told | common | {"level": "info", "event": "told"} == told
    assert (told["email"], told["n"]) == (logs.HIDDEN, 1)
    assert (failed["level"], failed["event"]) == ("error", "failed")
    assert "ZeroDivisionError" in failed["exception"]
    assert (said["logger"], said["level"], said["event"]) == ("theirs", "warning", "said 1")
    assert told.keys() - {"email", "n"} == said.keys()
