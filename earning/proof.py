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
    "a referral was paid by activities of its own": """
        SELECT r.id, r.status FROM earning_referral r
        JOIN earning_activity a ON a.id = r.activity_id
        JOIN earning_activity p ON p.id = r.referrer_activity_id
        LEFT JOIN earning_activity f ON f.id = r.friend_activity_id
        WHERE a.member_id <> r.member_id OR p.member_id <> r.referrer_id
          OR f.member_id <> r.member_id OR p.reference NOT LIKE 'referral:' || a.id || ':%'""",
}


def install() -> None:
    """Hand the invariants to the auditor."""
    audit.register(INVARIANTS)
