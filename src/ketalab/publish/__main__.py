"""`python -m ketalab.publish WHAT [lesson numbers]`: what the Makefile calls."""

import argparse
import sys
from importlib import import_module

WHAT = (
    "refresh",
    "figures",
    "slides",
    "site",
    "guide",
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
    parser.add_argument("--seed", help="for assignments: a word from which their numbers are drawn")
    given = parser.parse_args()
    if given.seed is not None and given.what != "assignments":
        parser.error("--seed is for assignments")
    told = {} if given.seed is None else {"seed": given.seed}
    try:
        import_module(f"ketalab.publish.{given.what}").main(given.lessons, **told)
    except (ValueError, FileNotFoundError) as error:
        sys.exit(f"ketalab: {error}")


if __name__ == "__main__":
    main()
