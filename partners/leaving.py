"""What leaving means here: what partner systems said of somebody is cut out of the log of their
calls, so an erasure waits for lines that are on their way.
"""

from __future__ import annotations

import time
import uuid

from django.conf import settings

from members import erasure

MARGIN = 2  # as long again as a line waits, for it to be written


def _wait(ids: list[uuid.UUID], actor: str) -> None:
    """The member is locked by now: no more calls about them are answered well."""
    time.sleep(MARGIN * settings.API_LOG_WAIT_S)


def install() -> None:
    """Take part in erasures; called once, when the app is ready."""
    erasure.register(erasure.Part("partners", _wait))
