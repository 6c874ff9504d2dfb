"""What limits have been used: a member's from the awards themselves, everybody's from a counter
under lock.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection

from earning import evaluation
from earning.evaluation import Facts, RuleSpec
from earning.limits import Limit, Usage, each_of, period_of
from earning.models import LimitUse
from earning.submissions import Checked
from program.models import Program

Key = tuple[str, str, tuple[int, ...]]
Carriers = dict[str, dict[tuple[str, str], Limit]]  # by rule, then limit and period


def load(
    rules: Mapping[str, Sequence[RuleSpec]],
    checked: Sequence[Checked],
    member_ids: Iterable[uuid.UUID],
    *,
    program: Program,
) -> Usage:
    """Everything used so far that the batch may run into.

    Shared counters are locked, by id, until the transaction ends.
    """
    live = [rule for code in {one.type.code for one in checked} for rule in rules.get(code, ())]
    usage = Usage()
    _load_members(usage, live, rules, list(member_ids), program)
    _load_shared(usage, live, checked)
    return usage


def store(usage: Usage, rules: Mapping[str, Sequence[RuleSpec]]) -> None:
    """Write back the shared counters; of a member's limits the awards say what was used."""
    shared = {
        limit.code
        for specs in rules.values()
        for rule in specs
        for limit in rule.limits
        if limit.per in ("partner", "budget")
    }
    for (code, owner, period), (amount, times) in sorted(usage.taken.items()):
        if code in shared:
            key = LimitUse.id_for(code, owner, _text(period))
            LimitUse.objects.filter(pk=key).update(amount=amount, times=times)


def release(usage: Usage, spec: RuleSpec, facts: Facts, *, amount: int) -> None:
    """Give limits back what an award of a rule has used of them: so much, and one time."""
    for limit in spec.limits:
        if limit.per != "activity":
            used_by = evaluation.owner(limit, facts)
            usage.take(limit, owner=used_by, day=facts.on, amount=-amount, times=-1)


def _load_members(
    usage: Usage,
    live: Sequence[RuleSpec],
    rules: Mapping[str, Sequence[RuleSpec]],
    member_ids: list[uuid.UUID],
    program: Program,
) -> None:
    limits = {limit.code: limit for rule in live for limit in rule.limits if limit.per == "member"}
    kinds: dict[str, Carriers] = {}  # by what each limit counts for, where it is not all alike
    for rule in (rule for specs in rules.values() for rule in specs):
        for limit in rule.limits:
            if limit.code in limits:  # revisions of a limit share its use
                carriers = kinds.setdefault(limit.each, {}).setdefault(rule.code, {})
                carriers[limit.code, limit.period] = limit
    if member_ids:
        for each, carriers_of in kinds.items():
            _read(usage, each, carriers_of, member_ids, program)


def _read(
    usage: Usage, each: str, carriers: Carriers, member_ids: list[uuid.UUID], program: Program
) -> None:
    """What members were paid by the rules that carry limits, by day and by the value of `each`."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT w.owner, r.code,
                      (a.occurred_at AT TIME ZONE %s)::date,
                      CASE %s WHEN '' THEN ''
                              WHEN 'location' THEN coalesce(said.now ->> 'location', l.code)
                              WHEN 'partner' THEN coalesce(said.now ->> 'partner', a.partner_id)
                              ELSE said.now ->> %s END,
                      sum(w.amount)::bigint, count(*)::int
               FROM (SELECT s.activity_id, s.rule_id, s.unit_id,
                            coalesce(m.merged_into_id, m.id) AS owner,
                            sum(s.amount) AS amount
                     FROM members_member m
                     JOIN (SELECT activity_id, rule_id, unit_id, member_id, amount
                           FROM earning_award
                           UNION ALL
                           SELECT activity_id, rule_id, unit_id, member_id, amount
                           FROM earning_correction
                          ) s ON s.member_id = m.id
                     WHERE m.id = ANY(%s) OR m.merged_into_id = ANY(%s)
                     GROUP BY 1, 2, 3, 4 HAVING sum(s.amount) > 0) w
               JOIN earning_rule r ON r.id = w.rule_id AND r.unit_id = w.unit_id
               JOIN earning_activity a ON a.id = w.activity_id
               LEFT JOIN program_location l ON l.id = a.location_id
               LEFT JOIN LATERAL (
                   SELECT coalesce((SELECT c.after FROM earning_activitychange c
                                    WHERE c.activity_id = a.id ORDER BY c.number DESC LIMIT 1),
                                   a.attributes) AS now) said ON %s <> ''
               WHERE r.code = ANY(%s)
               GROUP BY 1, 2, 3, 4""",
            [program.time_zone, each, each, member_ids, member_ids, each, list(carriers)],
        )
        for member, code, day, value, amount, times in cursor:
            owner = each_of(str(member), value) if each else str(member)
            for limit in carriers[code].values():
                usage.take(limit, owner=owner, day=day, amount=amount, times=times)


def _load_shared(usage: Usage, live: Sequence[RuleSpec], checked: Sequence[Checked]) -> None:
    wanted: dict[uuid.UUID, Key] = {}
    for limit in {limit for rule in live for limit in rule.limits}:
        if limit.per not in ("partner", "budget"):
            continue
        for one, said in ((given, said) for given in checked for said in given.versions):
            owner = _shared_by(limit, one, said)
            period = period_of(limit.period, one.on)
            wanted[LimitUse.id_for(limit.code, owner, _text(period))] = (limit.code, owner, period)
    if not wanted:
        return
    rows = [
        LimitUse(id=pk, code=code, owner=owner, period=_text(period))
        for pk, (code, owner, period) in sorted(wanted.items())
    ]
    LimitUse.objects.bulk_create(rows, ignore_conflicts=True)
    locked = LimitUse.objects.select_for_update().filter(pk__in=list(wanted)).order_by("pk")
    for row in locked:
        usage.taken[wanted[row.pk]] = (row.amount, row.times)


def _shared_by(limit: Limit, one: Checked, said: Mapping[str, Any]) -> str:
    """Whose use of a shared limit a submission adds to, as `evaluation.owner` says it."""
    owner = one.submission.partner if limit.per == "partner" else ""
    if not limit.each:
        return owner
    named = {"location": one.submission.location, "partner": one.submission.partner}
    return each_of(owner, said.get(limit.each, named.get(limit.each)))


def _text(period: tuple[int, ...]) -> str:
    return "-".join(str(part) for part in period)
