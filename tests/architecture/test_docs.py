"""The documents name what the program has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from models import Base
from reviews.phases import Phase
from webapp.commands import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
GLOSSARY = (ROOT / "docs/glossary.md").read_text()
OPERATIONS = (ROOT / "docs/operations.md").read_text()
ARCHITECTURE = (ROOT / "docs/architecture.md").read_text()
README = (ROOT / "README.md").read_text()

# What holds no idea of the process: members of a city or round, and the journal's last link.
PLAIN = {"ChainHead", "City", "CityMembership", "RoundMembership", "User"}


def test_every_table_is_in_the_glossary():
    tables = {mapper.class_.__name__ for mapper in Base.registry.mappers} - PLAIN

    assert {name for name in tables if f"`{name}`" not in GLOSSARY} == set()


def test_the_glossary_names_no_table_that_is_gone():
    named = set(re.findall(r"`([A-Z][A-Za-z]+)`", GLOSSARY)) | PLAIN
    known = {mapper.class_.__name__ for mapper in Base.registry.mappers} | {"Phase"}

    assert named == known


def test_every_setting_is_explained():
    settings = set(re.findall(r'"(CITYREVIEW_[A-Z0-9_]+)"', (ROOT / "config.py").read_text()))

    assert len(settings) == 23
    assert {name for name in settings if f"`{name}`" not in OPERATIONS} == set()


@pytest.mark.parametrize("letter", [phase.value for phase in Phase])
def test_every_phase_is_explained(letter):
    assert f"| {letter} | " in ARCHITECTURE


def test_every_command_is_named_in_the_readme():
    assert {command.name for command in COMMANDS if command.name not in README} == set()


@pytest.mark.parametrize("picture", re.findall(r"\]\((docs/[^)]+\.png)\)", README))
def test_every_picture_of_the_readme_is_there(picture):
    assert (ROOT / picture).stat().st_size > 10_000
