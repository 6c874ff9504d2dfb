"""What plans add to the audit of the ledger: every period has its charge, every report its end."""

from __future__ import annotations

from points import audit

INVARIANTS: dict[str, str] = {
    "every posting of a plan has its charge": """
        SELECT p.id, p.source FROM points_posting p
        WHERE p.source LIKE 'plan:%' AND NOT EXISTS (
            SELECT 1 FROM plans_charge c
            WHERE c.id = substr(p.source, 6)::uuid AND c.member_id = p.member_id)""",
    "every paid period has its charge": """
        SELECT s.id, format('%s periods, %s charges', s.number, count(c.id))
        FROM plans_subscription s LEFT JOIN plans_charge c ON c.subscription_id = s.id
        GROUP BY s.id, s.number HAVING count(c.id) <> s.number""",
    "a charge is paid exactly where a try was": """
        SELECT c.id, c.status FROM plans_charge c
        WHERE (c.status IN ('paid', 'refunded')) <> EXISTS (
            SELECT 1 FROM plans_chargeattempt t WHERE t.charge_id = c.id AND t.outcome = 'paid')""",
    "what was paid back took back what its period began with": """
        SELECT c.id, c.status FROM plans_charge c
        JOIN points_posting p ON p.member_id = c.member_id AND p.source = 'plan:' || c.id
        WHERE (c.status = 'refunded') <> EXISTS (
            SELECT 1 FROM points_posting r WHERE r.reverses_id = p.id)""",
}


def install() -> None:
    """Hand the invariants to the auditor."""
    audit.register(INVARIANTS)
