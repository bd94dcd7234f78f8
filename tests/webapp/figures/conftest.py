"""For tests of words and tables that touch no database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser import settings
from webapp import create_app


@pytest.fixture(scope="module")
def speaking_only(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The application's language, and nothing else of it."""
    app = create_app(settings("sqlite://", tmp_path_factory.mktemp("words")))
    with app.test_request_context():
        yield
