"""Packages: zip files with a manifest, the same bytes for the same content."""

import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET

from ketalab.paths import FIGURES, write_atomically

XSI = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
ET.register_namespace("xsi", "http://www.w3.org/2001/XMLSchema-instance")
DAY = (1980, 1, 1, 0, 0, 0)  # of every file in a package, so that the same content is the same package


def written(root: ET.Element, space: str = "", indent: bool = False) -> bytes:
    """An element as a file, the names of one namespace without a prefix, which readers like best.

    Indented only where blanks between elements are no part of a text.
    """
    if indent:
        ET.indent(root)
    if space:
        ET.register_namespace("", space)
    try:
        return ET.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"
    finally:
        ET._namespace_map.pop(space, None)


def write_package(path: Path, files: Mapping[str, bytes]) -> None:
    """Write files, by their names, into one zip."""
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, DAY)
            info.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(info, content)
    with write_atomically(path) as file:
        file.write(held.getvalue())


def picture(name: str) -> tuple[bytes, str]:
    """A figure of the course and its words."""
    words = (FIGURES / f"{name}.txt").read_text(encoding="utf-8")
    return (FIGURES / f"{name}.png").read_bytes(), " ".join(words.split())
