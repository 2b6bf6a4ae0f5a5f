"""Where the default install can be had from wheels alone: `make platforms` asks, with a network.

It resolves requirements.lock for every system of the README's table, writes what it finds into
`platforms.csv` and that table. `test_install.py` holds both to the lock without a network.
"""

import hashlib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).parents[1]
LOCK, STORED, README = ROOT / "requirements.lock", Path(__file__).with_suffix(".csv"), ROOT / "README.md"
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
SYSTEMS = {
    "Linux on x86-64": "x86_64-manylinux_2_28",
    "Linux on ARM": "aarch64-manylinux_2_28",
    "Windows": "x86_64-pc-windows-msvc",
    "macOS 13 or later on Apple processors": "aarch64-apple-darwin",
    "macOS 13 or later on Intel": "x86_64-apple-darwin",
}
ENGINES = ("brian2", "libroadrunner")


def digest() -> str:
    """What the table was made from: the lock's first 16 hexadecimal digits of SHA-256."""
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()[:16]


def resolve(system: str, python: str) -> list[str]:
    """The names that would be installed there, wheels only; RuntimeError with uv's reason otherwise."""
    with tempfile.TemporaryDirectory() as empty:
        command = [
            "uv",
            "pip",
            "install",
            "--dry-run",
            "--no-config",
            "--target",
            empty,
            "--require-hashes",
        ]
        command += ["--only-binary", ":all:", "--python-platform", system, "--python-version", python]
        command += ["-r", str(LOCK)]
        environment = os.environ | {"MACOSX_DEPLOYMENT_TARGET": "13.0"}
        done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode:
        raise RuntimeError(f"{system}, Python {python}: {done.stderr.strip()[-600:]}")
    return sorted(re.findall(r"^ \+ ([a-z0-9.-]+)==", done.stderr, re.MULTILINE))


def found() -> pd.DataFrame:
    """One row for each system and Python: how many packages, and which engines are among them."""
    rows = []
    for name, system in SYSTEMS.items():
        for python in PYTHONS:
            names = resolve(system, python)
            has = {engine: engine in names for engine in ENGINES}
            rows.append({"system": name, "python": python, "packages": len(names), **has})
            print(f"{name}, Python {python}: {len(names)} packages from wheels")
    return pd.DataFrame(rows).assign(lock=digest())


def table(rows: pd.DataFrame) -> str:
    """The README's table in Markdown: systems whose Pythons are served alike share a row."""
    lines = [
        "| System | Python | The network of lesson 03 | The second way of lesson 04 |",
        "|---|---|---|---|",
    ]
    for (system, brian, runner), same in rows.groupby(["system", *ENGINES], sort=False):
        pythons = list(same.python.astype(str))
        span = f"{pythons[0]} to {pythons[-1]}" if len(pythons) > 1 else pythons[0]
        first = "Brian2 runs it" if brian else "stored runs of Brian2"
        lines.append(f"| {system} | {span} | {first} | {'libRoadRunner' if runner else 'SciPy'} |")
    return "\n".join(lines)


def main() -> None:
    rows = found()
    rows.to_csv(STORED, index=False)
    text = README.read_text(encoding="utf-8")
    marked = re.compile(r"(?<=<!-- platforms -->\n).*?(?=\n<!-- /platforms -->)", re.DOTALL)
    README.write_text(marked.sub(lambda _: table(rows), text), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
