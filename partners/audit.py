"""What must be true of webhooks: what happened is delivered, waits, or was given up."""

from __future__ import annotations

INVARIANTS = {
    # What an endpoint asked for, from a minute after it asked: its first transaction may be later
    # than the event's.
    "every event has its delivery": """
        SELECT v.id, format('%s for endpoint %s', v.type, e.id)
        FROM partners_endpoint e
        JOIN events_event v ON v.type = ANY (e.types)
         AND v.recorded_at > e.subscribed_at + interval '1 minute'
         AND coalesce(v.payload ->> 'partner',
                      substring(v.payload ->> 'actor' FROM '^partner:(.*)$'),
                      e.partner_id) = e.partner_id
        WHERE e.kind = 'live' AND e.status <> 'removed'
          AND NOT EXISTS (SELECT 1 FROM partners_delivery d
                          WHERE d.endpoint_id = e.id AND d.event_id = v.id)""",
    # The same as a sum, for each endpoint: nothing in between, nothing twice.
    "outbox count is delivered and waiting and given up": """
        SELECT e.id, format('%s events, %s delivered, %s waiting, %s given up',
                            n.events, n.delivered, n.waiting, n.given_up)
        FROM partners_endpoint e CROSS JOIN LATERAL (
            SELECT count(DISTINCT v.id) AS events,
                   count(*) FILTER (WHERE d.state = 'delivered') AS delivered,
                   count(*) FILTER (WHERE d.state = 'waiting') AS waiting,
                   count(*) FILTER (WHERE d.state = 'given_up') AS given_up
            FROM events_event v
            LEFT JOIN partners_delivery d ON d.endpoint_id = e.id AND d.event_id = v.id
            WHERE v.type = ANY (e.types)
              AND v.recorded_at > e.subscribed_at + interval '1 minute'
              AND coalesce(v.payload ->> 'partner',
                           substring(v.payload ->> 'actor' FROM '^partner:(.*)$'),
                           e.partner_id) = e.partner_id) n
        WHERE e.kind = 'live' AND e.status <> 'removed'
          AND n.events <> n.delivered + n.waiting + n.given_up""",
    "every delivery has its event": """
        SELECT d.id, format('event %s', d.event_id)
        FROM partners_delivery d
        JOIN partners_endpoint e ON e.id = d.endpoint_id AND e.kind = 'live'
        WHERE NOT EXISTS (SELECT 1 FROM events_event v WHERE v.id = d.event_id)""",
    "a delivered event was answered": """
        SELECT d.id, format('%s attempts', d.attempts_made) FROM partners_delivery d
        WHERE d.state = 'delivered'
          AND NOT EXISTS (SELECT 1 FROM partners_attempt a
                          WHERE a.delivery_id = d.id AND a.status BETWEEN 200 AND 299)""",
}
