"""The eighth of the ten hardest things: what is pending is nobody's, and ends once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import LoyaltyError
from earning import confirmations, returns
from earning.models import Activity, PendingActivity
from program.models import ActivityType, Program
from tests.cast import ACTOR, account, ana, balance, hold, spend, utc, visit

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["report", "report", "confirm", "cancel", "part", "hold", "spend", "wait", "run"]
        ),
        st.integers(1, 40),
    ),
    min_size=6,
    max_size=16,
)
Status = PendingActivity.Status


@settings(max_examples=max(10, settings.default.max_examples // 4))
@given(STEPS)
def test_8_pending_and_holds(quay: Program, steps: list[tuple[str, int]]) -> None:
    """What is pending is not in the balance and cannot be spent or held; each ends once, confirmed
    or cancelled, and is recorded only then; available is the balance less what is held.
    """
    ActivityType.objects.filter(code="visit").update(confirm="days", confirm_days=14)
    with transaction.atomic():
        member, names, now = ana(), list[str](), utc(2026, 5, 1, 12)
        ended: dict[str, str] = {}
        for what, number in steps:
            now += timedelta(days=number % 9) if what == "wait" else timedelta(minutes=1)
            with time_machine.travel(now, tick=False):
                if what == "report":
                    names.append(f"pending-{len(names)}")
                    visit(member, reference=names[-1], attributes={"paid": str(number)})
                else:
                    _try(_verb(what, member, names, number))
                _check(member, ended)
        transaction.set_rollback(True)


def _verb(what: str, member: Any, names: list[str], number: int) -> Callable[[], object]:
    name = names[number % len(names)] if names else "none-yet"
    words: dict[str, Any] = {"partner": "till", "activity": name, "actor": ACTOR}
    change = {"reference": f"change-{number}-{len(names)}-{name}", "reason": "Back"}
    return {
        "confirm": lambda: confirmations.confirm(**words),
        "cancel": lambda: returns.cancel(**words, **change),
        "part": lambda: returns.amend(**words, **change, returned={"paid": "0.5"}),
        "hold": lambda: hold(member, number, minutes=5),
        "spend": lambda: spend(member, number),
        "run": confirmations.run,
        "wait": confirmations.run,
    }[what]


def _try(verb: Callable[[], object]) -> None:
    try:
        with transaction.atomic():
            verb()
    except LoyaltyError:
        return


def _check(member: Any, ended: dict[str, str]) -> None:
    rows = {row.reference: row for row in PendingActivity.objects.filter(member=member)}
    recorded = set(Activity.objects.filter(member=member).values_list("reference", flat=True))
    for name, row in rows.items():
        assert (row.status == Status.CONFIRMED) == (name in recorded)
        assert (row.status == Status.WAITING) == (row.ended_at is None)
        assert ended.get(name, row.status) == row.status  # it ends once
        if row.status != Status.WAITING:
            ended[name] = row.status
    assert balance(member) == sum(
        member.entries.filter(account__unit="point").values_list("amount", flat=True)
    )
    sources = member.postings.filter(source__startswith="activity:").values_list(
        "source", flat=True
    )
    counted = {str(row.pk) for row in rows.values() if row.status == Status.CONFIRMED}
    assert {source.partition(":")[2] for source in sources} <= counted
    if member.accounts.filter(unit="point").exists():
        own = account(member)
        assert own.available == max(0, own.balance - own.held)
        for lot in own.lots.all():
            assert 0 <= lot.held <= lot.remaining <= lot.awarded
