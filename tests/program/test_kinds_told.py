"""Every kind of entry that the ledger knows has a sentence: a new one needs a step in this story,
or a line in ELSEWHERE and a test there.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from points.models import Entry
from program import scenarios
from tests.cast import ROOT
from tests.program.test_scenarios import untold

CAFE = ROOT / "blueprints" / "cafe"
ELSEWHERE = {Entry.Kind.OPENING, Entry.Kind.PLAN, Entry.Kind.MERGE}  # told in tests of their own

STORY = """
title = "Everything that can happen to beans"

[[step]]
on = 2026-03-02
enroll = { name = "Bo" }

[[step]]
enroll = { name = "Ida" }
activity = { type = "purchase", attributes = { amount = "9.80" }, reference = "r" }

[[step]]
hold = { amount = 19 }
cancel_activity = { activity = "r" }

[[step]]
release = {}

[[step]]
activity = { type = "purchase", attributes = { amount = "100.00" } }
redeem = { reward = "coffee" }

[[step]]
cancel = { voucher = "coffee" }

[[step]]
hold = { amount = 5, as = "till" }

[[step]]
capture = { hold = "till" }

[[step]]
give = { to = "Bo", amount = 10 }
adjust = { unit = "bean", amount = 5, reason = "An apology" }

[[step]]
on = 2027-03-02
reinstate = { until = 2027-12-31 }
expect = { balance = { bean = 100 } }
"""


@pytest.mark.django_db
def test_every_kind_of_entry_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    story = tmp_path / "story.toml"
    story.write_text(STORY, encoding="utf-8")
    seen: set[str] = set()

    def kinds() -> list[str]:
        seen.update(Entry.objects.values_list("kind", flat=True))
        return []

    monkeypatch.setattr(scenarios, "_closing", [*scenarios._closing, untold, kinds])
    verdicts = scenarios.run(CAFE, story)
    assert [(one.expected, one.found) for one in verdicts if not one.holds] == []
    assert seen | ELSEWHERE == set(Entry.Kind.values)
