"""The equations by themselves; `test_severity` holds them against the model written out."""

import numpy as np
import pytest

from benchmarks import reml


def counted(seed=1, cities=5, roles=2, raters=4, statements=6):
    """Everybody marks everything: numbers of city, role, statement, rater, level, and marks."""
    lot = np.random.default_rng(seed)
    city, statement, rater = (
        x.ravel() for x in np.indices((cities, statements, raters), dtype=np.int64)
    )
    role = statement % roles
    y = lot.normal(0, 10, cities)[city] + lot.normal(0, 8, raters)[rater]
    y = y + lot.normal(0, 5, (cities, roles))[city, role] + lot.normal(0, 6, len(city))
    return reml.counts(city, role, statement, rater, role, y - y.mean())


def test_counts_tell_how_often_the_unknowns_of_a_city_meet():
    c = counted(cities=2, roles=2, raters=3, statements=4)

    # Two roles, three places, the city: 2 statements x 3 raters in a role, 4 marks of a rater.
    assert c.own[0].tolist() == [
        [6, 0, 2, 2, 2, 6],
        [0, 6, 2, 2, 2, 6],
        [2, 2, 4, 0, 0, 4],
        [2, 2, 0, 4, 0, 4],
        [2, 2, 0, 0, 4, 4],
        [6, 6, 4, 4, 4, 12],
    ]
    assert c.items[0].tolist() == [
        [3, 0, 3, 0],
        [0, 3, 0, 3],
        *[[1, 1, 1, 1]] * 3,
        [3, 3, 3, 3],
    ]
    assert (c.n_places, c.n_seats, c.repeats) == (3, 3 + 2 + 1, True)


def test_the_found_variances_are_where_the_likelihood_is_flat():
    c = counted()
    best = reml.reml(c)

    for source in range(5):
        if best.ratio[source] < 2 * np.exp(reml.LOWEST):
            continue
        for step in (-0.01, 0.01):
            ratio = best.ratio.copy()
            ratio[source] *= np.exp(step)
            assert reml.solve(c, ratio).deviance > best.deviance


def test_a_single_role_is_the_city_itself():
    c = counted(roles=1)

    ratio = reml.reml(c).ratio

    assert ratio[reml.ROLE] == pytest.approx(np.exp(reml.LOWEST))
    assert ratio[reml.CITY] > 0.1
