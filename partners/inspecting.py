"""How drf-spectacular reads our calls.

It is loaded with Django REST framework's settings, so nothing here imports views.
"""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema


class CallSchema(AutoSchema):
    """A list here is a struct with `data`, never a bare array."""

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False
