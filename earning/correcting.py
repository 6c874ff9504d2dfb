"""Correcting: what a changed activity would earn now, against what stands, and the difference.

An activity is evaluated again by the rules that were published when it was recorded, with what was
known of the member then, and with the room that all other activities leave within limits. What it
pays less is taken back, what it pays more is awarded, both under the activity's own date; each rule
says why. However often that is done, the outcome depends on what the activity says in the end only.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from common import bulk, clock
from earning import counting, rules, sentences, usage, voiding
from earning.evaluation import Facts, Outcome, RuleSpec
from earning.models import Activity, ActivityChange, Award, Correction, Rule
from earning.session import Session
from earning.submissions import Checked
from members.models import Member
from points import clawback, endings, ledger, purchases
from points.books import Key
from points.clawback import Claim, Taken
from points.ledger import Credit, Earning
from points.models import Entry, Posting
from program import catalog
from program.models import ActivityType
from tiers import keeping

Paid = tuple[uuid.UUID, str]  # rule, unit


@dataclasses.dataclass(frozen=True, slots=True)
class Stands:
    """What one rule has paid of one unit for an activity, all corrections counted: the entries
    that did, and how much of what was taken back had expired before.
    """

    rule: Rule
    unit: str
    amount: int = 0
    lapsed: int = 0
    entries: tuple[uuid.UUID, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Difference:
    """What one rule pays more (above zero) or less than it did; its outcome, if it still pays."""

    stands: Stands
    amount: int
    outcome: Outcome | None


@dataclasses.dataclass(frozen=True, slots=True)
class Case:
    """An activity as a change leaves it, and the session that holds the member's accounts.

    `before` is what it said until now; `gained` the names of tiers, and `offer` that of the offer,
    that count for it from now on.
    """

    session: Session
    member: Member
    activity: Activity
    one: Checked
    change: ActivityChange
    before: Mapping[str, Any]
    gained: tuple[str, ...] = ()
    offer: str = ""

    def payee(self, units: Iterable[str]) -> uuid.UUID:
        """Whose accounts are paid, or pay, in these units: those under which the activity was
        recorded, where they are held. After a merge they forward it, and get it back if that is
        undone.
        """
        own = self.activity.member_id
        is_held = all((own, unit) in self.session.books.accounts for unit in units)
        return own if is_held else self.member.pk

    @property
    def facts(self) -> Facts:
        return self.session.decider.gatherer.recalled(self.one, self.member, self.change.facts)


def standing_of(activity: Activity) -> dict[Paid, Stands]:
    """What stands of an activity, by rule and unit."""
    found: dict[Paid, Stands] = {}
    awards = Award.objects.filter(activity=activity)
    for award in awards.select_related("rule"):
        key = (award.rule_id, award.unit_id)
        found[key] = Stands(award.rule, award.unit_id, award.amount, 0, (award.entry_id,))
    rows = Correction.objects.filter(activity=activity)
    for row in rows.select_related("rule"):
        key = (row.rule_id, row.unit_id)
        known = found.get(key, Stands(row.rule, row.unit_id))
        paid = (row.entry_id,) if row.entry_id and row.amount > 0 else ()
        found[key] = dataclasses.replace(
            known,
            amount=known.amount + row.amount,
            lapsed=known.lapsed + row.lapsed,
            entries=known.entries + paid,
        )
    return found


def differences(case: Case) -> list[Difference]:
    """What every rule would pay now, less what stands.

    The session's limits are given what the activity used, and charged with what it uses now.
    """
    facts, held = case.facts, standing_of(case.activity)
    specs = case.session.rules.get(case.one.type.code, ())
    _release(case, specs, held, dataclasses.replace(facts, attributes=case.before))
    known = rules.as_published(
        specs,
        recorded_at=case.activity.recorded_at,
        paid={rule for rule, _unit in held},
        is_same_day=_decides_by_the_same_day(case),
    )
    decided = _counted(case.session.decider.evaluate(case.one, facts, known), held)
    outcomes = {(out.rule.key.pk, out.rule.unit): out for out in decided}
    stand = {key: Stands(out.rule.key, out.rule.unit) for key, out in outcomes.items()} | held
    found = []
    for key in [*held, *(key for key in outcomes if key not in held)]:
        out, stands = outcomes.get(key), stand[key]
        amount = (out.amount if out else 0) - stands.amount
        if amount:
            found.append(Difference(stands, amount, out))
    return found


def _counted(outcomes: Iterable[Outcome], held: Collection[Paid]) -> list[Outcome]:
    """The outcomes with what counters count of them: those that counted when the rule first paid
    for the activity.
    """
    found: list[Outcome] = []
    for out in outcomes:
        units = [unit for rule, unit in held if rule == out.rule.key.pk]
        others = [unit for unit in units if unit != out.rule.unit]
        found += [out, *counting.into(out, others if units else out.rule.counted_by)]
    return found


def _decides_by_the_same_day(case: Case) -> bool:
    """Whether the day that decides on rules is the one by which it was first recorded."""
    by = case.one.type.rated_by
    return not by or case.one.values.get(by) == case.one.current.get(by)


def _release(case: Case, specs: Iterable[RuleSpec], held: dict[Paid, Stands], facts: Facts) -> None:
    """Give limits back what the activity used, so that its room is what all others leave."""
    for spec in specs:
        stands = held.get((spec.key.pk, spec.unit))
        if stands is not None and stands.amount > 0:
            usage.release(case.session.usage, spec, facts, amount=stands.amount)


def carry_out(case: Case, found: Sequence[Difference]) -> list[Correction]:
    """Post the differences and all that follows from them, and store the change itself."""
    session, change = case.session, case.change
    _call_off(case, found)
    more = [one for one in found if one.amount > 0]
    less = [one for one in found if one.amount < 0]
    corrections = _award(case, more)
    levels = voiding.Levels(session, case.activity, change)
    levels.move(case.one, case.member, case.before, counted(found))
    corrections += _take_back(case, less)
    ledger.sweep(session.books, program=session.program)
    session.books.write()
    usage.store(session.usage, session.rules)
    climbs = keeping.settle(
        session.climbs,
        member=case.member,
        program=session.program,
        is_kept=case.one.type.return_tier == ActivityType.ReturnTier.KEPT,
        cause=case.activity.public_id,
        actor=change.actor,
        gone=[case.activity.pk] if change.kind == ActivityChange.Kind.CANCEL else (),
    )
    change.result = session.result(case.member, climbs)
    bulk.insert(ActivityChange, [change])
    bulk.insert(Correction, corrections)
    levels.write()
    return corrections


def counted(found: Iterable[Difference]) -> dict[str, int]:
    """Differences in all, by unit."""
    totals: dict[str, int] = {}
    for one in found:
        unit = one.stands.unit
        totals[unit] = totals.get(unit, 0) + one.amount
    return totals


def _call_off(case: Case, found: Sequence[Difference]) -> None:
    """Call off unused purchases first, where the program says so and the points are gone."""
    if case.one.type.return_rewards != ActivityType.ReturnRewards.CANCELLED:
        return
    done = False
    for unit, amount in counted(found).items():
        if amount < 0:
            entries = _entries(case, unit)
            key = (case.member.pk, unit)
            done |= purchases.call_off(
                key, entries, amount=-amount, reason=case.change.reason, actor=case.change.actor
            )
    if done:  # what was given back has moved the accounts
        case.session.reopen()


def _entries(case: Case, unit: str) -> set[uuid.UUID]:
    """The entries that the activity's awards in one unit made."""
    held = standing_of(case.activity).values()
    return {entry for one in held if one.unit == unit for entry in one.entries}


def _award(case: Case, more: Sequence[Difference]) -> list[Correction]:
    """Award what is paid on top, under the activity's own date."""
    if not more:
        return []
    session, units = case.session, catalog.of(case.session.program).units
    tiers = case.facts.tiers
    told = [sentences.correction(one.amount, _words(case, one)) for one in more]
    credits = [
        Credit(
            unit=one.stands.unit,
            amount=one.amount,
            kind=Entry.Kind.BONUS if one.stands.rule.award_class == "bonus" else Entry.Kind.BASE,
            reason=sentence,
            policy=one.stands.rule.policy(units[one.stands.unit])
            or session.policy(tiers, units[one.stands.unit]),
        )
        for one, sentence in zip(more, told, strict=True)
    ]
    payee = case.payee(credit.unit for credit in credits)
    earning = Earning(
        payee,
        f"change:{case.change.pk}",
        case.activity.occurred_at,
        credits,
        case.one.type.code,
    )
    entries = ledger.post_into(
        session.books, [earning], actor=case.change.actor, program=session.program
    )
    return [
        _row(case, one, sentence, Taken(entry, 0), member_id=payee)
        for one, sentence, entry in zip(more, told, entries, strict=True)
    ]


def _take_back(case: Case, less: Sequence[Difference]) -> list[Correction]:
    """Take back what is paid no longer: from its own lots, then from others, then as a debt."""
    if not less:
        return []
    books, units = case.session.books, sorted({one.stands.unit for one in less})
    payee = case.payee(units)
    for unit in units:
        endings.expire_into(books, key=(case.member.pk, unit), now=clock.now())
    first = less[0].stands.entries[0]
    posting = Posting(
        member_id=payee,
        kind=Posting.Kind.REVERSAL,
        source=f"return:{case.change.pk}",
        actor=case.change.actor,
        note=case.change.reason,
        reverses_id=Entry.objects.values_list("posting", flat=True).get(pk=first),
        occurred_at=case.activity.occurred_at,
    )
    corrections = []
    for one in less:
        sentence = sentences.correction(one.amount, _words(case, one))
        key = (payee, one.stands.unit)
        taken = clawback.take(books, posting, _claim(case, one, sentence, key=key))
        corrections.append(_row(case, one, sentence, taken, member_id=payee))
    if any(row.entry for row in corrections):
        books.postings.append(posting)
    return corrections


def _claim(case: Case, one: Difference, sentence: str, *, key: Key) -> Claim:
    fresh = {e.pk for e in case.session.books.entries if e.amount > 0}
    own = set(one.stands.entries)
    return Claim(
        key=key,
        amount=-one.amount,
        reason=sentence,
        entries=own,
        siblings=(_entries(case, key[1]) | fresh) - own,
        lapsed=one.stands.lapsed,
    )


def _words(case: Case, one: Difference) -> sentences.Changed:
    return sentences.Changed(
        rule=one.stands.rule,
        unit=catalog.of(case.session.program).units[one.stands.unit],
        type=case.one.type,
        program=case.session.program,
        kind=case.change.kind,
        before=case.before,
        after=case.one.current,
        left=one.outcome.amount if one.outcome else 0,
        tiers=case.gained,
        offer=case.offer,
    )


def _row(
    case: Case, one: Difference, sentence: str, taken: Taken, *, member_id: uuid.UUID
) -> Correction:
    return Correction(
        member_id=member_id,
        change=case.change,
        activity=case.activity,
        rule=one.stands.rule,
        unit_id=one.stands.unit,
        entry=taken.entry,
        amount=one.amount,
        lapsed=taken.lapsed,
        sentence=sentence[:240],
        inputs=sentences.inputs(one.outcome) if one.outcome else {},
    )
