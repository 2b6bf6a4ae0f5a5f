"""The article and its claims, each with a verdict and what speaks for and against it."""

from dataclasses import dataclass

import pandas as pd

from ketalab.data.bibliography import markdown_link, short_name
from ketalab.data.tables import data_folder, table


@dataclass(frozen=True)
class Claim:
    """One claim of the article, quoted and in our words, and its sources."""

    about: pd.Series
    sources: pd.DataFrame

    def __repr__(self) -> str:
        a = self.about
        lines = [
            f"{a.claim}  {a.statement}",
            f'The article: "{a.quoted}"',
            f"Verdict: {a.verdict}. {a.reason}",
        ]
        lines += [
            f"  {source.stance:<8}{short_name(source.reference)} ({source.locator}): {source.finding}"
            for source in self.sources.itertuples()
        ]
        return "\n".join([*lines, f"Treated in lesson {a.lesson}."])

    def _repr_markdown_(self) -> str:
        a = self.about
        rows = "\n".join(
            f"| {source.stance} | {markdown_link(source.reference)} | {source.finding} |"
            for source in self.sources.itertuples()
        )
        return (
            f"**{a.claim}** {a.statement}\n\n> {a.quoted}\n\n**Verdict: {a.verdict}.** {a.reason} "
            f"*(lesson {a.lesson})*\n\n| speaks | source | what it found |\n|---|---|---|\n{rows}"
        )


def claim(number: str) -> Claim:
    """A claim by its number, such as `claim("C14")`; ValueError when there is none."""
    claims = table("claims").set_index("claim", drop=False)
    if number not in claims.index:
        raise ValueError(f"claim: {number!r} is not one of C01 to {claims.index[-1]}")
    sources = table("claim_sources")
    return Claim(claims.loc[number], sources[sources.claim == number])


def article() -> str:
    """The whole article: paragraphs, headings, a list and a table, as text with Markdown's marks.

    Each claim's `quoted` stands in it once, character for character.
    """
    return (data_folder() / "article.txt").read_text(encoding="utf-8")
