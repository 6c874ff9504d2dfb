"""The surveys of a blueprint, from what is stored: `surveys.sections` backwards."""

from __future__ import annotations

from common.text import scaled
from program import catalog
from program.exports import literal
from surveys.models import Care, CaseRule, ReplyText, Survey, Trigger
from surveys.sections import (
    AskingTable,
    CaseTable,
    HoursTable,
    ReplyTable,
    SurveyTable,
    TriggerTable,
    said,
)


def asking() -> AskingTable | None:
    """The way of asking, where the program has one of its own."""
    row = Care.objects.first()
    if row is None:
        return None
    unit = catalog.of(catalog.current()).default_unit
    return AskingTable(
        contact_days=row.contact_days,
        max_age_days=row.max_age_days,
        hours=HoursTable(
            opens=row.opens_hour,
            closes=row.closes_hour,
            weekdays=row.business_days,
            holidays=row.holidays,
        ),
        goodwill_at_most=scaled(row.goodwill_max, unit.decimals),
        asked_elsewhere=row.asked_elsewhere_id,
    )


def surveys() -> list[SurveyTable]:
    """Every survey that asks, as its newest version does."""
    return [_survey(row) for row in Survey.objects.filter(is_active=True)]


def _survey(row: Survey) -> SurveyTable:
    newest = row.versions.order_by("-number").first()
    why, questions, branches = said(newest) if newest else ("", [], [])
    return SurveyTable(
        code=row.code,
        name=row.name,
        kind=literal(row.kind),
        anonymous=row.is_anonymous,
        open_days=row.open_days,
        activity=row.activity_type_id,
        partner=row.partner_id,
        why=why,
        question=questions,
        branch=branches,
        trigger=[_trigger(one) for one in row.triggers.filter(is_active=True).order_by("id")],
        case=[
            _case(one) for one in row.case_rules.filter(is_active=True).select_related("location")
        ],
    )


def _trigger(row: Trigger) -> TriggerTable:
    return TriggerTable(
        code=row.code,
        on=literal(row.on),
        activity=row.activity_type_id,
        only=row.only,
        every_months=row.every_months,
        delay_hours=row.delay_hours,
        rate=row.rate,
        quota=row.quota,
    )


def _case(row: CaseRule) -> CaseTable:
    place = row.location
    return CaseTable(
        code=row.code,
        least=row.least,
        most=row.most,
        location=f"{place.partner_id}/{place.code}" if place else "",
        owner=row.owner,
        contact_hours=row.contact_hours,
        close_hours=row.close_hours,
        escalates_to=row.escalates_to,
    )


def replies() -> list[ReplyTable]:
    """Every text to begin a reply with."""
    return [ReplyTable(code=r.code, name=r.name, text=r.text) for r in ReplyText.objects.all()]
