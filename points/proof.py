"""What merges and erasures add to the audit of the ledger: nothing is left, and nothing is lost."""

from __future__ import annotations

from points import audit

INVARIANTS: dict[str, str] = {
    "a household has no two heads": """
        SELECT household_id, format('%s heads', count(*)) FROM members_householdmember
        WHERE left_at IS NULL AND is_head GROUP BY 1 HAVING count(*) > 1""",
    "a merge changes no total": """
        SELECT p.source, format('%s %s too much', sum(e.amount), a.unit_id)
        FROM points_entry e JOIN points_posting p ON p.id = e.posting_id
        JOIN points_account a ON a.id = e.account_id
        WHERE e.kind = 'merge' GROUP BY p.source, a.unit_id HAVING sum(e.amount) <> 0""",
    "whoever was merged has no points and no name of their own": """
        SELECT m.id, 'a balance, a live lot or a key' FROM members_member m
        WHERE m.status = 'merged' AND (
            EXISTS (SELECT 1 FROM points_account a WHERE a.member_id = m.id AND a.balance <> 0)
            OR EXISTS (SELECT 1 FROM points_lot l WHERE l.member_id = m.id AND l.remaining > 0)
            OR EXISTS (SELECT 1 FROM members_key k WHERE k.member_id = m.id))""",
    "accounts of merged members forward to their survivors": """
        SELECT a.id, 'forwards to somebody else, or not at all' FROM points_account a
        JOIN members_member m ON m.id = a.member_id
        LEFT JOIN points_account heir ON heir.id = a.forwards_to_id
        WHERE m.merged_into_id IS DISTINCT FROM heir.member_id
           OR heir.unit_id <> a.unit_id OR heir.forwards_to_id IS NOT NULL""",
    "whoever absorbed others counts them": """
        SELECT m.id, format('counts %s, are %s', m.absorbs, coalesce(o.total, 0))
        FROM members_member m
        LEFT JOIN (SELECT merged_into_id, count(*) AS total FROM members_member GROUP BY 1) o
          ON o.merged_into_id = m.id
        WHERE m.absorbs <> coalesce(o.total, 0)""",
    "whoever was merged has the record of it": """
        SELECT m.id, m.status FROM members_member m
        WHERE (m.status = 'merged') <> EXISTS (
            SELECT 1 FROM members_membermerge g
            WHERE g.absorbed_id = m.id AND g.undone_at IS NULL)
          AND m.status <> 'erased'""",
    "whoever was erased is nobody": """
        SELECT m.id, 'a name, a key, a card, an open account or points'
        FROM members_member m
        WHERE m.status = 'erased' AND (
            m.name <> 'Erased member' OR m.email <> '' OR m.phone <> '' OR m.birthday IS NOT NULL
            OR EXISTS (SELECT 1 FROM members_key k WHERE k.member_id = m.id)
            OR EXISTS (SELECT 1 FROM members_card c WHERE c.member_id = m.id)
            OR EXISTS (SELECT 1 FROM points_account a
                       WHERE a.member_id = m.id AND (a.balance <> 0 OR a.closed_at IS NULL)))""",
}


def install() -> None:
    """Hand the invariants to the auditor."""
    audit.register(INVARIANTS)
