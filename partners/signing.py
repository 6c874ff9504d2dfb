"""Signatures of webhooks, as Standard Webhooks 1.0 has them: HMAC-SHA256 over id, moment and body.

Secrets are not stored. They follow from SECRET_KEY, the endpoint and its generation, so a copy of
the database signs nothing; a new SECRET_KEY is a new secret for every endpoint.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import datetime

import msgspec
from django.conf import settings

from common.ids import parse_public_id
from partners.models import Endpoint

PURPOSE = b"pennant.partners.webhooks.v1"
PREFIX = "whsec_"
BYTES = 32
SECRET = re.compile(r'"secret":"whsec_[A-Za-z0-9+/=]+"')


def secret(endpoint: Endpoint, *, generation: int | None = None) -> str:
    """The secret of a generation (the present one unless said): `whsec_` and base 64."""
    number = endpoint.generation if generation is None else generation
    text = f"{endpoint.pk}:{number}".encode()
    root = hashlib.sha256(PURPOSE + settings.SECRET_KEY.encode()).digest()
    made = hmac.new(root, text, hashlib.sha256).digest()[:BYTES]
    return PREFIX + base64.b64encode(made).decode()


def sign(secret: str, *, id: str, at: datetime, body: bytes) -> str:
    """`v1,` and the signature."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{id}.{int(at.timestamp())}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def headers(endpoint: Endpoint, *, id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers. While two secrets hold, both sign."""
    generations = [endpoint.generation]
    if endpoint.previous_until is not None and at < endpoint.previous_until:
        generations.append(endpoint.generation - 1)
    signatures = (
        sign(secret(endpoint, generation=number), id=id, at=at, body=body)
        for number in generations
        if number >= 1
    )
    return {
        "webhook-id": id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def conceal(text: str) -> str:
    """An answer as it may be kept: without the secret that it tells."""
    return SECRET.sub(f'"secret":"{PREFIX}"', text)


def reveal(text: str) -> str:
    """The answer as it was told: the secret of that endpoint and generation is put back."""
    if f'"secret":"{PREFIX}"' not in text:
        return text
    told = msgspec.json.decode(text)
    endpoint = Endpoint(id=parse_public_id("whe", told["webhook"]["id"]))
    made = secret(endpoint, generation=told["generation"])
    return text.replace(f'"secret":"{PREFIX}"', f'"secret":"{made}"')
