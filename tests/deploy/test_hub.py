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

from concurrent.futures import ThreadPoolExecutor

from deploy.classroom import COMMAND, Student, classroom, place, running

NAMES = ["kl-ada", "kl-ben", "KL.Cem"]
HOSTILE = {
    "kl-link": "ln -s {homes}/kl-ben/ketamine {home}/ketamine",
    "kl-shut": "chmod 000 {home}",
    "kl-bad": "cd {home}; mkdir -p ketamine/notebooks/00_start_here.ipynb; echo [ > ketamine/.course.json",
    "kl-full": "head -c 4M /dev/zero > {home}/big || true",
}


def by(name: str, shell: str) -> None:
    """Have this account do something with its own hands."""
    become = ["setpriv", f"--reuid={name}", f"--regid={name}", "--clear-groups"]
    subprocess.run([*become, "sh", "-ec", shell], cwd="/", check=True)


@pytest.fixture(scope="module")
def hub() -> Iterator[tuple[dict[str, Student], Path]]:
    with classroom([*NAMES, *HOSTILE], KETALAB_MEMORY_GB="3") as (students, course):
        homes = course.parent / "homes"
        small = ["mount", "-t", "tmpfs", "-o", "size=2m,mode=0700", "none", homes / "kl-full"]
        mounted = subprocess.run(small).returncode == 0
        shutil.chown(homes / "kl-full", "kl-full", "kl-full")
        try:
            assert students["kl-ben"].log_in() == 200
            students["kl-ben"].start()
            for name, shell in HOSTILE.items():
                by(name, shell.format(homes=homes, home=homes / name))
            others = [student for name, student in students.items() if name != "kl-ben"]
            with ThreadPoolExecutor(3) as pool:
                assert set(pool.map(Student.log_in, others)) == {200}
                list(pool.map(Student.start, others))  # also with what lies in the hostile homes
            yield students, course
        finally:
            if mounted:
                subprocess.run(["umount", "--lazy", homes / "kl-full"], check=True)


@pytest.fixture(scope="module")
def students(hub) -> dict[str, Student]:
    return hub[0]


def test_only_the_students_on_the_list_come_in_and_only_with_their_password(students):
    ada = students["kl-ada"]
    assert Student("kl-ada", "guess", ada.address).log_in() == 403
    assert Student("root", "guess", ada.address).log_in() == 403
    stranger = Student("kl-mallory", "guess", ada.address)  # no test makes an account of that name
    assert stranger.log_in() == 403
    assert stranger.name not in subprocess.run(["getent", "passwd"], capture_output=True, text=True).stdout


def test_every_student_finds_the_lessons(students):
    for student in map(students.get, NAMES):
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
    changed = (
        (course / "notebooks/00_start_here.ipynb").read_text("utf-8").replace("Start here", "Start again")
    )
    (course / "notebooks/00_start_here.ipynb").write_text(changed)
    ben.stop()
    time.sleep(2)
    ben.start()
    names = {entry["name"] for entry in ben.get("api/contents/notebooks").json()["content"]}
    assert {"02_new.ipynb", "00_start_here.new.ipynb"} <= names
    assert ben.get(path).json()["content"]["cells"][0]["source"] == "# my own notes"


def test_a_name_with_capitals_logs_in_as_it_is_listed(students):
    cem = students["KL.Cem"]
    with cem.kernel() as kernel:
        assert kernel.run("import getpass; print(getpass.getuser())").strip() == "kl.cem"


def test_a_hostile_home_starts_its_server_and_touches_nobody_elses(students, hub):
    """Every one of them started, in the fixture; here is what they got, and what the others kept."""
    homes = hub[1].parent / "homes"
    ben = homes / "kl-ben/ketamine"
    assert {path.owner() for path in (ben, *ben.rglob("*"))} == {"kl-ben"}
    for name in HOSTILE:
        with students[name].kernel() as kernel:
            assert kernel.run("print(1 + 1)").strip() == "2", name
    with students["kl-link"].kernel() as kernel:
        said = kernel.run("import os; os.listdir(os.path.expanduser('~/ketamine'))")
        assert said.startswith("PermissionError")
    beside = homes / "kl-bad/ketamine/notebooks/00_start_here.new.ipynb"
    assert beside.owner() == "kl-bad"


def test_a_stopped_hub_leaves_no_process_and_starts_again_in_the_same_place():
    with place(["kl-again"]) as here:
        for _ in range(2):
            with running(here):
                assert any("configurable-http-proxy" in line for line in here.left_behind())


def test_the_hub_refuses_a_course_that_students_cannot_reach_and_names_the_folder():
    with place(["kl-again"]) as here:
        here.course.chmod(0o750)
        ran = subprocess.run(COMMAND, env=here.environment, cwd=here.folder, capture_output=True, text=True)
    assert ran.returncode != 0
    assert f"the folder {here.course} is closed to them" in ran.stderr
    assert f"chmod o+x {here.course}" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_an_idle_server_is_stopped_and_one_whose_student_types_is_not(browser):
    with classroom(["kl-idle", "kl-type"], KETALAB_IDLE_MINUTES="0.4") as (students, _):
        writer = students["kl-type"]
        page = browser.new_page()
        page.goto(f"{writer.address}/hub/login")
        page.fill("#username_input", writer.name)
        page.fill("#password_input", writer.password)
        page.click("#login_submit")
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=120_000)
        page.locator(".jp-Notebook .jp-CodeCell .cm-content:visible").first.click()
        idle = students["kl-idle"]
        idle.log_in()
        idle.start()
        begun = time.monotonic()
        while is_running("kl-idle") or time.monotonic() < begun + 40:
            page.keyboard.type("a word ", delay=100)  # no save, no run
            assert is_running("kl-type"), "the server of a student who types was stopped"
            assert time.monotonic() < begun + 120, "two minutes later the idle server is still there"
        page.close()


def is_running(name: str) -> bool:
    return not subprocess.run(["pgrep", "-u", name, "-f", "singleuser"], capture_output=True).returncode
