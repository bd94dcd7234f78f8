"""What applies, what is disputed, and the word for a number that is not there."""

import numpy as np
import pytest

from benchmarks.coverage import applicability, reasons
from benchmarks.frames import check
from tests.benchmarks.tables import the_frames


def verdict(own="", peers="", agreed=""):
    """Applicable and disputed, from s(cored), n(a) or m(issing) of each voice."""
    word = {"s": "2", "n": "na", "m": "missing"}
    lines = [f"2026 Ghent PM1.1 self - {word[own]}"] if own else []
    lines += [f"2026 Ghent PM1.1 peer r{n} {word[one]}" for n, one in enumerate(peers)]
    lines += [f"2026 Ghent PM1.1 agreed - {word[agreed]}"] if agreed else []
    said = applicability(check(the_frames(*lines)).scores)
    return tuple(said[["applicable", "na_disputed"]].to_numpy().tolist()[0])


@pytest.mark.parametrize(
    ("voices", "applicable", "disputed"),
    [
        (("s", "sss"), True, False),
        (("n", "nnn"), False, False),
        (("n", ""), False, False),
        (("n", "ss"), True, True),
        (("n", "ssn"), True, True),
        (("n", "sn"), False, False),
        (("n", "mm"), False, False),
        (("s", "nn"), False, False),
        (("s", "n"), False, False),
        (("s", "ssn"), True, False),
        (("", "ns"), False, False),
        (("n", "nn", "s"), True, True),
        (("s", "ss", "n"), False, False),
    ],
)
def test_not_applicable_has_to_be_agreed(voices, applicable, disputed):
    assert verdict(*voices) == (applicable, disputed)


def test_each_hole_has_its_word():
    value = np.array([np.nan, np.nan, np.nan, 40.0, 40.0])
    coverage = np.array([np.nan, 0.0, 0.5, 1.0, 1.0])
    lone = np.array([False, True, True, True, False])

    assert reasons(value, coverage, lone).tolist() == [
        "not_applicable",
        "no_data",
        "low_coverage",
        "single_rater",
        None,
    ]
