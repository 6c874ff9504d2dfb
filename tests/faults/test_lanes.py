"""Files applied by several processes at once: the same comes of it as from one, whoever dies."""

from __future__ import annotations

import io
import os
import signal
import threading
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from common import lanes
from earning import importing, mapping
from earning.models import Activity, Award
from members import enrolment
from members.models import Member
from partners import applying, imports, uploads
from partners.imports import Order
from partners.models import Import, ImportChunk
from points.models import Account
from program.models import Partner
from tests import cast
from tests.cast import ACTOR, QUAY, apply, variant
from tests.faults.deployment import eventually
from tests.faults.threads import HANG_S, at_once, outcomes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
CHUNK = 6
GUESTS = 16
DAYS = 5  # on each of which every guest comes by
BUDGET = 700  # points, of the 1,100 or so that would be paid
PAID = 'unit = "point"\nper = { attribute = "paid", amount = 1 }\n'
CAPPED = (PAID, PAID + f'limit = [{{ per = "budget", period = "year", amount = {BUDGET} }}]\n')
SHARED = ('validity = "life"', 'validity = "life"\nshared = "household"')


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of a few lines, each of them worth a lane."""
    monkeypatch.setattr("partners.checking.CHUNK", CHUNK)
    monkeypatch.setattr("partners.applying.WORTH", 1)


def guests(of: str) -> list[Member]:
    named = [enrolment.Newcomer(name=f"Guest {n}", reference=f"{of}-{n}") for n in range(GUESTS)]
    return enrolment.enroll_many(named, actor=ACTOR)


def file(of: str, whom: Sequence[int] = range(GUESTS), *, days: int = DAYS) -> Import:
    """A file from the desk, of visits on days in turn, that a worker takes up as soon as it is
    there, and applies.
    """
    rows = "".join(
        f"{of}-{n}-{day},visit,{date(2026, 3, 1) + timedelta(days=day)},{of}-{n},14\n"
        for day in reversed(range(days))
        for n in whom
    )
    body = f"reference,type,occurred_at,member,paid\n{rows}".encode()
    upload = uploads.receive(io.BytesIO(body), form=Import.Form.CSV)
    order = Order(Partner.objects.get(pk="till"), f"{of}.csv", ACTOR, is_direct=True)
    return imports.receive(upload, order)[0]


def work() -> None:
    """Go on until every file is done, as workers come back for what is left."""
    waits = Import.objects.filter(state__in=["received", "applying"])
    assert eventually(lambda: applying.work() or not waits.exists())


def earned(of: str) -> list[tuple[str, str, int]]:
    """What was awarded for which visit of whom, by rule."""
    rows = Award.objects.filter(activity__reference__startswith=f"{of}-")
    told = rows.values_list("activity__reference", "rule__code", "amount")
    return sorted((name.removeprefix(of), rule, amount) for name, rule, amount in told)


def watched(monkeypatch: pytest.MonkeyPatch) -> list[lanes.Lane]:
    """The lanes that will be started."""
    found: list[lanes.Lane] = []
    start: Callable[..., None] = lanes.Lane.__init__

    def remember(self: lanes.Lane) -> None:
        start(self)
        found.append(self)

    monkeypatch.setattr(lanes.Lane, "__init__", remember)
    monkeypatch.setattr(lanes, "_idle", [])
    return found


def test_two_lanes_pay_what_one_pays(tmp_path: Path, settings: Any) -> None:
    """Whose tiers are shared in households, over the chunks of a file."""
    apply(variant(tmp_path, SHARED))
    for of in ("one", "two"):
        people = guests(of)
        for n in range(GUESTS // 2):  # who lives with somebody at the other end of the file
            cast.home(people[n], people[GUESTS - 1 - n])
    for count, of in enumerate(("one", "two"), start=1):
        settings.IMPORT_LANES = count
        run = file(of)
        work()
        run.refresh_from_db()
        assert (run.state, run.outcome["recorded"]) == ("applied", GUESTS * DAYS)
    assert [row for row in earned("one") if row[1] != "blue-bonus"] == [
        row for row in earned("two") if row[1] != "blue-bonus"
    ]
    assert ImportChunk.objects.filter(run=run).count() >= GUESTS * DAYS // (2 * CHUNK)


def test_two_lanes_share_a_budget_to_the_last_point(tmp_path: Path, settings: Any) -> None:
    apply(variant(tmp_path, CAPPED))
    guests("all")
    settings.IMPORT_LANES = 2
    file("all")
    work()
    paid = [amount for _, rule, amount in earned("all") if rule == "paid"]
    assert sum(paid) == BUDGET
    again = file("all", days=DAYS + 1)  # the same lines and a day more
    work()
    again.refresh_from_db()
    assert again.outcome["recorded"] == GUESTS
    assert again.outcome["repeated"] == GUESTS * DAYS
    assert sum(amount for _, rule, amount in earned("all") if rule == "paid") == BUDGET


def test_who_has_more_than_a_chunk_is_recorded_in_order(settings: Any) -> None:
    apply(QUAY)
    guests("much")
    settings.IMPORT_LANES = 2
    run = file("much", whom=[0, 1, 2], days=4 * CHUNK)
    work()
    assert run.chunks.filter(is_sequel=True).exists()
    for member in Member.objects.filter(activities__isnull=False).distinct():
        told = Activity.objects.filter(member=member).order_by("id")
        moments = list(told.values_list("occurred_at", flat=True))
        assert moments == sorted(moments)
        nights = [one.result["balances"]["visit"] for one in told]
        assert nights == list(range(1, 4 * CHUNK + 1))


def test_a_lane_that_is_killed_loses_nothing(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(QUAY)
    held = guests("all")[0]
    settings.IMPORT_LANES = 2
    started = watched(monkeypatch)
    cast.visit(held)
    worker = threading.Thread(target=lambda: (file("all"), connection.close()))
    with transaction.atomic():
        assert list(Account.objects.select_for_update(no_key=True).filter(member=held))
        worker.start()
        left = ImportChunk.objects.filter(done_at__isnull=True)
        # One lane does everything but the chunk that the other one waits in.
        assert eventually(lambda: left.count() == 1 and len(lanes._idle) == 1)
        (victim,) = [lane for lane in started if lane not in lanes._idle]
        os.kill(victim.process.pid, signal.SIGKILL)
    worker.join(HANG_S)
    work()
    run = Import.objects.get()
    assert (run.state, run.outcome["recorded"]) == ("applied", GUESTS * DAYS)
    references = list(Activity.objects.values_list("reference", flat=True))
    assert len(references) == len(set(references)) == GUESTS * DAYS + 1


def test_a_deadlock_with_somebody_else_is_tried_again(settings: Any) -> None:
    apply(QUAY)
    people = guests("all")
    for member in people:
        cast.visit(member)
    wanted = Account.objects.filter(member__in=people[:3]).order_by("id")
    first, *_, last = list(wanted.values_list("pk", flat=True))
    is_held, waits = threading.Event(), threading.Event()

    def other() -> None:
        with transaction.atomic():
            Account.objects.select_for_update(no_key=True).get(pk=last)
            is_held.set()
            waits.wait(HANG_S)
            Account.objects.select_for_update(no_key=True).get(pk=first)

    def ours() -> None:
        is_held.wait(HANG_S)
        file("all", days=1)

    def starter() -> None:
        assert eventually(_is_waiting)
        waits.set()

    assert outcomes(at_once([other, ours, starter])) == {"ok": 3}
    work()
    assert Import.objects.get().outcome["recorded"] == GUESTS


def _is_waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def test_what_breaks_in_a_lane_stops_the_file(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(QUAY)
    guests("all")
    settings.IMPORT_LANES = 2

    def share(work: str, pieces: Any, **fields: Any) -> Any:
        return ordinary("partners.applying.nothing_of_that_name", pieces, **fields)

    ordinary = lanes.share
    monkeypatch.setattr(lanes, "share", share)
    with pytest.raises(lanes.LaneFailed):
        file("all")
    run = Import.objects.get()
    assert run.state == "cancelled"
    assert "resume it" in run.problem


MAP = """
partner = "till"
type = "visit"
reference = "row-{line}"
[occurred_on]
column = "day"
[member]
column = "who"
reference = "{value}"
name = "{value}"
[attributes.paid]
column = "paid"
"""


def test_the_command_uses_lanes_as_well(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Among the rows are some that name nobody, and some that cannot be recorded."""
    apply(QUAY)
    monkeypatch.setattr("earning.importing.CHUNK", CHUNK)
    settings.IMPORT_LANES = 2
    rows = [f"g-{n % GUESTS},2026-03-{1 + n // GUESTS:02},5" for n in range(GUESTS * DAYS)]
    rows += [",2026-03-01,5"] * 3 + ["g-1,2026-03-01,much"] * 2
    (tmp_path / "visits.csv").write_text("\n".join(["who,day,paid", *rows]))
    (tmp_path / "map.toml").write_text(MAP)
    told: list[tuple[int, int]] = []
    for recorded, unclaimed, repeated in ((len(rows) - 5, 3, 0), (0, 0, len(rows) - 2)):
        report = importing.run(
            tmp_path / "visits.csv",
            table=mapping.load(tmp_path / "map.toml"),
            actor=ACTOR,
            progress=lambda done, total: told.append((done, total)),
        )
        assert (report.recorded, report.unclaimed, report.repeated) == (
            recorded,
            unclaimed,
            repeated,
        )
        assert [number for number, _ in report.problems] == [len(rows), len(rows) + 1]
    assert told[-1] == (len(rows), len(rows))
    assert Member.objects.count() == GUESTS
    idle = list(lanes._idle)
    assert idle
    lanes.dismiss()
    assert not any(lane.is_there for lane in idle)
    assert not lanes._idle
