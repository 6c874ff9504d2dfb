"""Calling addresses that partners gave us, without becoming their way into our network.

The name is resolved once; every address behind it must be public; the connection goes to one of
those addresses and no other, so that nothing can be changed in between. Redirects are not followed.
Every call ends in time, however slowly the other side speaks, and reads no more than it needs.
"""

from __future__ import annotations

import contextlib
import dataclasses
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from common.errors import LoyaltyError
from partners.errors import AddressForbidden, WebhookInvalid

CONNECT_S, WHOLE_S = 5, 10
READ_BYTES = 16 * 1024
PORTS = frozenset({443, 8443})
NO_ADDRESS = "Give an address like https://till.example.com/hook."
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# What Python's is_global lets pass and must not be called: translations into other networks.
TRANSLATED = [
    ipaddress.ip_network(net)
    for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
]


class Unreachable(Exception):
    """Nobody answered as HTTP asks for; the text says how."""


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, the beginning of the body, how long it took."""

    status: int
    text: str
    ms: int


@dataclasses.dataclass(frozen=True, slots=True)
class Located:
    """An address after the name servers were asked: its text, and what speaks against it."""

    url: str
    refusal: LoyaltyError | None = None


def locate(url: str) -> Located:
    """Ask where an address leads. Name servers may be slow: ask them before a transaction begins.

    Raises nothing: what speaks against the address is for the verb to say, in its turn. It tells of
    now only; a call looks for itself, and goes to what it found.
    """
    try:
        parts = check_address(url)
        resolve(parts.hostname or "", _port(parts))
    except Unreachable as error:
        return Located(url, WebhookInvalid(str(error)[:200], pointer="/url"))
    except (AddressForbidden, WebhookInvalid) as error:
        return Located(url, error)
    return Located(url)


def check_address(url: str) -> SplitResult:
    """An address that may be called as far as its text tells. Raises WebhookInvalid."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise WebhookInvalid(NO_ADDRESS, pointer="/url") from None
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise WebhookInvalid(NO_ADDRESS, pointer="/url")
    if parts.username or parts.password or parts.fragment:
        raise WebhookInvalid(
            "Leave name, password and fragment out of the address.", pointer="/url"
        )
    is_printable = url.isascii() and url.isprintable() and " " not in url
    if not is_printable:
        raise WebhookInvalid("Write the address in ASCII, without spaces.", pointer="/url")
    if not settings.WEBHOOK_NETWORKS:
        if parts.scheme != "https":
            raise WebhookInvalid("The address starts with https://.", pointer="/url")
        if (port or 443) not in PORTS:
            raise WebhookInvalid("Use port 443 or 8443.", pointer="/url")
    return parts


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def resolve(host: str, port: int) -> list[str]:
    """Every address of a host, all of which may be called.

    Raises AddressForbidden when only one of them may not, Unreachable when there is none.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"The name {host} leads nowhere: {error}") from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for text in addresses:
        if not is_callable(text):
            raise AddressForbidden(
                "The address leads into a network that is not public. Give one that is.",
                pointer="/url",
            )
    return addresses


def is_callable(text: str) -> bool:
    """Whether an IP address is public, or in a network that the operator allows."""
    address: Address = ipaddress.ip_address(text.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    if any(address in ipaddress.ip_network(net) for net in settings.WEBHOOK_NETWORKS):
        return True
    if address.version == 6 and any(address in net for net in TRANSLATED):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


class _Pinned(http.client.HTTPConnection):
    """A connection to one address that was checked, whatever its name leads to by now."""

    def __init__(self, parts: SplitResult, address: str) -> None:
        self.is_secure = parts.scheme == "https"
        super().__init__(parts.hostname or "", _port(parts), timeout=CONNECT_S)
        self.address, self.is_late = address, False
        self.wire: socket.socket | None = None  # http.client lets go of `sock` before the body
        self.clock = threading.Timer(WHOLE_S, self._cut)
        self.clock.daemon = True

    def connect(self) -> None:
        self.sock = socket.create_connection((self.address, self.port), timeout=CONNECT_S)
        if self.is_secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
        self.wire = self.sock
        self.clock.start()
        if isinstance(self.sock, ssl.SSLSocket):
            self.sock.do_handshake()

    def _cut(self) -> None:
        """End the call from outside: a byte now and then keeps every time-out of a socket alive,
        so that greeting, headers and body together are timed by a clock of their own.
        """
        self.is_late = True
        if self.wire is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self.wire, socket.SHUT_RDWR)


def post(url: str, *, body: bytes, headers: Mapping[str, str]) -> Answer:
    """POST to an address outside. Raises AddressForbidden, WebhookInvalid, Unreachable.

    A redirect is an answer like any other: it is not followed.
    """
    parts = check_address(url)
    started = time.monotonic()
    link = _Pinned(parts, resolve(parts.hostname or "", _port(parts))[0])
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        link.request("POST", target, body=body, headers=dict(headers))
        response = link.getresponse()
        text = _read(response)
        if link.is_late:
            raise TimeoutError
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise Unreachable(_words(TimeoutError() if link.is_late else error)) from None
    finally:
        link.clock.cancel()
        link.close()
    return Answer(response.status, text, round((time.monotonic() - started) * 1000))


def _read(response: http.client.HTTPResponse) -> str:
    """The beginning of the body; the status is what counts."""
    found = b""
    while len(found) < READ_BYTES:
        part = response.read1(READ_BYTES - len(found))
        if not part:
            break
        found += part
    return found.decode("utf-8", "replace").replace("\x00", "")


def _words(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return f"No answer in time ({CONNECT_S} seconds to connect, {WHOLE_S} in all)."
    return f"{type(error).__name__}: {error}"[:200]
