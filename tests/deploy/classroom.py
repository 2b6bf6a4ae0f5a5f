"""A real JupyterHub on the loopback address, and students who log in to it."""

import json
import os
import re
import secrets
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import requests
from conftest import ROOT
from websocket import WebSocket, create_connection

os.environ["PATH"] += ":/usr/sbin:/sbin"  # a plain shell may not look where useradd and its kin live


def three_free_ports() -> int:
    """The first of three neighbouring ports that nobody uses."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        try:
            for neighbour in range(port, port + 3):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", neighbour))
        except OSError:
            continue
        return port


@contextmanager
def passable(path: Path) -> Iterator[None]:
    """Let other accounts pass through the folders above a file (not list them), as on a real server."""
    closed = [p for p in path.resolve().parents if not p.stat().st_mode & stat.S_IXOTH]
    modes = {p: stat.S_IMODE(p.stat().st_mode) for p in closed}
    for folder, mode in modes.items():
        folder.chmod(mode | stat.S_IXOTH)
    try:
        yield
    finally:
        for folder, mode in modes.items():
            folder.chmod(mode)


@dataclass
class Student:
    """A browser session of one student."""

    typed: str
    password: str
    address: str
    session: requests.Session = field(default_factory=requests.Session)

    @property
    def name(self) -> str:
        """The account: the name as it is typed, in small letters."""
        return self.typed.lower()

    def log_in(self, password: str | None = None) -> int:
        page = self.session.get(f"{self.address}/hub/login")
        token = re.search(r'name="_xsrf" value="([^"]+)"', page.text)[1]
        given = {"username": self.typed, "password": password or self.password, "_xsrf": token}
        return self.session.post(
            f"{self.address}/hub/login", data=given, params={"_xsrf": token}
        ).status_code

    def start(self) -> None:
        """Start this student's server and wait until it answers."""
        page = self.session.get(f"{self.address}/hub/spawn")
        for _ in range(240):
            page = self.session.get(f"{self.address}/user/{self.name}/api/status")
            if page.status_code == 200 and "kernels" in page.text:
                return
            if page.status_code == 403:  # it runs: let the hub introduce us to it
                self.session.get(f"{self.address}/user/{self.name}/lab")
            time.sleep(0.5)
        raise TimeoutError(f"{self.name}: the server did not start ({page.status_code})")

    def stop(self) -> None:
        xsrf = self.session.cookies.get("_xsrf", path="/hub/")
        self.session.delete(
            f"{self.address}/hub/api/users/{self.name}/server",
            headers={"X-XSRFToken": xsrf, "Referer": f"{self.address}/hub/home"},
        ).raise_for_status()

    def get(self, path: str, of: str | None = None) -> requests.Response:
        return self.session.get(f"{self.address}/user/{of or self.name}/{path}")

    def send(self, method: str, path: str, body: dict | None = None) -> dict:
        base = f"/user/{self.name}/"
        self.session.get(f"{self.address}{base}lab")  # sets the server's own token
        headers = {"X-XSRFToken": self.session.cookies.get("_xsrf", path=base)}
        answer = self.session.request(method, f"{self.address}{base}{path}", json=body, headers=headers)
        answer.raise_for_status()
        return answer.json() if answer.text else {}

    @contextmanager
    def kernel(self) -> Iterator["Kernel"]:
        kernel = self.send("POST", "api/kernels", {"name": "python3"})["id"]
        cookies = "; ".join(f"{c.name}={c.value}" for c in self.session.cookies)
        url = f"{self.address.replace('http', 'ws')}/user/{self.name}/api/kernels/{kernel}/channels"
        try:
            yield Kernel(url, cookies)
        finally:
            self.send("DELETE", f"api/kernels/{kernel}")


@dataclass
class Kernel:
    """A running kernel at the other end of a websocket, which is opened for each request."""

    address: str
    cookies: str

    def run(self, code: str) -> str:
        """What the code prints, or the name and text of the error it raises."""
        request = uuid.uuid4().hex
        header = {"msg_id": request, "msg_type": "execute_request", "session": request, "version": "5.3"}
        content = {"code": code, "silent": False, "store_history": False, "allow_stdin": False}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
        line = create_connection(self.address, cookie=self.cookies, timeout=300)
        with closing(line):
            line.send(json.dumps(message | {"channel": "shell", "buffers": []}))
            return self._answer(line, request)

    @staticmethod
    def _answer(line: WebSocket, request: str) -> str:
        said = ""
        while True:
            heard = line.recv()
            reply = json.loads(heard) if isinstance(heard, str) else {}
            if reply.get("parent_header", {}).get("msg_id") != request:
                continue
            if reply["msg_type"] == "stream":
                said += reply["content"]["text"]
            if reply["msg_type"] == "error":
                said += f"{reply['content']['ename']}: {reply['content']['evalue']}"
            if reply["msg_type"] == "status" and reply["content"]["execution_state"] == "idle":
                return said


@dataclass
class Place:
    """Where a hub runs: its folder, its course, the environment it is started with, and its address."""

    folder: Path
    course: Path
    environment: dict[str, str]
    address: str

    @property
    def log(self) -> str:
        return (self.folder / "hub.log").read_text("utf-8")

    def left_behind(self) -> list[str]:
        """Processes of root that were started for this hub and are still there."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                started_for = f"KETALAB_STATE={self.folder}/state".encode()
                if process.stat().st_uid == 0 and started_for in (process / "environ").read_bytes():
                    found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        return found


@contextmanager
def place(names: list[str], **settings: str) -> Iterator[Place]:
    """A folder for a hub with these students; their accounts are removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="ketalab-hub-", dir="/var/tmp"))
    folder.chmod(0o755)
    course, homes, port = folder / "course", folder / "homes", three_free_ports()
    homes.mkdir()
    course.mkdir()
    for part in ("notebooks", "data", "node_modules"):
        (course / part).symlink_to(ROOT / part) if part != "notebooks" else shutil.copytree(
            ROOT / part, course / part
        )
    environment = (
        os.environ
        | settings
        | {
            "KETALAB_COURSE": str(course),
            "KETALAB_HOMES": str(homes),
            "KETALAB_STATE": str(folder / "state"),
            "KETALAB_RUN": str(folder / "run"),
            "KETALAB_PORT": str(port),
            "KETALAB_STUDENTS": " ".join(names),
        }
    )
    try:
        with passable(Path(sys.executable)), passable(ROOT):
            yield Place(folder, course, environment, f"http://127.0.0.1:{port}")
    finally:
        for name in map(str.lower, names):
            subprocess.run(["pkill", "-KILL", "-u", name], check=False)
            subprocess.run(["userdel", "--force", name], check=False, capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


COMMAND = [sys.executable, "-m", "jupyterhub", "-f", str(ROOT / "deploy/jupyterhub_config.py")]


@contextmanager
def running(here: Place) -> Iterator[None]:
    """The hub itself, from its first answer to its last process."""
    with (here.folder / "hub.log").open("w") as log:
        hub = subprocess.Popen(
            COMMAND, env=here.environment, cwd=here.folder, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            wait_for(f"{here.address}/hub/health", hub, here.folder / "hub.log")
            yield
        finally:
            hub.terminate()
            hub.wait(60)
    for _ in range(50):
        if not (left := here.left_behind()):
            return
        time.sleep(0.1)
    raise AssertionError(f"the hub left behind: {left}")


@contextmanager
def classroom(names: list[str], **settings: str) -> Iterator[tuple[dict[str, Student], Path]]:
    """A hub with these students; yields them and the folder of the course it hands out."""
    with place(names, **settings) as here, running(here):
        students = {name: Student(name, secrets.token_urlsafe(12), here.address) for name in names}
        for student in students.values():
            give_password(student)
        yield students, here.course


def give_password(student: Student) -> None:
    """The hub has made the account when it started; its password is the teacher's to give."""
    known = f"{student.name}:{student.password}"
    subprocess.run(["chpasswd"], input=known, text=True, check=True)


def wait_for(address: str, hub: subprocess.Popen, log: Path) -> None:
    for _ in range(240):
        try:
            if requests.get(address, timeout=2).ok:
                return
        except requests.RequestException:
            pass
        if hub.poll() is not None:
            raise RuntimeError(log.read_text("utf-8")[-3000:])
        time.sleep(0.25)
    raise TimeoutError(log.read_text("utf-8")[-3000:])
