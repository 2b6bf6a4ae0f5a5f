"""`python -m ketalab.publish refresh|figures|slides`: what the Makefile calls."""

import argparse

from ketalab.publish import figures, refresh, slides


def main() -> None:
    parser = argparse.ArgumentParser(prog="ketalab.publish", description=__doc__)
    parser.add_argument("what", choices=("refresh", "figures", "slides"))
    parser.add_argument("lessons", nargs="*", help="numbers of the lessons; all when left out")
    chosen = parser.parse_args()
    {"refresh": refresh.main, "figures": figures.main, "slides": slides.main}[chosen.what](chosen.lessons)


if __name__ == "__main__":
    main()
