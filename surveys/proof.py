"""What surveys add to the audit: answers belong to who was asked, and anonymous ones to nobody."""

from __future__ import annotations

from points import audit

INVARIANTS: dict[str, str] = {
    "an anonymous answer has no author": """
        SELECT a.id, 'an author' FROM surveys_answer a
        WHERE a.is_anonymous AND EXISTS (
            SELECT 1 FROM surveys_authorship w WHERE w.answer_id = a.id)""",
    "an answered invitation of a survey with names has its answer": """
        SELECT i.id, i.source FROM surveys_invitation i
        JOIN surveys_survey s ON s.code = i.survey_id
        JOIN members_member m ON m.id = i.member_id
        WHERE i.answered_at IS NOT NULL AND NOT s.is_anonymous AND m.status = 'active'
          AND NOT EXISTS (SELECT 1 FROM surveys_authorship w WHERE w.invitation_id = i.id)""",
    "points to make good belong to a case of the same member": """
        SELECT p.id, p.source FROM points_posting p
        WHERE p.source LIKE 'goodwill:%' AND NOT EXISTS (
            SELECT 1 FROM surveys_casestep c
            WHERE c.posting_id = p.id AND c.member_id = p.member_id)""",
    "who was asked has a contact row that says so": """
        SELECT i.id, i.source FROM surveys_invitation i
        LEFT JOIN surveys_contact c ON c.member_id = i.member_id
        WHERE NOT i.is_made_up AND (i.withdrawn_at IS NULL OR i.opened_at IS NOT NULL)
          AND (c.asked_at IS NULL OR c.asked_at < i.opens_at)""",
}


def install() -> None:
    """Hand the invariants to the auditor."""
    audit.register(INVARIANTS)
