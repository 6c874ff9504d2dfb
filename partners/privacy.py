"""What the tables of partners hold about people: what was answered about them, for a month."""

from __future__ import annotations

from common.privacy import Sheet, house, plain, register, sentences


def install() -> None:
    """Describe the tables of this app."""
    register(SHEETS)


SHEETS = [
    *house(
        "partners",
        {
            "ApiKey": (
                "id partner name kind slot last_four key_hash scopes locations per_minute "
                "points_per_day created_by created_at expires_at revoked_at revoked_by last_used_on"
            ),
            "RateWindow": "key started_at calls",
            "KeyDay": "id key day points alerted_at",
            "Endpoint": (
                "id partner kind url description contact types status generation previous_until "
                "failing_since subscribed_at created_by created_at"
            ),
            "Attempt": "id delivery at status problem answer ms",
        },
    ),
    # Answers that are given again for 30 days: who is erased is cut out of them at once.
    Sheet(
        "partners.RememberedCall",
        plain("id partner kind key fingerprint status content_type created_at") | sentences("body"),
    ),
    Sheet(
        "partners.ApiRequest",
        plain(
            "id key request_id method path query idempotency_key is_replay status code ms answer at"
        )
        | sentences("body"),
    ),
    Sheet(
        "partners.Delivery",
        plain(
            "id endpoint event_id type body state created_at attempts_made due_at leased_until "
            "begun_at ended_at"
        ),
    ),
]
