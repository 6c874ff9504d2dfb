"""Care: an unhappy answer opens a case; somebody owns it, a clock runs, and the member hears back.

What must stay true: an answer opens at most one case; goodwill points go through the ledger, once,
within the clerk's limit, with the case as their reason; what was done is written once.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.text import number, scaled
from events import outbox
from members.models import Member, User
from points import approvals, ledger
from points.models import Posting
from program import catalog
from program.models import Program, Unit
from surveys import definitions, hours
from surveys.errors import CaseClosed, GoodwillRefused
from surveys.models import Answer, Case, CaseRule, CaseStep

SYSTEM = "system:care"
GOODWILL = "goodwill"  # the kind of wish for points by hand


def consider(made: Answer, *, member: Member, program: Program) -> Case | None:
    """Open a case where a rule says so. Call it in a transaction."""
    rule = _rule(made, program)
    if rule is None:
        return None
    opening, now = definitions.of(program).opening, clock.now()
    owner = User.objects.filter(email__iexact=rule.owner, is_staff=True).first()
    case = Case.objects.create(
        member=member,
        survey=made.survey,
        answer=made,
        rule=rule,
        owner=owner if rule.owner else None,
        opened_at=now,
        contact_due_at=hours.after(now, hours=rule.contact_hours, opening=opening),
        close_due_at=hours.after(now, hours=rule.close_hours, opening=opening),
    )
    _step(case, CaseStep.Kind.OPENED, actor=SYSTEM)
    _publish("survey_case_opened", case, {"owner": rule.owner})
    return case


def _rule(made: Answer, program: Program) -> CaseRule | None:
    """The first rule that holds this score; one for the place goes before one for everywhere."""
    rules = definitions.of(program).case_rules.get(made.survey_id, ())
    fitting = [
        rule
        for rule in rules
        if rule.least <= made.score <= rule.most and rule.location_id in (None, made.location_id)
    ]
    return min(fitting, key=lambda rule: rule.location_id is None, default=None)


def assign(case: Case, *, owner: User, actor: str) -> Case:
    """Give the case to somebody."""
    with transaction.atomic():
        case = _unfinished(case)
        case.owner = owner
        case.save(update_fields=["owner"])
        _step(case, CaseStep.Kind.ASSIGNED, text=str(owner), actor=actor)
    return case


def note(case: Case, *, text: str, actor: str) -> CaseStep:
    """Write down something that only staff read."""
    with transaction.atomic():
        return _step(_unfinished(case), CaseStep.Kind.NOTE, text=text, actor=actor)


def reply(case: Case, *, text: str, actor: str) -> CaseStep:
    """Answer the member: they read it in the portal and get it as a letter."""
    with transaction.atomic():
        case = _unfinished(case)
        if case.replied_at is None:
            case.status, case.replied_at = Case.Status.REPLIED, clock.now()
            case.save(update_fields=["status", "replied_at"])
        step = _step(case, CaseStep.Kind.REPLY, text=text, actor=actor)
        _publish("survey_case_replied", case, {"text": text})
    return step


def make_good(
    case: Case, *, amount: int, actor: str, attempt: uuid.UUID, unit: str = ""
) -> approvals.Outcome:
    """Give points to make good, in the unit that is shown first unless another is named; what is
    more than one person may give waits for a second one.

    Raises GoodwillRefused above the limit of a case, SourceUsed where this attempt has posted,
    OwnPoints, and what the ledger refuses.
    """
    program = catalog.current()
    kind = catalog.of(program).units.get(unit) or catalog.of(program).default_unit
    with transaction.atomic():
        case = _unfinished(case)
        _require_room(case, amount, most=definitions.of(program).care.goodwill_max, unit=kind)
        wish = approvals.Wish(
            case.member, unit=kind.code, amount=amount, kind=GOODWILL,
            reason=_("To make good (%(case)s)") % {"case": case.public_id},
            source=f"goodwill:{attempt}", details={"case": str(case.pk)},
        )  # fmt: skip
        outcome = approvals.ask(wish, actor=actor)
        if outcome.request is not None:
            text = _("Points to make good wait for a second person.")
            _step(case, CaseStep.Kind.NOTE, actor=actor, text=text)
    return outcome


def _require_room(case: Case, amount: int, *, most: int, unit: Unit) -> None:
    """Refuse what a case may not cost."""
    given = goodwill(case)
    if amount < 1 or given + amount > most:
        words = {
            "most": number(scaled(most, unit.decimals)),
            "given": number(scaled(given, unit.decimals)),
            "unit": unit.plural,
        }
        raise GoodwillRefused(
            _(
                "A case may cost %(most)s %(unit)s at most, and %(given)s were given already. "
                "Give less, or ask a manager."
            )
            % words,
            most=most,
            given=given,
        )


def perform_goodwill(wish: approvals.Wish, actor: str) -> Posting:
    """Post a wish of this kind, and write it into its case. For the door of points by hand.

    Several that waited for a second person may together be more than a case may cost: it is asked
    again. Raises GoodwillRefused.
    """
    case = Case.objects.select_for_update().get(pk=wish.details["case"], member=wish.member)
    program = catalog.current()
    most, unit = definitions.of(program).care.goodwill_max, catalog.of(program).units[wish.unit]
    _require_room(case, wish.amount, most=most, unit=unit)
    posting = ledger.adjust(
        wish.member, unit=wish.unit, amount=wish.amount, reason=wish.reason, actor=actor,
        source=wish.source,
    )  # fmt: skip
    _step(case, CaseStep.Kind.GOODWILL, actor=actor, posting=posting, text=str(wish.amount))
    return posting


def goodwill(case: Case) -> int:
    """What was given for a case already, in the smallest part of the unit."""
    steps = CaseStep.objects.filter(
        member_id=case.member_id, case=case, kind=CaseStep.Kind.GOODWILL
    )
    return sum(int(step.text) for step in steps)


def close(case: Case, *, result: str, cause: str, actor: str, text: str = "") -> Case:
    """Close the case with its result and its cause. The survey may ask again later."""
    with transaction.atomic():
        case = _unfinished(case)
        case.status, case.closed_at = Case.Status.CLOSED, clock.now()
        case.result, case.cause = Case.Result(result), Case.Cause(cause)
        case.save(update_fields=["status", "closed_at", "result", "cause"])
        _step(case, CaseStep.Kind.CLOSED, text=text, actor=actor)
        _publish("survey_case_closed", case, {"result": case.result})
    return case


def escalate_overdue(*, now: datetime | None = None) -> int:
    """Hand on every case whose member should have heard from us by now, once. Returns how many."""
    moment, done = now or clock.now(), 0
    late = Case.objects.filter(
        status=Case.Status.OPEN, escalated_at__isnull=True, contact_due_at__lte=moment
    )
    for pk in list(late.values_list("pk", flat=True)):
        with transaction.atomic():
            case = Case.objects.select_for_update().get(pk=pk)
            if case.status != Case.Status.OPEN or case.escalated_at is not None:
                continue
            to = User.objects.filter(email__iexact=case.rule.escalates_to, is_staff=True).first()
            case.escalated_at = moment
            case.owner = to if case.rule.escalates_to and to else case.owner
            case.save(update_fields=["escalated_at", "owner"])
            _step(case, CaseStep.Kind.ESCALATED, text=str(case.owner or ""), actor=SYSTEM)
            _publish("survey_case_escalated", case, {})
            done += 1
    return done


def _unfinished(case: Case) -> Case:
    """The case under lock. Raises CaseClosed."""
    found = Case.objects.select_for_update().get(pk=case.pk)
    if found.status == Case.Status.CLOSED:
        raise CaseClosed(_("This case is closed. Nothing was changed."))
    return found


def _step(
    case: Case, kind: CaseStep.Kind, *, actor: str, text: str = "", posting: Posting | None = None
) -> CaseStep:
    return CaseStep.objects.create(
        member_id=case.member_id, case=case, kind=kind, text=text.strip(), posting=posting,
        actor=actor, happened_at=clock.now(),
    )  # fmt: skip


def _publish(type: str, case: Case, payload: dict[str, object]) -> None:
    outbox.publish(
        type,
        member_id=case.member_id,
        subject=case.public_id,
        payload={"survey": case.survey_id, **payload},
    )
