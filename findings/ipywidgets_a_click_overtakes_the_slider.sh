#!/usr/bin/env bash
# ipywidgets 8.1.9 in JupyterLab 4.6.6: a click may reach Python before the slider's move that was made earlier.
#
# The guess: what a reader does on a page reaches the kernel in the order in which it was done. So after "move the
# slider to 6, then press Back to 0" the slider stands at 0, however slow Python is.
#
# What happens: a widget sends one change of its state at a time, and keeps the newest back until the kernel has
# reported that the one before is done (package @jupyter-widgets/base 6, widget.ts: `_pending_msgs`, `_msg_buffer`).
# The click of a button is another widget's message and is sent at once. While Python is busy with the first move,
# the click overtakes the last one: the button's callback sets 0, then the kept value arrives and sets 6. Both the
# page and Python end at 6. With the same hand and a callback that takes no time, both end at 0.
#
# Where seen: this course's Reset button, which on a loaded machine led back to nothing. Waiting does not help.
# What helps: let the button's own page write the new value into the slider's model, so that it replaces what is kept.
#
# Needs Chromium at /usr/bin/chromium. Output of 2026-11-29, ipywidgets 8.1.9, jupyterlab 4.6.6, ipykernel 7.4.0:
#   quick callback: order seen by Python 1 2 6 pressed 0 | page 0, Python 0 (how many moves are seen varies)
#   slow callback:  order seen by Python 1 pressed 0 6 | page 6, Python 6
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
  ipywidgets==8.1.9 jupyterlab==4.6.6 ipykernel==7.4.0 playwright==1.65.2
cat >run.py <<'PYTHON'
import json
import os
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import sync_playwright

PORT = 8417
CELL = """
import time
from pathlib import Path
import ipywidgets as widgets
seen = []
slider, button = widgets.IntSlider(max=9), widgets.Button(description="Back to 0")
def note(text):
    seen.append(str(text))
    Path("seen.txt").write_text(" ".join(seen))
def moved(change):
    note(change["new"])
    time.sleep({pause})
def pressed(_):
    note("pressed")
    slider.value = 0
slider.observe(moved, "value")
button.on_click(pressed)
widgets.VBox([slider, button])
"""
KERNEL = "jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel"


def notebook(name, pause):
    cell = {"cell_type": "code", "source": CELL.replace("{pause}", pause), "metadata": {}, "outputs": [],
            "execution_count": None, "id": "one"}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    Path(name).write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": kernel, "cells": [cell]}))


def play(page, name):
    Path("seen.txt").unlink(missing_ok=True)
    page.goto(f"http://127.0.0.1:{PORT}/lab/tree/{name}?reset")
    page.wait_for_function(f"() => {KERNEL}?.status === 'idle'", timeout=60_000)
    page.evaluate("() => jupyterapp.commands.execute('notebook:run-all-cells')")
    handle = page.locator(".noUi-handle").first
    handle.wait_for()
    page.wait_for_timeout(1000)
    handle.focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="Back to 0").click()
    page.wait_for_timeout(6000)
    return Path("seen.txt").read_text(), page.locator(".widget-readout").first.inner_text()


notebook("quick.ipynb", "0")
notebook("slow.ipynb", "0.7")
command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={PORT}",
           "--LabApp.expose_app_in_browser=True", "--IdentityProvider.token=", "--ServerApp.ip=127.0.0.1"]
own = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "share", "PATH": f"{Path('venv/bin').absolute()}:{os.environ['PATH']}"}
server = subprocess.Popen(command, env=os.environ | own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
try:
    for _ in range(240):
        try:
            urlopen(f"http://127.0.0.1:{PORT}/api").close()
            break
        except OSError:
            time.sleep(0.25)
    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        found = {}
        for kind in ("quick", "slow"):
            order, page_shows = play(browser.new_page(), f"{kind}.ipynb")
            found[kind] = (order.split(), page_shows)
        browser.close()
finally:
    server.terminate()
    server.wait(20)

print(f"ipywidgets {version('ipywidgets')}, jupyterlab {version('jupyterlab')}, ipykernel {version('ipykernel')}")
for kind, (order, shown) in found.items():
    print(f"{kind} callback: order seen by Python {' '.join(order)} | page {shown}, Python {order[-1]}")
quick, slow = found["quick"], found["slow"]
assert quick[0][-2:] == ["pressed", "0"], "a quick callback: no longer in order"
assert quick[1] == "0", "a quick callback: the page no longer stands at 0"
assert slow[0].index("pressed") < slow[0].index("6"), "the click no longer overtakes the last move"
assert slow[0][-1] == slow[1] == "6", "both no longer end at the overtaken move"
print("as described")
PYTHON
venv/bin/python run.py
