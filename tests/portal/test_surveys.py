"""Questions in the browser: looking records nothing, one tap does, and what was typed is kept."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from common import clock
from members import consent, erasure
from members.models import Member
from surveys import care, links
from surveys.models import Answer, Case, Invitation, Line
from tests import cast
from tests.cast import ACTOR
from tests.surveys import world
from tests.surveys.world import guest

pytestmark = pytest.mark.django_db
BACKEND = "members.backends.MemberBackend"


@pytest.fixture(autouse=True)
def asks(db: None, tmp_path: Path) -> None:
    cast.apply(world.folder(tmp_path / "asks"))


def address(one: Invitation, score: int | None = None) -> str:
    return reverse("portal:ask", args=[links.to_score(one.pk, score)])


def signed_in(member: Member) -> Client:
    user = cast.login(member.email)
    Member.objects.filter(pk=member.pk).update(user=user)
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def test_a_scanner_that_follows_every_link_records_nothing(client: Client) -> None:
    one = world.opened(guest())
    for score in range(11):
        response = client.get(address(one, score))
        assert response.status_code == 200
        assert client.head(address(one, score)).status_code == 200
    assert Answer.objects.count() == 0
    assert "no-store" in response["Cache-Control"]


def test_the_page_of_a_tapped_number_sends_itself_or_shows_one_button(client: Client) -> None:
    one = world.opened(guest())
    page = client.get(address(one, 9)).content.decode()
    assert "data-now" in page
    assert 'value="9" checked' in page
    assert page.count('type="submit"') == 1
    assert 'value="8" checked' not in page


def test_one_tap_without_signing_in_and_without_a_cookie() -> None:
    client = Client(enforce_csrf_checks=True)
    one = world.opened(guest())
    answer = client.post(address(one, 9), {"score": "9"}, follow=True)
    assert answer.status_code == 200
    assert Answer.objects.get().score == 9
    assert "For taking part: 3 coins." in answer.content.decode()


def test_without_scripts_another_number_can_be_chosen_first(client: Client) -> None:
    one = world.opened(guest())
    client.post(address(one, 9), {"score": "4"})
    assert Answer.objects.get().score == 4


@pytest.mark.parametrize("score", ["11", "-1", "x", "9.5", "99999999999"])
def test_a_number_beside_the_scale_is_told_and_not_kept(client: Client, score: str) -> None:
    one = world.opened(guest())
    response = client.post(address(one, 9), {"score": score})
    assert response.status_code == 400
    assert "Choose a number from 0 to 10." in response.content.decode()
    assert Answer.objects.count() == 0


def test_a_second_tap_goes_on_where_the_first_one_stopped(client: Client) -> None:
    one = world.opened(guest())
    client.post(address(one, 9), {"score": "9"})
    again = client.post(address(one, 3), {"score": "3"}, follow=True)
    assert "Your answer is 9" in again.content.decode()
    assert Answer.objects.get().score == 9


def test_a_link_that_was_changed_or_is_over_says_so(client: Client) -> None:
    one = world.opened(guest())
    for token in ("x", links.to_score(one.pk, 9)[:-2], links.to_answer(one.pk)):
        response = client.get(reverse("portal:ask", args=[token]))
        assert response.status_code == 404
        assert "cut off or changed" in response.content.decode()
    Invitation.objects.filter(pk=one.pk).update(
        opens_at=clock.now() - timedelta(days=60), ends_at=clock.now() - timedelta(days=1)
    )
    for response in (client.get(address(one, 9)), client.post(address(one, 9))):
        assert response.status_code == 410
        assert "can no longer be answered" in response.content.decode()
    assert Answer.objects.count() == 0


def test_who_is_no_longer_a_member_finds_a_clear_page(client: Client) -> None:
    member = guest()
    one = world.opened(member)
    Member.objects.filter(pk=member.pk).update(status="closed")
    assert client.post(address(one, 9)).status_code == 410
    assert Answer.objects.count() == 0


def test_who_was_erased_finds_a_clear_page_and_nothing_is_recorded(client: Client) -> None:
    member = guest()
    one = world.opened(member)
    erasure.erase(member, reason="asked", actor=ACTOR)
    for response in (client.get(address(one, 9)), client.post(address(one, 9), {"score": "9"})):
        assert response.status_code == 410
        assert "can no longer be answered" in response.content.decode()
    assert Answer.objects.count() == 0


def test_a_changed_number_breaks_the_link(client: Client) -> None:
    """The number is part of what is signed."""
    one = world.opened(guest())
    signed, other = (links.to_score(one.pk, score).split(":") for score in (9, 3))
    forged = ":".join([other[0], *signed[1:]])
    response = client.post(reverse("portal:ask", args=[forged]))
    assert response.status_code == 404
    assert "cut off or changed" in response.content.decode()
    assert Answer.objects.count() == 0


def test_the_page_of_an_anonymous_answer_says_that_it_cannot_be_found_again(client: Client) -> None:
    one = world.asked(guest(), "half-yearly")
    assert "nothing that is kept leads back to you" in client.get(address(one)).content.decode()
    page = client.post(address(one, 4), {"score": "4"}, follow=True).content.decode()
    assert "nobody can find it again" in page
    again = client.get(address(one, 4))
    assert (again.status_code, "answered this already" in again.content.decode()) == (409, True)


def test_the_comment_and_the_questions_come_after_and_can_be_taken_up_again(
    client: Client,
) -> None:
    one = world.opened(guest())
    page = client.post(address(one, 2), {"score": "2"}, follow=True)
    here = page.redirect_chain[-1][0]
    text = page.content.decode()
    assert "What went wrong?" in text
    assert "What did you like?" not in text
    typed = {"comment": "Cold soup.", "q-wrong": "food", "q-quiet": "5"}
    saved = client.post(here, typed, follow=True)
    assert "Thank you for telling us" in saved.content.decode()
    assert Answer.objects.get().comment == "Cold soup."
    assert Line.objects.count() == 2
    again = client.get(address(one, 2), follow=True).content.decode()
    assert "Cold soup." in again
    assert 'value="food" checked' in again


def test_a_text_of_a_megabyte_is_refused_and_shown_again(client: Client) -> None:
    one = world.opened(guest())
    here = client.post(address(one, 2), {"score": "2"}, follow=True).redirect_chain[-1][0]
    body = "comment=" + "x" * 1_000_000 + "&q-wrong=food"
    response = client.post(here, body, content_type="application/x-www-form-urlencoded")
    page = response.content.decode()
    assert response.status_code == 413
    assert "1,000,000 characters" in page
    assert "x" * 1_000_000 in page
    assert 'value="food" checked' in page
    assert Answer.objects.get().comment == ""
    assert Line.objects.count() == 0


def test_an_answer_that_is_none_keeps_what_was_typed(client: Client) -> None:
    one = world.opened(guest())
    here = client.post(address(one, 2), {"score": "2"}, follow=True).redirect_chain[-1][0]
    response = client.post(here, {"comment": "Cold.", "q-quiet": "77"})
    assert response.status_code == 400
    assert "Cold." in response.content.decode()
    assert Answer.objects.get().comment == ""


def test_home_asks_once_gently_and_the_inbox_keeps_it() -> None:
    member = guest()
    one = world.opened(member)
    client = signed_in(member)
    question = "How likely are you to recommend"
    assert question in client.get("/").content.decode()
    Invitation.objects.filter(pk=one.pk).update(shown_at=clock.now() - timedelta(hours=2))
    assert question not in client.get("/").content.decode()
    assert question in client.get(reverse("portal:inbox")).content.decode()
    client.post(address(one), {"score": "10"})
    assert question not in client.get(reverse("portal:inbox")).content.decode()


def test_the_member_reads_the_reply_and_what_made_it_good() -> None:
    import uuid

    member = guest()
    client = signed_in(member)
    world.answered(member, score=1)
    case = Case.objects.get()
    care.reply(case, text="We are sorry <b>indeed</b>.", actor=ACTOR)
    care.note(case, text="Difficult.", actor=ACTOR)
    care.make_good(case, amount=20, actor=ACTOR, attempt=uuid.uuid4())
    page = client.get(reverse("portal:inbox")).content.decode()
    assert "We are sorry &lt;b&gt;indeed&lt;/b&gt;." in page
    assert "you were given 20 points" in page
    assert "Difficult." not in page


def test_the_inbox_is_for_members_and_shows_only_their_own() -> None:
    assert Client().get(reverse("portal:inbox")).status_code == 302
    world.opened(guest(1))
    other = signed_in(guest(2))
    assert "Nothing is waiting for you" in other.get(reverse("portal:inbox")).content.decode()


def test_a_member_says_no_to_letters_and_yes_again() -> None:
    member = guest()
    client = signed_in(member)
    inbox, letters = reverse("portal:inbox"), reverse("portal:letters")
    assert "We write to you with questions about how it was." in client.get(inbox).content.decode()
    client.post(letters, {"topic": "surveys", "say": "no"})
    assert consent.is_refused(member, topic="surveys")
    client.post(letters, {"topic": "nonsense", "say": "no"})
    assert member.consents.count() == 1
    assert "We do not write to you" in client.get(inbox).content.decode()
    client.post(letters, {"topic": "surveys", "say": "yes"})
    assert not consent.is_refused(member, topic="surveys")
