"""`python -m ketalab.publish WHAT [lesson numbers]`: what the Makefile calls."""

import argparse
import sys
from importlib import import_module

WHAT = (
    "refresh",
    "figures",
    "slides",
    "site",
    "assignments",
    "teaching",
    "inventory",
    "questions",
    "cards",
    "gain",
    "check",
    "measure",
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="ketalab.publish", description=__doc__)
    parser.add_argument("what", choices=WHAT)
    parser.add_argument(
        "lessons", nargs="*", help="numbers of the lessons, all when left out; for gain, a table"
    )
    given = parser.parse_args()
    try:
        import_module(f"ketalab.publish.{given.what}").main(given.lessons)
    except (ValueError, FileNotFoundError) as error:
        sys.exit(f"ketalab: {error}")


if __name__ == "__main__":
    main()
