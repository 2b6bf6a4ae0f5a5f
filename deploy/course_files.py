"""A student's own copy of lessons and glossary, and how an update of the course leaves their work alone.

The copying is done by the student: `copy_course` starts this file as a child that has given up root first,
so the operating system refuses whatever the student could not have done by hand. `python course_files.py
LESSONS FOLDER [COMMAND ...]` is that child; with a command it becomes the command when it is done, which
is how a container starts a student's server.
"""

import errno
import hashlib
import json
import os
import pwd
import re
import secrets
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = "ketamine"
MANIFEST = ".course.json"  # what was given, so that a lesson nobody changed can be renewed
PART = re.compile(r"\.given-[0-9a-f]{16}\.part")  # a file that is being written
LARGEST = 64 * 2**20  # bytes; a larger notebook is the student's own and is not read
REMEMBERED = 200  # versions of a lesson
PATIENCE = 60  # s; a home that answers later than this must not keep a server waiting
READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK}  # file systems without second names
ENTER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


# ------------------------------------------------------------------------------------- the hub's side


def copy_course(lessons: Path, user: str) -> list[str]:
    """Bring `~/ketamine/notebooks` of this account up to date, as this account.

    Returns what is worth a line in the hub's log. Raises nothing that a student's files can cause:
    whatever is wrong there, their server starts. KeyError when there is no such account.
    """
    account = pwd.getpwnam(user)
    root = Path(account.pw_dir) / FOLDER
    if os.getuid() != 0:
        return renew(lessons, root)
    command = [sys.executable, "-I", str(Path(__file__).resolve()), str(lessons), str(root)]
    try:
        child = subprocess.run(
            command,
            **becoming(account),
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
            umask=0o077,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired:
        return [f"the lessons were not copied: no answer in {PATIENCE} seconds"]
    except OSError as error:
        return [f"the lessons were not copied: {error.strerror}"]
    # What the child says is the student's word: it is quoted, never acted on.
    return [ascii(line[:300]) for line in child.stdout.decode(errors="replace").splitlines()[:40]]


def becoming(account: pwd.struct_passwd) -> dict:
    """What makes a child of `subprocess` this account: groups first, then group, then user."""
    groups = os.getgrouplist(account.pw_name, account.pw_gid)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": groups}


# --------------------------------------------------------------------------------- the student's side


def renew(lessons: Path, root: Path) -> list[str]:
    """Copy what is new; replace what the student has not changed; keep what they have.

    A lesson counts as changed when a cell was: outputs, numbers of runs and what JupyterLab notes in a
    file when it is only opened do not count. A lesson changed by both sides stays as the student left
    it, and the new one is put beside it as `NN_name.new.ipynb`; when that one holds work as well, the
    next is `NN_name.new.2.ipynb`. No link is followed, and a file that cannot be written is left as it
    was. Returns what could not be done or was put beside, in words.
    """
    said: list[str] = []
    try:
        with entered(root.parent, root.name) as home, home.inside("notebooks") as folder:
            folder.sweep()
            given = Given.read(home)
            for source in handed_out(lessons):
                with trouble(source.name, said):
                    _give(source.name, File(source.read_bytes()), folder, given, said)
            with trouble(MANIFEST, said):
                given.write()
    except OSError as error:
        said.append(f"{error.filename or root}: {error.strerror}")
    return said


def handed_out(lessons: Path) -> list[Path]:
    """The notebooks of this folder, without the copies that a teacher's own JupyterLab leaves there.

    A copy is known by its name: it begins with the whole name of another one.
    """
    stems = {path.stem: path for path in lessons.glob("[!.]*.ipynb")}
    copies = {s for s in stems for other in stems if s != other and s.startswith(other)}
    return [stems[s] for s in sorted(stems.keys() - copies) if not re.fullmatch(r"Untitled\d*", s)]


def _give(name: str, fresh: "File", folder: "Folder", given: "Given", said: list[str]) -> None:
    """One lesson: give it, renew it, put the new one beside it, or leave it alone."""
    own = folder.look(name)
    if own is None:
        given.note(name, fresh)
        folder.add(name, fresh)
    elif given.untouched(name, own) if own.same_cells(fresh) else given.knows(name, own):
        if own.digest != fresh.digest:
            given.note(name, fresh)
            folder.replace(name, own, fresh)
    elif not own.same_cells(fresh) and not given.knows(name, fresh) and given.offered(name) != fresh.cells:
        beside = _beside(name, fresh, folder, given)
        given.offer(name, fresh)
        if beside:
            said.append(f"{name}: holds the student's work; the new lesson is {beside}")


def _beside(name: str, fresh: "File", folder: "Folder", given: "Given") -> str | None:
    """Put a lesson beside the student's, in a place that holds no work; None when it lies there."""
    stem = name.removesuffix(".ipynb")
    number, free, unused = 1, None, None
    while free is None:
        place = f"{stem}.new.ipynb" if number == 1 else f"{stem}.new.{number}.ipynb"
        there = folder.look(place)
        if there is None:
            free = place
        elif there.same_cells(fresh):
            return None
        elif unused is None and given.knows(place, there):
            unused = (place, there)
        number += 1
    place, there = unused or (free, None)
    given.note(place, fresh)
    if there is None:
        folder.add(place, fresh)
    else:
        folder.replace(place, there, fresh)
    return place


@contextmanager
def trouble(name: str, said: list[str]) -> Iterator[None]:
    """What goes wrong with one file does not stop the others."""
    try:
        yield
    except OSError as error:
        said.append(f"{name}: {error.strerror}")


@dataclass(frozen=True)
class File:
    """A notebook as it lies there; `data` is None for what is no readable file of sensible size."""

    data: bytes | None

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.data).hexdigest() if self.data is not None else ""

    @property
    def cells(self) -> str:
        """What a person wrote, as a digest: cells in order, attachments, and answers kept in metadata."""
        if self.data is None:
            return ""
        try:
            notebook = json.loads(self.data)
            about = dict(notebook.get("metadata", {}).get("ketalab", {}))
            about.pop("seconds", None)  # measured, not written
            written = [about, *filter(None, map(_written, notebook["cells"]))]
            text = json.dumps(written, sort_keys=True)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return self.digest  # no notebook: every byte counts
        return hashlib.sha256(text.encode()).hexdigest()

    def same_cells(self, other: "File") -> bool:
        return self.data is not None and self.cells == other.cells


def _written(cell: dict) -> list | None:
    """What a person wrote in a cell; None for the empty one that JupyterLab adds at the end of a run."""
    source = cell["source"]
    source = source if isinstance(source, str) else "".join(source)
    answers = cell.get("metadata", {}).get("ketalab")
    attached = cell.get("attachments") or None
    return [cell["cell_type"], source, attached, answers] if source.strip() or attached or answers else None


class Folder:
    """A folder held open: names are looked up in it, never followed out of it."""

    def __init__(self, handle: int):
        self.handle = handle

    @contextmanager
    def inside(self, name: str) -> Iterator["Folder"]:
        """A folder in this one, made when it is not there; OSError when the name is a link or a file."""
        with suppress(FileExistsError):
            os.mkdir(name, dir_fd=self.handle)
        handle = os.open(name, ENTER | os.O_NOFOLLOW, dir_fd=self.handle)
        try:
            yield Folder(handle)
        finally:
            os.close(handle)

    def look(self, name: str) -> File | None:
        """What lies under this name; None when nothing does."""
        try:
            handle = os.open(name, READ, dir_fd=self.handle)
        except FileNotFoundError:
            return None
        except OSError:  # a link, or somebody else's
            return File(None)
        try:
            about = os.fstat(handle)
            sensible = stat.S_ISREG(about.st_mode) and about.st_size <= LARGEST
            return File(b"".join(iter(lambda: os.read(handle, 2**20), b"")) if sensible else None)
        except OSError:
            return File(None)
        finally:
            os.close(handle)

    def add(self, name: str, file: File) -> None:
        """Write a file that is not there yet, whole or not at all."""
        with self._part(file) as part:
            try:
                os.link(part, name, src_dir_fd=self.handle, dst_dir_fd=self.handle, follow_symlinks=False)
            except OSError as error:
                if error.errno not in NO_LINKS or self.look(name) is not None:
                    raise
                os.rename(part, name, src_dir_fd=self.handle, dst_dir_fd=self.handle)

    def replace(self, name: str, known: File, file: File) -> None:
        """Put a file in the place of one that is still what it was when it was looked at."""
        with self._part(file) as part:
            if self.look(name) == known:
                os.replace(part, name, src_dir_fd=self.handle, dst_dir_fd=self.handle)

    @contextmanager
    def _part(self, file: File) -> Iterator[str]:
        part = f".given-{secrets.token_hex(8)}.part"
        handle = os.open(
            part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644, dir_fd=self.handle
        )
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(file.data)
                out.flush()
                os.fsync(out.fileno())
            yield part
        finally:
            with suppress(FileNotFoundError):
                os.unlink(part, dir_fd=self.handle)

    def sweep(self) -> None:
        """Remove what a start left that was cut short."""
        for name in filter(PART.fullmatch, os.listdir(self.handle)):
            with suppress(OSError):
                os.unlink(name, dir_fd=self.handle)


@contextmanager
def entered(home: Path, name: str) -> Iterator[Folder]:
    """The course's folder in this home."""
    handle = os.open(home, ENTER)
    try:
        with Folder(handle).inside(name) as folder:
            yield folder
    finally:
        os.close(handle)


@dataclass
class Given:
    """What the student was given so far, by digest. Lost or damaged, it only makes us more careful."""

    home: Folder
    stored: File | None
    files: dict[str, list[str]] = field(default_factory=dict)
    offers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, home: Folder) -> "Given":
        home.sweep()
        stored = home.look(MANIFEST)
        given = cls(home, stored)
        with suppress(ValueError, TypeError, AttributeError, RecursionError):
            held = json.loads((stored and stored.data) or b"{}")
            files = held.get("given", held)  # before there were two parts, it held one digest a lesson
            listed = {str(k): [v] if isinstance(v, str) else v for k, v in files.items()}
            given.files = {k: [str(d) for d in v] for k, v in listed.items() if isinstance(v, list)}
            given.offers = {str(k): str(v) for k, v in held.get("offered", {}).items()}
        return given

    def knows(self, name: str, file: File) -> bool:
        """Whether these cells were given under this name: then nobody's work is in them."""
        return file.data is not None and bool({file.cells, file.digest} & set(self.files.get(name, ())))

    def untouched(self, name: str, file: File) -> bool:
        """Whether the file is, byte for byte, one that was given: nobody even ran it."""
        return file.digest in self.files.get(name, ())

    def note(self, name: str, file: File) -> None:
        """Remember a file before it is given, so that a start cut short forgets nothing."""
        before = self.files.get(name, [])
        self.files[name] = [d for d in before if d not in (file.cells, file.digest)][-REMEMBERED:]
        self.files[name] += [file.cells, file.digest]
        with suppress(OSError):  # without the note the next update is put beside this one
            self.write()

    def offered(self, name: str) -> str | None:
        return self.offers.get(name)

    def offer(self, name: str, file: File) -> None:
        self.offers[name] = file.cells

    def write(self) -> None:
        now = File(json.dumps({"given": self.files, "offered": self.offers}, indent=1).encode())
        if now == self.stored:
            return
        if self.stored is None:
            self.home.add(MANIFEST, now)
        else:
            self.home.replace(MANIFEST, self.stored, now)
        self.stored = self.home.look(MANIFEST)


def main() -> None:
    lessons, root, *command = sys.argv[1:]
    try:
        for line in renew(Path(lessons), Path(root)):
            print(line, flush=True)
    finally:
        if command:
            os.execvp(command[0], command)


if __name__ == "__main__":
    main()
