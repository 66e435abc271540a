"""Dawid and Skene's model against crowd-kit's, and against the truth that answers were made from."""

import numpy as np
import pytest

from trimtab.stats import dawid_skene

MADE = (
    "0100 .001 11.0 0000 0000 .011 0.01 .000 1010 .110 00.0 0.00 1110 00.0 1.01 1001 1110 0100 1011 00.0 1100 0001 "
    "0.10 0100 0100 .100 00.0 1.11 1111 0.1."
)
"""Thirty items, four reviewers, two answers; a dot is no judgement."""
SHARES = [0.593298, 0.406702]
SAYS = [
    [[1.0, 0.0], [0.0, 1.0]],
    [[0.630991, 0.369009], [0.420838, 0.579162]],
    [[0.822254, 0.177746], [0.326198, 0.673802]],
    [[0.833097, 0.166903], [0.492157, 0.507843]],
]
UNSURE = {1: 0.355616, 5: 0.840597, 7: 0.096777, 9: 0.706692, 25: 0.20137}
"""crowd-kit 1.4.2, DawidSkene(n_iter=3000, tol=-1): priors, errors, and the chance of 1 where the first is silent."""


def long_form(made: str) -> tuple[list[int], list[int], list[int]]:
    cells = [(i, r, int(a)) for i, row in enumerate(made.split()) for r, a in enumerate(row) if a != "."]
    return [i for i, _, _ in cells], [r for _, r, _ in cells], [a for _, _, a in cells]


def test_it_is_crowd_kits_once_that_has_settled() -> None:
    found = dawid_skene(*long_form(MADE))
    assert found.settled
    assert found.shares == pytest.approx(SHARES, abs=1e-4)
    assert found.says == pytest.approx(np.array(SAYS), abs=1e-4)
    assert {item: found.classes[item, 1] for item in UNSURE} == pytest.approx(UNSURE, abs=1e-4)


def test_it_finds_the_errors_and_the_truth_that_answers_were_made_from() -> None:
    rng = np.random.default_rng(4)
    errors = np.array([[[0.9, 0.1], [0.2, 0.8]], [[0.6, 0.4], [0.1, 0.9]], [[0.95, 0.05], [0.4, 0.6]]] * 2)
    truth = (rng.random(1500) < 0.3).astype(int)
    items, reviewers = (place.ravel() for place in np.indices((1500, 6)))
    answers = (rng.random(len(items)) < errors[reviewers, truth[items], 1]).astype(int)
    found = dawid_skene(items, reviewers, answers)
    assert found.says == pytest.approx(errors, abs=0.04)
    assert found.shares[1] == pytest.approx(0.3, abs=0.03)
    votes = np.bincount(items, answers) > 3
    assert (found.classes.argmax(axis=1) == truth).mean() > (votes == truth).mean() + 0.005


def test_its_likelihood_grows_and_weights_are_copies() -> None:
    items, reviewers, answers = long_form(MADE)
    twice = dawid_skene([*items, *(item + 30 for item in items)], reviewers * 2, answers * 2)
    weighed = dawid_skene(items, reviewers, answers, weights=np.full(30, 2.0))
    assert weighed.says == pytest.approx(twice.says, abs=1e-4)
    assert weighed.log_likelihood == pytest.approx(twice.log_likelihood, abs=1e-4)
    assert weighed.log_likelihood > dawid_skene(items, reviewers, answers, smoothing=5.0).log_likelihood * 2


def test_no_judgements_are_refused() -> None:
    with pytest.raises(ValueError, match="one shape"):
        dawid_skene([], [], [])
