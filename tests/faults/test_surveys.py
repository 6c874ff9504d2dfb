"""Asking under load: the contact rule and quotas hold, taps count once, no event is passed by."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path

import pytest
from django.db import connection, transaction

from common import clock
from events import outbox, reading
from events.models import Event
from messaging import delivery
from messaging.models import Letter
from surveys import answering, contacts, inviting, opening
from surveys.models import Answer, Contact, Decision, Invitation, Outcome, QuotaUse, Trigger
from surveys.occasions import Occasion
from tests import cast
from tests.cast import ACTOR, visit
from tests.faults.threads import HANG_S, at_once, behind, outcomes
from tests.surveys import world
from tests.surveys.world import guest

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture(autouse=True)
def asks(transactional_db: None, tmp_path: Path) -> None:
    cast.apply(world.folder(tmp_path / "asks"))


def decide(occasion: Occasion) -> str:
    with transaction.atomic():
        (decided,) = inviting.decide([occasion], program=world.program())
        return str(decided.outcome)


def occasions(*, members: int, each: int, trigger: str = "visited") -> list[Occasion]:
    on, now = Trigger.objects.select_related("survey").get(code=trigger), clock.now()
    people = [guest(number) for number in range(members)]
    return [
        Occasion(on, person.pk, f"thing-{number}", now)
        for person in people
        for number in range(each)
    ]


def test_sixteen_things_at_once_ask_a_person_once() -> None:
    found = occasions(members=1, each=16)
    results = at_once([partial(decide, one) for one in found])
    assert sorted(results, key=str).count(Outcome.ASKED) == 1
    assert results.count(Outcome.ASKED_LATELY) == 15
    assert Invitation.objects.count() == 1


def test_whoever_waits_for_the_lock_sees_that_the_member_was_asked() -> None:
    found = occasions(members=1, each=3)
    with transaction.atomic():
        contacts.locked({found[0].member_id})
    results = behind(Contact.objects.all(), [partial(decide, one) for one in found])
    assert results == [Outcome.ASKED, Outcome.ASKED_LATELY, Outcome.ASKED_LATELY]


def test_a_quota_of_two_asks_two_of_sixteen() -> None:
    found = occasions(members=16, each=1, trigger="used")
    results = at_once([partial(decide, one) for one in found])
    assert results.count(Outcome.ASKED) == 2
    assert results.count(Outcome.QUOTA_FULL) == 14
    assert QuotaUse.objects.get().used == 2


def test_batches_that_hold_the_same_people_in_another_order_do_not_wait_for_each_other() -> None:
    first = occasions(members=12, each=1)
    trigger = Trigger.objects.select_related("survey").get(code="made-good")
    second = [Occasion(trigger, one.member_id, "case", one.occurred_at) for one in reversed(first)]

    def all_of(some: list[Occasion]) -> int:
        with transaction.atomic():
            return len(inviting.decide(some, program=world.program()))

    assert at_once([partial(all_of, first), partial(all_of, second)] * 2).count(12) >= 2


def test_workers_that_read_at_once_decide_about_each_visit_once() -> None:
    people = [guest(number) for number in range(8)]
    for person in people:
        visit(person)
    assert outcomes(at_once([inviting.drain for _ in range(4)])) == {"ok": 4}
    assert Decision.objects.count() == 8


def test_what_commits_late_is_not_passed_by() -> None:
    """An event of a transaction that began first and commits last is still read."""
    has_written, may_commit = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                outbox.publish("late")
                has_written.set()
                may_commit.wait(timeout=HANG_S)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert has_written.wait(timeout=HANG_S)
    outbox.publish("quick")

    def read() -> list[str]:
        with transaction.atomic():
            return [e.type for e in reading.take("test", types=["late", "quick"], limit=10)]

    assert read() == []  # `quick` waits for what may still come before it
    may_commit.set()
    thread.join(timeout=HANG_S)
    assert read() == ["late", "quick"]
    assert read() == []


def test_a_reader_that_fails_reads_again() -> None:
    outbox.publish("thing")
    with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012
        assert len(reading.take("test", types=["thing"], limit=10)) == 1
        raise RuntimeError
    with transaction.atomic():
        assert len(reading.take("test", types=["thing"], limit=10)) == 1


def test_eight_taps_at_once_are_one_answer() -> None:
    one = world.opened(guest())
    taps = [partial(answering.answer, one.pk, score=n, actor=ACTOR) for n in range(8)]
    assert outcomes(at_once(taps)) == {"ok": 1, "AlreadyAnswered": 7}
    assert Answer.objects.count() == 1
    assert Event.objects.filter(type="survey_taken_part").count() == 1


def test_workers_that_open_and_send_at_once_send_one_letter_each() -> None:
    people = [guest(number) for number in range(6)]
    for person in people:
        visit(person)
    inviting.drain()
    Invitation.objects.update(opens_at=clock.now())
    at_once([opening.run for _ in range(3)])
    assert Event.objects.filter(type="survey_invited").count() == 6
    at_once([delivery.prepare for _ in range(3)])
    assert Letter.objects.count() == 6
    sent = at_once([partial(delivery.send, limit=10) for _ in range(3)])
    assert sum(count for count in sent if isinstance(count, int)) == 6
