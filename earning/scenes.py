"""What scenarios can say about earning: activities, what they paid, and the sentences that explain
it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from common import clock
from common.ids import uuid7
from common.text import scaled
from earning import confirmations, intake, occasions, referring, returns
from earning.changing import Changed
from earning.models import Award, Correction, PendingActivity, Referral
from earning.recording import Recorded
from earning.submissions import Submission
from members.models import MemberKey
from points.scenes import unit_of
from program import catalog
from program.blueprint import Table
from program.errors import BlueprintInvalid
from program.scenarios import (
    Expectation,
    Found,
    Stage,
    Step,
    register,
    register_follow_up,
    register_tick,
)
from program.sections import Code, Text


class ActivityTable(Table):
    """An activity of the step's member. It happens on the step's day, unless it says `on`."""

    type: Code
    attributes: dict[str, Any] = {}
    partner: Code | None = None
    location: str = ""
    reference: str = ""
    on: date | None = None


class ReferTable(Table):
    """The step's member has come by somebody's invitation."""

    by: str


def _refer(table: ReferTable, stage: Stage) -> Referral:
    if table.by not in stage.cast:
        raise BlueprintInvalid(f'nobody called "{table.by}" was enrolled.')
    code = referring.code_of(stage.cast[table.by])
    return referring.refer(stage.who(), code=code, actor="system:scenario")


def _referral(wanted: str, stage: Stage) -> Found:
    """How the invitation of the step's member stands now."""
    row = Referral.objects.filter(member=stage.who()).first()
    return Found(row.status if row else "none", (row.reason,) if row else ())


def _activity(table: ActivityTable, stage: Stage) -> Recorded:
    member = stage.who()
    partner = table.partner or stage.partner
    stage.named.setdefault(f"activity:{table.reference}", partner)
    submission = Submission(
        partner=partner,
        reference=table.reference or str(uuid7()),
        type=table.type,
        occurred_at=table.on or clock.now(),
        attributes=table.attributes,
        kind=MemberKey.Kind.CARD,
        value=member.cards.get(is_active=True).number,
        location=table.location,
    )
    return intake.record(submission, actor="system:scenario")


class CancelActivityTable(Table):
    """An earlier activity, named by its reference, is cancelled whole."""

    activity: str
    reason: Text = "Scenario"
    partner: Code | None = None


class AmendTable(Table):
    """A part of an earlier activity changes: new values, or amounts that came back."""

    activity: str
    attributes: dict[str, Any] = {}
    returned: dict[str, Any] = {}
    reason: Text = "Scenario"
    partner: Code | None = None


class ConfirmTable(Table):
    """A pending activity, named by its reference, is confirmed."""

    activity: str
    partner: Code | None = None


def _partner(table: CancelActivityTable | AmendTable | ConfirmTable, stage: Stage) -> str:
    """Whose reference it is: as it says, whoever reported it, or the first partner."""
    known: str = stage.named.get(f"activity:{table.activity}", stage.partner)
    return table.partner or known


def _cancel(table: CancelActivityTable, stage: Stage) -> Changed:
    return returns.cancel(
        partner=_partner(table, stage),
        activity=table.activity,
        reference=str(uuid7()),
        reason=table.reason,
        actor="system:scenario",
    )


def _amend(table: AmendTable, stage: Stage) -> Changed:
    return returns.amend(
        partner=_partner(table, stage),
        activity=table.activity,
        reference=str(uuid7()),
        reason=table.reason,
        actor="system:scenario",
        attributes=table.attributes,
        returned=table.returned,
    )


def _confirm(table: ConfirmTable, stage: Stage) -> Recorded:
    return confirmations.confirm(
        partner=_partner(table, stage), activity=table.activity, actor="system:scenario"
    )


def _rows(result: Recorded | Changed | None) -> Sequence[Award | Correction]:
    """What a step's activity was paid, or what its change took back or gave."""
    if isinstance(result, Changed):
        return result.corrections
    return result.awards if result else ()


def _pending(wanted: dict[str, Decimal], stage: Stage) -> Found:
    """What the member is expected to get, by unit, from all that waits to be confirmed."""
    units, found, because = (
        catalog.of(catalog.current()).units,
        dict.fromkeys(wanted, Decimal(0)),
        [],
    )
    rows = PendingActivity.objects.filter(member=stage.who(), status="waiting").order_by("id")
    for one in (one for row in rows for one in row.expected):
        amount = scaled(one["amount"], units[one["unit"]].decimals)
        found[one["unit"]] = found.get(one["unit"], Decimal(0)) + amount
        because.append(one["sentence"])
    return Found(_named(found, wanted), tuple(because))


def _named(found: dict[str, Decimal], wanted: dict[str, Decimal]) -> dict[str, Decimal]:
    """What was found of the units that are named; all of it, where nothing is expected."""
    return {unit: found[unit] for unit in wanted} if wanted else found


def _earned(wanted: dict[str, Decimal], stage: Stage) -> Found:
    """What the step's activity paid of the units that are named, or its change took back (below
    zero); `{}` expects nothing at all.
    """
    for code in wanted:
        unit_of(code)
    found = dict.fromkeys(wanted, Decimal(0))
    because = []
    for award in _rows(stage.result):
        unit = award.unit
        found[unit.code] = found.get(unit.code, Decimal(0)) + scaled(award.amount, unit.decimals)
        because.append(award.sentence)
    if isinstance(stage.result, Changed) and stage.result.parked is not None:
        because.append("The change waits: no activity of this partner has this reference yet.")
    return Found(_named(found, wanted), tuple(because))


def _sentences(wanted: list[str], stage: Stage) -> Found:
    return Found([award.sentence for award in _rows(stage.result)])


def install() -> None:
    """Register the steps and expectations of this app."""
    register(
        Step("activity", ActivityTable, _activity),
        Step("refer", ReferTable, _refer),
        Expectation("referral", str, _referral),
        Step("cancel_activity", CancelActivityTable, _cancel),
        Step("amend", AmendTable, _amend),
        Step("confirm", ConfirmTable, _confirm),
        Expectation("pending", dict[str, Decimal], _pending),
        Expectation("earned", dict[str, Decimal], _earned),
        Expectation("sentences", list[str], _sentences),
    )
    register_tick(confirmations.run)
    register_tick(occasions.run)
    register_follow_up(occasions.run)
