"""Questions to members, and what is done about the answers."""

from surveys.models.answering import TEXT_MAX, Answer, Authorship, Line, Tally
from surveys.models.asking import Contact, Decision, Invitation, Outcome, QuotaUse
from surveys.models.cases import Case, CaseStep
from surveys.models.definition import (
    Branch,
    Care,
    CaseRule,
    Question,
    ReplyText,
    Survey,
    Trigger,
    Version,
)

__all__ = [
    "TEXT_MAX",
    "Answer",
    "Authorship",
    "Branch",
    "Care",
    "Case",
    "CaseRule",
    "CaseStep",
    "Contact",
    "Decision",
    "Invitation",
    "Line",
    "Outcome",
    "Question",
    "QuotaUse",
    "ReplyText",
    "Survey",
    "Tally",
    "Trigger",
    "Version",
]
