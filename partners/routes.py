"""Calls that floors above add to the API: they know both the API and what it should tell."""

from __future__ import annotations

from typing import Any

_more: list[Any] = []


def add(*routes: Any) -> None:
    """Add addresses with their views; called once, when the app that brings them is ready."""
    _more.extend(routes)


def more() -> list[Any]:
    """Everything that was added."""
    return list(_more)
