"""What rewards add to the audit of the ledger: what was redeemed was paid, once, or given back."""

from __future__ import annotations

from points import audit

INVARIANTS: dict[str, str] = {
    "every posting of a redemption has its redemption": """
        SELECT p.id, p.source FROM points_posting p
        WHERE p.source LIKE 'redemption:%' AND NOT EXISTS (
            SELECT 1 FROM rewards_redemption r
            WHERE r.id = substr(p.source, 12)::uuid AND r.posting_id = p.id)""",
    "a redemption was paid by its posting": """
        SELECT r.id, format('price %s, paid %s', r.price, coalesce(e.paid, 0))
        FROM rewards_redemption r JOIN points_posting p ON p.id = r.posting_id
        LEFT JOIN (SELECT posting_id, -sum(amount) AS paid FROM points_entry GROUP BY 1) e
          ON e.posting_id = p.id
        WHERE coalesce(e.paid, 0) <> r.price OR p.member_id <> r.member_id
          OR p.source <> 'redemption:' || r.id""",
    "what was cancelled, and only that, was given back": """
        SELECT r.id, r.status FROM rewards_redemption r
        WHERE (r.status = 'cancelled') <> EXISTS (
            SELECT 1 FROM points_posting p WHERE p.reverses_id = r.posting_id)""",
    "every voucher is found by its code": """
        SELECT r.id, 'no key' FROM rewards_redemption r
        WHERE NOT EXISTS (SELECT 1 FROM rewards_voucherkey k WHERE k.redemption_id = r.id)""",
}


def install() -> None:
    """Hand the invariants to the auditor."""
    audit.register(INVARIANTS)
