"""Letters leave once, wait for a server that is away, and ask before they are written again."""

from __future__ import annotations

import smtplib
from datetime import timedelta
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from structlog.testing import capture_logs

from common import clock
from events import outbox
from members import consent, erasure, merging
from members.models import Member
from messaging import delivery, registry, stopping, writing
from messaging.errors import LinkRefused, TemplateInvalid
from messaging.models import Letter, Template
from points.models import Lot
from program import blueprint
from program.errors import BlueprintInvalid
from tests import cast
from tests.cast import ACTOR
from tests.surveys import world
from tests.surveys.world import guest

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def asked(db: None, tmp_path: Path) -> None:
    cast.apply(world.folder(tmp_path / "asks"))


def sent() -> list[Any]:
    return mail.outbox


def invited(number: int = 1, **fields: object) -> Member:
    member = guest(number, **fields)
    world.opened(member)
    return member


def test_an_invitation_becomes_a_letter_that_carries_the_scale() -> None:
    member = invited()
    assert delivery.drain() == 1
    (letter,) = sent()
    assert letter.to == [member.email]
    assert letter.subject == "How was it, Guest?"
    assert letter.body.count("/ask/") == 11
    html = letter.alternatives[0][0]
    assert html.count("/ask/") == 11
    assert "How likely are you to recommend The Quay" in html
    assert Letter.objects.get().status == "sent"
    assert "/ask/" not in str(Letter.objects.values())


def test_a_letter_leaves_once_however_often_the_worker_runs() -> None:
    invited()
    assert [delivery.drain() for _ in range(3)] == [1, 0, 0]
    assert len(sent()) == 1


def test_every_letter_of_a_topic_can_be_stopped_with_one_click(client: Client) -> None:
    member = invited()
    delivery.drain()
    (letter,) = sent()
    link = letter.extra_headers["List-Unsubscribe"].strip("<>")
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = link.partition("://")[2].partition("/")[2]
    client = Client(enforce_csrf_checks=True)
    assert client.get(f"/{path}").status_code == 200
    assert not consent.is_refused(member, topic="surveys")  # a scanner has only looked
    answer = client.post(f"/{path}", {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert consent.is_refused(member, topic="surveys")
    client.post(f"/{path}", {"again": "1"})
    assert not consent.is_refused(member, topic="surveys")


def test_a_link_to_stop_that_was_changed_stops_nothing(client: Client) -> None:
    member = guest()
    good = stopping.url(member, topic="surveys").rpartition("/letters/")[2].strip("/")
    for token in (good[:-2], "x" + good, "a:b:c"):
        with pytest.raises(LinkRefused):
            stopping.stop(token)
        assert client.post(f"/letters/{token}/").status_code == 404
    assert not consent.is_refused(member, topic="surveys")


def test_who_said_no_after_the_event_gets_no_letter() -> None:
    member = invited()
    delivery.prepare()
    consent.record(member, topic="surveys", is_given=False, actor=ACTOR)
    assert delivery.send() == 0
    letter = Letter.objects.get()
    assert (letter.status, letter.why) == (
        "refused", "The member does not want letters of this kind.",
    )  # fmt: skip


def test_a_no_goes_on_after_a_merge_until_a_later_yes(client: Client) -> None:
    """Said to either card, by a letter to either: the last word counts, also of an undone merge."""
    kept, gone = guest(1, email=""), guest(2)
    consent.record(kept, topic="surveys", is_given=True, actor=ACTOR)
    old_link = stopping.url(gone, topic="surveys")
    consent.record(gone, topic="surveys", is_given=False, actor=ACTOR)
    row = merging.merge(kept, gone, reason="One person", actor=ACTOR)
    kept.refresh_from_db()
    assert kept.email == gone.email
    assert consent.is_refused(kept, topic="surveys")
    consent.record(kept, topic="surveys", is_given=True, actor=ACTOR)
    assert not consent.is_refused(kept, topic="surveys")
    world.opened(kept)
    path = old_link.partition("://")[2].partition("/")[2]
    assert client.post(f"/{path}", {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert consent.is_refused(kept, topic="surveys")
    assert delivery.drain() == 0
    merging.undo(row, reason="Two", actor=ACTOR)
    assert consent.is_refused(gone, topic="surveys")


def test_without_an_address_a_letter_says_so() -> None:
    invited(email="")
    assert delivery.drain() == 0
    assert Letter.objects.get().why == "No e-mail address is known."


def test_who_has_left_is_not_written_to() -> None:
    member = invited()
    Member.objects.filter(pk=member.pk).update(status="closed")
    assert delivery.drain() == 0
    assert Letter.objects.get().status == "refused"


class Server(EmailBackend):
    """A mail server that does what the test says, then takes the letter."""

    on_open: list[Exception] = []
    after_sending: list[Exception] = []

    def open(self) -> bool | None:
        if self.on_open:
            raise self.on_open.pop()
        return None

    def send_messages(self, messages: Any) -> int:
        done = super().send_messages(messages)
        if self.after_sending:
            raise self.after_sending.pop()
        return done


@pytest.fixture
def server(settings: Any) -> type[Server]:
    settings.EMAIL_BACKEND = "tests.messaging.test_delivery.Server"
    Server.on_open, Server.after_sending = [], []
    return Server


def later(minutes: int) -> Any:
    return time_machine.travel(clock.now() + timedelta(minutes=minutes))


def test_a_server_that_is_away_is_tried_again_until_it_is_there(server: type[Server]) -> None:
    invited()
    server.on_open = [ConnectionRefusedError("away"), ConnectionRefusedError("away")]
    assert delivery.drain() == 0
    letter = Letter.objects.get()
    assert (letter.status, letter.attempts, letter.doubts) == ("waiting", 1, 0)
    assert delivery.drain() == 0  # not before its pause is over
    with later(2):
        assert delivery.drain() == 0
    with later(8):
        assert delivery.drain() == 1
    assert len(sent()) == 1


def test_a_server_that_never_comes_back_ends_it(server: type[Server]) -> None:
    invited()
    server.on_open = [ConnectionRefusedError("away")] * 20
    for turn in range(10):
        with later(turn * 800):
            delivery.drain()
    letter = Letter.objects.get()
    assert (letter.status, letter.attempts) == ("failed", len(delivery.PAUSES_MIN) + 1)


def test_an_address_that_is_refused_for_good_is_not_tried_again(server: type[Server]) -> None:
    member = invited()
    refused = {member.email: (550, b"nobody")}, {member.email: (450, b"not now")}
    server.after_sending = [smtplib.SMTPRecipientsRefused(one) for one in refused]
    with capture_logs() as told:
        delivery.drain()
        with later(2):
            delivery.drain()
    letter = Letter.objects.get()
    assert letter.status == "failed"
    assert member.email in letter.why
    assert [one["event"] for one in told] == ["mail_delayed", "mail_given_up"]
    assert member.email not in str(told)  # a log is nobody's to empty


def test_an_address_that_is_none_fails_alone(server: type[Server]) -> None:
    guests = [invited(number) for number in range(3)]
    Member.objects.filter(pk=guests[0].pk).update(email="guest\n@example.com")
    assert delivery.drain() == 2
    failed, *others = Letter.objects.order_by("due_at", "id")
    assert (failed.status, failed.attempts, failed.doubts) == ("failed", 1, 0)
    assert failed.why.startswith("BadHeaderError")
    assert [(one.status, one.doubts) for one in others] == [("sent", 0)] * 2


def test_one_letter_that_cannot_be_written_holds_up_no_other(server: type[Server]) -> None:
    for number in range(3):
        invited(number)
    delivery.prepare()
    broken = Letter.objects.order_by("due_at", "id")[0]
    Letter.objects.filter(pk=broken.pk).update(event_subject="none such")
    with pytest.raises(ValueError, match="none such"):
        delivery.send()
    assert len(sent()) == 2
    broken.refresh_from_db()
    assert (broken.status, broken.attempts, broken.doubts) == ("waiting", 1, 0)


def test_who_dies_with_a_letter_in_hand_casts_no_doubt_on_the_others(server: type[Server]) -> None:
    for number in range(3):
        invited(number)
    server.after_sending = [KeyboardInterrupt()]  # type: ignore[list-item]
    with pytest.raises(KeyboardInterrupt):
        delivery.drain()
    assert sorted(Letter.objects.values_list("status", flat=True)) == [
        "sending", "waiting", "waiting",
    ]  # fmt: skip
    assert delivery.drain() == 2
    assert set(Letter.objects.values_list("doubts", flat=True)) == {0}


def test_cut_off_while_handing_over_it_is_sent_once_more_and_never_a_third_time(
    server: type[Server],
) -> None:
    invited()
    server.after_sending = [TimeoutError("cut"), TimeoutError("cut"), TimeoutError("cut")]
    for turn in range(6):
        with later(turn * 300):
            delivery.drain()
    assert len(sent()) == 2
    ids = {message.extra_headers["Message-ID"] for message in sent()}
    assert len(ids) == 1
    assert Letter.objects.get().status == "failed"


def test_a_worker_that_dies_between_any_two_steps_loses_nothing() -> None:
    """Killed with it in hand: found again. Killed after sending: once more, at most."""
    invited()
    delivery.prepare()
    taken = delivery.LETTERS.take()
    assert taken is not None
    assert delivery.send() == 0  # it is in somebody's hand
    with later(11):
        assert delivery.send() == 1
    assert (Letter.objects.get().status, len(sent())) == ("sent", 1)
    delivery.LETTERS.end(taken, "failed", "late")  # the dead hand writes nothing any more
    assert Letter.objects.get().status == "sent"


def test_who_dies_with_what_was_cut_off_twice_stops_no_other() -> None:
    for number in range(2):
        invited(number)
    delivery.prepare()
    for _ in range(3):  # taken, and then nothing more was heard of it
        taken = delivery.LETTERS.take()
        assert taken is not None
        Letter.objects.filter(pk=taken.pk).update(taken_at=clock.now() - timedelta(hours=1))
    with later(1):
        taken = delivery.LETTERS.take()
    assert taken is not None
    assert taken.doubts == 2
    with later(20):
        assert delivery.send() == 1
    assert sorted(Letter.objects.values_list("status", flat=True)) == ["failed", "sent"]


def test_who_is_erased_leaves_nothing_in_the_hand_that_writes_to_them() -> None:
    member, other = invited(1), invited(2)
    delivery.prepare()
    taken = delivery.LETTERS.take()
    assert taken is not None
    taken.address = taken.member.email
    gone, stays = (member, other) if taken.member == member else (other, member)
    assert erasure.erase(gone, reason="asked", actor=ACTOR).traces == ()
    delivery.LETTERS.end(taken, "failed", f"{taken.address} is unknown")
    taken.refresh_from_db()
    assert (taken.status, taken.address) == ("refused", "")
    assert taken.why == "No longer a member."
    assert delivery.drain() == 1
    assert sent()[0].to == [stays.email]


def test_points_that_end_soon_are_told_and_can_be_stopped() -> None:
    member = guest()
    cast.earn(member, 120)
    ends = Lot.objects.get(member=member).expires_at
    assert ends is not None
    last = clock.local_date(ends - timedelta(seconds=1), "Europe/Berlin")
    payload = {"unit": "point", "amount": 120, "last_day": last.isoformat(), "days": 30}
    outbox.publish("points_expiring", member_id=member.pk, payload=payload)
    assert delivery.drain() == 1
    assert sent()[0].subject.startswith("120 points until ")
    assert "List-Unsubscribe" in sent()[0].extra_headers
    outbox.publish("points_expiring", member_id=member.pk, payload=payload)
    cast.adjust(member, -120)
    assert delivery.drain() == 0
    assert Letter.objects.latest("id").why == "Nothing ends any more: the points were used."


def test_the_programs_own_words_are_used_in_the_members_language() -> None:
    Template.objects.create(
        event="survey_invited",
        language="de",
        subject="Wie war's, {name}?",
        text="{question}\n\n{scale}",
    )
    invited(language="de")
    delivery.drain()
    assert sent()[0].subject == "Wie war's, Guest?"


def test_words_that_name_what_a_letter_does_not_know_are_refused(tmp_path: Path) -> None:
    known = registry.kinds()["survey_invited"].known()
    with pytest.raises(TemplateInvalid, match=r"no \{nme\} .* Did you mean \{name\}"):
        writing.check("Hello {nme}", "x", known=known)
    with pytest.raises(TemplateInvalid, match="one line"):
        writing.check("Hello\nBcc: x@example.com", "x", known=known)
    more = '\n[[letter]]\nevent = "survey_invited"\nsubject = "Hi"\ntext = "{points_left}"\n'
    folder = world.folder(tmp_path / "wrong")
    text = (folder / "program.toml").read_text()
    (folder / "program.toml").write_text(text + more)
    with pytest.raises(BlueprintInvalid, match=r"no \{points_left\}"):
        blueprint.apply(folder, actor=ACTOR)
    assert Template.objects.count() == 0


def test_a_name_with_a_line_break_starts_no_header() -> None:
    invited(name="Eve\nBcc: all@example.com")
    delivery.drain()
    message: Message = sent()[0].message()
    assert message["Bcc"] is None
    assert "\n" not in sent()[0].subject
