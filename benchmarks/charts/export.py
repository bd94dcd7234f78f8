"""SVG to put into a page, and PNG to take away: the same bytes each time."""

import io
import re
from collections.abc import Mapping
from functools import lru_cache
from xml.etree import ElementTree

from benchmarks.charts.drawing import Drawing, plain
from benchmarks.charts.style import drawn_alike

FAMILY = "'Inter Variable', Arial, sans-serif"
XLINK = "{http://www.w3.org/1999/xlink}href"


def svg(drawing: Drawing, prefix: str) -> str:
    """The drawing as one `<svg>` element for a page whose policy forbids inline styles.

    No prologue, no date, no `style`: everything is a presentation attribute. Every id begins
    with `prefix`, which is to be unique in the page (letter first; letters, digits, - and _).
    Text stays text, in the page's own font. It fills the width it is given.
    Raises `ValueError` for a prefix that cannot begin an id.
    """
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", prefix):
        raise ValueError(f"{prefix!r} cannot begin an id")
    buffer = io.StringIO()
    with drawn_alike():
        drawing.figure.savefig(buffer, format="svg", metadata={"Date": None})
    # The text comes from the line above, not from outside.
    root = ElementTree.fromstring(buffer.getvalue())  # noqa: S314
    _undress(root)
    for element in root.iter():
        _attributes(element, prefix)
    root.attrib.pop("height", None)
    root.attrib.pop("version", None)
    root.attrib |= {
        "xmlns": "http://www.w3.org/2000/svg",
        "width": "100%",
        "role": "img",
        "aria-labelledby": f"{prefix}-title {prefix}-desc",
        "stroke-linejoin": "round",
        "stroke-linecap": "butt",
    }
    for place, (tag, words) in enumerate([("title", drawing.title), ("desc", drawing.alt)]):
        element = ElementTree.Element(tag, {"id": f"{prefix}-{tag}"})
        element.text = plain(words)
        root.insert(place, element)
    return ElementTree.tostring(root, encoding="unicode", short_empty_elements=True)


def png(drawing: Drawing, scale: float = 2) -> bytes:
    """The drawing as a PNG file, `scale` dots for one pixel of a page."""
    buffer = io.BytesIO()
    with drawn_alike():
        drawing.figure.savefig(buffer, format="png", dpi=72 * scale, metadata={"Software": None})
    return buffer.getvalue()


def _undress(root: ElementTree.Element) -> None:
    """Drop what a page does not need: metadata, style sheets, white space, name spaces."""
    for parent in list(root.iter()):
        parent.tag = parent.tag.rpartition("}")[2]
        for child in list(parent):
            if child.tag.rpartition("}")[2] in ("metadata", "style"):
                parent.remove(child)
        parent.tail = None
        if parent.tag != "text":
            parent.text = None


def _attributes(element: ElementTree.Element, prefix: str) -> None:
    """Turn style into attributes and make ids and what points to them our own."""
    given = dict(element.attrib)
    given |= _styled(given.pop("style", ""))
    if element.tag == "text":
        given["font-family"] = FAMILY
        given = {name: said for name, said in given.items() if not said.startswith("rotate(-0")}
    if "id" in given:
        given["id"] = f"{prefix}-{given['id']}"
    if XLINK in given:
        given["href"] = f"#{prefix}-{given.pop(XLINK).lstrip('#')}"
    if "d" in given:
        given["d"] = " ".join(given["d"].split())
    element.attrib.clear()
    for name, said in given.items():
        element.set(name, said.replace("url(#", f"url(#{prefix}-"))


@lru_cache(maxsize=512)
def _styled(style: str) -> Mapping[str, str]:
    """A style as attributes."""
    parts = dict(part.split(":", 1) for part in style.split(";") if ":" in part)
    given = {name.strip(): said.strip() for name, said in parts.items()}
    return given | _font(given.pop("font")) if "font" in given else given


def _font(shorthand: str) -> dict[str, str]:
    """The `font` shorthand as attributes: [style] [weight] size family."""
    before, size = re.match(r"(.*?)([\d.]+px)", shorthand).groups()  # type: ignore[union-attr]
    words = before.split()
    weight = next((word for word in words if word.isdigit() or word == "bold"), None)
    slant = next((word for word in words if word in ("italic", "oblique")), None)
    found = {"font-size": size, "font-weight": weight, "font-style": slant}
    return {name: said for name, said in found.items() if said}
