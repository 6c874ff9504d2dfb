"""What every page of the portal knows: the program, and the scheme the reader asked for."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from portal import shell


def portal(request: HttpRequest) -> dict[str, Any]:
    """`program` (read when a template asks; false before a blueprint is applied) and `scheme`."""
    return {
        "program": SimpleLazyObject(lambda: shell.program(request)),
        "scheme": shell.scheme(request),
    }
