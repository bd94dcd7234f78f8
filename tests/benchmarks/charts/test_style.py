"""Text that fits, and ink that can be read."""

import matplotlib
import pytest

from benchmarks.charts.style import fit, ink_on, width_of


def test_a_text_is_broken_between_words_and_after_hyphens():
    assert fit("service provider", width_of("provider"), 3) == ["service", "provider"]
    assert fit("policy-maker", width_of("policy-"), 3) == ["policy-", "maker"]


def test_what_does_not_fit_ends_in_dots():
    (line,) = fit("Llanfairpwllgwyngyllgogerychwyrndrobwll", 100, 1)

    assert line.endswith("…")
    assert width_of(line) <= 100


@pytest.mark.parametrize("text", ["", "a", "one  two", "αβγ-δεζ ηθι", "x" * 300])
@pytest.mark.parametrize("width", [30, 120])
def test_no_line_is_wider_than_its_room(text, width):
    assert all(width_of(line) <= width for line in fit(text, width, 2))


@pytest.mark.parametrize("value", range(0, 101, 5))
def test_a_number_in_its_cell_has_contrast(value):
    colour = matplotlib.colormaps["cividis"](value / 100)[:3]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    ratio = 1.05 / (light + 0.05) if ink_on(colour) == "white" else (light + 0.05) / 0.05

    assert ratio >= 4.5
