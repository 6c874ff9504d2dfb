"""Logs: one JSON object a line, with the request's id; readable lines while developing.

Never logged: e-mail addresses, codes, keys, cookies, bodies and query strings.
"""

from __future__ import annotations

import contextlib
import functools
import json
import logging
import logging.config
import sys
import threading
from typing import Any, TextIO

import msgspec
import structlog

HIDDEN = "(hidden)"
SECRET_NAMES = frozenset(
    {"authorization", "code", "cookie", "email", "key", "password", "secret", "token"}
)


def hide_secrets(
    logger: Any, method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Replace the values of fields whose names promise a secret."""
    for name in event:
        if _is_secret(name):
            event[name] = HIDDEN
    return event


@functools.lru_cache(maxsize=1000)
def _is_secret(name: str) -> bool:
    return bool(SECRET_NAMES & set(name.lower().split("_")))


def as_line(logger: Any, method: str, event: structlog.typing.EventDict) -> str:
    """One line of JSON; what JSON has no word for as Python shows it."""
    try:
        return msgspec.json.encode(event, enc_hook=repr).decode()
    except UnicodeEncodeError:  # half of a surrogate pair, out of a path or from far away
        return json.dumps(event, default=repr)


class Writer:
    """Writes what is told under a name, a line at a time. A line that cannot be written stops
    nobody.
    """

    _turn = threading.Lock()

    def __init__(self, name: str, stream: TextIO) -> None:
        self.name, self._stream = name, stream

    def write(self, line: str) -> None:
        with self._turn, contextlib.suppress(OSError, ValueError):
            self._stream.write(f"{line}\n")
            self._stream.flush()

    debug = info = warning = error = critical = write


def configure(*, level: str, is_readable: bool) -> None:
    """Send everything, ours and the standard library's, to standard error in one form.

    While developing ours goes through the standard library; else it is written at once.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        hide_secrets,
    ]
    steps: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if is_readable:
        structlog.configure(
            processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
            logger_factory=structlog.stdlib.LoggerFactory(),
            wrapper_class=structlog.stdlib.BoundLogger,
            cache_logger_on_first_use=True,
        )
        steps += [structlog.dev.ConsoleRenderer()]
    else:
        written: list[Any] = [structlog.processors.format_exc_info, as_line]
        structlog.configure(
            processors=[*shared, *written],
            logger_factory=functools.partial(Writer, stream=sys.stderr),
            wrapper_class=structlog.make_filtering_bound_logger(level),
            cache_logger_on_first_use=True,
        )
        steps += written
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "lines": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "processors": steps,
                    "foreign_pre_chain": shared,
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
            "root": {"handlers": ["stderr"], "level": level},
            "loggers": {
                # Every refused request is in the access line already.
                "django.request": {"level": "ERROR"},
                # Scanners try every host; the request line tells of it, a traceback need not.
                "django.security.DisallowedHost": {"level": "CRITICAL"},
                "django.server": {"handlers": [], "propagate": True},
                "psycopg.pool": {"level": "ERROR"},
            },
        }
    )
