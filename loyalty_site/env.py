"""The environment: the only place that reads os.environ.

Owns the names, types, defaults and explanations of every variable Pennant understands. A bad
value stops the boot with one sentence that says the name, the value and what is allowed.
`.env` in the project folder is read first; a variable that is really set wins over it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from loyalty_site.errors import CannotStart

ROOT = Path(__file__).resolve().parent.parent

# The name is prometheus_client's own: it looks for it when it is imported.
METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"

# Characters below which a signing key can be guessed; Django's own `check --deploy` uses the same.
SECRET_KEY_CHARS_MIN = 50
SECRET_KEY_DISTINCT_MIN = 5


class BadEnvironment(CannotStart):
    """A variable has a value that Pennant cannot run with."""


@dataclass(frozen=True, kw_only=True)
class Database:
    """Where PostgreSQL answers, taken apart from DATABASE_URL."""

    name: str
    user: str = ""
    password: str = field(default="", repr=False)
    host: str = ""
    port: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


def _text(value: str) -> str:
    return value


def _origin(value: str) -> str:
    parts = urlsplit(value)
    if value and not (parts.scheme in ("http", "https") and parts.netloc and not parts.path):
        raise ValueError("https:// and a host, without anything behind it")
    return value


def _boolean(value: str) -> bool:
    known = {"1": True, "true": True, "yes": True, "on": True}
    known |= {"0": False, "false": False, "no": False, "off": False}
    if value.lower() not in known:
        raise ValueError("1, true, yes, on or 0, false, no, off")
    return known[value.lower()]


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not (value.isascii() and value.isdigit() and low <= int(value) <= high):
            raise ValueError(f"a whole number from {low} to {high}")
        return int(value)

    return parse


def _one_of(*allowed: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in allowed:
            raise ValueError("one of " + ", ".join(allowed))
        return value

    return parse


def _names(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _hosts(value: str) -> tuple[str, ...]:
    hosts = _names(value)
    if "*" in hosts or any("/" in host for host in hosts):
        raise ValueError("host names separated by commas, such as club.example.com (never *)")
    return hosts


def _origins(value: str) -> tuple[str, ...]:
    origins = _names(value)
    for origin in origins:
        parts = urlsplit(origin)
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path:
            raise ValueError("origins separated by commas, such as https://club.example.com")
    return origins


def _networks(value: str) -> tuple[str, ...]:
    networks = _names(value)
    for network in networks:
        try:
            ip_network(network)
        except ValueError as error:
            raise ValueError("networks separated by commas, such as 10.1.0.0/16") from error
    return networks


def _database(value: str) -> Database | None:
    if not value:
        return None
    allowed = "an address such as postgresql://user:password@host:5432/pennant"
    try:
        parts = urlsplit(value)
        port = str(parts.port or "")
    except ValueError as error:
        raise ValueError(allowed) from error
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in {"postgres", "postgresql"} or not name:
        raise ValueError(allowed)
    query = dict(pair.partition("=")[::2] for pair in parts.query.split("&") if pair)
    options = {key: unquote(text) for key, text in query.items()}
    return Database(
        name=name,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        host=options.pop("host", "") or unquote(parts.hostname or ""),
        port=options.pop("port", "") or port,
        options=options,
    )


def _broker(value: str) -> str:
    if value and urlsplit(value).scheme not in {"redis", "rediss", "amqp", "amqps"}:
        raise ValueError("a redis://, rediss://, amqp:// or amqps:// address, or nothing")
    return value


def _folder(value: str) -> Path:
    return (ROOT / Path(value).expanduser()).resolve()


def variable(name: str, parse: Callable[[str], Any], *, default: str, help: str) -> Any:
    """Declare one variable: its name, how it is read, its default as it would be written."""
    made: Any = field(metadata={"name": name, "parse": parse, "default": default, "help": help})
    return made


@dataclass(frozen=True, kw_only=True)
class Values:
    """Every variable, typed. The order is the order of .env.example."""

    debug: bool = variable(
        "DEBUG",
        _boolean,
        default="0",
        help="1 while developing: error pages with source, no HTTPS.",
    )
    secret_key: str = variable(
        "SECRET_KEY",
        _text,
        default="",
        help="Signs sessions. Required unless DEBUG=1; 50 or more random characters, e.g. from\n"
        "python3 -c 'import secrets; print(secrets.token_urlsafe(50))'",
    )
    allowed_hosts: tuple[str, ...] = variable(
        "ALLOWED_HOSTS",
        _hosts,
        default="",
        help="Host names this portal answers to, separated by commas. Required unless DEBUG=1.",
    )
    csrf_trusted_origins: tuple[str, ...] = variable(
        "CSRF_TRUSTED_ORIGINS",
        _origins,
        default="",
        help="Origins whose forms are accepted besides the portal's own, separated by commas.",
    )
    trusted_proxy_count: int = variable(
        "TRUSTED_PROXY_COUNT",
        _whole(0, 5),
        default="0",
        help="How many proxies of yours stand in front. Exactly that number: too low and all\n"
        "visitors share one limit, too high and an address can be forged.",
    )
    hsts_seconds: int = variable(
        "HSTS_SECONDS",
        _whole(0, 63_072_000),
        default="3600",
        help="For how long browsers insist on HTTPS. Raise it once HTTPS is known to work.",
    )
    database: Database | None = variable(
        "DATABASE_URL",
        _database,
        default="",
        help="PostgreSQL 15 or later: postgresql://user:password@host:5432/pennant\n"
        "Empty: Pennant runs its own PostgreSQL in PENNANT_DATA_DIR.",
    )
    database_pool_max: int = variable(
        "DATABASE_POOL_MAX",
        _whole(1, 50),
        default="8",
        help="Connections that one web worker may hold, best twice its threads. Workers x this +\n"
        "20 must stay below the server's max_connections (100 unless you changed it).",
    )
    data_dir: Path = variable(
        "PENNANT_DATA_DIR",
        _folder,
        default=".data",
        help="Where the own PostgreSQL and the demo keep their files.",
    )
    import_lanes: int = variable(
        "IMPORT_LANES",
        _whole(0, 64),
        default="0",
        help="Processes that apply a file of activities at once. 0: one a core, at most 8.",
    )
    broker_url: str = variable(
        "CELERY_BROKER_URL",
        _broker,
        default="",
        help="redis:// or amqp:// address of a broker. Empty: jobs wait in the same PostgreSQL.",
    )
    email_host: str = variable(
        "EMAIL_HOST",
        _text,
        default="",
        help="SMTP server; members sign in with a code by mail. Required unless DEBUG=1.",
    )
    email_port: int = variable("EMAIL_PORT", _whole(1, 65535), default="587", help="Its port.")
    email_security: str = variable(
        "EMAIL_SECURITY",
        _one_of("starttls", "tls", "none"),
        default="starttls",
        help="starttls (port 587), tls (port 465) or none (a relay on this machine).",
    )
    email_user: str = variable("EMAIL_USER", _text, default="", help="Its user name.")
    email_password: str = variable("EMAIL_PASSWORD", _text, default="", help="Its password.")
    default_from_email: str = variable(
        "DEFAULT_FROM_EMAIL",
        _text,
        default="Pennant <pennant@localhost>",
        help="The sender that members see.",
    )
    public_url: str = variable(
        "PUBLIC_URL",
        _origin,
        default="",
        help="Where members reach the site, for links in letters. Empty: the first allowed host.",
    )
    cache: str = variable(
        "CACHE",
        _one_of("database", "local"),
        default="database",
        help="database: limits on sign-in hold over all workers. local: each process for itself.",
    )
    webhook_networks: tuple[str, ...] = variable(
        "WEBHOOK_NETWORKS",
        _networks,
        default="",
        help="Networks of yours that webhooks may call besides public addresses, separated by\n"
        "commas, such as 10.1.0.0/16. Empty: public addresses by https only.",
    )
    metrics_enabled: bool = variable(
        "METRICS_ENABLED",
        _boolean,
        default="0",
        help="1 shows /metrics to whoever can reach it: keep it inside your network.",
    )
    heartbeat_age_max_s: int = variable(
        "HEARTBEAT_AGE_MAX_S",
        _whole(30, 86_400),
        default="120",
        help="/readyz fails when the worker was last seen longer ago, in seconds.",
    )
    log_level: str = variable(
        "LOG_LEVEL",
        _one_of("DEBUG", "INFO", "WARNING", "ERROR"),
        default="INFO",
        help="The least important line that is written.",
    )
    demo: bool = variable(
        "DEMO",
        _boolean,
        default="0",
        help="Set by `make demo` for its own processes; never by you.",
    )
    process: str = variable(
        "PENNANT_PROCESS",
        _one_of("command", "web"),
        default="command",
        help="Set by the web server for its own processes; never by you.",
    )


def declare(name: str, value: str) -> None:
    """Set a variable for this process and its children, before the settings are loaded."""
    os.environ[name] = value


def is_declared(name: str) -> bool:
    """Whether a variable is set for this process."""
    return bool(os.environ.get(name))


def inherited(extra: Mapping[str, str]) -> dict[str, str]:
    """The environment for a child process: ours with `extra` on top."""
    return {**os.environ, **extra}


def read_file(path: Path) -> dict[str, str]:
    """Read NAME=value lines; blank lines and lines starting with # are comments."""
    if not path.is_file():
        return {}
    found: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        name, equals, value = text.partition("=")
        if not equals or not name.strip().isidentifier():
            raise BadEnvironment(f"{path.name}, line {number}: write NAME=value, found {text!r}.")
        value = value.strip()
        quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
        found[name.strip()] = value[1:-1] if quoted else value
    return found


def _parse(item: Field[Any], given: Mapping[str, str]) -> Any:
    meta = item.metadata
    raw = given.get(meta["name"], "").strip() or meta["default"]
    try:
        return meta["parse"](raw)
    except ValueError as error:
        # Passwords sit in addresses and keys: those values are not repeated on a terminal.
        secret = meta["name"] in {"DATABASE_URL", "CELERY_BROKER_URL"} and "@" in raw
        shown = "(hidden, it holds a password)" if secret else repr(raw)
        raise BadEnvironment(f"{meta['name']} is {shown}; allowed: {error}.") from error


def _check_secret_key(values: Values) -> None:
    key = values.secret_key
    if not key:
        raise BadEnvironment(
            "SECRET_KEY is not set; allowed: 50 or more random characters "
            "(python3 -c 'import secrets; print(secrets.token_urlsafe(50))'). "
            "While developing, set DEBUG=1 instead."
        )
    weak = len(key) < SECRET_KEY_CHARS_MIN or len(set(key)) < SECRET_KEY_DISTINCT_MIN
    if weak or key.startswith("django-insecure-"):
        raise BadEnvironment(
            f"SECRET_KEY is {len(key)} characters and too easy to guess; allowed: 50 or more "
            "random characters (python3 -c 'import secrets; print(secrets.token_urlsafe(50))')."
        )


def _check_production(values: Values) -> None:
    _check_secret_key(values)
    if not values.allowed_hosts:
        raise BadEnvironment(
            "ALLOWED_HOSTS is not set; allowed: the host names of this portal separated by commas, "
            "such as club.example.com."
        )
    if not values.email_host:
        raise BadEnvironment(
            "EMAIL_HOST is not set; allowed: the name of an SMTP server, because members sign in "
            "with a code that is sent by mail."
        )


def load(given: Mapping[str, str]) -> Values:
    """Parse and check a whole environment. Raises BadEnvironment."""
    values = Values(**{item.name: _parse(item, given) for item in fields(Values)})
    if not (values.debug or values.demo):
        _check_production(values)
    return values


def read() -> Values:
    """The values this process runs with: `.env` (or PENNANT_ENV_FILE), then what is really set."""
    file = _folder(os.environ.get("PENNANT_ENV_FILE", ".env"))
    return load({**read_file(file), **os.environ})


def example() -> str:
    """The text of .env.example."""
    lines = [
        "# Copy to .env and change what you need. Written by: python manage.py env_example",
        "# A line that stays commented out means the default shown.",
    ]
    for item in fields(Values):
        meta = item.metadata
        if "never by you" in meta["help"]:
            continue
        lines += ["", *(f"# {line}" for line in meta["help"].splitlines())]
        lines.append(f"#{meta['name']}={meta['default']}")
    return "\n".join(lines) + "\n"
