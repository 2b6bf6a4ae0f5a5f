"""What a student may put into their own home can neither touch anything outside nor stop the copying.

Two real accounts; `copy_course` is called by root, as the hub calls it.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

if os.environ.get("CI") != "true" and (os.geteuid() != 0 or not shutil.which("useradd")):
    pytest.skip("two accounts are made: run as root on Linux", allow_module_level=True)

from conftest import ROOT
from deploy.classroom import passable

from deploy import course_files
from deploy.course_files import MANIFEST, copy_course

EVE, BOB = "kl-eve", "kl-bob"


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder with a course, a folder of root's, and the homes of two students."""
    folder = Path(tempfile.mkdtemp(prefix="ketalab-homes-", dir="/var/tmp"))
    folder.chmod(0o755)
    (folder / "course").mkdir()
    for name in ("00_start_here.ipynb", "glossary.ipynb"):
        shutil.copyfile(ROOT / "notebooks" / name, folder / "course" / name)
    private = ["-K", "HOME_MODE=0700", "-K", "UMASK=077"]
    # The child's own file must be where students can pass, as on a real server.
    shutil.copy(course_files.__file__, folder / "course_files.py")
    try:
        for name in (EVE, BOB):
            subprocess.run(["useradd", "--create-home", "--base-dir", folder, *private, name], check=True)
        with passable(Path(sys.executable)), passable(Path(sys.executable).resolve()):
            yield folder
    finally:
        for name in (EVE, BOB):
            subprocess.run(["userdel", "--force", name], check=False, capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def eve(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Eve's home, fresh; beside it Bob's work and a folder of root's, open to all but for one file."""
    monkeypatch.setattr(course_files, "__file__", str(place / "course_files.py"))
    for path in (place / EVE, place / BOB, place / "of_root"):
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(mode=0o755 if path.name == "of_root" else 0o700)
    account = pwd.getpwnam(BOB)
    (place / BOB / "ketamine/notebooks").mkdir(parents=True)
    (place / BOB / "ketamine/notebooks/00_start_here.ipynb").write_text("Bob's work")
    for path in (place / BOB, *(place / BOB).rglob("*")):
        os.chown(path, account.pw_uid, account.pw_gid)
    (place / "of_root/secret").write_text("root's")
    (place / "of_root/secret").chmod(0o600)
    (place / "of_root/notebooks").mkdir()
    (place / "of_root/notebooks").chmod(0o777)  # even where everybody may write
    account = pwd.getpwnam(EVE)
    os.chown(place / EVE, account.pw_uid, account.pw_gid)
    return place / EVE


def by(name: str, shell: str) -> None:
    """Have this account do something with its own hands."""
    subprocess.run(["setpriv", f"--reuid={name}", f"--regid={name}", "--clear-groups", "sh", "-ec", shell],
                   cwd="/", check=True)  # fmt: skip


def outside(place: Path) -> dict[str, tuple]:
    """Owner, mode, time and content of everything that isn't Eve's."""
    found = {}
    for top in (place / BOB, place / "of_root", place / "course"):
        for path in (top, *sorted(top.rglob("*"))):
            about = path.lstat()
            text = path.read_bytes() if path.is_file() else b""
            found[str(path)] = (about.st_uid, about.st_gid, about.st_mode, about.st_mtime_ns, text)
    return found


def test_an_ordinary_home_gets_the_lessons_and_they_belong_to_the_student(place: Path, eve: Path):
    before = outside(place)
    assert copy_course(place / "course", EVE) == []
    files = [eve / "ketamine", *(eve / "ketamine").rglob("*")]
    assert {path.name for path in files} >= {"00_start_here.ipynb", "glossary.ipynb", MANIFEST}
    assert {(p.lstat().st_uid, p.lstat().st_mode & 0o077) for p in files} == {(pwd.getpwnam(EVE).pw_uid, 0)}
    assert outside(place) == before


HOSTILE = {
    "the folder is a link to another student's": "ln -s {bob} {eve}/ketamine",
    "the folder is a link to root's": "ln -s {root} {eve}/ketamine",
    "the lessons' folder is a link to where all may write":
        "mkdir {eve}/ketamine; ln -s {root}/notebooks {eve}/ketamine/notebooks",
    "lessons, record and half-written files are links to root's file":
        "mkdir -p {eve}/ketamine/notebooks; cd {eve}/ketamine; ln -s {root}/secret .course.json;"
        "for n in 00_start_here.ipynb 00_start_here.part 00_start_here.new.ipynb glossary.new.ipynb;"
        "do ln -s {root}/secret notebooks/$n; done",
    "lessons are links to nowhere":
        "mkdir -p {eve}/ketamine/notebooks; ln -s {root}/made {eve}/ketamine/notebooks/00_start_here.ipynb",
    "folders stand where files should":
        "mkdir -p {eve}/ketamine/notebooks/00_start_here.ipynb {eve}/ketamine/.course.json",
    "pipes stand where files should":
        "mkdir -p {eve}/ketamine/notebooks; mkfifo {eve}/ketamine/notebooks/00_start_here.ipynb "
        "{eve}/ketamine/.course.json",
    "a file stands where the folder should": "echo mine > {eve}/ketamine",
    "the home is shut": "chmod 000 {eve}",
    "the lessons' folder is shut": "mkdir -p {eve}/ketamine/notebooks; chmod 000 {eve}/ketamine/notebooks",
    "the lessons' folder may not be written":
        "mkdir -p {eve}/ketamine/notebooks; chmod 500 {eve}/ketamine/notebooks",
    "the record is cut": "mkdir {eve}/ketamine; printf '{{' > {eve}/ketamine/.course.json",
    "the record is larger than a disk": "mkdir {eve}/ketamine; truncate -s 1T {eve}/ketamine/.course.json",
}  # fmt: skip


@pytest.mark.parametrize("done", HOSTILE.values(), ids=HOSTILE)
def test_nothing_outside_is_touched_and_the_copying_ends(place: Path, eve: Path, done: str):
    by(EVE, done.format(eve=eve, bob=place / BOB, root=place / "of_root"))
    before = outside(place)
    for _ in range(2):
        copy_course(place / "course", EVE)
    assert outside(place) == before
    own = pwd.getpwnam(EVE).pw_uid
    assert {path.lstat().st_uid for path in (eve, *eve.rglob("*"))} == {own}


def full(home: Path) -> Callable[[], None]:
    """A disk of 1 MB in the place of this home; the way to take it away."""
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m,mode=0700", "none", home])
    if mounted.returncode:
        pytest.skip("this machine lets nobody mount a disk")
    account = pwd.getpwnam(EVE)
    os.chown(home, account.pw_uid, account.pw_gid)
    return lambda: subprocess.run(["umount", home], check=True)


def test_a_full_disk_leaves_whole_files_and_room_brings_the_rest(place: Path, eve: Path):
    take_away = full(eve)
    try:
        by(EVE, f"mkdir -p {eve}/ketamine/notebooks; cd {eve}; head -c 1M /dev/zero > big || true")
        said = copy_course(place / "course", EVE)
        assert any("No space left on device" in line for line in said)
        files = [p for p in (eve / "ketamine").rglob("*") if p.is_file()]
        assert all(not p.name.endswith(".part") and p.stat().st_size for p in files)
        by(EVE, f"rm {eve}/big")
        assert copy_course(place / "course", EVE) == []
        given = eve / "ketamine/notebooks/00_start_here.ipynb"
        assert given.read_bytes() == (place / "course/00_start_here.ipynb").read_bytes()
    finally:
        take_away()


def test_a_home_that_never_answers_does_not_keep_the_hub_waiting(place: Path, eve: Path, monkeypatch):
    (place / "course_files.py").rename(place / "kept.py")
    try:
        (place / "course_files.py").write_text("import signal; signal.pause()")
        monkeypatch.setattr(course_files, "PATIENCE", 0.5)
        assert copy_course(place / "course", EVE) == [
            "the lessons were not copied: no answer in 0.5 seconds"
        ]
    finally:
        (place / "kept.py").rename(place / "course_files.py")
