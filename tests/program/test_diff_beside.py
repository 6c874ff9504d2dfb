"""What a draft means for what stands beside rules and ladders: one finding for each section."""

from __future__ import annotations

from pathlib import Path

import pytest

from messaging import delivery
from program import differences
from tests.cast import ROOT, apply, variant
from tests.surveys import world

pytestmark = pytest.mark.django_db
EVERYTHING = ROOT / "tests" / "programs" / "everything"
DIVIDEND = 'counter = "spend"\nunit = "cent"\nless = "returned"\nyear_starts = 4\n'
SAID = [
    (
        "Milestones",
        ("at = 10\nevery = 10", "at = 12\nevery = 10"),
        "Every tenth visit: 12 visits, and every 10 visits (a program year) for",
    ),
    (
        "What plans are",
        ('name = "A berth", minutes_apart = 90', 'name = "A berth", minutes_apart = 120'),
        "A berth (2 hours apart); A warm shower (4 in a week, from Monday)",
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
    (
        "Asking",
        ("contact_days = 120", "contact_days = 60"),
        "nobody twice within 60 days, nothing older than 7 days, answers from 8 to 20 on Mon",
    ),
    ("Surveys", ("How long did you wait?", "Was the wait long?"), 'then "Was the wait long?" ('),
    ("Surveys", ('choices = { short = "Not long"', 'choices = { short = "Short"'), "(Short / Too"),
    (
        "Who is asked",
        ("rate = 25", "rate = 50"),
        "asks 50% when an activity is confirmed (visit, table inside), 24 hours later, at most 500",
    ),
    ("Who is asked", ("every_months = 6", "every_months = 3"), "asks 100% every 3 months instead"),
    (
        "Unhappy answers",
        ("contact_hours = 8\n", "contact_hours = 6\n"),
        "0 to 6 at North Pier for clara@say.example, heard from within 6 business hours",
    ),
    (
        "Replies",
        ("Thank you for telling us.", "Thank you."),
        'We are sorry: "We are sorry to hear that.\nThank you." instead of',
    ),
    (
        "Letters",
        ("Wie war es, {name}?", "Wie war es?"),
        '"Wie war es?" instead of "Wie war es, {name}?". 0 letters about it in the last 30 days',
    ),
    ("Letters", ("Hallo {name},", "Guten Tag {name},"), "its text is another; its subject stays"),
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
    beside = {"Milestones", "Partners", "Activities", "Segments", "Exchanging"}
    asked = {"Asking", "Surveys", "Who is asked", "Unhappy answers", "Replies", "Letters"}
    assert not titles & (beside | asked)


def test_what_waits_is_counted(tmp_path: Path) -> None:
    """An open invitation, a letter that waits, an answer, an open case."""
    program = world.folder(tmp_path / "asks")
    apply(program)
    world.answered(world.guest(1), score=0)
    world.opened(world.guest(2))
    delivery.prepare()
    letter = '[[letter]]\nevent = "survey_invited"\nsubject = "So?"\ntext = "{question}"\n'
    draft = world.folder(
        tmp_path / "draft",
        ('name = "After a visit"', 'name = "After your visit"'),
        ("contact_hours = 8", "contact_hours = 4"),
        ("[[reply]]", letter + "[[reply]]"),
    )
    told = differences.of(draft)
    assert '[[letter]] "survey_invited" in "en" is new' in told.keys
    found = {one.title: one.sentences for one in told.findings}
    assert found["Surveys"] == (
        (
            "After a visit is called After your visit. 1 answer stays as given; "
            "1 invitation is still open."
        ),
    )
    stays = "Open now: 1 case, with owner and hours as they are."
    assert found["Unhappy answers"][0].endswith(stays)
    assert found["Letters"][0].endswith(
        'gets words of its own: "So?". 0 letters about it in the last 30 days, in any language. '
        "2 letters wait, to be sent as drafted."
    )
