"""Every choice the method leaves open, in one frozen value with a hash of its own."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

METHOD_VERSION = "1.1"

Mean = Literal["arithmetic", "geometric", "harmonic"]
Missing = Literal["reweight", "zero", "strict"]
Middle = Literal["mean", "median"]

MEANS: tuple[Mean, ...] = ("arithmetic", "geometric", "harmonic")
POLICIES: tuple[Missing, ...] = ("reweight", "zero", "strict")
MIDDLES: tuple[Middle, ...] = ("mean", "median")


@dataclass(frozen=True, kw_only=True)
class BenchmarkConfig:
    """The choices of one benchmark (METHOD 3); `ValueError` for one that does not exist.

    mean        None: each code's own `aggregation`; else this mean everywhere.
    missing     reweight: mean of what is there; zero: a hole counts 0; strict: a hole, no score.
    threshold   share of the applicable weight, 0..1, below which there is no score.
    na_share    share of those who answered, 0..1, that makes a statement not applicable.
    raters      how the peers' marks of one statement become one.
    draws       of the simulation behind ranks and bands (METHOD 3.7).
    resamples   of the bootstrap behind the limits of the agreement (METHOD 3.6).
    named       the cities that agreed to be named in group figures (METHOD 3.9).
    known       cities that were named before: what was shown of them counts as known.
    role_order  the roles as the charter lists them; others follow, by code.
    """

    mean: Mean | None = None
    missing: Missing = "reweight"
    threshold: float = 2 / 3
    na_share: float = 1 / 2
    raters: Middle = "mean"
    draws: int = 2000
    resamples: int = 2000
    named: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    role_order: tuple[str, ...] = ("policy-maker", "service-provider", "employer", "buyer")

    def __post_init__(self) -> None:
        if self.mean is not None and self.mean not in MEANS:
            raise ValueError(f"mean is {self.mean!r}, not one of {', '.join(MEANS)}")
        if self.missing not in POLICIES:
            raise ValueError(f"missing is {self.missing!r}, not one of {', '.join(POLICIES)}")
        if self.raters not in MIDDLES:
            raise ValueError(f"raters is {self.raters!r}, not one of {', '.join(MIDDLES)}")
        if not 0 <= self.threshold <= 1:
            raise ValueError(f"threshold is {self.threshold}, not between 0 and 1")
        if self.draws < 1 or self.resamples < 0:
            raise ValueError("draws is below 1, or resamples below 0")
        if not 0 < self.na_share <= 1:
            raise ValueError(f"na_share is {self.na_share}, not above 0 and up to 1")

    @property
    def as_dict(self) -> dict[str, Any]:
        """The choices by name, as JSON knows them."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def of(cls, choices: Mapping[str, Any]) -> "BenchmarkConfig":
        """The configuration behind `as_dict`. Raises `TypeError` for a name that there is not."""
        given: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in choices.items()
        }
        return cls(**given)

    @property
    def config_hash(self) -> str:
        """SHA-256 of the choices and of the method's version, in hexadecimal."""
        choices = asdict(self) | {"method_version": METHOD_VERSION}
        return hashlib.sha256(json.dumps(choices, sort_keys=True).encode()).hexdigest()
