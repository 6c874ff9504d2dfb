"""Scores over the API: the figures of the desk's page, for the programs of the business itself.

They are added to the partners' API from here, because that API knows no surveys.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from django.urls import path
from msgspec import Meta, Struct
from rest_framework.request import Request
from rest_framework.response import Response

from partners import calls, documents, routes
from partners.calls import PartnerViewSet, key_of
from partners.errors import ParameterInvalid
from partners.models import Scope
from partners.shapes import shown
from surveys import figures, wording
from surveys.figures import Group, Scores
from surveys.models import Survey

Figure = Annotated[str | None, Meta(description="A decimal with four places; null where hidden.")]


@shown
class ScoreGroup(Struct):
    """One group: its measure with a 95 percent interval, and how many were asked."""

    group: str
    name: str
    answers: int | None
    asked: int
    value: Figure
    low: Figure
    high: Figure
    standard_error: Figure
    is_hidden: Annotated[
        bool, Meta(description="Fewer than five answers, or others could be worked out from it.")
    ]


@shown
class ScoreChange(Struct):
    """The last three months against the three before."""

    difference: str
    z: str | None
    is_certain: Annotated[bool, Meta(description="More than chance, at 5 percent.")]
    sentence: str


@shown
class ScoresAnswer(Struct):
    """The scores of a survey."""

    survey: str
    name: str
    kind: str
    series: Annotated[str, Meta(description="Kind, scale, direction and mapping.")]
    counted_at: Annotated[datetime | None, Meta(description="What the figures are dated by.")]
    made_up: Annotated[int, Meta(description="Answers made up for a demo, which are counted.")]
    incomplete: int
    by: str
    whole: ScoreGroup
    groups: list[ScoreGroup]
    change: ScoreChange | None


@shown
class SurveyScore(Struct):
    """A survey with its one figure."""

    survey: str
    name: str
    kind: str
    counted_at: datetime | None
    whole: ScoreGroup


@shown
class SurveyScores(Struct):
    """Every survey."""

    data: list[SurveyScore]


WHOLE = {
    "group": "",
    "name": "",
    "answers": 540,
    "asked": 1500,
    "value": "33.3333",
    "low": "25.2175",
    "high": "41.4492",
    "standard_error": "4.1407",
    "is_hidden": False,
}
SURVEY = {
    "survey": "after-a-stay",
    "name": "After a stay",
    "kind": "nps",
    "counted_at": "2026-05-04T09:05:00Z",
    "whole": WHOLE,
}
SCORES = SURVEY | {
    "series": "nps:0-10:up:promoters-detractors",
    "made_up": 0,
    "incomplete": 0,
    "by": "month",
    "groups": [WHOLE | {"group": "2026-04", "name": "Apr 2026"}],
    "change": {
        "difference": "6.0000",
        "z": "1.2000",
        "is_certain": False,
        "sentence": "33 in the last three months: up 6, not yet more than chance.",
    },
}
SURVEY_CODE = ("The code of the survey.", "after-a-stay")


class ScoreViewSet(PartnerViewSet):
    """What members answered, as figures and never as answers."""

    scopes: ClassVar = {"list": Scope.SCORES_READ, "retrieve": Scope.SCORES_READ}
    parameters: ClassVar = {"retrieve": ("by", "from")}

    @documents.call(
        "listScores",
        tag="Scores",
        summary="List surveys with their scores",
        words="Of the whole business, whichever partner asks. Figures of fewer than five answers "
        "are hidden.",
        scope=Scope.SCORES_READ,
        answers={200: ("SurveyScores", "Every survey.", {"data": [SURVEY]})},
    )
    def list(self, request: Request) -> Response:
        found = [self._scores(request, survey) for survey in Survey.objects.all()]
        return Response(
            SurveyScores(
                [
                    SurveyScore(
                        one.survey.pk, one.survey.name, one.survey.kind, one.counted_at,
                        group_of(one.whole),
                    )
                    for one in found
                ]
            )
        )  # fmt: skip

    @documents.call(
        "getScores",
        tag="Scores",
        summary="Get the scores of a survey",
        words="With their uncertainty, in groups; how the last three months compare with those "
        "before, in numbers and in words.",
        scope=Scope.SCORES_READ,
        answers={200: ("ScoresAnswer", "The scores.", SCORES)},
        path={"survey": SURVEY_CODE},
        query={
            "by": "In groups by `month` (unless said), `tier`, `location` or `trigger`.",
            "from": "By month: only from this one on, as `2026-05`.",
        },
        codes=["nothing_there"],
    )
    def retrieve(self, request: Request, survey: str) -> Response:
        found = Survey.objects.filter(pk=survey).first()
        if found is None:
            raise calls.nothing("survey")
        by = request.query_params.get("by", "month")
        if by not in figures.ways(found):
            raise ParameterInvalid(f"`by` is one of: {', '.join(figures.ways(found))}.")
        first = _month(request.query_params.get("from"))
        return Response(answer_of(self._scores(request, found, by=by, first=first)))

    def _scores(self, request: Request, survey: Survey, **how: Any) -> Scores:
        """Nobody answers in the sandbox."""
        if key_of(request).is_test:
            return figures.told(survey, [], **how)
        return figures.of(survey, **how)


def _month(text: str | None) -> date | None:
    return None if text is None else calls.month_of(text)


def answer_of(found: Scores) -> ScoresAnswer:
    """Scores for programs; groups that are hidden on the page are hidden here."""
    change = found.change
    return ScoresAnswer(
        survey=found.survey.pk,
        name=found.survey.name,
        kind=found.survey.kind,
        series=found.survey.of_kind.series,
        counted_at=found.counted_at,
        made_up=found.made_up,
        incomplete=found.incomplete,
        by=found.by,
        whole=group_of(found.whole),
        groups=[group_of(group) for group in found.groups],
        change=None
        if change is None
        else ScoreChange(
            difference=f"{change.difference:.4f}",
            z=_text(change.z),
            is_certain=change.is_certain,
            sentence=wording.moved(found),
        ),
    )


def group_of(group: Group) -> ScoreGroup:
    """One group for programs."""
    figure = group.figure
    return ScoreGroup(
        group=group.key,
        name=str(group.name),
        answers=None if group.is_hidden else group.answers,
        asked=group.asked,
        value=_text(figure.value) if figure else None,
        low=_text(figure.low) if figure else None,
        high=_text(figure.high) if figure else None,
        standard_error=_text(figure.error) if figure else None,
        is_hidden=group.is_hidden,
    )


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.4f}"


def install() -> None:
    """Add the calls; called once, when the app is ready."""
    routes.add(
        path("scores", ScoreViewSet.as_view({"get": "list"}), name="scores"),
        path("scores/<str:survey>", ScoreViewSet.as_view({"get": "retrieve"}), name="score"),
    )
