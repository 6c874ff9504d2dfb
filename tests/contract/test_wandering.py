"""Whatever is sent, in whatever order: no call breaks, no answer is one that nobody documented.

Schemathesis reads the OpenAPI document as it is served, makes up calls by its shapes, and wanders
from answer to call along its links. Half of what it makes up is made sensible before it is sent:
members, rewards and activity types that there are, so that calls get further than the first check.
"""

from __future__ import annotations

import os
import random
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import FlakyStrategyDefinition
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from earning.models import Activity, ActivityChange, Milestone, MilestoneOption
from program.models import ActivityType, Program
from rewards.models import Redemption, Reservation
from tests.cast import earn
from tests.till import STAY, Till, marta

pytestmark = [pytest.mark.slow, pytest.mark.timeout(7200)]
IS_NIGHT = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
APART = 110 if IS_NIGHT else 8  # 20,000 calls in all, or 1,000
WALKS, STEPS = 45, 12  # of one outing
WALKED = 8_000  # calls of all the night's
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SENSIBLE: dict[str, list[Any]] = {
    "member": [{"reference": "guest-1"}, {"email": "marta@example.org"}],
    "type": ["stay"],
    "occurred_at": ["2026-03-02", "2026-01-15T10:00:00Z"],
    "location": ["resort-hotel", "city-hotel"],
    "attributes": [STAY["attributes"], STAY["attributes"], {"revenue": "900.00"}],
    "returned": [{}, {"revenue": "10.00"}],
    "reward": ["late-checkout", "wine-bottle", "free-night"],
    "activity": [{"type": "stay", "attributes": STAY["attributes"]}],
    "activities": [[STAY], [STAY | {"reference": "w2"}, {"type": "stay"}]],
    "basket": [{"amount": "42.50"}],
    "url": ["http://127.0.0.1:9/hook"],
    "types": [["activity_recorded", "voucher_used"]],
    "contact": ["it@example.com"],
    "since": ["2020-01-01"],
    "until": ["2035-01-01"],
    "minutes": [5],
    "options": [{"points": 1}, {"points": 1}, {"points": 2}],
}
PATHS = {"member": "ref:guest-1", "reward": "late-checkout", "month": "2026-03"}


class World:
    """The hotel with a rich member and a till, and a count of what was answered."""

    def __init__(self) -> None:
        earn(marta(), 10**9)
        ActivityType.objects.filter(code="stay").update(confirm="at_once")
        mark = Milestone.objects.create(
            code="first", name="First night", counter_id="night", at=1, choose=1
        )
        MilestoneOption.objects.create(
            milestone=mark, code="points", name="50 points", unit_id="point", amount=50
        )
        self.till = Till(per_minute=10**9)
        self.counts: Counter[tuple[str, int]] = Counter()
        self.schema = schemathesis.openapi.from_wsgi("/api/v1/schema", WSGIHandler())
        self.headers = {
            "authorization": f"Bearer {self.till.text}",
            "accept-encoding": "identity",
        }

    def send(self, case: Any, **more: Any) -> Any:
        response = case.call(headers=self.headers, **more)
        self.judge(case, response)
        return response

    def judge(self, case: Any, response: Any) -> None:
        label = case.operation.definition.raw["operationId"]
        self.counts[label, response.status_code] += 1
        case.validate_response(response, checks=CHECKS)

    @property
    def calls(self) -> int:
        return sum(self.counts.values())


def sense(case: Any, headers: dict[str, str], *, is_linked: bool = False) -> None:
    """Mostly with the right key, and more or less often with what there is in the place of what was
    made up.
    """
    dice = random.Random(repr((case.body, case.query)))
    for name in list(case.headers or {}):
        if name.lower() == "idempotency-key" and dice.random() < 0.8:
            case.headers[name] = str(uuid.UUID(int=dice.getrandbits(128)))
        if name.lower() in headers and dice.random() < 0.9:
            del case.headers[name]
    if isinstance(case.body, dict) and dice.random() < (0.9 if is_linked else 0.5):
        for name in case.body:
            if name in SENSIBLE and dice.random() < 0.9:
                case.body[name] = dice.choice(SENSIBLE[name])
            elif name == "reference":
                case.body[name] = f"w-{dice.randrange(100)}"
    if not is_linked and dice.random() < 0.5:
        for name in case.path_parameters or ():
            case.path_parameters[name] = PATHS.get(name, case.path_parameters[name])


@pytest.fixture
def world(hotel: Program, settings: Any) -> Iterator[World]:
    settings.WEBHOOK_NETWORKS = ("127.0.0.0/8",)
    signals = (request_started, request_finished)
    for signal in signals:  # a server closes its connection between calls; ours is the test's
        signal.disconnect(close_old_connections)
    world = World()
    yield world
    for signal in signals:
        signal.connect(close_old_connections)
    told = sorted(world.counts.items())
    print(f"\n{world.calls:,} calls; " + ", ".join(f"{n} {s}: {k}" for (n, s), k in told))


LOOK: dict[str, Any] = {
    "deadline": None,
    "database": None,
    "derandomize": not IS_NIGHT,
    "suppress_health_check": list(HealthCheck),
    "phases": (Phase.generate,),
}


def test_every_call_apart(world: World) -> None:
    for found in world.schema.get_all_operations():
        operation = found.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

            @settings(max_examples=APART, **LOOK)
            @given(case=operation.as_strategy(generation_mode=mode))
            def look(case: Any) -> None:
                sense(case, world.headers)
                world.send(case)

            look()
    operations = len(list(world.schema.get_all_operations()))
    assert len({label for label, _ in world.counts}) == operations


def test_from_answer_to_call(world: World) -> None:
    done: set[str] = set()

    class Walk(world.schema.as_state_machine()):  # type: ignore[misc]
        def setup(self) -> None:
            self.kept = transaction.atomic()  # every walk starts from the same world
            self.kept.__enter__()

        def teardown(self) -> None:
            done.update(*_kept())
            transaction.set_rollback(True)
            self.kept.__exit__(None, None, None)

        def before_call(self, case: Any) -> None:
            sense(case, world.headers, is_linked=True)

        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"headers": world.headers}

        def validate_response(self, response: Any, case: Any, **more: Any) -> None:
            world.judge(case, response)

    outing = settings(max_examples=WALKS, stateful_step_count=STEPS, **LOOK)
    if not IS_NIGHT:
        Walk.run(settings=outing)
    while IS_NIGHT and world.calls < WALKED:
        # Ids are new each time, which Hypothesis may take for a walk that cannot be walked again:
        # what was judged until then counts, and another begins.
        with suppress(FlakyStrategyDefinition):
            Walk.run(settings=outing)
    everything = {"activities", "changes", "redemptions", "reservations", "vouchers"}
    assert done == everything if IS_NIGHT else len(done) > 1


def _kept() -> Iterator[set[str]]:
    """What a walk has brought about."""
    used = Redemption.objects.filter(used_at__isnull=False)
    rows = {
        "activities": Activity.objects.all(),
        "changes": ActivityChange.objects.all(),
        "redemptions": Redemption.objects.all(),
        "reservations": Reservation.objects.all(),
        "vouchers": used,
    }
    yield {name for name, found in rows.items() if found.exists()}
