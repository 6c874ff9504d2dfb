"""The words of letters at the desk: looked at before anybody is written to, refused when wrong."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.core import mail
from django.urls import reverse

from messaging import registry
from messaging.models import Letter, Template
from tests import cast
from tests.desk.counter import Counter, text
from tests.surveys import world

pytestmark = pytest.mark.django_db
ADD, LOOK = reverse("admin:messaging_template_add"), reverse("admin:messaging_template_look")
INVITED = {"event": "survey_invited", "language": "en"}


@pytest.fixture(autouse=True)
def asks(db: None, tmp_path: Path) -> None:
    cast.apply(world.folder(tmp_path / "asks"))


def test_the_form_says_what_the_words_may_speak_of(owner: Counter) -> None:
    shown = text(owner.get(ADD))
    for kind in registry.kinds().values():
        for name in kind.known():
            assert f"{{{name}}}" in shown


@pytest.mark.parametrize("event", sorted(registry.kinds()))
def test_a_letter_can_be_looked_at_and_nothing_is_sent_or_saved(owner: Counter, event: str) -> None:
    """Every name that its words may use has an example."""
    kind = registry.kinds()[event]
    told, common = kind.example(), {"name", "program", "business", "home"}
    assert set(told.values) | common | ({"scale"} if told.scale else set()) == set(kind.known())
    words = {"subject": "For {name}", "text": " ".join(f"{{{name}}}" for name in kind.variables)}
    shown = owner.post(LOOK, {"event": event, "language": "en"} | words)
    assert shown.status_code == 200
    page = shown.content.decode()
    assert "For Ana" in page
    assert all(value.split("\n")[0] in text(shown) for value in told.values.values())
    assert (
        "{" not in text(shown).partition("For Ana")[2].partition("</pre>")[0].replace("{{", "")[:40]
    )
    own = owner.post(LOOK, {"event": event, "language": "en", "subject": "", "text": ""})
    assert own.status_code == 200
    assert (Template.objects.count(), Letter.objects.count(), len(mail.outbox)) == (0, 0, 0)


def test_the_letter_is_shown_whole(owner: Counter) -> None:
    """It has quotes of its own, which must not end the attribute that it stands in."""
    found: list[str] = []

    class Frames(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.extend(dict(attrs)["srcdoc"] or "" for _ in range(tag == "iframe"))

    Frames().feed(owner.post(LOOK, INVITED).content.decode())
    (letter,) = found
    assert letter.startswith("<!doctype html>")
    assert letter.rstrip().endswith("</html>")
    assert 'lang="en"' in letter


def test_a_name_that_the_letter_does_not_know_is_refused_and_the_words_stay(owner: Counter) -> None:
    wrong = INVITED | {"subject": "How was it?", "text": "Hello {nme}", "is_active": "on"}
    looked = owner.post(LOOK, wrong)
    assert looked.status_code == 400
    assert "Did you mean {name}?" in text(looked)
    saved = owner.post(ADD, wrong)
    assert saved.status_code == 200
    assert "Did you mean {name}?" in text(saved)
    assert "Hello {nme}" in saved.content.decode()
    assert Template.objects.count() == 0


def test_words_are_kept_and_looked_at_again(owner: Counter) -> None:
    right = INVITED | {
        "subject": "And, {name}?",
        "text": "{question}\n\n{scale}",
        "is_active": "on",
    }
    owner.post(ADD, right)
    row = Template.objects.get()
    shown = owner.post(LOOK, {"row": str(row.pk), "subject": "Well, {name}?", "text": row.text})
    assert "Well, Ana?" in text(shown)
    change = owner.get(reverse("admin:messaging_template_change", args=[row.pk]))
    assert "{reply}" not in text(change)


def test_a_look_needs_to_know_the_letter_and_the_right_to_see_it(
    owner: Counter, clerk: Counter
) -> None:
    assert owner.post(LOOK, {"event": "moon", "row": "x"}).status_code == 400
    assert owner.get(LOOK).status_code == 405
    assert clerk.post(LOOK, INVITED).status_code == 403
