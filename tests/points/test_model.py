"""The ledger against paper: thousands of random verbs, and after each one the same points.

`HYPOTHESIS_PROFILE=nightly` does more than 200,000, in parts: histories are rolled back, and what
PostgreSQL keeps of them until its transaction ends makes each slower than the one before. What is
found becomes a test of its own here.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from program.models import Program
from tests import cast
from tests.points.machine import LedgerOnPaper

STEPS = 50  # verbs in one history
IS_NIGHT = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
PARTS = 14 if IS_NIGHT else 1
LEAST = 10_000 if IS_NIGHT else 2_000  # verbs in a part
MOST = 300  # histories in a part: 210,000 verbs in all of the night's


@pytest.fixture
def pier(db: None, tmp_path: Path) -> Program:
    """The small program with stars, which end after two quiet months, and coins for points. Its
    tiers are out of reach, so that a visit pays the same for everybody.
    """
    star = (
        '[[unit]]\ncode = "star"\nkind = "spendable"\nsingular = "star"\nplural = "stars"\n'
        "expiry = { inactivity = { months = 2 } }\n\n"
        '[[conversion]]\ncode = "coins"\nname = "Coins"\nleast = 20\n'
        'takes = { unit = "point", amount = 10 }\ngives = { unit = "coin", amount = 3 }\n\n'
    )
    first = '[[partner]]\ncode = "till"\n'
    far = [("threshold = 3\n", "threshold = 300000\n"), ("threshold = 6\n", "threshold = 600000\n")]
    return cast.apply(cast.variant(tmp_path / "pier", (first, star + first), *far))


@pytest.mark.slow
@pytest.mark.timeout(0)
@pytest.mark.parametrize("part", range(PARTS))
def test_the_ledger_does_what_paper_does(pier: Program, part: int) -> None:
    LedgerOnPaper.operations = 0
    asked = settings(
        stateful_step_count=STEPS, max_examples=min(MOST, settings.default.max_examples * 4 // 5)
    )
    for _ in range(3):  # chance may make histories short: then there are more of them
        run_state_machine_as_test(LedgerOnPaper, settings=asked)
        if LedgerOnPaper.operations >= LEAST:
            break
    assert LedgerOnPaper.operations >= LEAST
