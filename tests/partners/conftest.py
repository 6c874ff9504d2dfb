from __future__ import annotations

import pytest

from common import ids
from tests.till import till

__all__ = ["till"]


@pytest.fixture(autouse=True)
def ids_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids follow the clock; a test that set it far ahead must not leave later ones there."""
    monkeypatch.setattr(ids, "_last", 0)
