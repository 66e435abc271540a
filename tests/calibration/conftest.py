"""Made answers refuse nothing, and the scorer that looks for refusals takes milliseconds a text."""

import pytest

from trimtab.records import Score


@pytest.fixture(autouse=True)
def _no_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    def judged(prompt: str, answer: str) -> Score:
        return Score(scorer="refusal", value=0.0, label="refuse" if answer.startswith("I cannot") else "comply")

    monkeypatch.setattr("trimtab.calibration.measure.judge_refusal", judged)
