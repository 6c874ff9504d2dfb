"""The order of locks: whoever needs several accounts takes them in one order, all before writing.

One thread is held up in the middle of its work while another one wants the same accounts.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from common.bundle import Bundle
from earning.intake import Recorded
from earning.session import Session
from members.models import Member
from points.books import Books
from points.models import Account
from tests.cast import ACTOR, QUAY, ana, apply, earn, variant, visit
from tests.faults.threads import HANG_S, at_once, outcomes
from tiers import correction, standing
from tiers.models import Standing

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

HELD_UP = 1.0  # seconds: long enough for the other thread to reach its locks
TALK = '[[unit]]\ncode = "talk"\nkind = "counter"\nsingular = "talk"\nplural = "talks"\n\n'
TILL = '[[partner]]\ncode = "till"'
BOTH = (
    'route = [{ need = [{ counter = "visit", at_least = 1 }, { counter = "talk", at_least = 1 }] }]'
)


def test_an_adjustment_and_the_till_do_not_block_each_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    apply(QUAY)
    member = ana()
    while Account.id_for(member.pk, "visit") > Account.id_for(member.pk, "point"):
        member = ana()  # the counter's account comes first, and is wanted last
    earn(member, 5)
    visit(member)
    inside, real = threading.Event(), standing.reassess

    def slow(*args: Any, **fields: Any) -> Any:
        inside.set()
        time.sleep(HELD_UP)
        return real(*args, **fields)

    def till() -> Recorded:
        inside.wait(HANG_S)
        return visit(member)

    desk = partial(
        correction.adjust, member, unit="point", amount=1, reason="By hand", actor=ACTOR, source="s"
    )
    monkeypatch.setattr(standing, "reassess", slow)
    assert outcomes(at_once([desk, till])) == {"ok": 2}


def test_applying_a_program_and_a_batch_do_not_block_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(QUAY)
    first, second = ana(), ana(name="Bruno Lima")
    while Account.id_for(first.pk, "visit") < Account.id_for(second.pk, "visit"):
        first, second = ana(), ana(name="Bruno Lima")  # members and accounts in opposite orders
    visit(first)
    visit(second)
    folder = variant(tmp_path, ("threshold = 3", "threshold = 2"))
    settled, real = threading.Event(), standing._settle_all

    def slow(people: Sequence[Member], **fields: Any) -> None:
        real(people, **fields)
        if not settled.is_set():
            settled.set()
            time.sleep(HELD_UP)

    def till() -> None:
        settled.wait(HANG_S)
        with transaction.atomic():
            Books.open([(first.pk, "visit"), (second.pk, "visit")])

    monkeypatch.setattr(standing, "_settle_all", slow)
    monkeypatch.setattr(standing, "CHUNK", 1)
    assert outcomes(at_once([partial(apply, folder), till])) == {"ok": 2}


def test_two_activities_that_complete_a_route_together_give_its_tier(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(
        variant(
            tmp_path,
            (TILL, TALK + TILL),
            ('unit = "coin"\nfixed = 3', 'unit = "talk"\nfixed = 1'),
            ('name = "White"\nthreshold = 1', f'name = "White"\n{BOTH}'),
        )
    )
    member = ana()
    decided, done = threading.Event(), threading.Event()
    real = Session._store

    def slow(self: Session, decisions: Any, bundle: Bundle) -> Any:
        if any(one.one.type.code == "visit" for one in decisions):
            decided.set()
            done.wait(HELD_UP)  # the other one waits for us, or has missed what we count
        return real(self, decisions, bundle)

    def talk() -> Recorded:
        decided.wait(HANG_S)
        try:
            return visit(member, type="survey", attributes={})
        finally:
            done.set()

    monkeypatch.setattr(Session, "_store", slow)
    assert outcomes(at_once([partial(visit, member), talk])) == {"ok": 2}
    held = Standing.objects.filter(member=member).values_list("tier__code", flat=True)
    assert list(held) == ["white"]
