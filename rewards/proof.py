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
        JOIN members_member m ON m.id = v.member_id
        WHERE (v.status = 'captured') <> (h.status = 'captured')
           OR (v.status = 'released' AND h.status NOT IN ('released', 'timed_out'))
           OR (v.status = 'held' AND m.status = 'erased') OR h.amount <> v.price""",
    "every voucher is found by its code": """
        SELECT r.id, 'no key' FROM rewards_redemption r
        WHERE NOT EXISTS (SELECT 1 FROM rewards_voucherkey k WHERE k.redemption_id = r.id)""",
    "a fund was given what its donations sum up to": """
        SELECT f.code, format('total %s of %s, donations %s of %s',
                              t.amount, t.donations, coalesce(d.amount, 0), coalesce(d.n, 0))
        FROM rewards_fund f JOIN rewards_fundtotal t ON t.fund_id = f.code
        LEFT JOIN (SELECT w.fund_id, sum(r.price) AS amount, count(*) AS n
                   FROM rewards_redemption r JOIN rewards_reward w ON w.id = r.reward_id
                   WHERE r.status <> 'cancelled' AND w.fund_id IS NOT NULL GROUP BY 1) d
          ON d.fund_id = f.code
        WHERE t.amount <> coalesce(d.amount, 0) OR t.donations <> coalesce(d.n, 0)""",
    "places left are those nobody has": """
        SELECT d.id, format('%s places, %s left, %s taken', d.places, d.left, coalesce(r.n, 0))
        FROM rewards_rewarddate d
        LEFT JOIN (SELECT date_id, count(*) AS n FROM rewards_redemption
                   WHERE status <> 'cancelled' AND date_id IS NOT NULL GROUP BY 1) r
          ON r.date_id = d.id
        WHERE d.left <> d.places - coalesce(r.n, 0)""",
    "an uploaded code is shown by the redemption that has it": """
        SELECT c.id, 'given to another' FROM rewards_rewardcode c
        WHERE c.redemption_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM rewards_redemption r
            WHERE r.id = c.redemption_id AND r.member_id = c.member_id
              AND r.reward_id = c.reward_id AND r.handed_code = c.code)""",
    "a product that was taken is on its way": """
        SELECT r.id, coalesce(f.status, 'no order') FROM rewards_redemption r
        JOIN rewards_reward w ON w.id = r.reward_id AND w.kind = 'product'
        LEFT JOIN rewards_fulfilment f ON f.redemption_id = r.id
        WHERE f.id IS NULL OR f.member_id <> r.member_id
          OR (f.status = 'cancelled') <> (r.status = 'cancelled')
          OR (f.status = 'delivered') <> (r.status = 'used')""",
    "winners are among the entries of their draw": """
        SELECT d.id, w.entry FROM rewards_draw d
        CROSS JOIN LATERAL jsonb_array_elements_text(d.winners) AS w(entry)
        WHERE NOT EXISTS (SELECT 1 FROM jsonb_array_elements(d.entries) AS e
                          WHERE e->>0 = w.entry)""",
}


def install() -> None:
    """Hand the invariants to the auditor."""
    audit.register(INVARIANTS)
