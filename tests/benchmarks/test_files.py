"""Folders of CSV: what is read, which faults are named where, what is written."""

import hashlib
import json
from dataclasses import asdict, replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from benchmarks import files
from benchmarks.cells import neutral, original
from benchmarks.compute import compute
from benchmarks.config import BenchmarkConfig
from benchmarks.files import FaultyFiles, Occupied, file_name, need_room, read, read_config, write
from benchmarks.frames import COLUMNS, check
from tests.benchmarks.tables import drawn, shuffled, the_frames

QUICK = BenchmarkConfig(draws=20, resamples=20)
STATEMENTS = """\
statement_id,role,commitment_id,weight,scale_min,scale_max,direction,anchor_id,instrument_version
S1,policy,C1,1,0,4,1,,v1
"""
STRUCTURE = """\
code,parent,level,weight,aggregation
all,,0,1,arithmetic
policy,all,1,1,arithmetic
C1,policy,2,1,arithmetic
S1,C1,3,1,arithmetic
"""
SCORES = """\
round_id,city_id,statement_id,source,rater_id,status,score
2026,007,S1,self,,scored,3
2026,007,S1,peer,ann,scored,2
"""
CITIES = """\
city_id,country,population,migrant_share,size_band
007,NA,262000,0.25,250-500k
"""
ASSIGNMENTS = """\
round_id,city_id,reviewer_id,reviewer_city_id
2026,007,ann,elsewhere
"""
FIVE = {
    "statements": STATEMENTS,
    "structure": STRUCTURE,
    "scores": SCORES,
    "cities": CITIES,
    "assignments": ASSIGNMENTS,
}


def a_folder(path, **tables):
    """Five small tables, some of them replaced; None: left out. Text is UTF-8, bytes stay."""
    path.mkdir(parents=True, exist_ok=True)
    for name, text in (FIVE | tables).items():
        if text is not None:
            (path / f"{name}.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def as_files(frames, path):
    """Frames as five files."""
    return a_folder(path, **{name: getattr(frames, name).to_csv(index=False) for name in COLUMNS})


def faults(folder):
    with pytest.raises(FaultyFiles) as caught:
        read(folder)
    return [str(fault) for fault in caught.value.faults]


def config_faults(path, text):
    file = path / "choices.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(FaultyFiles) as caught:
        read_config(file)
    return [str(fault) for fault in caught.value.faults]


@cache
def a_result():
    return compute(the_frames("2026 =Ghent PM1.1 self - 3", "2026 =Ghent PM1.1 peer -ann 2"), QUICK)


def every_file(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_ids_stay_text_and_namibia_is_a_country(tmp_path):
    frames = read(a_folder(tmp_path))

    assert frames.cities.to_numpy().tolist() == [["007", "NA", 262000, 0.25, "250-500k"]]
    assert frames.scores["city_id"].tolist() == ["007", "007"]
    assert frames.scores["score"].tolist() == [2, 3]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: text.replace(",", ";"),
        lambda text: text.replace(",", ";").replace("0.25", "0,25"),
        lambda text: text.replace("\n", "\n\n") + ",,,,,,,,\n",
        lambda text: text.replace("\n", ",\n"),
        lambda text: "".join(f'"a\nb; ""c""",{line}\n' for line in text.splitlines()),
        lambda text: text.replace(",", " ,", 1),
    ],
    ids=["bom", "crlf", "cr", "semicolon", "decimal comma", "blank rows", "trailing commas",
         "quoted newlines", "spaces in the header"],
)  # fmt: skip
def test_what_spreadsheets_make_of_a_file_is_read_alike(tmp_path, change):
    plain = read(a_folder(tmp_path / "plain"))
    written = a_folder(tmp_path / "other", **{name: change(text) for name, text in FIVE.items()})

    assert read(written).data_hash == plain.data_hash


def test_a_folder_says_the_same_as_the_frames_in_it(tmp_path):
    frames = drawn(["Ghent", "Αθήνα", "Łódź", 'Is "it", so'], rounds=("2024", "2026"))

    assert read(as_files(frames, tmp_path)).data_hash == check(frames).data_hash


def test_an_apostrophe_against_formulas_is_taken_off_again(tmp_path):
    frames = the_frames("2026 =Ghent PM1.1 self - 3", "2026 '90s PM1.1 self - 3")
    guarded = replace(
        frames,
        **{name: getattr(frames, name).map(neutral) for name in ("scores", "cities")},
    )

    assert guarded.cities["city_id"].tolist() == ["'90s", "'=Ghent"]
    assert read(as_files(guarded, tmp_path)).cities["city_id"].tolist() == ["'90s", "=Ghent"]


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-x", "@x", "\tx", "\rx", "\nx", "＝1", "x", "", "'x"]
)
def test_a_guarded_cell_can_be_had_back(cell):
    assert original(neutral(cell)) == cell


def test_all_faults_of_all_files_are_named_at_once_with_the_row_of_the_file(tmp_path):
    folder = a_folder(
        tmp_path,
        scores="note," + SCORES.splitlines()[0] + '\n"two\nlines",2026,007,S1,self,,scored,3\n\n'
        "x,2026,007,S1,peer,ann,scored,9\nx,2026,008,S1,self,,scored,three\n",
        cities=CITIES.replace("262000", "-1").replace("0.25", "1.5"),
        structure=STRUCTURE.replace("policy,all,1,1,arithmetic", "policy,all,1,1,median"),
    )

    assert faults(folder) == [
        "cities.csv, row 2, migrant_share: 1.5 is not between 0 and 1",
        "cities.csv, row 2, population: -1 is below zero",
        "scores.csv, row 4, score: 9 is outside the scale",
        "scores.csv, row 5, city_id: 008 is not a city",
        "scores.csv, row 5, score: is empty though scored",
        "scores.csv, row 5, score: three is not a number",
        "structure.csv, row 3, aggregation: median is not arithmetic or geometric",
    ]


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"scores": None}, ["scores.csv is missing"]),
        ({"scores": ""}, ["scores.csv is empty"]),
        ({"scores": "\ufeff\n ,\n".replace(" ", "")}, ["scores.csv is empty"]),
        (
            {"cities": CITIES.replace("NA", "Å").encode("latin-1")},
            ['cities.csv, row 2: is not UTF-8; save the file as "CSV UTF-8"'],
        ),
        (
            {"cities": CITIES.encode("utf-16")},
            ['cities.csv, row 1: is not UTF-8; save the file as "CSV UTF-8"'],
        ),
        (
            {"cities": CITIES.replace("NA", '"NA')},
            ["cities.csv, row 2: cannot be read; is a quotation mark out of place?"
             " (unexpected end of data)"],
        ),
        (
            {"cities": CITIES.replace("NA", '"N"A')},
            ["cities.csv, row 2: cannot be read; is a quotation mark out of place?"
             " (',' expected after '\"')"],
        ),
        (
            {"cities": CITIES.replace("NA", "x" * 200_000)},
            ["cities.csv, row 2: cannot be read; is a quotation mark out of place?"
             " (field larger than field limit (131072))"],
        ),
        (
            {"scores": SCORES.replace(",status", ",x"), "cities": CITIES.replace("country", "x")},
            ["cities.csv, country: column is missing", "scores.csv, status: column is missing"],
        ),
        (
            {"scores": SCORES.replace(",scored,2", ",scored")},
            ["scores.csv, row 3, score: the row ends before it: 6 cells, 7 in the header"],
        ),
        (
            {"scores": SCORES.replace(",scored,2", ",scored,2,4")},
            ["scores.csv, row 3: 8 cells, 7 in the header"],
        ),
        (
            {"cities": CITIES.replace("size_band", "country")},
            ["cities.csv, row 1, country: column is there twice",
             "cities.csv, size_band: column is missing"],
        ),
        (
            {"structure": "code,parent,level,weight,aggregation\n", "cities": b"\xff"},
            ['cities.csv, row 1: is not UTF-8; save the file as "CSV UTF-8"',
             "structure.csv, parent: no code is without parent"],
        ),
        (
            {name: None for name in FIVE},
            [f"{name}.csv is missing" for name in sorted(FIVE)],
        ),
    ],
)  # fmt: skip
def test_a_file_that_is_no_table_is_named_and_nothing_follows_from_it(tmp_path, tables, said):
    assert sorted(faults(a_folder(tmp_path, **tables))) == sorted(said)


def test_a_folder_in_place_of_a_file_cannot_be_read(tmp_path):
    folder = a_folder(tmp_path, cities=None)
    (folder / "cities.csv").mkdir()

    assert faults(folder) == ["cities.csv cannot be read: Is a directory"]


def test_faults_come_by_file_and_row(tmp_path):
    rows = "".join(f"2026,007,S1,peer,ann,scored,{n}\n" for n in range(10, 22))

    found = faults(a_folder(tmp_path, scores=SCORES.splitlines()[0] + "\n" + rows))

    outside = [line for line in found if line.endswith("outside the scale")]
    assert [line.split(", ")[1] for line in outside] == [f"row {n}" for n in range(2, 14)]


def test_a_fault_is_one_line_whatever_the_cell_holds(tmp_path):
    (strange,) = faults(a_folder(tmp_path, cities=CITIES.replace("262000", '"\x1b[2J\n1"')))
    (long,) = faults(a_folder(tmp_path, cities=CITIES.replace("262000", "x" * 1000)))

    assert strange == "cities.csv, row 2, population:  [2J 1 is not a number"
    assert len(long) == 300
    assert long.startswith("cities.csv, row 2, population: xxx")
    assert long.endswith("xxx is not a number")


def test_a_million_columns_are_only_wide(tmp_path):
    lines = CITIES.splitlines()
    wide = "\n".join(line + "," + ",".join(["x"] * 1_000_000) for line in lines)

    assert read(a_folder(tmp_path, cities=wide)).data_hash == read(a_folder(tmp_path)).data_hash


def test_choices_are_read_from_a_file(tmp_path):
    file = tmp_path / "choices.toml"
    file.write_text(
        'mean = "geometric"\nthreshold = 1\ndraws = 500\nnamed = ["Ghent", "Lyon"]\n', "utf-8"
    )

    config = read_config(file)

    assert config == BenchmarkConfig(
        mean="geometric", threshold=1.0, draws=500, named=("Ghent", "Lyon")
    )
    assert config.config_hash == BenchmarkConfig(**asdict(config)).config_hash
    assert isinstance(config.threshold, float)


def test_a_file_without_choices_leaves_all_as_usual(tmp_path):
    (tmp_path / "none.toml").write_bytes(b"")

    assert read_config(tmp_path / "none.toml") == BenchmarkConfig()


def test_every_wrong_choice_is_named(tmp_path):
    assert config_faults(
        tmp_path,
        'mean = "mode"\nseed = 1\nthreshold = 2\ndraws = 1.5\nna_share = true\n'
        'named = "Ghent"\nrole_order = [1]\nmissing = 3\nresamples = -1\n',
    ) == [
        "choices.toml, draws: 1.5 is not a whole number",
        "choices.toml, mean: mean is 'mode', not one of arithmetic, geometric, harmonic",
        "choices.toml, missing: 3 is not a text",
        "choices.toml, na_share: True is not a number",
        "choices.toml, named: 'Ghent' is not a list of texts",
        "choices.toml, resamples: draws is below 1, or resamples below 0",
        "choices.toml, role_order: [1] is not a list of texts",
        "choices.toml, seed: there is no such choice; there are mean, missing, threshold,"
        " na_share, raters, draws, resamples, named, known, role_order",
        "choices.toml, threshold: threshold is 2.0, not between 0 and 1",
    ]


def test_what_is_no_choice_at_all_is_named(tmp_path):
    assert config_faults(tmp_path, b"\xff\xfe") == ["choices.toml is not UTF-8"]
    assert config_faults(tmp_path, "draws = \n") == [
        "choices.toml is not TOML: Invalid value (at line 1, column 9)"
    ]
    assert config_faults(tmp_path, "threshold = nan\n") == [
        "choices.toml, threshold: threshold is nan, not between 0 and 1"
    ]


def test_every_table_is_written_to_its_last_digit(tmp_path):
    result = a_result()

    write(result, tmp_path / "out")

    for name, table in result.tables.items():
        back = pd.read_csv(tmp_path / "out" / f"{name}.csv", dtype=str, keep_default_na=False)
        assert list(back.columns) == list(table.columns)
        assert len(back) == len(table)
        for column in table.select_dtypes("float64"):
            numbers = [float(cell) if cell else np.nan for cell in back[column]]
            np.testing.assert_array_equal(numbers, table[column], column)


def test_no_text_runs_as_a_formula_and_numbers_stay_numbers(tmp_path):
    write(a_result(), tmp_path / "out")

    scores, gaps = (
        (tmp_path / "out" / f"{name}.csv").read_text() for name in ("scores_out", "gaps")
    )
    raters = (tmp_path / "out" / "raters.csv").read_text().splitlines()
    assert scores.splitlines()[1].startswith("2026,'=Ghent,overall,self,,,,,1,1,")
    assert "\n2026,=" not in scores
    assert raters[1].startswith("2026,'-ann,")
    assert "2026,'=Ghent,PM1.1,peer_calibrated,75.0,50.0,25.0,,,,,1,1.0,\n" in gaps


def test_negative_numbers_nothing_and_line_ends_in_a_table(tmp_path):
    odd = pd.DataFrame(
        {
            "city": ["-x", "a\rb", None, "nan"],
            "value": [-2.5, float("inf"), float("nan"), 1 / 3],
            "rank": pd.array([-1, None, 3, 4], dtype="Int64"),
            "real": [True, False, True, False],
        }
    )

    assert files._csv_of(odd) == (
        b'city,value,rank,real\n\'-x,-2.5,-1,True\n"a\nb",,,False\n,,3,True\n'
        b"nan,0.3333333333333333,4,False\n"
    )


def test_the_index_says_what_the_result_was_made_of(tmp_path):
    result = a_result()

    written = write(result, tmp_path / "out", [("summary.txt", "Straße\n")])

    content = json.loads((tmp_path / "out" / "result.json").read_text("utf-8"))
    assert {key: content[key] for key in list(content)[:5]} == {
        "config_hash": result.config_hash,
        "data_hash": result.data_hash,
        "seed": 0,
        "method_version": result.method_version,
        "result_hash": result.result_hash,
    }
    assert content["config"]["draws"] == 20
    assert content["config"]["threshold"] == 2 / 3
    assert [file["name"] for file in content["files"]] == [
        *(f"{name}.csv" for name in result.tables),
        "summary.txt",
    ]
    assert content["files"][0]["rows"] == len(result.scores)
    assert content["files"][-1] == {
        "name": "summary.txt",
        "sha256": hashlib.sha256("Straße\n".encode()).hexdigest(),
    }
    on_disk = every_file(tmp_path / "out")
    assert {file.name: file.sha256 for file in written} == {
        name: hashlib.sha256(octets).hexdigest()
        for name, octets in on_disk.items()
        if name != "result.json"
    }
    assert all(b"\r" not in octets for octets in on_disk.values())


@pytest.mark.parametrize("seed", range(2))
def test_the_order_of_rows_and_columns_changes_no_byte_of_any_file(tmp_path, seed):
    frames = drawn(["Ghent", "Αθήνα", "=Łódź", "a\nb"], statements=1, rounds=("2024", "2026"))
    for name, given in (("one", frames), ("other", shuffled(frames, seed))):
        tables = read(as_files(given, tmp_path / f"{name}-in"))
        write(compute(tables, QUICK), tmp_path / name)

    assert every_file(tmp_path / "one") == every_file(tmp_path / "other")


def test_an_earlier_result_is_replaced_whole_and_keeps_who_may_read_it(tmp_path):
    out = tmp_path / "deep" / "out"
    write(a_result(), out, [("charts/2026/old.svg", "<svg/>")])
    (out / ".DS_Store").write_bytes(b"")
    out.chmod(0o700)

    write(a_result(), out, [("summary.txt", "new\n")])

    assert sorted(every_file(out)) == sorted(
        ["result.json", "summary.txt", *(f"{name}.csv" for name in a_result().tables)]
    )
    assert not (out / "charts").exists()
    assert out.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_an_empty_folder_may_be_written_into(tmp_path):
    (tmp_path / "out").mkdir()

    write(a_result(), tmp_path / "out")

    assert (tmp_path / "out" / "result.json").exists()


@pytest.mark.parametrize("index", [None, "{}", "[]", "{", '{"files": [{}], "result_hash": "x"}'])
def test_the_files_of_others_are_never_replaced(tmp_path, index):
    (tmp_path / "notes.txt").write_text("mine")
    if index is not None:
        (tmp_path / "result.json").write_text(index)

    with pytest.raises(Occupied, match="which is not of an earlier result"):
        write(a_result(), tmp_path)

    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_file_put_beside_an_earlier_result_is_not_lost(tmp_path):
    out = tmp_path / "out"
    write(a_result(), out)
    (out / "charts").mkdir()
    (out / "charts" / "mine.svg").write_text("mine")

    with pytest.raises(Occupied) as caught:
        need_room(out)

    assert str(caught.value) == f"{out} holds charts/mine.svg, which is not of an earlier result."


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "out").write_text("mine")

    with pytest.raises(Occupied, match="out is a file"):
        write(a_result(), tmp_path / "out")


def test_a_crash_leaves_the_earlier_result_and_nothing_else(tmp_path):
    def texts():
        yield "summary.txt", "half\n"
        raise RuntimeError("the light went out")

    write(a_result(), tmp_path / "out", [("summary.txt", "whole\n")])
    before = every_file(tmp_path)

    with pytest.raises(RuntimeError, match="the light went out"):
        write(a_result(), tmp_path / "out", texts())

    assert every_file(tmp_path) == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_the_earlier_result_comes_back_where_the_new_one_cannot_take_its_place(
    tmp_path, monkeypatch
):
    out = tmp_path / "out"
    write(a_result(), out, [("summary.txt", "old\n")])
    rename = type(out).rename

    def refusing(path, target):
        if path.name == "made":
            raise PermissionError(13, "Permission denied")
        return rename(path, target)

    monkeypatch.setattr(type(out), "rename", refusing)
    with pytest.raises(PermissionError):
        write(a_result(), out, [("summary.txt", "new\n")])

    assert (out / "summary.txt").read_text() == "old\n"


@pytest.mark.parametrize("name", ["../out.txt", "/etc/x", "a/../../x", "."])
def test_no_text_leaves_the_folder(tmp_path, name):
    with pytest.raises(ValueError, match="is not inside the folder"):
        write(a_result(), tmp_path / "out", [(name, "x")])

    assert list(tmp_path.iterdir()) == []


def test_two_texts_of_one_name_are_not_written_over_each_other(tmp_path):
    with pytest.raises(FileExistsError):
        write(a_result(), tmp_path / "out", [("a.txt", "1"), ("a.txt", "2")])


@pytest.mark.parametrize("plain", ["ghent", "sao-paulo", "2026", "c007"])
def test_a_plain_id_is_its_own_file_name(plain):
    assert file_name(plain) == plain


def test_any_id_has_a_file_name_of_its_own_on_every_file_system():
    ids = ["ghent", "Ghent", "GHENT", "ghént", "ghe\u0301nt", "gh/ent", "gh\\ent", "..", ".", "",
           "../../etc/passwd", "con", "NUL", "a" * 300, "a" * 61, "Αθήνα", "東京", "a b", "a_b",
           "a.b", "-x", "x-", "\0", "\ud800", "a\nb", " ghent", "ghent ", "ß", "ss"]  # fmt: skip
    ids += [file_name(one) for one in ids if file_name(one) != one]

    names = [file_name(one) for one in ids]

    assert len({name.casefold() for name in names}) == len(ids)
    assert all(name.isascii() and len(name) <= 60 for name in names)
    assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") for name in names)
    assert (
        file_name("São Paulo")
        == "sao-paulo-" + hashlib.sha256("São Paulo".encode()).hexdigest()[:16]
    )
    assert not {"con", "nul"} & set(names)
