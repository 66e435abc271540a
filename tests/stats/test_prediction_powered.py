"""Prediction-powered inference: against ppi-python, by simulation, and where judges are perfect, useless or alone."""

import numpy as np
import pytest
from scipy.stats import norm, t

from trimtab.stats import prediction_powered, prediction_powered_width

PLACES, MORE = np.arange(40), np.arange(160)
PEOPLE = np.round(0.5 + 0.4 * np.sin(PLACES * 1.7), 4)
JUDGED = np.round(0.55 + 0.35 * np.sin(PLACES * 1.7 + 0.4), 4)
REST = np.round(0.55 + 0.35 * np.sin(MORE * 2.3 + 0.1), 4)
THEIRS = {None: (0.50394445, 0.45439975, 0.55348915), 1.0: (0.50330188, 0.45174861, 0.55485514),
          0.5: (0.50512219, 0.44800630, 0.56223807)}  # fmt: skip
"""Estimate and 95 % interval of `ppi_mean_pointestimate` and `ppi_mean_ci` of ppi-python 0.2.3, by power (`lam`)."""


@pytest.mark.parametrize("power", THEIRS)
def test_it_is_ppi_python_with_students_quantile(power: float | None) -> None:
    found = prediction_powered(PEOPLE, JUDGED, REST, power=power)
    estimate, low, high = THEIRS[power]
    assert found.corrected.estimate == pytest.approx(estimate, abs=1e-7)
    labelled, rest = (PEOPLE - found.power * JUDGED).var() / 40, found.power**2 * REST.var() / 160
    wider = t.ppf(0.975, 39) / norm.ppf(0.975) * ((labelled * 40 / 39 + rest * 160 / 159) / (labelled + rest)) ** 0.5
    assert (found.corrected.high - found.corrected.low) / (high - low) == pytest.approx(wider, rel=1e-6)


def test_it_holds_the_truth_where_the_judges_rate_does_not() -> None:
    rng = np.random.default_rng(3)
    held, widths, formula = np.zeros(2), [], []
    for _ in range(300):
        y = (rng.random(1000) < 0.3).astype(float)
        f = np.where(y == 1, rng.random(1000) < 0.98, rng.random(1000) < 0.123).astype(float)
        found = prediction_powered(y[:150], f[:150], f[150:])
        held += [each.low <= 0.3 <= each.high for each in (found.raw, found.corrected)]
        widths.append((found.corrected.high - found.corrected.low) / (found.labels.high - found.labels.low))
        formula.append(prediction_powered_width(found.correlation or 0, 150, 850))
    assert held[0] / 300 < 0.1
    assert 0.93 <= held[1] / 300 <= 0.975
    assert np.mean(widths) == pytest.approx(np.mean(formula), abs=0.04)


def test_a_useless_judge_weighs_nothing() -> None:
    found = prediction_powered(PEOPLE, 1 - PEOPLE, REST)
    assert found.power == 0
    assert found.corrected.estimate == pytest.approx(PEOPLE.mean())


def test_a_judge_that_erred_in_none_of_a_few_is_not_taken_to_err_never() -> None:
    y = np.tile([0.0, 1.0], 15)
    found = prediction_powered(y, y, np.tile([0.0, 1.0], 5000)).corrected
    assert found.estimate == pytest.approx(0.5)
    assert found.high - found.low > 0.05


def test_without_more_items_it_is_peoples_labels() -> None:
    found = prediction_powered(PEOPLE, JUDGED, [])
    assert found.power == 0
    assert found.corrected.estimate == pytest.approx(PEOPLE.mean())


def test_too_few_labels_are_refused() -> None:
    with pytest.raises(ValueError, match="10 labelled"):
        prediction_powered([1.0] * 9, [1.0] * 9, [1.0])
