"""What is submitted stays as it is."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AssessmentState, FrozenRow, ReviewSubmission, Submission
from tests.builders import a_submitted_review, an_assessment, store


@pytest.fixture
def signed(session: Session) -> Submission:
    store(session, an_assessment(state=AssessmentState.SUBMITTED))
    session.commit()
    return session.scalars(select(Submission)).one()


@pytest.fixture
def review(session: Session) -> ReviewSubmission:
    store(session, a_submitted_review().assessment)
    session.commit()
    return session.scalars(select(ReviewSubmission)).one()


def test_a_signed_version_cannot_be_changed(session: Session, signed: Submission):
    signed.document = "{}"

    with pytest.raises(FrozenRow, match=f"^Submission {signed.id} never changes$"):
        session.flush()


def test_a_signed_version_cannot_be_deleted(session: Session, signed: Submission):
    session.delete(signed)

    with pytest.raises(FrozenRow, match=f"^Submission {signed.id} never changes$"):
        session.flush()


def test_a_finished_review_cannot_be_changed(session: Session, review: ReviewSubmission):
    review.packed = b"\x04" * 5

    with pytest.raises(FrozenRow, match=f"^ReviewSubmission {review.id} never changes$"):
        session.flush()


def test_a_finished_review_cannot_be_deleted(session: Session, review: ReviewSubmission):
    session.delete(review)

    with pytest.raises(FrozenRow, match=f"^ReviewSubmission {review.id} never changes$"):
        session.flush()


def test_a_signed_version_comes_back_as_it_was_signed(session: Session, signed: Submission):
    before = (signed.document, signed.sha256, signed.packed, signed.signed_at)
    session.expire_all()

    assert (signed.document, signed.sha256, signed.packed, signed.signed_at) == before


def test_the_next_version_leaves_the_signed_one_alone(session: Session, signed: Submission):
    assessment = signed.assessment
    assessment.version = 2
    assessment.submissions.append(
        Submission(
            version=2,
            document="{}",
            sha256="e" * 64,
            packed=b"",
            signed_by=signed.signed_by,
            signed_at=signed.signed_at,
        )
    )
    session.commit()

    assert [one.version for one in assessment.submissions] == [1, 2]
