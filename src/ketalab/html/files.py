"""Stylesheets and scripts, which lie as files in the folder `static` of the room that shows them."""

import re
from functools import cache
from importlib.resources import files

REQUIRED = re.compile(r"^ *//= require (\S+)\n", re.MULTILINE)


@cache
def static(room: str, name: str) -> str:
    """The text of such a file, as in `static("html", "sortable.js")`.

    In the place of a line `//= require marks.js` stands what that file of `html` holds.
    """
    text = files(f"ketalab.{room}").joinpath("static", name).read_text(encoding="utf-8")
    return REQUIRED.sub(lambda line: static("html", line[1]), text)
