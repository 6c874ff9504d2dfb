"""What the partner API keeps: keys, the calls it remembers, its log, webhooks, notices, files."""

from partners.models.calls import ApiRequest, KeyDay, RateWindow, RememberedCall
from partners.models.imports import (
    Import,
    ImportChunk,
    ImportLine,
    ImportPart,
    ImportProblem,
)
from partners.models.keys import ApiKey, Scope
from partners.models.notices import Notice
from partners.models.webhooks import Attempt, Delivery, Endpoint

__all__ = [
    "ApiKey",
    "ApiRequest",
    "Attempt",
    "Delivery",
    "Endpoint",
    "Import",
    "ImportChunk",
    "ImportLine",
    "ImportPart",
    "ImportProblem",
    "KeyDay",
    "Notice",
    "RateWindow",
    "RememberedCall",
    "Scope",
]
