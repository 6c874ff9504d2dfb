"""The rulebook: what replaying needs to know of a program, read once and free of the database."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from earning import rules, tracking
from earning.evaluation import RuleSpec
from earning.models import Milestone
from program import catalog
from program.models import ActivityAttribute, ActivityType, Program, Unit
from tiers import ladders
from tiers.terms import LadderRule


@dataclasses.dataclass(frozen=True, slots=True)
class Rulebook:
    """A program's units, types, rules, milestones and ladders, by code."""

    program: Program
    units: dict[str, Unit]
    types: Mapping[str, ActivityType]
    attributes: Mapping[str, Mapping[str, ActivityAttribute]]
    rules: Mapping[str, Sequence[RuleSpec]]
    milestones: Sequence[Milestone]
    ladders: tuple[LadderRule, ...]
    ladder_names: dict[str, str]

    @property
    def shares_limits(self) -> bool:
        """Whether what one member earns leaves less for another: then all are replayed together."""
        return any(
            limit.per in ("partner", "budget")
            for specs in self.rules.values()
            for rule in specs
            for limit in rule.limits
        )

    @property
    def counters(self) -> set[str]:
        """Every unit that a ladder or a milestone reads."""
        read = {unit for rule in self.ladders for unit in rule.units}
        return read | {one.counter_id for one in self.milestones if one.counter_id}

    @property
    def first_ladder(self) -> str:
        """The ladder that comes first, empty where there is none."""
        return self.ladders[0].code if self.ladders else ""

    def rungs(self, ladder: str) -> list[str]:
        """The codes of a ladder's tiers, lowest first."""
        return [rung.code for rule in self.ladders if rule.code == ladder for rung in rule.rungs]


def read(program: Program) -> Rulebook:
    """The rulebook of the program as it stands."""
    known = catalog.of(program)
    return Rulebook(
        program=program,
        units=known.units,
        types=known.types,
        attributes={
            code: {one.code: one for one in type.attributes.all()}
            for code, type in known.types.items()
        },
        rules=rules.compiled(program),
        milestones=tracking.active(program),
        ladders=ladders.rules(program),
        ladder_names={ladder.code: ladder.name for ladder in ladders.rows(program)},
    )
