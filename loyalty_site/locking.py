"""Resolves the packages of pyproject.toml into the two lock files: `make lock`.

Hashes for every platform, wheels only, and no addresses: the files say what, never from where.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OPTIONS = ["--universal", "--python-version", "3.11", "--generate-hashes", "--only-binary", ":all:"]
OPTIONS += [
    "--no-header",
    "--no-annotate",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--upgrade",
]
TARGETS = {
    "requirements.lock": [],
    "requirements-dev.lock": ["--group", "dev", "--constraint", "requirements.lock"],
}


def main() -> int:
    uv = shutil.which("uv") or str(ROOT / ".data" / "tools" / "bin" / "uv")
    if not os.access(uv, os.X_OK):
        print("uv is needed to resolve: python3 -m pip install uv", file=sys.stderr)
        return 1
    for target, extra in TARGETS.items():
        command = [
            uv,
            "pip",
            "compile",
            "--quiet",
            "pyproject.toml",
            *OPTIONS,
            *extra,
            "-o",
            target,
        ]
        subprocess.run(command, cwd=ROOT, check=True)
        if "://" in (ROOT / target).read_text():
            print(f"{target} contains an address.", file=sys.stderr)
            return 1
        print(f"Wrote {target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
