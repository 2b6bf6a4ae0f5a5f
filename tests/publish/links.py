"""Where the links of pages lead."""

from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote


class Links(HTMLParser):
    """The ids of a page, and what its parts lead to or load."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.leads: list[str] = []
        self.loads: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if "id" in given:
            self.ids.append(given["id"])
        for name in ("href", "src"):
            if name in given:
                (self.leads if tag == "a" else self.loads).append(given[name])


def lost(folder: Path, linked: Mapping[str, Links]) -> list[str]:
    """The links of pages, by file name, that lead to no file or place in this folder, nor to the net."""
    found = []
    for name, links in linked.items():
        for address in links.leads:
            if address.startswith(("https://", "http://")):
                continue
            rest, _, part = address.partition("#")
            file, part = rest.partition("?")[0], part.partition("?")[0]
            there = not file or (folder / unquote(file)).is_file()
            place = linked[file or name].ids if there and (file or name) in linked else None
            if not address or not there or (part and place is not None and unquote(part) not in place):
                found.append(f"{name} -> {address}")
    return found
