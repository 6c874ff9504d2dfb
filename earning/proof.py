"""What earning adds to the audit of the ledger: every source exists, every award is its entry."""

from __future__ import annotations

from points import audit

INVARIANTS: dict[str, str] = {
    "every posting of an activity has its activity": """
        SELECT p.id, p.source FROM points_posting p
        WHERE p.source LIKE 'activity:%' AND NOT EXISTS (
            SELECT 1 FROM earning_activity a
            WHERE a.id = substr(p.source, 10)::uuid AND a.member_id = p.member_id)""",
    "every activity stands under its reference": """
        SELECT a.id, a.reference FROM earning_activity a
        WHERE NOT EXISTS (SELECT 1 FROM earning_activitykey k WHERE k.activity_id = a.id)""",
    "an award is its own entry": """
        SELECT w.id, format('award %s, entry %s', w.amount, e.amount) FROM earning_award w
        JOIN points_entry e ON e.id = w.entry_id JOIN points_posting p ON p.id = e.posting_id
        JOIN points_account a ON a.id = e.account_id
        WHERE e.amount <> w.amount OR a.unit_id <> w.unit_id OR e.member_id <> w.member_id
          OR p.source <> 'activity:' || w.activity_id""",
    "every credit of an activity has its award": """
        SELECT e.id, e.reason FROM points_entry e JOIN points_posting p ON p.id = e.posting_id
        WHERE p.source LIKE 'activity:%' AND e.kind IN ('base', 'bonus')
          AND NOT EXISTS (SELECT 1 FROM earning_award w WHERE w.entry_id = e.id)""",
    "every posting of a milestone has its level": """
        SELECT p.id, p.source FROM points_posting p
        WHERE p.source LIKE 'milestone:%' AND NOT EXISTS (
            SELECT 1 FROM earning_milestonereached r
            WHERE r.member_id = p.member_id
              AND p.source = format('milestone:%s:%s:%s', r.milestone_id, r.level, r.period))""",
    "what was claimed was recorded": """
        SELECT u.id, u.reference FROM earning_unclaimedactivity u
        LEFT JOIN earning_activity a ON a.id = u.id
        WHERE (u.claimed_at IS NULL) <> (a.id IS NULL) OR u.member_id <> a.member_id""",
}


DIVIDENDS: dict[str, str] = {
    "every posting of a dividend has its share": """
        SELECT p.id, p.source FROM points_posting p
        WHERE p.source LIKE 'dividend:%' AND NOT EXISTS (
            SELECT 1 FROM earning_dividendshare s WHERE s.posting_id = p.id)""",
    "a dividend never takes more than it gave": """
        SELECT s.member_id, format('%s %s: %s', d.dividend_id, d.year, sum(s.amount))
        FROM earning_dividendshare s JOIN earning_declaration d ON d.id = s.declaration_id
        GROUP BY s.member_id, d.dividend_id, d.year HAVING sum(s.amount) < 0""",
    "what was declared is the sum of its shares": """
        SELECT d.id, format('total %s, shares %s', d.total, coalesce(sum(s.amount), 0))
        FROM earning_declaration d LEFT JOIN earning_dividendshare s ON s.declaration_id = d.id
        GROUP BY d.id HAVING d.total <> coalesce(sum(s.amount), 0)
          OR d.members <> count(s.id)""",
}


def install() -> None:
    """Hand the invariants to the auditor."""
    audit.register(INVARIANTS | DIVIDENDS)
