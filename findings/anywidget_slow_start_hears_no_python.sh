#!/usr/bin/env bash
# anywidget 0.11.0 in JupyterLab 4.6.6: a widget that took over two seconds to start is drawn, and hears no Python.
#
# The guess: a widget that starts slowly, because its module comes late or its `initialize` waits for something, is
# late, and from then on like any other: what Python sets or sends reaches it.
#
# What happens: the model has a promise for "initialised", which is rejected two seconds after the start. Nothing is
# undone: the view is drawn when `initialize` has ended, and what the page writes reaches Python. But every message
# from Python waits for that promise first, and a rejected one drops it: neither a trait that Python sets nor a custom
# message arrives, now or later. The only sign is one line in the browser's console, and the widget looks alive.
#
# Where seen: a lesson's picture on a busy hub, where the module was read in the third second: its slider moved,
# Python computed, and the picture stayed. What helps: talk through another model of the widget, such as its layout,
# which is ipywidgets' own; and keep `initialize` from waiting.
#
# Needs Chromium at /usr/bin/chromium. Output of 2026-11-30:
#   anywidget 0.11.0, ipywidgets 8.1.9, jupyterlab 4.6.6
#   quick start: the page shows 'set sent', Python heard 'page', a line in the console: no
#   slow start: the page shows 'start', Python heard 'page', a line in the console: yes
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
  anywidget==0.11.0 ipywidgets==8.1.9 jupyterlab==4.6.6 ipykernel==7.4.0 playwright==1.65.2
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

PORT = 8419
MAKE = '''
from pathlib import Path
import anywidget, traitlets
class Bell(anywidget.AnyWidget):
    _esm = """
    export default {
      async initialize() { await new Promise((go) => setTimeout(go, WAIT)); },
      render({ model, el }) {
        const said = [];
        const show = () => { el.textContent = [model.get("from_python"), ...said].join(" "); };
        el.className = "bell";
        model.on("change:from_python", show);
        model.on("msg:custom", (content) => { said.push(content); show(); });
        show();
        model.set("from_page", "page");
        model.save_changes();
      },
    };
    """
    from_python = traitlets.Unicode("start").tag(sync=True)
    from_page = traitlets.Unicode("").tag(sync=True)
bell = Bell()
bell.observe(lambda change: Path("heard.txt").write_text(change["new"]), "from_page")
bell
'''
TELL = "bell.from_python = 'set'\nbell.send('sent')"
KERNEL = "jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel"


def write_notebook(name, wait):
    cells = [{"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None, "id": key}
             for key, source in (("make", MAKE.replace("WAIT", str(wait))), ("tell", TELL))]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": kernel, "cells": cells}
    Path(name).write_text(json.dumps(whole))


def play(page, name):
    heard, console = Path("heard.txt"), []
    heard.unlink(missing_ok=True)
    page.on("console", lambda message: console.append(message.text))
    page.on("pageerror", lambda error: console.append(str(error)))
    page.goto(f"http://127.0.0.1:{PORT}/lab/tree/{name}?reset")
    page.wait_for_function(f"() => {KERNEL}?.status === 'idle'", timeout=60_000)
    run = "() => jupyterapp.commands.execute('notebook:run-cell-and-select-next')"
    page.evaluate(run)
    page.locator(".bell").wait_for(timeout=30_000)
    for _ in range(100):
        if heard.exists():
            break
        time.sleep(0.1)
    page.evaluate(run)
    page.wait_for_timeout(4000)
    reached = heard.read_text() if heard.exists() else "nothing"
    return page.locator(".bell").inner_text(), reached, any("Failed to initialize model" in line for line in console)


write_notebook("quick.ipynb", 0)
write_notebook("slow.ipynb", 3500)
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
        found = {kind: play(browser.new_page(), f"{kind}.ipynb") for kind in ("quick", "slow")}
        browser.close()
finally:
    server.terminate()
    server.wait(20)

print(f"anywidget {version('anywidget')}, ipywidgets {version('ipywidgets')}, jupyterlab {version('jupyterlab')}")
for kind, (shown, reached, warned) in found.items():
    print(f"{kind} start: the page shows '{shown}', Python heard '{reached}', a line in the console: {'yes' if warned else 'no'}")
assert found["quick"] == ("set sent", "page", False), "a quick start: no longer as any widget"
assert found["slow"] == ("start", "page", True), "a slow start: no longer deaf"
print("as described")
PYTHON
venv/bin/python run.py
