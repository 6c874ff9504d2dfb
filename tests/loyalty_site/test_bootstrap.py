"""`make setup` on machines that lack something: one sentence, and a code that is not zero."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from loyalty_site import bootstrap, env


def _done(stderr: str, code: int = 1) -> subprocess.CompletedProcess[bytes]:
    return subprocess.CompletedProcess([], code, b"", stderr.encode())


def test_nothing_is_done_while_the_lock_is_unchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "VENV", str(tmp_path))
    assert not bootstrap.is_current("run")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").touch()
    Path(bootstrap.stamp("dev")).write_text(bootstrap.fingerprint("dev"))
    assert bootstrap.is_current("dev")
    assert bootstrap.is_current("run"), "the larger set holds the smaller one"
    Path(bootstrap.stamp("dev")).write_text("another lock")
    assert not bootstrap.is_current("run")


def test_an_old_python_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "version_of", lambda python: (3, 9))
    with pytest.raises(bootstrap.Refused, match=r"Python 3\.11 or newer is needed and this is"):
        bootstrap.find_python()


@pytest.mark.parametrize(
    ("fast", "is_given", "taken"),
    [
        ({"here", "usual"}, False, "here"),
        ({"usual"}, False, "usual"),
        ({"usual", "old"}, True, "here"),
        ({"old", "newer"}, False, "here"),
        (set(), False, "here"),
    ],
)
def test_the_fastest_python_is_taken_unless_another_was_named(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    fast: set[str],
    is_given: bool,
    taken: str,
) -> None:
    there = {
        ("python3.15", None): "newer",
        ("python3.14", None): "old",
        ("python3.12", bootstrap.USUAL): "usual",
    }
    versions = {"old": (3, 9), "newer": (3, 15)}
    monkeypatch.setattr(bootstrap.sys, "executable", "here")
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name, path: there.get((name, path)))
    monkeypatch.setattr(bootstrap, "version_of", lambda python: versions.get(python, (3, 12)))
    monkeypatch.setattr(bootstrap, "is_fast", lambda python: python in fast)
    assert bootstrap.find_python(is_given=is_given) == taken
    assert ("Taking usual" in capsys.readouterr().err) is (taken == "usual")


def test_what_a_python_says_of_itself_is_read(tmp_path: Path) -> None:
    assert bootstrap.version_of(sys.executable) == sys.version_info[:2]
    assert bootstrap.ask(sys.executable, bootstrap.PROBE)[:2] == list(sys.version_info[:2])
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho 3 12 1\nexit 1\n")
    broken.chmod(0o755)
    for nobody in (str(broken), str(tmp_path / "none")):
        assert bootstrap.version_of(nobody) == (0, 0)
        assert not bootstrap.is_fast(nobody)


def test_old_pythons_can_read_the_file_that_tells_them() -> None:
    source = Path(bootstrap.__file__).read_text()
    ast.parse(source, feature_version=(3, 6))


def test_a_machine_without_venv_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "DATA", str(tmp_path))
    monkeypatch.setattr(bootstrap, "TOOLS", str(tmp_path / "tools"))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda *_, **__: None)
    monkeypatch.setattr(bootstrap, "run", lambda command: _done("No module named ensurepip"))
    with pytest.raises(bootstrap.Refused, match="apt-get install python3-venv"):
        bootstrap.find_uv(sys.executable)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (
            "error: Failed to fetch: dns error: name resolution",
            "The package index cannot be reached",
        ),
        (
            "ERROR: Could not find a version that satisfies uv",
            "The package index cannot be reached",
        ),
        ("error: No space left on device (os error 28)", "The disk is full"),
        (
            "error: Hash mismatch for `django==5.2.19`",
            "could not be installed: error: Hash mismatch",
        ),
    ],
)
def test_a_failed_download_is_one_sentence(said: str, sentence: str) -> None:
    with pytest.raises(bootstrap.Refused, match=sentence):
        bootstrap.check_download(_done(said))


def test_an_unknown_set_ends_with_an_error() -> None:
    done = subprocess.run(
        [sys.executable, "-I", bootstrap.__file__, "everything"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Pennant cannot be set up: usage")


def test_the_lock_files_are_hashed_and_name_no_address() -> None:
    for name in bootstrap.LOCKS.values():
        lines = (env.ROOT / name).read_text().splitlines()
        pinned = [line for line in lines if not line.startswith("    --hash=sha256:")]
        assert all("==" in line for line in pinned)
        assert not any("://" in line or os.sep + "home" in line for line in lines)


def test_the_smaller_lock_is_part_of_the_larger_one() -> None:
    run, dev = (
        {line for line in (env.ROOT / name).read_text().splitlines() if "==" in line}
        for name in bootstrap.LOCKS.values()
    )
    assert run < dev
