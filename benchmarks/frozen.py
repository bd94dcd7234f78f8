"""A result and its input as text that is kept for good: the same figures, the same characters."""

import json
import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from benchmarks.compute import COLUMNS
from benchmarks.config import BenchmarkConfig
from benchmarks.result import BenchmarkResult

STRUCTURE = {
    "code": "str",
    "parent": "str",
    "level": "Int64",
    "weight": "float64",
    "aggregation": "str",
    "effective_weight": "float64",
}
_NAMES = {"scores": "scores_out"}


def frozen(result: BenchmarkResult) -> str:
    """The result as canonical JSON: tables by name and column, what is not a number as null."""
    tables = {
        name: _columns(result.tables[_NAMES.get(name, name)]) for name in (*COLUMNS, "structure")
    }
    return _canonical(
        {
            "tables": tables,
            "config": result.config.as_dict,
            "config_hash": result.config_hash,
            "data_hash": result.data_hash,
            "seed": result.seed,
            "method_version": result.method_version,
        }
    )


def thawed(text: str) -> BenchmarkResult:
    """The result behind such a text; nothing is computed again.

    Raises `ValueError`, `KeyError` or `TypeError` for a text that `frozen` has not written.
    """
    kept = json.loads(text)
    types = {**COLUMNS, "structure": STRUCTURE}
    tables = {name: _frame(kept["tables"][name], columns) for name, columns in types.items()}
    return BenchmarkResult(
        **tables,
        config=BenchmarkConfig.of(kept["config"]),
        config_hash=kept["config_hash"],
        data_hash=kept["data_hash"],
        seed=kept["seed"],
        method_version=kept["method_version"],
    )


def _columns(table: pd.DataFrame) -> dict[str, list[Any]]:
    return {str(name): [_plain(value) for value in table[name].tolist()] for name in table}


def _plain(value: Any) -> Any:
    if value is None or value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value


def _frame(columns: Mapping[str, list[Any]], types: Mapping[str, str]) -> pd.DataFrame:
    table = pd.DataFrame({name: pd.Series(columns[name], dtype=object) for name in types})
    return table.astype(dict(types))


def _canonical(document: Mapping[str, Any]) -> str:
    return json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
