"""Notices to partners' contacts: nothing is sent in a transaction, none is lost, none told twice
but where nobody can know whether it arrived.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction

from common import clock
from partners import notices, webhooks
from partners.models import Endpoint, KeyDay, Notice
from program.models import Partner, Program
from tests.faults.threads import at_once
from tests.postbox import Moody, Odd, free_port, serving
from tests.till import ACTOR, Till, marta

pytestmark = pytest.mark.django_db(transaction=True)
SENT = ("sent", 1, 0)
# Of all other connections: who is inside a transaction, and who holds a lock that outlives one.
OPEN = """
    SELECT coalesce(xact_start::text, '') || ' ' || query FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
      AND backend_type = 'client backend'
    UNION ALL
    SELECT mode || ' ' || locktype FROM pg_locks
    WHERE pid <> pg_backend_pid() AND (locktype = 'advisory'
      OR relation IN ('partners_endpoint'::regclass, 'partners_keyday'::regclass))
"""


class Watching(Moody):
    """Looks, while it takes a letter, at what is open in the database, and does what is asked."""

    def __init__(self, settings: Any) -> None:
        super().__init__(settings)
        self.open: list[str] = []
        self.meanwhile: list[Callable[[], Any]] = []
        self.results: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        await asyncio.to_thread(self._look)
        return await super().handle_DATA(server, session, envelope)

    def _look(self) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute(OPEN)
                self.open += [what for (what,) in cursor.fetchall()]
            if self.meanwhile:
                self.results.append(self.meanwhile.pop()())
        finally:
            connection.close()


@pytest.fixture
def box(hotel: Program, settings: Any) -> Iterator[Watching]:
    found = Watching(settings)
    with serving(settings, found):
        yield found


def paused(number: int = 1) -> Endpoint:
    """A webhook that was paused, with a contact of its own."""
    now = clock.now()
    with transaction.atomic():
        row = Endpoint.objects.create(
            partner_id="front-desk", url=f"https://till.example/{number}", types=["voucher_used"],
            contact=address(number), failing_since=now - timedelta(days=1), subscribed_at=now,
            created_by=ACTOR, created_at=now,
        )  # fmt: skip
        webhooks.pause(row)
    return row


def address(number: int) -> str:
    return f"it{number}@desk.example"


def near_its_limit() -> KeyDay:
    Partner.objects.filter(pk="front-desk").update(contact="boss@desk.example")
    till = Till(points_per_day=13_000)
    marta()
    assert till.post().status_code == 201
    return KeyDay.objects.get()


def books() -> list[tuple[str, int, int]]:
    return list(Notice.objects.order_by("id").values_list("status", "attempts", "doubts"))


def later(minutes: int = 2) -> Any:
    return time_machine.travel(clock.now() + timedelta(minutes=minutes))


def test_nothing_is_open_while_the_mail_server_takes_its_time(box: Watching) -> None:
    for number in range(3):
        paused(number)
    near_its_limit()
    assert notices.tell() == 4
    assert box.open == []
    assert box.got() == [*map(address, range(3)), "boss@desk.example"]
    assert box.connections == 1
    assert books() == [SENT] * 4
    assert notices.tell() == 0


def test_a_slow_mail_server_holds_up_neither_the_key_nor_the_webhook(box: Watching) -> None:
    """What is told about can be changed while it is told."""
    row, day = paused(), near_its_limit()

    def change() -> list[int]:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
            return [
                len(table.objects.select_for_update(no_key=True).filter(pk=pk))
                for table, pk in ((Endpoint, row.pk), (KeyDay, day.pk))
            ]

    box.meanwhile = [change, change]
    assert notices.tell() == 2
    assert box.results == [[1, 1], [1, 1]]


def test_a_second_run_at_the_same_time_sends_only_what_the_first_does_not(box: Watching) -> None:
    people = [paused(number).contact for number in range(3)]
    box.meanwhile = [notices.tell]
    assert notices.tell() == 1
    assert box.results == [2]
    assert sorted(box.got()) == people
    assert books() == [SENT] * 3


def test_many_runs_at_once_tell_everybody_once(box: Watching) -> None:
    people = [paused(number).contact for number in range(8)]
    told = at_once([notices.tell] * 4)
    assert sum(one for one in told if isinstance(one, int)) == 8
    assert sorted(box.got()) == people
    assert books() == [SENT] * 8


def test_a_server_that_is_away_is_tried_again_for_as_long_as_it_is_news(
    box: Watching, settings: Any
) -> None:
    paused(), near_its_limit()
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    assert notices.tell() == 0
    assert books() == [("waiting", 1, 0)] * 2
    assert Notice.objects.filter(why__startswith="NotConnected").count() == 2
    assert notices.tell() == 0  # not before its pause is over
    for turn in range(1, 12):
        with later(turn * 60):
            notices.tell()
    assert books() == [("waiting", 12, 0)] * 2
    settings.EMAIL_PORT = port
    with later(72 * 60):
        assert notices.tell() == 1
    assert books() == [("sent", 13, 0), ("over", 13, 0)]
    assert box.got() == [address(1)]


@pytest.mark.parametrize(
    ("answer", "status"), [("550 Nobody here", "failed"), ("450 Come back later", "waiting")]
)
def test_an_address_that_is_refused_is_refused_alone(
    box: Watching, answer: str, status: str
) -> None:
    for number in range(3):
        paused(number)
    box.no[address(1)] = answer
    assert notices.tell() == 2
    assert books() == [SENT, (status, 1, 0), SENT]
    with later(5):
        assert notices.tell() == 0
    box.no.clear()
    with later(10):
        assert notices.tell() == (status == "waiting")


def test_cut_off_in_the_middle_it_is_sent_once_more_and_never_a_third_time(box: Watching) -> None:
    for number in range(3):
        paused(number)
    box.cuts = {address(1)}
    assert notices.tell() == 2
    assert books() == [SENT, ("waiting", 1, 1), SENT]
    box.cuts = {address(1)}
    with later():
        assert notices.tell() == 0
    assert books() == [SENT, ("failed", 2, 2), SENT]
    with later(600):
        assert notices.tell() == 0
    assert Counter(box.got()) == {address(0): 1, address(1): 2, address(2): 1}
    assert len({one["Message-ID"] for one in box.letters if one["To"] == address(1)}) == 1


def test_who_dies_with_a_notice_in_hand_leaves_it_to_the_next(box: Watching) -> None:
    paused()
    for doubts in (0, 1):
        with later(11 * doubts):
            taken = notices.NOTICES.take()
            assert taken is not None
            assert (taken.attempts, taken.doubts) == (doubts + 1, doubts)
            assert notices.tell() == 0  # it is in somebody's hand
    with later(22):
        assert notices.tell() == 0
    assert books() == [("failed", 3, 2)]
    assert box.got() == []


def test_a_dead_hand_writes_nothing_any_more(box: Watching) -> None:
    paused()
    taken = notices.NOTICES.take()
    assert taken is not None
    with later(11):
        assert notices.tell() == 1
    notices.NOTICES.end(taken, "failed", "late")
    assert books() == [("sent", 2, 1)]


def test_what_was_resumed_before_anybody_was_told_is_no_news(box: Watching, settings: Any) -> None:
    row = paused()
    webhooks.resume(row, actor=ACTOR)
    assert notices.tell() == 0
    assert books() == [("over", 1, 0)]
    with transaction.atomic():
        webhooks.pause(webhooks.locked(row))
    assert notices.tell() == 1
    assert books() == [("over", 1, 0), SENT]


def test_of_two_pauses_that_wait_the_last_is_told(box: Watching) -> None:
    row = paused()
    webhooks.resume(row, actor=ACTOR)
    with transaction.atomic():
        webhooks.pause(webhooks.locked(row))
    assert notices.tell() == 1
    assert books() == [("over", 1, 0), SENT]
    assert len(box.letters) == 1


def test_who_becomes_the_contact_of_a_paused_webhook_is_told(box: Watching) -> None:
    row = paused()
    box.no[address(1)] = "550 Nobody here"
    assert notices.tell() == 0
    webhooks.update(row, description="Till", contact=row.contact, actor=ACTOR)
    assert notices.tell() == 0
    webhooks.update(row, contact="new@desk.example", actor=ACTOR)
    assert notices.tell() == 1
    assert box.got() == ["new@desk.example"]
    webhooks.resume(row, actor=ACTOR)
    webhooks.update(row, contact=address(1), actor=ACTOR)
    assert notices.tell() == 0
    assert books() == [("failed", 1, 0), SENT]


def test_a_contact_that_is_no_address_fails_alone(box: Watching) -> None:
    rows = [paused(number) for number in range(3)]
    Endpoint.objects.filter(pk=rows[0].pk).update(contact="it\n@desk.example")
    assert notices.tell() == 2
    assert books() == [("failed", 1, 0), SENT, SENT]


def test_what_nobody_foresaw_holds_up_no_other_and_does_not_go_on_forever(
    box: Watching, settings: Any, mailoutbox: list[Any]
) -> None:
    for number in range(3):
        paused(number)
    settings.EMAIL_BACKEND = "tests.postbox.Odd"
    Odd.times = 1
    with pytest.raises(RuntimeError, match="odd"):
        notices.tell()
    assert books() == [("waiting", 1, 1), SENT, SENT]
    Odd.times = 1
    with later(), pytest.raises(RuntimeError, match="odd"):
        notices.tell()
    assert books() == [("failed", 2, 2), SENT, SENT]
    assert len(mailoutbox) == 4
