"""Many people save the same answers at once: nothing acknowledged is lost, doubled, reordered
or written over unseen. `make soak` runs the long form."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from random import Random

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import ChainHead, Entry
from tests.databases import engine_for
from tests.faults.history import Save, faults, read
from tests.faults.serving import Server
from tests.faults.typists import (
    CODES,
    PEOPLE,
    Typist,
    assessment_id,
    over_http,
    type_directly,
)
from webapp.commands import walked

SAVES = int(os.environ.get("SOAK_SAVES", "600"))
"""On each database: so many through the verbs, and a fourth of it over HTTP."""
PROCESSES = 3
CLIENTS = 6

pytestmark = pytest.mark.timeout(60 + SAVES // 20)


def entries(url: str) -> int:
    engine = engine_for(url)
    with Session(engine) as session:
        count = session.scalar(select(func.count()).where(Entry.action == "answer:write"))
    engine.dispose()
    return count or 0


def check(url: str, saves: Sequence[Save], entries_before: int) -> None:
    engine = engine_for(url)
    with Session(engine) as session:
        database = read(session, assessment_id(session), CODES)
        head = session.get_one(ChainHead, 1)
        count, broken = walked(session.scalars(select(Entry).order_by(Entry.sequence)), head)
    engine.dispose()
    assert faults(saves, database) == []
    assert (broken, count) == ("", head.sequence)
    taken = {save.key for save in saves if save.number is not None}
    assert {one.key for one in database.revisions if one.key} >= taken
    # One deed in the journal for each save that counted, none for one that was repeated.
    assert entries(url) - entries_before == len(taken)


def of_every_kind(saves: Sequence[Save]) -> bool:
    """A history without refusals and repetitions would prove little."""
    keys = [save.key for save in saves if save.number is not None]
    refused = [save for save in saves if save.number is None]
    return bool(refused) and len(set(keys)) < len(keys) and {one.thing for one in saves} == {*CODES}


def test_saves_of_several_processes_are_all_there_once_and_in_order(demo_url):
    before = entries(demo_url)
    spawn = multiprocessing.get_context("spawn")

    with ProcessPoolExecutor(PROCESSES, mp_context=spawn) as pool:
        typed = [
            pool.submit(type_directly, demo_url, PEOPLE[number % 2], SAVES // PROCESSES, number)
            for number in range(PROCESSES)
        ]
        saves = [save for one in typed for save in one.result()]

    assert of_every_kind(saves)
    check(demo_url, saves, before)


def test_saves_over_http_are_all_there_once_and_in_order(demo_url, tmp_path):
    before, server = entries(demo_url), Server(demo_url, tmp_path)
    who = [PEOPLE[number % 2] for number in range(CLIENTS)]

    with server.signed_in(who) as clients, server.running(), ThreadPoolExecutor(CLIENTS) as pool:
        typists = [Typist(over_http(one), Random(number)) for number, one in enumerate(clients)]
        for done in [pool.submit(one.type, SAVES // 4 // CLIENTS) for one in typists]:
            done.result()

    saves = [save for one in typists for save in one.saves]
    assert of_every_kind(saves)
    check(demo_url, saves, before)
