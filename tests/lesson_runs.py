"""Each lesson is run once: nbval runs it and compares its outputs, and whoever asks what the lesson drew
and printed is told what nbval heard."""

import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import nbformat
import pytest
from nbformat import NotebookNode
from nbval import plugin as nbval
from nbval.kernel import RunningKernel

from ketalab.plots.show import EXPORT_TO

OUTPUTS = ("stream", "display_data", "execute_result", "error")
REMARKS = ("status", "execute_input", "execute_reply", "comm_open", "comm_msg", "comm_close")


@dataclass
class Ran:
    """A cell that nbval ran, and the messages about it."""

    source: str
    messages: list[dict[str, Any]] = field(default_factory=list)


class Overheard(RunningKernel):
    """nbval's kernel, but that it counts its cells as a reader's does, exports the lesson's figures, and
    that what it says is kept."""

    def __init__(self, *args: Any, **named: Any) -> None:
        self.ran: dict[str, Ran] = {}
        self.drawn = tempfile.TemporaryDirectory()
        with patch.dict(os.environ, {EXPORT_TO: self.drawn.name}):
            super().__init__(*args, **named)

    def execute_cell_input(self, cell_input: str, allow_stdin: bool | None = None) -> str:
        asked = self.kc.execute(cell_input, allow_stdin=allow_stdin, stop_on_error=False)
        self.ran[asked] = Ran(cell_input)
        return asked

    def get_message(self, stream: str, timeout: float | None = None) -> dict[str, Any]:
        message = super().get_message(stream, timeout)
        about = self.ran.get(message["parent_header"].get("msg_id"))
        if about and stream == "iopub":
            about.messages.append(message)
        return message


def listen(config: pytest.Config) -> None:
    """From now on nbval's kernels are overheard; when pytest ends, nothing of them is left."""
    kernels: list[Overheard] = []

    def start(*args: Any, **named: Any) -> Overheard:
        kernels.append(Overheard(*args, **named))
        return kernels[-1]

    listening = patch.object(nbval, "RunningKernel", start)
    listening.start()
    config.add_cleanup(listening.stop)
    config.add_cleanup(lambda: [kernel.drawn.cleanup() for kernel in kernels])


def heard(session: pytest.Session, path: Path) -> tuple[NotebookNode, Path] | None:
    """A lesson as nbval has run it in this process, whole, and the folder of its figures."""
    file = next((item.parent for item in session.items if item.path == path), None)
    if file is None or not isinstance(file.kernel, Overheard):
        return None
    notebook = nbformat.read(path, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    ran = list(file.kernel.ran.values())
    kinds = {message["msg_type"] for one in ran for message in one.messages}
    if [cell.source for cell in cells] != [one.source for one in ran] or kinds - {*OUTPUTS, *REMARKS}:
        return None
    for cell, one in zip(cells, ran, strict=True):
        said = {message["msg_type"]: message["content"] for message in one.messages}
        cell.execution_count = said["execute_input"]["execution_count"]
        cell.outputs = [
            nbformat.v4.output_from_msg(message)
            for message in one.messages
            if message["msg_type"] in OUTPUTS
        ]
    return notebook, Path(file.kernel.drawn.name)
