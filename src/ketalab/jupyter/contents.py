"""How JupyterLab's server reads and writes notebooks here: opening a lesson changes nothing on disk.

JupyterLab writes into every notebook it opens which Python its kernel runs, and saves it after two
minutes. All else that it would write is stored in the lessons; the version differs between machines.
So it is left out on disk, and given to JupyterLab with the file: it finds nothing to change.
"""

import sys
from typing import Any

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from nbformat import NotebookNode

VERSION = sys.version.split()[0]  # as ipykernel says it


class CourseFiles(AsyncLargeFileManager):
    """JupyterLab's usual files; notebooks on disk do not name the version of Python."""

    async def get(self, path: str, content: bool = True, **options: Any) -> dict[str, Any]:
        """A file or folder as JupyterLab's models describe it; see `AsyncContentsManager.get`."""
        model = await super().get(path, content, **options)
        if language := _python(model):
            language.setdefault("version", VERSION)
        return model

    async def save(self, model: dict[str, Any], path: str = "") -> dict[str, Any]:
        """Write what JupyterLab sends; see `AsyncContentsManager.save`."""
        if language := _python(model):
            language.pop("version", None)
        return await super().save(model, path)

    def mark_trusted_cells(self, nb: NotebookNode, path: str = "") -> None:
        """Mark what this reader has run before, without a warning in the log for what they have not."""
        self.notary.mark_cells(nb, self.notary.check_signature(nb))


def _python(model: dict[str, Any]) -> dict[str, Any] | None:
    """What this model of a notebook says about its language, if that is Python."""
    content = model.get("content") if model.get("type") == "notebook" else None
    language = content["metadata"].get("language_info") if content else None
    return language if language and language.get("name") == "python" else None
