"""The demo's address: is the port free, and does the page answer?"""

from __future__ import annotations

import errno
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable

from loyalty_site.errors import CannotStart

HOST = "127.0.0.1"  # this machine only: the demo's passwords are on its terminal


def parse(text: str) -> int:
    """A port from the command line. Raises CannotStart."""
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 65535:
        return int(text)
    raise CannotStart(f"PORT is {text!r}; allowed: a number from 1 to 65535, such as PORT=8000.")


def check_free(port: int) -> None:
    """Raises CannotStart when the port is taken or needs rights that we do not have."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno == errno.EACCES:
                raise CannotStart(
                    f"port {port} may not be opened by this account. Try a larger one: "
                    "make demo PORT=8000"
                ) from error
            raise CannotStart(
                f"port {port} is busy: another program answers there. Stop it, or choose another "
                f"port: make demo PORT={_free()}"
            ) from error


def _free() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, *, seconds: float, is_alive: Callable[[], bool]) -> bool:
    """Ask until `url` answers with success; False when the time is up or the server has died."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and is_alive():
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310  our own address
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    return False
