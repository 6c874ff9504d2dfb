"""The signing key of a demo: random, made once, kept beside its database."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from loyalty_site.embedded import place
from loyalty_site.errors import CannotStart


def local(data_dir: Path) -> str:
    """Read or make `secret_key` in the data folder. Raises CannotStart where it cannot be kept."""
    path = data_dir / "secret_key"
    try:
        if not path.exists():
            place.make_home(data_dir)
            half = data_dir / f"secret_key.{os.getpid()}"
            half.touch(mode=0o600)
            half.write_text(secrets.token_urlsafe(50))
            half.rename(path)
        return path.read_text().strip()
    except OSError as error:
        raise CannotStart(
            f"{error.filename}: {error.strerror}. Make {data_dir} writable for this account, or "
            "name another folder in PENNANT_DATA_DIR."
        ) from error
