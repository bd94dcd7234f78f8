"""Pictures on paper: the same drawings as on the pages, in the fonts of the paper."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd
from markupsafe import Markup

from benchmarks.charts import export
from webapp.figures import charts
from webapp.figures.charts import Filters, Subject
from webapp.figures.parts import Fact

FONTS = "Inter Latin, Inter Latin Extended, Inter Greek, Inter Cyrillic, sans-serif"


@dataclass(frozen=True)
class Picture:
    """A drawing with its words. Its title, which a reader of screens says, holds both."""

    name: str
    title: str
    svg: Markup
    sentence: str
    facts: tuple[Fact, ...]


def picture(name: str, subject: Subject, filters: Filters, *, prefix: str = "") -> Picture | None:
    """A drawing as it stands on paper; None where there is nothing to draw. `prefix` tells two
    of one kind apart."""
    try:
        drawing = charts.draw(name, subject, filters)
    except LookupError:
        return None
    drawn = export.svg(drawing, prefix=prefix or name)
    return Picture(
        name=prefix or name,
        title=drawing.title,
        # Written by our own charts: every text in it was escaped there.
        svg=Markup(_on_paper(drawn, f"{drawing.title}. {drawing.alt}")),  # noqa: S704
        sentence=drawing.alt,
        facts=tuple(Fact(*pair) for pair in drawing.caption),
    )


def _on_paper(svg: str, words: str) -> str:
    """With our fonts by the names that they have on paper, and all its words as the title."""
    title = f"<title>{Markup.escape(words)}</title>"
    dressed = svg.replace(f'font-family="{export.FAMILY}"', f'font-family="{FONTS}"')
    return re.sub("<title[^>]*>.*?</title>", lambda _: title, dressed, count=1, flags=re.DOTALL)


def by_role(subject: Subject) -> Subject:
    """The same figures one level up: the roles in the place of commitments, under the letters
    that these begin with."""
    tree = subject.result.structure
    below = tree.loc[tree["level"] == 2].drop_duplicates("parent")
    letters = {
        role: code.rstrip("0123456789")
        for role, code in zip(below["parent"], below["code"], strict=True)
    }
    result = replace(
        subject.result,
        structure=_renamed(tree.loc[tree["level"] < 2], letters).assign(
            level=lambda rows: rows["level"] + 1
        ),
        scores=_renamed(subject.result.scores, letters),
        peer_stats=_renamed(subject.result.peer_stats, letters),
    )
    names = {short: subject.labels.get(role, role) for role, short in letters.items()}
    return replace(subject, result=result, labels={**subject.labels, **names})


def _renamed(table: pd.DataFrame, codes: Mapping[str, str]) -> pd.DataFrame:
    return table.assign(code=table["code"].replace(codes))
