"""What may stand behind the question mark of a benchmark's address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import abort, request

from webapp.dashboards.charts import Filters
from webapp.dashboards.views import QUESTIONS


def filters_asked(
    roles: Sequence[str], cities: Sequence[str], series: Sequence[str], *, usual: str
) -> Filters:
    """The filters of this request. What is not offered is refused, never ignored."""
    offered: Mapping[str, Sequence[str]] = {"role": roles, "city": cities, "series": series}
    asked = {name: request.args.get(name, "") for name in QUESTIONS}
    if any(value and value not in offered[name] for name, value in asked.items()):
        abort(422)
    return Filters(asked["role"], asked["city"], asked["series"] or usual)
