"""What cannot work is refused before a hub starts, in one sentence with the setting or the folder."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest
from conftest import ROOT

if os.environ.get("CI") != "true" and os.geteuid() != 0:
    pytest.skip("it is tried as another account: run as root", allow_module_level=True)

sys.path.insert(0, str(ROOT / "deploy"))  # as jupyterhub_config.py does

from deploy import before_class


@pytest.mark.parametrize("name", ["ö", "kb@school", "-kb", ".kb", "a" * 33, "kb/../x", "kb:x"])
def test_a_name_that_cannot_be_an_account_is_said(name, monkeypatch):
    monkeypatch.setenv("KETALAB_STUDENTS", f"kl-ada {name}")
    with pytest.raises(SystemExit) as refused:
        before_class.names("KETALAB_STUDENTS")
    assert f"KETALAB_STUDENTS: {name!r} can't be an account" in str(refused.value)


@pytest.mark.parametrize(
    ("listed", "says"),
    [
        ("root", "'root' is an account of the system"),
        ("daemon", "'daemon' is an account of the system"),
        ("nobody", "'nobody' is an account of the system"),
        ("kl-ada KL-Ada", "'KL-Ada' stands twice"),
    ],
)
def test_a_name_that_must_not_be_one_is_said(listed, says, monkeypatch):
    monkeypatch.setenv("KETALAB_STUDENTS", listed)
    with pytest.raises(SystemExit, match=says):
        before_class.names("KETALAB_STUDENTS")


def test_good_names_are_typed_in_any_capitals(monkeypatch):
    monkeypatch.setenv("KETALAB_STUDENTS", "KB.Mueller kb_eve 1234567")
    named = before_class.names("KETALAB_STUDENTS")
    assert named == {"kb.mueller": "kb.mueller", "kb_eve": "kb_eve", "1234567": "1234567"}


@pytest.mark.parametrize("text", ["", "six", "nan", "0.1", "inf", "-3"])
def test_a_number_out_of_range_is_said(text, monkeypatch):
    monkeypatch.setenv("KETALAB_MEMORY_GB", text)
    with pytest.raises(SystemExit, match=rf"KETALAB_MEMORY_GB: '{text}' is not a number from 1 to 4096"):
        before_class.number("KETALAB_MEMORY_GB", 6, 1, 4096)


@pytest.fixture
def course():
    folder = Path(tempfile.mkdtemp(prefix="ketalab-reach-", dir="/var/tmp"))
    folder.chmod(0o755)
    (folder / "school/course/data").mkdir(parents=True)
    (folder / "school/course/data/claims.csv").write_text("claim\n")
    (folder / "linked").symlink_to(folder / "school/course")
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("closed", "cure"),
    [
        ("school", "o+x"),
        ("school/course", "o+x"),
        ("school/course/data", "o+rX"),
        ("school/course/data/claims.csv", "o+rX"),
    ],
)
def test_the_closed_folder_is_named_also_behind_a_link(course, closed, cure, monkeypatch):
    monkeypatch.setattr(before_class, "_packages", dict)
    for way in ("school/course", "linked"):
        before_class.must_reach([], {"the data": course / way / "data"}, {})
    (course / closed).chmod(0o700 if (course / closed).is_dir() else 0o600)
    for way in ("school/course", "linked"):
        with pytest.raises(SystemExit) as refused:
            before_class.must_reach([], {"the data": course / way / "data"}, {})
        said = str(refused.value)
        assert "Students can't reach the data" in said
        assert f"chmod {cure} " in said
        assert Path(said.split(f"chmod {cure} ")[1].split(")")[0]).resolve() == (course / closed).resolve()


def test_a_python_that_students_cannot_reach_is_named(course, monkeypatch):
    package = course / "school/course/ketalab.py"
    package.write_text("")
    (course / "school").chmod(0o700)
    monkeypatch.setattr(before_class, "_packages", lambda: {"ketalab": package})
    with pytest.raises(
        SystemExit, match=f"can't reach the package ketalab .*the folder {course}/school is closed"
    ):
        before_class.must_reach([], {}, {})


def test_the_proxy_is_started_by_node_itself_and_by_no_wrapper():
    node, script = map(Path, before_class.proxy_command(ROOT))
    assert node.read_bytes()[:4] == b"\x7fELF"
    assert script.name == "configurable-http-proxy"


def test_a_folder_of_the_hub_that_others_may_write_in_is_refused(tmp_path):
    before_class.own_folder("KETALAB_RUN", tmp_path / "run", 0o711)
    (tmp_path / "run").chmod(0o777)
    with pytest.raises(SystemExit, match=r"KETALAB_RUN: .*nobody else may write in it"):
        before_class.own_folder("KETALAB_RUN", tmp_path / "run", 0o711)
