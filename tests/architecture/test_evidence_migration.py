"""Evidence of the first schema, each piece of one assessment, becomes a city's library and back."""

from __future__ import annotations

import flask_migrate
import pytest
from sqlalchemy import inspect, text

from webapp.extensions import db

MOMENT, LATER = "2026-03-02 09:30:00.000000", "2026-09-30 21:59:59.000000"
ROWS = {
    "city": "id, slug, name, country: 1, 'ghent', 'Ghent', 'BE'; 2, 'lyon', 'Lyon', 'FR'",
    "user": "id, email, name, password_hash, active, created_at, platform_role:"
    " 1, 'ana@example.org', 'Ana', 'x', TRUE, :at, 'member'",
    "instrument": "id, code, version, title, language, source, introduction, scale_minimum,"
    " scale_maximum, state: 1, 'small', '1', 'Small', 'en', '', '', 0, 4, 'draft'",
    "role": "id, instrument_id, code, title, summary, position: 1, 1, 'r', 'R', '', 1",
    "commitment": "id, role_id, code, title, text, principles, weight, position:"
    " 1, 1, 'PM1', 'C', '', '[]', 1, 1",
    "statement": "id, commitment_id, code, anchor, kind, title, text, guidance, evidence_examples,"
    " weight, may_be_outside_remit, position:"
    " 1, 1, 'PM1.1', 'a', 'policy', 'S', '', '', '[]', 1, FALSE, 1",
    "round": "id, instrument_id, slug, title, answers_due, reviews_due, minimum_reviewers, state,"
    " created_at: 1, 1, '2024', 'R', :at, :later, 2, 'open', :at; 2, 1, '2026', 'R', :at, :later,"
    " 2,"
    " 'open', :at",
    "assessment": "id, round_id, city_id, state, version, sent_back_reason:"
    " 1, 1, 1, 'draft', 1, ''; 2, 2, 1, 'draft', 1, ''; 3, 2, 2, 'draft', 1, ''",
    "evidence": "id, assessment_id, added_by_id, kind, title, added_at, address, file_name,"
    " media_type, size, sha256, stored_as:"
    " 5, 1, 1, 'link', 'Minutes', :at, 'https://example.org', NULL, NULL, NULL, NULL, NULL;"
    " 6, 3, 1, 'link', 'Page', :at, 'https://example.org', NULL, NULL, NULL, NULL, NULL;"
    " 7, 2, 1, 'file', 'Plan', :at, NULL, 'plan.pdf', 'application/pdf', 9, 'aa', 'bb'",
    "citation": "id, evidence_id, statement_id, pointer, withdrawn_at:"
    " 1, 5, 1, 'page 3', NULL; 2, 7, 1, '', :at",
}


@pytest.fixture
def at_the_first_schema(app):
    with app.app_context():
        db.drop_all()
        flask_migrate.upgrade(revision="0001")
        for table, written in ROWS.items():
            columns, rows = written.split(":", 1)
            for row in rows.split(";"):
                db.session.execute(
                    text(f'INSERT INTO "{table}" ({columns}) VALUES ({row})'),  # noqa: S608
                    {"at": MOMENT, "later": LATER},
                )
        db.session.commit()
        yield
        db.session.remove()
        with db.engine.begin() as connection:
            connection.execute(text("DROP TABLE alembic_version"))
        flask_migrate.stamp(revision="0001")
        flask_migrate.downgrade(revision="base")
        with db.engine.begin() as connection:
            connection.execute(text("DROP TABLE alembic_version"))
        db.create_all()


def rows(columns: str, table: str) -> list[tuple[object, ...]]:
    found = db.session.execute(text(f'SELECT {columns} FROM "{table}" ORDER BY id')).all()  # noqa: S608
    db.session.commit()
    return [tuple(row) for row in found]


def test_evidence_of_assessments_becomes_the_library_of_their_city_and_back(at_the_first_schema):
    before = {
        "evidence": rows("id, assessment_id, kind, title, address, stored_as", "evidence"),
        "citation": rows("id, evidence_id, statement_id, pointer", "citation"),
    }

    flask_migrate.upgrade(revision="0002")

    assert rows("id, city_id, number, title, document_kind, confidentiality", "evidence") == [
        (5, 1, 1, "Minutes", "web-page", "reviewers"),
        (6, 2, 1, "Page", "web-page", "reviewers"),
        (7, 1, 2, "Plan", "other", "reviewers"),
    ]
    assert rows("evidence_id, number, kind, address, stored_as", "evidence_version") == [
        (5, 1, "link", "https://example.org", None),
        (6, 1, "link", "https://example.org", None),
        (7, 1, "file", None, "bb"),
    ]
    assert rows("id, evidence_id, assessment_id, pointer, claim", "citation") == [
        (1, 5, 1, "page 3", ""),
        (2, 7, 2, "", ""),
    ]
    checks = {one["name"] for one in inspect(db.engine).get_check_constraints("evidence")}
    assert len(checks) == 3

    flask_migrate.downgrade(revision="0001")

    assert before == {
        "evidence": rows("id, assessment_id, kind, title, address, stored_as", "evidence"),
        "citation": rows("id, evidence_id, statement_id, pointer", "citation"),
    }
