"""The quay's program with a plan on top: 10 a month, 100 a year, blue from the first day."""

from __future__ import annotations

from pathlib import Path

import pytest

from program.models import Program
from tests.cast import apply, variant

REWARD = '[[reward]]\ncode = "coffee"\n'
PLAN = """[[segment]]
code = "locals"
name = "Locals"

[[plan]]
code = "harbor"
name = "Harbor"
summary = "A berth, and what goes with it."
trial_days = 10
tier = "blue"
price = [
  { period = "month", amount = 10, until = 2026-06-01 },
  { period = "month", amount = 12, from = 2026-06-01 },
  { period = "month", amount = 5, segment = "locals" },
  { period = "year", amount = 100 },
  { period = "lifetime", amount = 500 },
]
refund = [{ policy = "any_time" }]
credit = [{ unit = "visit", amount = 2 }]
benefit = [{ code = "berth", name = "A berth" }]

[[plan]]
code = "pier"
name = "Pier"
summary = "A place on the pier."
tier = "gold"
price = [{ period = "month", amount = 3 }]

[[rule]]
code = "harbor"
name = "For Harbor"
activity = "visit"
unit = "coin"
fixed = 7
when = [{ plan = ["harbor"] }]

"""
BERTH = (
    '[[reward]]\ncode = "berth"\nname = "Berth"\nsummary = "For a night."\ncategory = "Quay"\n'
    'unit = "point"\nplan = "harbor"\nprice = [{ amount = 1 }]\n\n'
)


@pytest.fixture
def harbor(db: None, tmp_path: Path) -> Program:
    return apply(variant(tmp_path / "harbor", (REWARD, PLAN + BERTH + REWARD)))
