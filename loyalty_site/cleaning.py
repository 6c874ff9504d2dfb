"""`make clean`: removes what can be made again. Standard library only; the environment may be gone.

The data of a running server is never removed.
"""

import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from loyalty_site.embedded import locks, place  # noqa: E402

CACHES = [
    ".venv",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".import_linter_cache",
    "staticfiles",
]


def main() -> int:
    home = ROOT / ".data"
    users = home / "users"
    if users.is_dir() and locks.living(users):
        print("Something still uses the database in .data; stop it first.", file=sys.stderr)
        return 1
    for name in [*CACHES, ".hypothesis", ".data"]:
        shutil.rmtree(ROOT / name, ignore_errors=True)
    shutil.rmtree(place.elsewhere_of(home), ignore_errors=True)
    for folder, _, _ in os.walk(ROOT):
        if folder.endswith("__pycache__"):
            shutil.rmtree(folder, ignore_errors=True)
    print("Removed .venv, .data and all caches.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
