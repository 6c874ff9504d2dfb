"""What the demo remembers between two starts: logins, the API key, and whether it is complete."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

from common import clock

FILE = "demo.json"
NEWEST_FILE = "demo-newest-on"
WORDS = ["anchor", "bridge", "canvas", "coral", "ferry", "galley", "harbor", "island", "jetty"]
WORDS += ["lagoon", "lantern", "mast", "pilot", "reef", "sail", "signal", "tide", "voyage", "wharf"]


@dataclass(frozen=True, kw_only=True)
class State:
    """Everything the last page of `make demo` prints. Kept readable for its owner only."""

    member_email: str
    member_name: str
    member_card: str
    member_password: str
    clerk_email: str
    clerk_password: str
    owner_email: str
    owner_password: str
    api_key: str


def load(data_dir: Path) -> State | None:
    """What an earlier, complete start left; None when there was none or it is of another kind."""
    try:
        return State(**json.loads((data_dir / FILE).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def save(data_dir: Path, state: State) -> None:
    """Write it whole or not at all."""
    half = data_dir / f"{FILE}.new"
    half.unlink(missing_ok=True)
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(asdict(state), file, indent=2)
    half.rename(data_dir / FILE)


def forget(data_dir: Path) -> None:
    for name in (FILE, NEWEST_FILE):
        (data_dir / name).unlink(missing_ok=True)


def newest_on(data_dir: Path) -> str:
    """The day the newest booking is moved to: yesterday, as seen by the first start.

    An import that was interrupted goes on with the same dates, so that nothing is told twice.
    """
    path = data_dir / NEWEST_FILE
    if not path.exists():
        path.write_text((clock.now().date() - timedelta(days=1)).isoformat())
    return path.read_text()


def password() -> str:
    """Easy to type, hard to guess: three words and four digits, for a loopback port."""
    words = [secrets.choice(WORDS) for _ in range(3)]
    return "-".join([*words, f"{secrets.randbelow(10_000):04d}"])
