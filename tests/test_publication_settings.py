"""Settings of publication: how many coordinators approve a report."""

from __future__ import annotations

import pytest

from config import Settings, WrongSetting

GIVEN = {"CITYREVIEW_SECRET_KEY": "k" * 40, "CITYREVIEW_DATABASE_URL": "sqlite://"}


def test_two_coordinators_approve_unless_something_else_is_said():
    one = Settings.from_environment(GIVEN | {"CITYREVIEW_PUBLICATION_APPROVERS": "1"})

    assert Settings.from_environment(GIVEN).publication_approvers == 2
    assert one.publication_approvers == 1


@pytest.mark.parametrize("wrong", ["0", "4", "-1", "two", "", "٢"])
def test_a_report_is_approved_by_one_to_three(wrong):
    with pytest.raises(WrongSetting, match="CITYREVIEW_PUBLICATION_APPROVERS"):
        Settings.from_environment(GIVEN | {"CITYREVIEW_PUBLICATION_APPROVERS": wrong})
