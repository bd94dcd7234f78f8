"""Instruments: drafted, published once for good, retired."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from models import Instrument, InstrumentState, User
from reviews.journal import record
from reviews.machine import Machine, Step
from reviews.submissions import canonical, sha256

Draft, Published, Retired = (
    InstrumentState.DRAFT,
    InstrumentState.PUBLISHED,
    InstrumentState.RETIRED,
)

# fmt: off
LIFE = Machine(Draft, [
    Step("publish", Draft,     Published),
    Step("retire",  Published, Retired),
], refusals={
    Draft:     "The instrument is still a draft.",
    Published: "The instrument is published and does not change any more.",
    Retired:   "The instrument is retired.",
})
# fmt: on


def publish(instrument: Instrument, *, by: User, now: datetime) -> None:
    """Make an instrument immutable and give it the hash of its whole content."""
    target = LIFE.after(instrument.state, "publish")
    instrument.sha256 = sha256(canonical(content(instrument)))
    instrument.published_at = now
    instrument.state = target
    record(
        by,
        "instrument:publish",
        None,
        now=now,
        code=instrument.code,
        version=instrument.version,
        sha256=instrument.sha256,
    )


def retire(instrument: Instrument, *, by: User, now: datetime) -> None:
    """Keep an instrument for its old rounds, and offer it for no new one."""
    instrument.state = LIFE.after(instrument.state, "retire")
    record(by, "instrument:retire", None, now=now, code=instrument.code, version=instrument.version)


def content(instrument: Instrument) -> dict[str, Any]:
    """All that an instrument says, as plain values in its order."""
    return {
        "code": instrument.code,
        "version": instrument.version,
        "title": instrument.title,
        "language": instrument.language,
        "source": instrument.source,
        "introduction": instrument.introduction,
        "scale": [instrument.scale_minimum, instrument.scale_maximum],
        "roles": [
            {
                "code": role.code,
                "title": role.title,
                "summary": role.summary,
                "commitments": [
                    {
                        "code": commitment.code,
                        "title": commitment.title,
                        "text": commitment.text,
                        "principles": commitment.principles,
                        "weight": commitment.weight,
                        "statements": [
                            {
                                "code": statement.code,
                                "anchor": statement.anchor,
                                "kind": statement.kind.value,
                                "title": statement.title,
                                "text": statement.text,
                                "guidance": statement.guidance,
                                "evidence": statement.evidence_examples,
                                "weight": statement.weight,
                                "may_be_outside_remit": statement.may_be_outside_remit,
                                "levels": [level.text for level in statement.levels],
                            }
                            for statement in commitment.statements
                        ],
                    }
                    for commitment in role.commitments
                ],
            }
            for role in instrument.roles
        ],
    }
