from __future__ import annotations

from pathlib import Path

import pytest

from program.models import Program
from tests import cast
from tests.surveys import world


@pytest.fixture
def quay_asks(db: None, tmp_path: Path) -> Program:
    """The quay's program with surveys."""
    return cast.apply(world.folder(tmp_path / "asks"))
