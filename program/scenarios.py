"""Scenarios: dated stories beside a blueprint that say what its program must do.

Each runs on the real verbs, on a blank slate. Apps bring the steps and expectations they know, as
they bring their sections of the blueprint. A failed expectation says what was expected, what was
found, and the arithmetic that led there.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from pathlib import Path
from types import GenericAlias
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from common import clock
from common.errors import LoyaltyError
from program import blueprint, catalog, mismatches, reading, slate
from program.blueprint import Table
from program.errors import BlueprintInvalid
from program.sections import ProgramTable

NOON = time(12)  # a step that names a day happens at noon, well inside it in any zone


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """One thing that can happen: the key under which scenarios say it, its table, and the verb that
    does it.
    """

    name: str
    type: Any
    run: Callable[[Any, Stage], Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Expectation:
    """One thing that can be expected: its key, its type, and what is found in its place, with how
    it came about.
    """

    name: str
    type: Any
    find: Callable[[Any, Stage], Found]


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """What was found where something was expected. `because` is the arithmetic, a line each."""

    value: Any
    because: tuple[str, ...] = ()


@dataclasses.dataclass(slots=True)
class Stage:
    """Who is on stage, and what just happened. `member` is the one the step is about, `partner` the
    one that the blueprint names first.
    """

    zone: str
    partner: str = ""
    cast: dict[str, Any] = dataclasses.field(default_factory=dict)
    named: dict[str, Any] = dataclasses.field(default_factory=dict)
    member: str = ""
    result: Any = None
    refusal: LoyaltyError | None = None

    def who(self) -> Any:
        """The member of the step. Raises BlueprintInvalid for somebody not enrolled."""
        if not self.cast:
            raise BlueprintInvalid("nobody was enrolled yet. Enrol somebody in an earlier step.")
        if self.member not in self.cast:
            raise BlueprintInvalid(
                f'nobody called "{self.member}" was enrolled, only {", ".join(self.cast)}. Enrol '
                "them in an earlier step."
            )
        return self.cast[self.member]

    def enter(self, name: str, member: Any) -> None:
        """Somebody new is on stage; the rest of the step is about them."""
        self.cast[name] = member
        self.member = name


@dataclasses.dataclass(frozen=True, slots=True)
class Verdict:
    """One expectation that was checked: where it stands, what it said, what was found."""

    place: str
    expected: str
    found: str
    holds: bool
    because: tuple[str, ...] = ()


_steps: dict[str, Step] = {}
_expectations: dict[str, Expectation] = {}
_ticks: list[Callable[[], object]] = []
_monthly: list[Callable[[], bool]] = []
_follow_ups: list[Callable[[], object]] = []
_closing: list[Callable[[], list[str]]] = []


def register(*parts: Step | Expectation) -> None:
    """Add steps and expectations of an app; called once, when the app is ready."""
    for part in parts:
        if isinstance(part, Step):
            _steps[part.name] = part
        else:
            _expectations[part.name] = part


def register_closing(check: Callable[[], list[str]]) -> None:
    """Add what must hold when a story has ended: it returns the faults. Called once, when the app
    is ready.
    """
    _closing.append(check)


def register_follow_up(follow_up: Callable[[], object]) -> None:
    """Add what follows by itself from what a step did; called once, when the app is ready."""
    _follow_ups.append(follow_up)


def register_tick(tick: Callable[[], object]) -> None:
    """Add what runs by itself as time passes; called once, when the app is ready."""
    _ticks.append(tick)


def register_monthly(is_needed: Callable[[], bool]) -> None:
    """Say when a program has something that happens as months end, so that no month's end between
    two steps is passed over. Called once, when the app is ready.
    """
    _monthly.append(is_needed)


def type_of() -> Any:
    """The type of a scenario file, made of all steps and expectations."""
    optional: list[Any] = [(p.name, p.type | None, None) for p in _expectations.values()]
    expect = msgspec.defstruct(
        "Expect",
        [*optional, ("refused", str | bool | None, None)],
        bases=(Table,),
        forbid_unknown_fields=True,
    )
    verbs: list[Any] = [(step.name, step.type | None, None) for step in _steps.values()]
    step = msgspec.defstruct(
        "Step",
        [
            ("on", date | None, None),
            ("at", datetime | None, None),
            ("member", str, ""),
            ("note", str, ""),
            *list[Any](verbs),
            ("expect", expect | None, None),
        ],
        bases=(Table,),
        forbid_unknown_fields=True,
    )
    steps: Any = GenericAlias(list, (step,))
    fields: list[Any] = [("title", str), ("step", steps), ("note", str, "")]
    return msgspec.defstruct("Scenario", fields, bases=(Table,), forbid_unknown_fields=True)


def refusals() -> dict[str, str]:
    """Code and title of every refusal of the apps that bring steps."""
    apps = {step.run.__module__.partition(".")[0] for step in _steps.values()}
    found, open_kinds = {}, [LoyaltyError]
    while open_kinds:
        kind = open_kinds.pop()
        open_kinds += kind.__subclasses__()
        if kind.__module__ in {f"{app}.errors" for app in apps}:
            found[kind.code] = str(kind.title)
    return found


def load(path: Path) -> Any:
    """A scenario from its file. Raises BlueprintInvalid naming file, step and remedy."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BlueprintInvalid(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BlueprintInvalid(f"{path} is not UTF-8 text. Save it as UTF-8.") from error
    raw = reading.parse(text, name=str(path))
    try:
        return msgspec.convert(raw, type_of())
    except msgspec.ValidationError as error:
        raise BlueprintInvalid(
            f"{path}: {mismatches.explain(str(error), raw, type_of())}"
        ) from error


def run(folder: Path, path: Path) -> list[Verdict]:
    """Play one scenario against the blueprint of its folder and judge every expectation. Leaves
    nothing behind.
    """
    scenario = load(path)
    told = blueprint.load(folder)[0]
    program: ProgramTable = told.program
    first_partner = next((partner.code for partner in told.partner), "")
    stage, verdicts = Stage(zone=program.time_zone, partner=first_partner), []
    moments = _moments(scenario, stage.zone)
    with slate.blank():
        with clock.standing_at(moments[0] if moments else clock.now()):
            blueprint.apply(folder, actor="system:scenario")
            catalog.current()
        before = None
        for number, (step, moment) in enumerate(zip(scenario.step, moments, strict=True), start=1):
            place = f"{path.name}, step {number}"
            _pass_months(before or moment, moment, stage.zone)
            with clock.standing_at(moment):
                _tick()
                try:
                    verdicts += list(_play(step, stage, place))
                except BlueprintInvalid as error:
                    raise BlueprintInvalid(f"{place}: {error.message}", **error.data) from error
            before = moment
        faults = [fault for check in _closing for fault in check()]
        verdicts += [
            Verdict(f"{path.name}, the end", "books that balance", fault, False) for fault in faults
        ]
    return verdicts


def _moments(scenario: Any, zone: str) -> list[datetime]:
    """When each step happens: as it says, or when the one before it did."""
    said = [_moment(step, zone) for step in scenario.step]
    latest, found = next(filter(None, said), clock.now()), []
    for moment in said:
        latest = moment or latest
        found.append(latest)
    return found


def _pass_months(before: datetime, moment: datetime, zone: str) -> None:
    """Let the months between two steps begin, where the program has something that happens then."""
    if not any(is_needed() for is_needed in _monthly):
        return
    first = clock.add_months(clock.local_date(before, zone).replace(day=1), 1)
    while (begins := clock.start_of_day(first, zone)) < moment:
        with clock.standing_at(begins):
            _tick()
        first = clock.add_months(first, 1)


def _tick() -> None:
    for tick in _ticks:
        tick()


def _moment(step: Any, zone: str) -> datetime | None:
    if step.at is not None:
        return step.at if step.at.tzinfo else step.at.replace(tzinfo=ZoneInfo(zone))
    return datetime.combine(step.on, NOON, tzinfo=ZoneInfo(zone)) if step.on else None


def _play(step: Any, stage: Stage, place: str) -> Iterator[Verdict]:
    """Do what the step says, then compare; an unexpected refusal is a failure of its own."""
    stage.member = step.member or stage.member
    stage.result, stage.refusal = None, None
    for name, verb in _steps.items():
        table = getattr(step, name)
        if table is not None:
            try:
                stage.result = verb.run(table, stage)
            except BlueprintInvalid:
                raise  # a mistake in the story, not a refusal of the house
            except LoyaltyError as error:
                stage.refusal = error
    for follow_up in _follow_ups:
        follow_up()
    wanted = step.expect.refused if step.expect else None
    got = stage.refusal.code if stage.refusal else None
    if wanted or got:
        because = (stage.refusal.message,) if stage.refusal else ()
        holds = bool(got) if wanted is True else wanted == got
        yield Verdict(place, f"refused = {_say(wanted or False)}", got or "false", holds, because)
    for name, expectation in _expectations.items():
        value = getattr(step.expect, name) if step.expect else None
        if value is not None:
            found = expectation.find(value, stage)
            holds = found.value == value
            yield Verdict(place, f"{name} = {_say(value)}", _say(found.value), holds, found.because)


def _say(value: Any) -> str:
    """A value the way a scenario writes it."""
    if isinstance(value, msgspec.Struct):
        value = {
            name: inner
            for name, inner in msgspec.structs.asdict(value).items()
            if inner is not None
        }
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_say(inner)}" for name, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_say(inner) for inner in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def paths(folder: Path) -> list[Path]:
    """The scenario files of a blueprint's folder, in the order of their names."""
    return sorted((folder / "scenarios").glob("*.toml"))
