"""SVG for a page with a strict policy, PNG to take away."""

import re
import warnings
from xml.etree import ElementTree

import pytest

from benchmarks.charts.export import png, svg
from benchmarks.charts.gap import gap
from benchmarks.charts.heat import heat
from benchmarks.charts.profile import over_roles, profile
from benchmarks.compute import compute
from tests.benchmarks.charts.looking import LABELS, names
from tests.benchmarks.tables import drawn

CITY = "$" + "\\sqrt{" * 60


def parsed(text):
    return ElementTree.fromstring(text)  # noqa: S314 - it is our own


@pytest.fixture(scope="module")
def result():
    return compute(drawn(names(9)))


CHARTS = {
    "profile": lambda r: profile(r, "2026", CITY, labels=LABELS),
    "roles": lambda r: over_roles(r, "2026", labels=LABELS),
    "gap": lambda r: gap(r, "2026", CITY, labels=LABELS),
    "heat": lambda r: heat(r, "2026", "peer", labels=LABELS),
}


@pytest.fixture(params=CHARTS)
def drawing(request, result):
    return CHARTS[request.param](result)


def test_it_is_one_element_without_prologue_date_or_style(drawing):
    text = svg(drawing, "c1")

    assert text.startswith("<svg ")
    assert text.endswith("</svg>")
    assert re.search(r"style=|<style|<!|<\?|metadata|script|date", re.sub(r">[^<]*<", "><", text),
                     re.IGNORECASE) is None  # fmt: skip


def test_it_tells_its_title_and_description_to_a_screen_reader(drawing):
    root = parsed(svg(drawing, "c1"))

    assert root.attrib["role"] == "img"
    assert root.attrib["aria-labelledby"] == "c1-title c1-desc"
    assert [(e.attrib["id"], e.text) for e in list(root)[:2]] == [
        ("c1-title", drawing.title),
        ("c1-desc", drawing.alt),
    ]


def test_every_id_is_ours_and_unique_and_every_pointer_finds_one(drawing):
    root = parsed(svg(drawing, "c1"))
    attributes = [pair for element in root.iter() for pair in element.attrib.items()]
    ids = [said for name, said in attributes if name == "id"]
    pointers = [said[1:] for name, said in attributes if name == "href"]
    pointers += [found for _, said in attributes for found in re.findall(r"url\(#(.*?)\)", said)]

    assert len(ids) == len(set(ids))
    assert all(each.startswith("c1-") for each in ids)
    assert set(pointers) <= set(ids)


def test_text_stays_text_in_the_font_of_the_page(drawing):
    root = parsed(svg(drawing, "c1"))
    texts = list(root.iter("{http://www.w3.org/2000/svg}text"))

    assert {text.attrib["font-family"] for text in texts} == {"'Inter Variable', Arial, sans-serif"}
    assert {text.attrib["font-size"] for text in texts} <= {"12px", "13px"}
    assert "Round: 2026" in "".join(text.text for text in texts)


def test_it_grows_and_shrinks_with_its_page(drawing):
    root = parsed(svg(drawing, "c1"))

    assert root.attrib["viewBox"] == f"0 0 {drawing.width} {drawing.height}"
    assert root.attrib["width"] == "100%"
    assert "height" not in root.attrib


@pytest.mark.parametrize("chart", CHARTS)
def test_the_same_result_gives_the_same_bytes(chart, result):
    one, other = CHARTS[chart](result), CHARTS[chart](result)

    assert svg(one, "c1") == svg(one, "c1") == svg(other, "c1")
    assert png(one) == png(one) == png(other)


def test_a_picture_to_take_away_has_twice_the_dots(drawing):
    image = png(drawing)

    assert image.startswith(b"\x89PNG")
    assert int.from_bytes(image[16:20], "big") == 2 * drawing.width
    assert int.from_bytes(image[20:24], "big") == 2 * drawing.height


def test_two_charts_in_one_page_do_not_share_an_id(result):
    drawing = CHARTS["profile"](result)
    both = svg(drawing, "one") + svg(drawing, "two")
    ids = re.findall(r' id="([^"]*)"', both)

    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("prefix", ["", "1a", 'a"b', "a b"])
def test_a_prefix_that_cannot_begin_an_id_is_refused(prefix, result):
    with pytest.raises(ValueError, match="cannot begin an id"):
        svg(CHARTS["gap"](result), prefix)


def test_names_of_every_kind_are_drawn_as_they_are_and_without_a_warning():
    cities = ["$\\frac{a$", "Gh\x00ent", "\ud800", "東京", "👩\u200d🚀", "a\nb", "]]>", "&amp;"]
    result = compute(drawn(cities))

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawing = heat(result, "2026", "self")
        text, image = svg(drawing, "c1"), png(drawing)

    said = [e.text for e in parsed(text).iter("{http://www.w3.org/2000/svg}text")]
    assert {"$\\frac{a$", "Gh ent", "?", "東京", "a b", "]]>", "&amp;"} <= set(said)
    assert image
