"""The demonstration world: twelve invented cities, one finished round and one in full swing.

Cities, people, answers, scores and documents are all invented; only the countries exist.
Everything comes about through the verbs of `reviews`, in the order of time, so that journal,
revisions, signed versions and hashes are as real as in an installation at work.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from webapp.demonstration.people import DEMO_PASSWORD, DemoAccount, accounts, settle
from webapp.demonstration.pool import fill_pool
from webapp.demonstration.rounds import earlier_round, present_round

__all__ = ["DEMO_PASSWORD", "DemoAccount", "accounts", "build"]


def build(session: Session, *, now: datetime, password_hash: str) -> None:
    """Build the whole world in an empty database; the caller commits.

    The same `now` gives the same world, another one the same deeds at other times. The round
    of 2024 keeps its dates; all that happens in the round of 2026 lies in the eleven weeks
    before `now`, its deadlines after it.
    """
    with session.no_autoflush:
        world = settle(session, password_hash)
        fill_pool(world)
        earlier_round(world)
        present_round(world, now)
        session.flush()
