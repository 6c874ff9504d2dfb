"""The shapes of what partners send and get, one module for each noun.

Every struct marked with `shown` becomes a component of the OpenAPI document.
"""

from __future__ import annotations

from typing import TypeVar

from msgspec import Struct

T = TypeVar("T", bound=type[Struct])
SHOWN: list[type[Struct]] = []


def shown(shape: T) -> T:
    """Put a struct among the components of the document."""
    SHOWN.append(shape)
    return shape
