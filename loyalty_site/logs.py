"""Logs: one JSON object a line, with the request's id; readable lines while developing.

Never logged: e-mail addresses, codes, keys, cookies, bodies and query strings.
"""

from __future__ import annotations

import functools
import json
import logging
import logging.config
from typing import Any

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


def _json(event: Any, **_how: Any) -> str:
    """One line; what JSON has no word for as Python shows it."""
    try:
        return msgspec.json.encode(event, enc_hook=repr).decode()
    except UnicodeEncodeError:  # half of a surrogate pair, out of a path or from far away
        return json.dumps(event, default=repr)


class Line(str):
    """A line that is written as it stands."""

    __slots__ = ()


def _line(logger: Any, method: str, event: structlog.typing.EventDict) -> Line:
    return Line(_json(event))


class Formatter(structlog.stdlib.ProcessorFormatter):
    """One form for what the standard library logs; ours has it already."""

    def format(self, record: logging.LogRecord) -> str:
        return record.msg if type(record.msg) is Line else super().format(record)


def configure(*, level: str, is_readable: bool) -> None:
    """Send everything, ours and the standard library's, to standard error in one form."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        hide_secrets,
    ]
    steps: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if is_readable:
        own: list[Any] = [structlog.stdlib.ProcessorFormatter.wrap_for_formatter]
        steps += [structlog.dev.ConsoleRenderer()]
    else:
        own = [structlog.processors.format_exc_info, _line]
        steps += own
    structlog.configure(
        processors=[*shared, *own],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "lines": {
                    "()": Formatter,
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
