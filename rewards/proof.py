"""What rewards add to the audit of the ledger: what was redeemed was paid, once, or given back."""

from __future__ import annotations

from points import audit

INVARIANTS: dict[str, str] = {
    "every posting of a redemption has its redemption": """
        SELECT p.id, p.source FROM points_posting p
        WHERE p.source LIKE 'redemption:%' AND NOT EXISTS (
            SELECT 1 FROM rewards_redemption r
            WHERE r.id = substr(p.source, 12)::uuid AND (r.posting_id = p.id OR EXISTS (
                SELECT 1 FROM rewards_redemptionshare s
                WHERE s.redemption_id = r.id AND s.posting_id = p.id)))""",
    "a redemption was paid by its posting": """
        SELECT r.id, format('price %s, paid %s', r.price, coalesce(e.paid, 0))
        FROM rewards_redemption r JOIN points_posting p ON p.id = r.posting_id
        LEFT JOIN (SELECT posting_id, -sum(amount) AS paid FROM points_entry GROUP BY 1) e
          ON e.posting_id = p.id
        WHERE coalesce(e.paid, 0) <> r.price OR p.member_id <> r.member_id
          OR p.source <> 'redemption:' || r.id""",
    "what was cancelled, and only that, was given back": """
        SELECT r.id, r.status FROM rewards_redemption r
        WHERE NOT r.is_pooled AND (r.status = 'cancelled') <> EXISTS (
            SELECT 1 FROM points_posting p WHERE p.reverses_id = r.posting_id)""",
    "a household's shares are the price, and go back with it": """
        SELECT r.id, format('price %s, paid %s in %s shares, %s given back',
                            r.price, coalesce(s.paid, 0), s.n, s.back)
        FROM rewards_redemption r LEFT JOIN (
            SELECT h.redemption_id, sum(-e.amount) AS paid, count(DISTINCT h.id) AS n,
                   count(DISTINCT b.id) AS back, bool_and(-e.amount = h.amount) AS is_said
            FROM rewards_redemptionshare h
            JOIN points_entry e ON e.posting_id = h.posting_id AND e.kind = 'spend'
            LEFT JOIN points_posting b ON b.reverses_id = h.posting_id GROUP BY 1) s
          ON s.redemption_id = r.id
        WHERE (r.is_pooled AND (coalesce(s.paid, 0) <> r.price OR NOT s.is_said
                 OR s.back <> CASE WHEN r.status = 'cancelled' THEN s.n ELSE 0 END))
           OR (NOT r.is_pooled AND s.n > 0)""",
    "a reservation ends as its hold does": """
        SELECT v.id, format('%s, its hold %s', v.status, h.status)
        FROM rewards_reservation v JOIN points_hold h ON h.id = v.hold_id
        WHERE (v.status = 'captured') <> (h.status = 'captured')
           OR (v.status = 'released' AND h.status NOT IN ('released', 'timed_out'))
           OR h.amount <> v.price""",
    "every voucher is found by its code": """
        SELECT r.id, 'no key' FROM rewards_redemption r
        WHERE NOT EXISTS (SELECT 1 FROM rewards_voucherkey k WHERE k.redemption_id = r.id)""",
}


def install() -> None:
    """Hand the invariants to the auditor."""
    audit.register(INVARIANTS)
