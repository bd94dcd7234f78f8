"""A lead officer reads the benchmark of the city, and how one of its figures was made."""

from __future__ import annotations

import pytest

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(240),
    # What the pages do is tested on both databases elsewhere.
    pytest.mark.parametrize("demo_url", ["demo_sqlite"], indirect=True),
]


def test_from_the_task_list_to_the_benchmark_and_down_to_a_single_answer(meet):
    lead = meet("lead.vinterhamra@example.org")
    lead.open("/rounds/2024/vinterhamra")

    lead.follow("Benchmark: where we stand")
    lead.sees("How do we stand in the four roles?")

    row = lead.page.get_by_role("row", name="BU1 Equality in buying").first
    lead.go(row.get_by_role("link").nth(1))
    lead.sees("Together the parts come to 16.7: the figure above.")
    lead.look()

    lead.follow("BU1.2 Equality in each step of a tender")
    lead.sees("Down to the answers")
