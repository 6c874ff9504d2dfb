"""What earning adds to the audit of the ledger: every source exists, every award is its entry."""

from __future__ import annotations

from points import audit

INVARIANTS: dict[str, str] = {
    "every posting of an activity has its activity": """
        SELECT p.id, p.source FROM points_posting p
        WHERE p.source LIKE 'activity:%' AND NOT EXISTS (
            SELECT 1 FROM earning_activity a
            WHERE a.id = substr(p.source, 10)::uuid AND a.member_id = p.member_id)""",
    "an activity keeps what rules were told of the member": """
        SELECT a.id, a.facts::text FROM earning_activity a
        WHERE NOT a.facts ?& ARRAY[
            'tiers', 'reached', 'segments', 'plans', 'offers', 'first', 'joined', 'birthday']""",
    "every activity stands under its reference": """
        SELECT a.id, a.reference FROM earning_activity a
        WHERE NOT EXISTS (SELECT 1 FROM earning_activitykey k
                          WHERE k.activity_id = a.id AND k.request_hash <> '')""",
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
              AND p.source = format('milestone:%s:%s:%s', r.milestone_id, r.level, r.period)
                  || CASE WHEN r.turn = 0 THEN '' ELSE ':' || r.turn END)""",
    "what was claimed was recorded, or is pending": """
        SELECT u.id, u.reference FROM earning_unclaimedactivity u
        LEFT JOIN (SELECT id, member_id FROM earning_activity
                   UNION SELECT id, member_id FROM earning_pendingactivity) a ON a.id = u.id
        WHERE (u.claimed_at IS NULL) <> (a.id IS NULL) OR u.member_id <> a.member_id""",
    "a referral was paid by activities of its own": """
        SELECT r.id, r.status FROM earning_referral r
        JOIN earning_activity a ON a.id = r.activity_id
        JOIN earning_activity p ON p.id = r.referrer_activity_id
        LEFT JOIN earning_activity f ON f.id = r.friend_activity_id
        WHERE a.member_id <> r.member_id OR p.member_id <> r.referrer_id
          OR f.member_id <> r.member_id OR p.reference NOT LIKE 'referral:' || a.id || ':%'""",
    "a rule takes back no more than it paid": """
        SELECT activity_id, format('rule %s stands at %s %s', rule_id, sum(amount), unit_id)
        FROM (SELECT activity_id, rule_id, unit_id, amount FROM earning_award
              UNION ALL
              SELECT activity_id, rule_id, unit_id, amount FROM earning_correction) paid
        GROUP BY activity_id, rule_id, unit_id HAVING sum(amount) < 0""",
    "what a rule paid is counted at what it stands at": """
        SELECT activity_id, format('rule %s: %s %s for %s', r.code, counted, paid.unit_id, own)
        FROM (SELECT activity_id, rule_id, unit_id, sum(amount) AS counted
              FROM (SELECT activity_id, rule_id, unit_id, amount FROM earning_award
                    UNION ALL
                    SELECT activity_id, rule_id, unit_id, amount FROM earning_correction) rows
              GROUP BY 1, 2, 3) paid
        JOIN earning_rule r ON r.id = paid.rule_id AND r.unit_id <> paid.unit_id
        CROSS JOIN LATERAL (
            SELECT coalesce((SELECT sum(amount) FROM earning_award w
                             WHERE w.activity_id = paid.activity_id AND w.rule_id = r.id
                               AND w.unit_id = r.unit_id), 0)
                   + coalesce((SELECT sum(amount) FROM earning_correction c
                               WHERE c.activity_id = paid.activity_id AND c.rule_id = r.id
                                 AND c.unit_id = r.unit_id), 0) AS own) stands
        WHERE counted <> own""",
    "a cancelled activity stands at nothing": """
        SELECT paid.activity_id, format('rule %s stands at %s', paid.rule_id, sum(paid.amount))
        FROM earning_activitychange c JOIN (
            SELECT activity_id, rule_id, amount FROM earning_award
            UNION ALL SELECT activity_id, rule_id, amount FROM earning_correction) paid
          ON paid.activity_id = c.activity_id
        WHERE c.kind = 'cancel' GROUP BY paid.activity_id, paid.rule_id
        HAVING sum(paid.amount) <> 0""",
    "nothing is changed after a cancellation": """
        SELECT later.id, later.reference FROM earning_activitychange c
        JOIN earning_activitychange later
          ON later.activity_id = c.activity_id AND later.number > c.number
        WHERE c.kind = 'cancel'""",
    "a correction is its own entry, less what had expired": """
        SELECT c.id, format('correction %s, lapsed %s, entry %s', c.amount, c.lapsed, e.amount)
        FROM earning_correction c LEFT JOIN points_entry e ON e.id = c.entry_id
        LEFT JOIN points_account a ON a.id = e.account_id
        LEFT JOIN points_posting p ON p.id = e.posting_id
        WHERE coalesce(e.amount, 0) <> c.amount + c.lapsed
           OR (e.id IS NOT NULL AND (a.unit_id <> c.unit_id OR e.member_id <> c.member_id
               OR p.source NOT IN ('change:' || c.change_id, 'return:' || c.change_id)))""",
    "every entry of a change has its correction": """
        SELECT e.id, e.reason FROM points_entry e JOIN points_posting p ON p.id = e.posting_id
        WHERE (p.source LIKE 'change:%' OR p.source LIKE 'return:%') AND e.kind <> 'expiry'
          AND NOT EXISTS (SELECT 1 FROM earning_correction c WHERE c.entry_id = e.id)""",
    "changes of an activity are numbered without a gap": """
        SELECT id, format('number %s after %s', number, before)
        FROM (SELECT id, number, coalesce(lag(number) OVER w, 0) AS before
              FROM earning_activitychange WINDOW w AS (PARTITION BY activity_id ORDER BY number)
             ) chain WHERE number <> before + 1""",
    "what was pending ended once": """
        SELECT w.id, w.status FROM earning_pendingactivity w
        LEFT JOIN earning_activity a ON a.id = w.id
        WHERE (w.status = 'confirmed') <> (a.id IS NOT NULL)""",
    "every posting of a void level has its level": """
        SELECT p.id, p.source FROM points_posting p
        WHERE p.source LIKE 'milestone-voided:%' AND NOT EXISTS (
            SELECT 1 FROM earning_milestonevoid v
            WHERE v.reached_id = split_part(p.source, ':', 2)::uuid
              AND v.member_id = p.member_id)""",
}


CHOICES: dict[str, str] = {
    "every posting of a choice has its picks": """
        SELECT p.id, p.source FROM points_posting p
        WHERE p.source LIKE 'milestone-choice:%' AND NOT EXISTS (
            SELECT 1 FROM earning_milestonepick k
            WHERE k.choice_id = split_part(p.source, ':', 2)::uuid
              AND k.member_id = p.member_id)""",
    "a pick is its own entry": """
        SELECT k.id, format('pick %s, entry %s', k.amount, e.amount) FROM earning_milestonepick k
        JOIN points_entry e ON e.id = k.entry_id JOIN points_posting p ON p.id = e.posting_id
        WHERE e.amount <> k.amount OR e.member_id <> k.member_id
          OR p.source <> 'milestone-choice:' || k.choice_id""",
    "a choice that was made has all its picks, and no other has too many": """
        SELECT c.id, format('%s of %s, %s', coalesce(sum(k.times), 0), c.many, c.status)
        FROM earning_milestonechoice c LEFT JOIN earning_milestonepick k ON k.choice_id = c.id
        GROUP BY c.id, c.many, c.status
        HAVING coalesce(sum(k.times), 0) > c.many
          OR (c.status = 'made' AND coalesce(sum(k.times), 0) <> c.many)
          OR (c.status IN ('open', 'lapsed') AND count(k.id) > 0)""",
    "a choice stands as long as its level does": """
        SELECT c.id, c.status FROM earning_milestonechoice c
        WHERE (c.status = 'void') <> EXISTS (
            SELECT 1 FROM earning_milestonevoid v WHERE v.reached_id = c.reached_id)""",
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

OFFERS: dict[str, str] = {  # memberships that were one, and were parted again, are left out
    "a rule that asks for an offer paid while it held": """
        SELECT a.id, format('%s on %s', r.code, t.occurred_at)
        FROM earning_rulecondition c JOIN earning_rule r ON r.id = c.rule_id
        JOIN earning_award a ON a.rule_id = r.id JOIN earning_activity t ON t.id = a.activity_id
        JOIN members_member m ON m.id = a.member_id
        WHERE c.kind = 'offer' AND c.operator = 'in'
          AND NOT EXISTS (SELECT 1 FROM members_membermerge g
                          WHERE g.survivor_id = m.id AND g.undone_at IS NOT NULL)
          AND NOT EXISTS (
            SELECT 1 FROM earning_offeractivation o JOIN members_member w ON w.id = o.member_id
            WHERE coalesce(w.merged_into_id, w.id) = coalesce(m.merged_into_id, m.id)
              AND jsonb_exists(c.values, o.offer_id)
              AND o.starts_at <= t.occurred_at
              AND (o.ends_at IS NULL OR t.occurred_at < o.ends_at))""",
}


def install() -> None:
    """Hand the invariants to the auditor."""
    audit.register(INVARIANTS | CHOICES | DIVIDENDS | OFFERS)
