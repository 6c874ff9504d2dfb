"""Makes `.venv` from the hash-locked files. Standard library only: nothing is installed yet.

Usage: python3 -I loyalty_site/bootstrap.py run|dev [this]. Does nothing when the lock has not
changed. Where the Python that reads this file is a slow build and there is a faster one of its
version, the environment is made of that; `this` says that it was chosen, and is to be taken.
Old Pythons read this file too, so that they can say that they are too old: no new syntax here.
"""

import hashlib
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
DATA = os.path.join(ROOT, ".data")
TOOLS = os.path.join(DATA, "tools")
LOCKS = {"run": "requirements.lock", "dev": "requirements-dev.lock"}
OLDEST = (3, 11)
USUAL = os.pathsep.join(["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"])
# Whether a Python is whole, and was compiled with what its own measurements said: as distributions
# do, and whoever asked for it. Others take half as long again for everything.
PROBE = """
import ctypes, decimal, lzma, sqlite3, ssl, sys, sysconfig, zoneinfo
asked = sysconfig.get_config_var("CONFIG_ARGS")
fast = asked is None or "--enable-optimizations" in asked or sys.base_prefix == "/usr"
print(sys.version_info[0], sys.version_info[1], int(fast))
"""


class Refused(Exception):
    """The environment cannot be made here; the message is for whoever typed `make`."""


def main(arguments):
    if not arguments or arguments[0] not in LOCKS or arguments[1:] not in ([], ["this"]):
        raise Refused("usage: python3 -I loyalty_site/bootstrap.py run|dev [this]")
    kind = arguments[0]
    if is_current(kind):
        return
    check_writable()
    is_made = version_of(os.path.join(VENV, "bin", "python")) >= OLDEST
    python = find_python(is_given=is_made or arguments[1:] == ["this"])
    uv = find_uv(sys.executable if sys.version_info[:2] >= OLDEST else python)
    say("Installing the locked packages into .venv (%s)" % LOCKS[kind])
    make_environment(uv, python)
    install(uv, kind)


def is_current(kind):
    """Whether `.venv` already holds this lock, or the larger one."""
    if not os.path.exists(os.path.join(VENV, "bin", "python")):
        return False
    kinds = [kind, "dev"]
    return any(read(stamp(name)) == fingerprint(name) for name in kinds)


def fingerprint(kind):
    with open(os.path.join(ROOT, LOCKS[kind]), "rb") as lock:
        return hashlib.sha256(lock.read()).hexdigest()


def stamp(kind):
    return os.path.join(VENV, "locked-" + kind)


def read(path):
    try:
        with open(path) as file:
            return file.read().strip()
    except OSError:
        return ""


def check_writable():
    if not os.access(ROOT, os.W_OK) and not os.access(VENV, os.W_OK):
        raise Refused(
            "%s is read-only for this account. Clone the project into a folder of your own." % ROOT
        )


def find_python(is_given=False):
    """A Python that is new enough: this one, unless it is slow and a faster one of the same
    version, which the locked packages fit as well, is there.

    With `is_given` this one was chosen, and it makes no difference how fast it is.
    """
    names = ["python3.%d" % minor for minor in range(15, OLDEST[1] - 1, -1)]
    found = [shutil.which(name, path=path) for path in (None, USUAL) for name in names]
    versions = {python: version_of(python) for python in [sys.executable] + found if python}
    fit = [python for python in versions if versions[python] >= OLDEST]
    if not fit:
        raise Refused(
            "Python %d.%d or newer is needed and this is %d.%d. Install one (Debian and Ubuntu: "
            "apt-get install python3 python3-venv) and put it on the PATH."
            % (OLDEST + sys.version_info[:2])
        )
    if is_given:
        return fit[0]
    like = [python for python in fit if versions[python] == versions[fit[0]]]
    taken = next((python for python in like if is_fast(python)), fit[0])
    if taken != fit[0]:
        say("Taking %s, a faster build than %s (PYTHON=... takes another)" % (taken, fit[0]))
    return taken


def is_fast(python):
    return ask(python, PROBE)[2:] == [1]


def version_of(python):
    return tuple(ask(python, "import sys; print(*sys.version_info[:2])")) or (0, 0)


def ask(python, code):
    """The numbers that a Python prints; none if it cannot."""
    try:
        done = subprocess.run(
            [python, "-I", "-c", code],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    except OSError:  # a link to a Python that is gone
        return []
    return [int(word) for word in done.stdout.decode().split()] if done.returncode == 0 else []


def find_uv(python):
    """uv from the PATH, or installed into .data/tools of this checkout."""
    ready = shutil.which("uv") or shutil.which("uv", path=os.path.join(TOOLS, "bin"))
    if ready:
        return ready
    say("Installing uv into .data/tools")
    if not os.path.isdir(DATA):
        os.mkdir(DATA)
        os.chmod(DATA, 0o755)  # noqa: S103  the database's account may walk through
    done = run([python, "-m", "venv", TOOLS])
    if done.returncode != 0:
        shutil.rmtree(TOOLS, ignore_errors=True)
        raise Refused(
            "This Python cannot make virtual environments, and uv is not installed. Install one of "
            "the two (Debian and Ubuntu: apt-get install python3-venv)."
        )
    pip = [os.path.join(TOOLS, "bin", "python"), "-m", "pip", "install", "--quiet"]
    check_download(run(pip + ["--disable-pip-version-check", "uv>=0.5"]))
    return os.path.join(TOOLS, "bin", "uv")


def make_environment(uv, python):
    found = version_of(os.path.join(VENV, "bin", "python")) if os.path.isdir(VENV) else (0, 0)
    if found >= OLDEST:
        return
    done = run([uv, "venv", "--quiet", "--clear", "--no-project", "--python", python, VENV])
    if done.returncode != 0:
        raise Refused("The environment .venv could not be made: " + last_line(done))


def install(uv, kind):
    # Wheels only: nothing here ever needs a compiler.
    command = [uv, "pip", "sync", "--quiet", "--require-hashes", "--only-binary", ":all:"]
    target = os.path.join(VENV, "bin", "python")
    for old in LOCKS:
        if os.path.exists(stamp(old)):
            os.remove(stamp(old))
    check_download(run(command + ["--python", target, os.path.join(ROOT, LOCKS[kind])]))
    with open(stamp(kind), "w") as file:
        file.write(fingerprint(kind) + "\n")


def check_download(done):
    if done.returncode == 0:
        return
    said = done.stderr.decode(errors="replace")
    offline = ["error sending request", "Failed to fetch", "dns error", "Could not find a version"]
    offline += ["NewConnectionError", "Connection refused", "timed out", "name resolution"]
    if any(word in said for word in offline):
        raise Refused(
            "The package index cannot be reached. Packages are downloaded once; connect to the "
            "network (or set the proxy or index variables of pip and uv) and try again."
        )
    if "No space left" in said:
        raise Refused("The disk is full: the packages need about 600 MB in .venv.")
    raise Refused("The packages could not be installed: " + last_line(done))


def run(command):
    try:
        return subprocess.run(
            command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
        )
    except OSError as error:
        raise Refused("%s could not be started: %s" % (command[0], error))


def last_line(done):
    lines = [line for line in done.stderr.decode(errors="replace").splitlines() if line.strip()]
    return lines[-1].strip() if lines else "exit code %d" % done.returncode


def say(text):
    print("==> " + text, file=sys.stderr)
    sys.stderr.flush()


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Refused as reason:
        print("Pennant cannot be set up: %s" % reason, file=sys.stderr)
        sys.exit(1)
    except PermissionError as error:
        print("Pennant cannot be set up: %s is not writable." % error.filename, file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
