"""What a draft means for what stands beside rules and ladders: one finding for each section."""

from __future__ import annotations

from pathlib import Path

import pytest

from program import differences
from tests.cast import ROOT, apply, variant

pytestmark = pytest.mark.django_db
EVERYTHING = ROOT / "tests" / "programs" / "everything"
DIVIDEND = 'counter = "spend"\nunit = "cent"\nless = "returned"\nyear_starts = 4\n'
SAID = [
    (
        "Milestones",
        ("at = 10\nevery = 10", "at = 12\nevery = 10"),
        "Every tenth visit: 12 visits, and every 10 visits (a program year) for",
    ),
    ("Occasions", ('on = "anniversary"', 'on = "enrolment"'), "years: joining records Gift"),
    (
        "Invitations",
        ("A moon for both of you after", "Two moons for both of you after"),
        "0 invitations wait under its terms.",
    ),
    (
        "Dividends",
        (DIVIDEND, DIVIDEND.replace('less = "returned"\n', "")),
        "Yearly refund: a share of",
    ),
    (
        "Partners",
        ('code = "web"\nname = "Web shop"', 'code = "web"\nname = "The shop"'),
        "Web shop is called The shop. 0 activities in the last 30 days.",
    ),
    (
        "Activities",
        ('plural = "Opinions"\n', 'plural = "Opinions"\nconfirm = "days"\nconfirm_days = 1\n'),
        "Opinion: counts after so many days (1 day) instead of counts at once. 0 activities",
    ),
    (
        "Exchanging",
        ("least = 500\nbonus", "least = 600\nbonus"),
        "0 members have enough to exchange today.",
    ),
    ("Funds", ("New planks, one at a time.", "New planks."), "The old pier: New planks."),
    (
        "Segments",
        ('code = "staff"\nname = "Staff"', 'code = "staff"\nname = "Our people"'),
        "0 members are in it.",
    ),
]


@pytest.mark.parametrize(("title", "change", "words"), SAID)
def test_each_section_says_what_it_means(
    tmp_path: Path, title: str, change: tuple[str, str], words: str
) -> None:
    apply(EVERYTHING)
    draft = variant(tmp_path / "draft", change, base=EVERYTHING)
    found = {one.title: one.sentences for one in differences.of(draft).findings}
    assert title in found
    assert any(words in sentence for sentence in found[title]), found[title]


def test_what_stays_is_not_mentioned(tmp_path: Path) -> None:
    apply(EVERYTHING)
    draft = variant(
        tmp_path / "draft", ("New planks, one at a time.", "New planks."), base=EVERYTHING
    )
    titles = {one.title for one in differences.of(draft).findings}
    assert "Funds" in titles
    assert not titles & {"Milestones", "Partners", "Activities", "Segments", "Exchanging"}
