"""The web edition in Firefox, Debian's own, driven over WebDriver BiDi by puppeteer-core."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT

from ketalab.lessons import explorable
from ketalab.text import unbroken

SCRIPT = Path(__file__).with_name("firefox.mjs")


def firefox() -> str | None:
    """The browser: `$FIREFOX`, or the first one found on this machine."""
    return next(
        filter(None, [os.environ.get("FIREFOX"), *map(shutil.which, ("firefox-esr", "firefox"))]), None
    )


def drive(script: Path, *told: str, seconds: float = 300) -> dict:
    """What a script saw in Firefox; without a Firefox the test skips, except where CI=true."""
    missing = [
        say
        for there, say in (
            (firefox(), "no Firefox found: install it (Debian: apt install firefox-esr) or set FIREFOX"),
            (
                (ROOT / "node_modules/puppeteer-core").exists(),
                "puppeteer-core is missing: run `npm ci` once",
            ),
        )
        if not there
    ]
    if missing and os.environ.get("CI") == "true":
        pytest.fail(missing[0])
    if missing:
        pytest.skip(missing[0])
    ran = subprocess.run(
        ["node", str(script), firefox(), *told], capture_output=True, text=True, timeout=seconds
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    return json.loads(ran.stdout)


@pytest.fixture(scope="module")
def seen(site: Path) -> dict:
    """What a reader met, as `firefox.mjs` says it."""
    return drive(SCRIPT, site.as_uri())


def test_nothing_fails_and_nothing_is_asked_of_another_machine(seen: dict):
    assert seen["errors"] == []
    assert seen["requests"] == []


def test_pages_fit_a_phone_and_a_desk(seen: dict):
    assert seen["index"]["cards"] == 14
    assert seen["index"]["outside"] <= 0
    assert seen["lesson"]["outside"] <= 0
    assert seen["wide"] <= 0
    assert seen["lesson"]["sections"] > 8
    assert seen["lesson"]["drawn"] > 10, "equations"


def test_an_explorable_opens_at_a_setting_and_follows_a_key(seen: dict):
    """Its numbers are those that Python computes."""
    shown = explorable("route_to_plasma")
    for state in (seen["linked"], seen["moved"]):
        readings = shown.at(**state["values"]).readings
        assert state["readings"] == {unbroken(one.label): unbroken(one.text) for one in readings}
    assert (seen["linked"]["values"]["dose"], seen["linked"]["values"]["minutes"]) == (0.5, 10)
    assert seen["linked"]["said"] == ""
    assert seen["moved"]["values"] != seen["linked"]["values"]


def test_a_prediction_is_committed_and_survives_a_reload(seen: dict):
    assert seen["before"] == {"told": False, "closed": True, "chosen": -1}
    assert seen["committed"]["told"]
    assert seen["reloaded"]["told"]
    assert seen["reloaded"]["chosen"] == seen["committed"]["chosen"] == 1


def test_a_figure_opens_as_large_as_it_was_drawn(seen: dict):
    assert seen["alone"] > 700
