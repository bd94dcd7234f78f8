"""The page in words: what it says of tables made by hand, and what it never says."""

from dataclasses import fields, replace

import pandas as pd
import pytest

from benchmarks.compute import COLUMNS, compute
from benchmarks.config import BenchmarkConfig
from benchmarks.result import BenchmarkResult, framed
from benchmarks.summary import band, summary
from tests.benchmarks.tables import a_structure, drawn, simulated, the_frames

QUICK = BenchmarkConfig(draws=20, resamples=20)
EMPTY = {"str": "", "string": None, "float64": float("nan"), "int64": 0, "bool": False,
         "Int64": pd.NA}  # fmt: skip
NAN = float("nan")


def a_result(config=None, **rows):
    """A result of these rows (dicts); what they leave out is empty."""
    tables = {}
    for name, columns in COLUMNS.items():
        blank = {column: EMPTY[kind] for column, kind in columns.items()}
        made = [pd.DataFrame([blank | row]) for row in rows.get(name, [])]
        tables[name] = framed(made, columns)
    rest = {"config": config or BenchmarkConfig(), "config_hash": "c" * 64, "data_hash": "d" * 64,
            "seed": 7, "method_version": "1.1",
            "structure": a_structure()}  # fmt: skip
    wanted = {field.name for field in fields(BenchmarkResult)}
    assert wanted <= set(tables | rest)
    return BenchmarkResult(**{name: (tables | rest)[name] for name in wanted})


def scored(city, round_id="2026", calibrated=True, n_raters=2):
    """The rows of a city's whole in two series."""
    key = {"round": round_id, "city": city, "code": "overall"}
    return [
        key | {"series": "peer", "value": 50.0, "n_raters": n_raters},
        key | {"series": "peer_calibrated", "value": 50.0, "calibrated": calibrated},
    ]


def a_round_of_three():
    cities = ["Ghent", "Lyon", "Oslo"]
    return {
        "scores": [row for city in cities for row in scored(city)],
        "peer_stats": [
            {"round": "2026", "group_id": "all", "code": code, "series": series, "n": 8,
             "median": median, "suppressed": median != median,
             "reason": "suppressed_small_n" if median != median else None}
            for code, series, median in [
                ("overall", "self", 61.0), ("overall", "peer", 55.0),
                ("overall", "peer_calibrated", 54.0), ("policy-maker", "self", 70.0),
                ("policy-maker", "peer", 0.0), ("buyer", "peer_calibrated", NAN),
            ]
        ],
        "reliability": [
            {"round": "2026", "role": role, "metric": metric, "value": value}
            for role, metric, value in [
                ("overall", "krippendorff_alpha", 0.80), ("overall", "phi", 0.7115),
                ("policy-maker", "krippendorff_alpha", 0.7),
                ("policy-maker", "gwet_ac2", 0.9), ("buyer", "krippendorff_alpha", 0.2),
            ]
        ],
        "components": [{"round": "2026", "component": 1, "calibrated": True}],
        "raters": [{"round": "2026", "rater": rater, "flag": flag}
                   for rater, flag in [("ann", None), ("bob", "halo"), ("cem", "infit"),
                                       ("dea", "infit")]],
        "variances": [{"round": "2026", "source": "city", "variance": 400.0},
                      {"round": "2026", "source": "rater", "variance": 156.25}],
        "ranks": [
            {"round": "2026", "group": group, "city": city, "code": code, "band": word}
            for city, word in [("Ghent", "above"), ("Lyon", "not distinguishable"),
                               ("Oslo", "not distinguishable")]
            for group, code in [("all", "overall"), ("all", "buyer"), ("country:BE", "overall")]
        ],
        "gaps": [
            {"round": "2026", "city": city, "code": "overall", "gap": 8.0, "label": label}
            for city, label in [("Ghent", "higher"), ("Lyon", None), ("Oslo", "in line")]
        ],
    }  # fmt: skip


def test_a_page_says_what_the_tables_say():
    assert summary(a_result(**a_round_of_three())) == (
        "BENCHMARK\n"
        "\n"
        "1 round (2026), 3 cities, 4 statements, 4 reviewers. Scores are points from 0 to\n"
        "100; a missing answer leaves its weight to the others; there is a score from\n"
        "67\u00a0% of the weight on.\n"
        f"Method 1.1, seed 7, result {a_result().result_hash[:12]} (data dddddddddddd, choices\n"
        "cccccccccccc).\n"
        "\n"
        "ROUND 2026: 3 cities, 3 of them reviewed\n"
        "  median of cities    self  peers  calibrated   reviewers agree\n"
        "  overall               61     55          54   0.800 good\n"
        "  policy-maker          70      0           -   0.700 tentative\n"
        "  buyer                  -      -           -   0.200 do not compare\n"
        "- Reviewers agree too little (alpha below 0.667) to compare cities where it says\n"
        "  so.\n"
        "- The mean of all marks of a city, overall, has a reliability (phi) of 0.712.\n"
        "- Calibrated for severe and lenient reviewers: 3 cities.\n"
        "- 4 reviewers differ in severity by 13 points (standard deviation); to look at:\n"
        "  1 gave nearly one mark per city, 2 mark unlike the others.\n"
        "- Against the median, overall: 1 clearly above, 0 clearly below, 2 not\n"
        "  distinguishable from it.\n"
        "- Against how others see them, overall, cities see themselves: 1 higher, 0\n"
        "  lower, 1 in line, 0 unclear, 1 without an interval.\n"
        "- Group figures hidden: 1 of 6 (1 because too few cities are behind them).\n"
        "\n"
        "BEAR IN MIND\n"
        "- Calibrated levels are relative to the reviewers of the round. Differences\n"
        "  between its cities hold; the level itself, and a change with other reviewers,\n"
        "  hold less.\n"
        "- What is not clear is unproven, which is not to say that it is small.\n"
        "- scores_out, gaps, ranks, sensitivity and trends name cities, raters names\n"
        "  reviewers, and the charts name cities: they are for coordinators, not for\n"
        "  publication. peer_stats is what every city of a round may see.\n"
    )


def said(config=None, **changed):
    """The page as one line, of a round of three with some tables changed."""
    return " ".join(summary(a_result(config, **(a_round_of_three() | changed))).split())


@pytest.mark.parametrize(
    ("alpha", "words"),
    [
        (1.0, "good"),
        (0.8, "good"),
        (0.7996, "good"),
        (0.7994, "tentative"),
        (0.667, "tentative"),
        (0.6664, "do not compare"),
        (-0.3, "do not compare"),
        (NAN, "not known"),
    ],
)
def test_agreement_has_the_bands_of_the_method_as_it_is_shown(alpha, words):
    assert band(alpha) == words


@pytest.mark.parametrize(
    ("parts", "calibrated", "words"),
    [
        ([], False, "Calibrated: no, because no reviewer gave a mark."),
        (
            [(False, "few_cities_per_rater")],
            False,
            "Calibrated: no, because most reviewers saw one city only; calibrated scores are the"
            " peers' plain means.",
        ),
        (
            [(False, "few_raters_per_city"), (False, "no_rater_variance")],
            False,
            "Calibrated: no, because fewer than two reviewers per city on average and no"
            " difference between severe and lenient reviewers can be told; calibrated scores are"
            " the peers' plain means. The review falls into 2 parts without a common reviewer:"
            " never compare cities of different parts.",
        ),
        (
            [(True, None), (False, "few_cities_per_rater")],
            True,
            "Calibrated: 3 cities; others not, because most reviewers saw one city only. The"
            " review falls into 2 parts without a common reviewer: never compare cities of"
            " different parts.",
        ),
    ],
)
def test_why_a_round_is_not_calibrated_is_said_in_words(parts, calibrated, words):
    components = [
        {"round": "2026", "component": number, "calibrated": live, "reason": reason}
        for number, (live, reason) in enumerate(parts, 1)
    ]
    scores = [row for city in ("a", "b", "c") for row in scored(city, calibrated=calibrated)]

    assert words in said(components=components, scores=scores)


def test_what_is_hidden_is_counted_by_reason():
    hidden = [
        {"round": "2026", "group_id": "all", "code": "buyer", "series": "peer",
         "suppressed": suppressed, "reason": reason}
        for suppressed, reason in [(True, "suppressed_small_n"), (True, "suppressed_small_n"),
                                   (True, "suppressed_complementary"),
                                   (False, "suppressed_small_n"), (False, None)]
    ]  # fmt: skip
    stats = [row | {"code": f"PM{n}"} for n, row in enumerate(hidden)]

    assert (
        "Group figures hidden: 3 of 5 (2 because too few cities are behind them; 1 because beside"
        " others they would give a city away); 1 more lack quartiles alone."
    ) in said(peer_stats=stats)


@pytest.mark.parametrize(
    ("variances", "raters", "words"),
    [
        (
            [{"round": "2026", "source": "rater", "variance": NAN}],
            [{"round": "2026", "rater": "ann"}],
            "How far reviewers differ in severity cannot be told; none stands out.",
        ),
        (
            [{"round": "2026", "source": "rater", "variance": 1.0}],
            [{"round": "2026", "rater": "ann"}, {"round": "2026", "rater": "bob"}],
            "2 reviewers differ in severity by 1 point (standard deviation); none stands out.",
        ),
    ],
)
def test_how_severe_reviewers_are_is_said_in_points(variances, raters, words):
    assert words in said(variances=variances, raters=raters)


def a_change(code, change, real=False, by="anchor"):
    return {"city": f"c{change}", "code": code, "round_from": "2024", "round_to": "2026",
            "change": change, "linked_by": by, "real": real}  # fmt: skip


def test_changes_between_rounds_are_counted():
    scores = [*scored("Ghent", "2024"), *scored("Ghent", "2026")]
    trends = [
        a_change("overall", 9.0, real=True),
        a_change("overall", -8.0, real=True),
        a_change("overall", 7.0, real=True),
        a_change("overall", 1.0),
        a_change("overall", NAN),
        a_change("buyer", 1.0),
        a_change("BU1", 4.0),
    ]
    anchors = [
        {"code": code, "round_from": "2024", "round_to": "2026", "old": old, "dropped": dropped}
        for code, old, dropped in [
            ("overall", "a", True),
            ("buyer", "a", True),
            ("overall", "b", 0),
        ]
    ]

    text = said(scores=scores, trends=trends, anchors=anchors)

    assert (
        "FROM 2024 TO 2026 - Overall, linked by the statements that both rounds share."
        " - 1 statement moved unlike the others."
        " - Overall: 3 of 4 changes real (2 up, 1 down). By role and commitment: 0 of 2 changes"
        " real. Real is a change of 5 points or more whose interval leaves out 0."
    ) in text


@pytest.mark.parametrize(
    ("trends", "words"),
    [
        ([], "The two rounds have nothing in common. - Overall: 0 of 0 changes real."),
        (
            [a_change("overall", NAN, by="none")],
            "Overall, linked by nothing: too few statements in common, so no change is shown."
            " - Overall: 0 of 0 changes real.",
        ),
        (
            [a_change("overall", 1.0, by="identical")],
            "linked by the same statements in both rounds.",
        ),
    ],
)
def test_how_rounds_are_linked_is_said(trends, words):
    scores = [*scored("Ghent", "2024"), *scored("Ghent", "2026")]

    assert words in said(scores=scores, trends=trends)


def test_agreed_levels_have_a_column_where_there_are_any():
    stats = [
        {"round": "2026", "group_id": "all", "code": "overall", "series": "agreed", "median": 12.0}
    ]

    text = summary(a_result(**(a_round_of_three() | {"peer_stats": stats})))

    assert "  median of cities    self  peers  agreed  calibrated   reviewers agree\n" in text
    assert "  overall                -      -      12           -   0.800 good\n" in text


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (BenchmarkConfig(missing="zero"), "a missing answer counts 0; there is a score"),
        (BenchmarkConfig(missing="strict"), "one missing answer leaves no score. Method"),
        (BenchmarkConfig(threshold=0.125), "there is a score from 13 % of the weight on"),
    ],
)
def test_what_becomes_of_missing_answers_is_said(config, words):
    assert words in said(config)


def test_without_scores_it_says_so():
    text = summary(compute(the_frames(), QUICK))

    assert text.startswith("BENCHMARK\n\n0 rounds, 0 cities, 4 statements, 0 reviewers.")
    assert "\nNo round has any scores: there is nothing to compare yet.\n" in text


def test_one_city_that_nobody_reviewed_gets_a_page():
    text = " ".join(summary(compute(the_frames("2026 Ghent PM1.1 self - 4"), QUICK)).split())

    assert "ROUND 2026: 1 city, 0 of them reviewed" in text
    assert "overall - - - not known" in text
    assert "Calibrated: no, because no reviewer gave a mark." in text
    assert "Self and others cannot be compared: no city has both." in text


@pytest.mark.parametrize("kind", ["simulated", "drawn"])
def test_no_city_and_no_reviewer_is_named_and_every_line_is_short(kind):
    rounds = ("2024", "2026")
    frames = (
        simulated(cities=8, raters=8, rounds=rounds)[0]
        if kind == "simulated"
        else drawn([f"Town-{n}" for n in range(7)], rounds=rounds)
    )

    text = summary(compute(frames, QUICK))

    names = {*frames.cities["city_id"], *frames.assignments["reviewer_id"]}
    assert {name for name in names if name in text} == set()
    assert max(map(len, text.splitlines())) <= 80
    assert 40 <= len(text.splitlines()) <= 70


def test_ids_of_any_length_and_signs_keep_the_page_in_shape():
    frames = the_frames("2026 Ghent G1.1 self - 1", tree={"g" * 60: {"G1": ["G1.1"]}})
    scores = frames.scores.assign(round_id="\x1b[31mred\n" + "r" * 90)

    text = summary(compute(replace(frames, scores=scores), QUICK))

    assert f"  {'g' * 17}…     -" in text
    assert f"\nROUND [31mred {'r' * 60}"[:60] in text
    assert text.replace("\n", "").replace("\N{NO-BREAK SPACE}", "").isprintable()
    assert max(map(len, text.splitlines())) <= 80
