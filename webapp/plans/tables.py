"""A plan as a table for spreadsheets: one row for each recommendation."""

from __future__ import annotations

import pandas as pd
from flask_babel import gettext

from webapp import filters
from webapp.plans.pages import ItemLine, PlanPage


def table_of(page: PlanPage) -> pd.DataFrame:
    """What the page of a plan shows."""
    rows = [_row(page, one) for one in page.items]
    return pd.DataFrame(rows, columns=list(_row(page, None)))


def _row(page: PlanPage, one: ItemLine | None) -> dict[str, str]:
    last = one.updates[-1] if one and one.updates else None
    return {
        gettext("City"): page.place.city,
        gettext("Round"): page.place.round,
        gettext("Recommendation"): one.id if one else "",
        gettext("Statement"): one.statement if one else "",
        gettext("Text"): one.text if one else "",
        gettext("Priority"): one.priority if one else "",
        gettext("Addressed to"): one.addressee if one else "",
        gettext("Answer"): one.response if one else "",
        gettext("Action or reason"): one.action if one else "",
        gettext("Who sees to it"): one.owner if one else "",
        gettext("Until"): one.due.isoformat() if one and one.due else "",
        gettext("State"): one.words if one else "",
        gettext("Overdue"): gettext("yes") if one and one.overdue else "",
        gettext("Last update"): last.text if last else "",
        gettext("Last update at"): filters.date_time(last.at) if last else "",
        gettext("Last update by"): last.by if last else "",
    }
