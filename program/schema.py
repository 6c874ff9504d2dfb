"""x"""

from typing import Any

import msgspec


def of(kind: Any) -> Any:
    return msgspec.json.schema(kind)
