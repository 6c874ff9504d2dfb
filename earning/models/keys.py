"""The name space of every id in this app that follows from what it stands for."""

from __future__ import annotations

import uuid

KEY_SPACE = uuid.UUID("c5a4a8e2-5d59-4a35-9a5e-0a7be2a4d5b7")
