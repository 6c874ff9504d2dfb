"""A small client of the Pennant API: typed, without dependencies, safe to call again.

    from pennant_client import Client

    pennant = Client("https://club.example.com", key="pn_live_…")
    made = pennant.post_activity({"reference": "r-1", "type": "purchase", …})

Every call that changes something carries an Idempotency-Key. When a line breaks, or the answer is
429, 500, 502, 503, 504, or 409 because the same call is still running, the same call is sent again
under the same key, after a wait: it counts once.
"""

from pennant_client.calls import Answer, NoAnswer, Refused
from pennant_client.client import Client
from pennant_client.imports import NotDone
from pennant_client.shapes import Choice, Import
from pennant_client.webhooks import InvalidSignature, verify

__all__ = [
    "Answer",
    "Choice",
    "Client",
    "Import",
    "InvalidSignature",
    "NoAnswer",
    "NotDone",
    "Refused",
    "verify",
]
