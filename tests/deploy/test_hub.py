"""A class on one machine: students log in, work apart, keep their work, and are not in each other's way."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

if os.environ.get("CI") != "true" and (os.geteuid() != 0 or not shutil.which("useradd")):
    pytest.skip("a class hub makes accounts: run as root on Linux", allow_module_level=True)

from deploy.classroom import Student, classroom

NAMES = ["kl-ada", "kl-ben"]


@pytest.fixture(scope="module")
def hub() -> Iterator[tuple[dict[str, Student], Path]]:
    with classroom(NAMES, KETALAB_MEMORY_GB="3") as (students, course):
        for student in students.values():
            assert student.log_in() == 200
            student.start()
        yield students, course


@pytest.fixture(scope="module")
def students(hub) -> dict[str, Student]:
    return hub[0]


def test_only_the_students_on_the_list_come_in_and_only_with_their_password(students):
    ada = students["kl-ada"]
    assert Student("kl-ada", "guess", ada.address).log_in() == 403
    assert Student("root", "guess", ada.address).log_in() == 403
    stranger = Student("kl-eve", "guess", ada.address)
    assert stranger.log_in() == 403
    assert "kl-eve" not in subprocess.run(["getent", "passwd"], capture_output=True, text=True).stdout


def test_every_student_finds_the_lessons(students):
    for student in students.values():
        names = [entry["name"] for entry in student.get("api/contents/notebooks").json()["content"]]
        assert "00_start_here.ipynb" in names


def test_a_lesson_runs_in_a_students_kernel(students):
    with students["kl-ada"].kernel() as kernel:
        said = kernel.run("from ketalab import check_installation\ncheck_installation()")
        assert said.strip().endswith("Ready: go on.")


def test_nobody_reads_anybody_elses_files(students):
    with students["kl-ada"].kernel() as kernel:
        home = kernel.run("from pathlib import Path; print(Path.home().parent)").strip()
        theirs = f"{home}/kl-ben"
        assert kernel.run(f"import os; os.listdir({theirs!r})").startswith("PermissionError")
        lesson = f"{theirs}/ketamine/notebooks/00_start_here.ipynb"
        assert kernel.run(f"open({lesson!r})").startswith("PermissionError")
        assert kernel.run(f"open({lesson!r}, 'w')").startswith("PermissionError")
        own = kernel.run(
            "print(len(open(Path.home() / 'ketamine/notebooks/00_start_here.ipynb').read()) > 0)"
        )
        assert own.strip() == "True"
        assert kernel.run("print(os.getuid() != 0)").strip() == "True"


def test_nobody_opens_anybody_elses_server_or_the_hubs_secrets(students, hub):
    ada = students["kl-ada"]
    assert ada.get("api/contents", of="kl-ben").status_code in (403, 404)
    state = hub[1].parent / "state"
    with ada.kernel() as kernel:
        assert kernel.run(f"import os; os.listdir({str(state)!r})").startswith("PermissionError")
        assert kernel.run(f"open({str(hub[1] / 'data/claims.csv')!r}, 'a')").startswith("PermissionError")


def test_a_kernel_that_asks_for_too_much_is_refused_and_lives_on(students):
    with students["kl-ada"].kernel() as kernel:
        said = kernel.run("import numpy as np; np.ones(int(4e9 / 8))")
        assert "Unable to allocate" in said
        assert kernel.run("print(1 + 1)").strip() == "2"


def test_work_survives_a_restart_and_an_update_of_the_course(students, hub):
    ben, course = students["kl-ben"], hub[1]
    path = "api/contents/notebooks/00_start_here.ipynb"
    lesson = ben.get(path).json()["content"]
    lesson["cells"][0]["source"] = "# my own notes"
    ben.send("PUT", path, {"type": "notebook", "format": "json", "content": lesson})
    (course / "notebooks/02_new.ipynb").write_bytes((course / "notebooks/00_start_here.ipynb").read_bytes())
    changed = (course / "notebooks/00_start_here.ipynb").read_text().replace("Start here", "Start again")
    (course / "notebooks/00_start_here.ipynb").write_text(changed)
    ben.stop()
    time.sleep(2)
    ben.start()
    names = {entry["name"] for entry in ben.get("api/contents/notebooks").json()["content"]}
    assert {"02_new.ipynb", "00_start_here.new.ipynb"} <= names
    assert ben.get(path).json()["content"]["cells"][0]["source"] == "# my own notes"


def test_an_idle_server_is_stopped():
    with classroom(["kl-idle"], KETALAB_IDLE_MINUTES="0.4") as (students, _):
        student = students["kl-idle"]
        student.log_in()
        student.start()
        for _ in range(180):
            running = subprocess.run(["pgrep", "-u", "kl-idle", "-f", "singleuser"], capture_output=True)
            if running.returncode:
                return
            time.sleep(0.5)
        pytest.fail("a minute and a half later the idle server is still there")
