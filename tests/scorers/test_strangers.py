"""Scorers that others wrote are held to what a scorer is."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pytest

import trimtab as tt
from trimtab.judges import open_scorer
from trimtab.records import Score
from trimtab.scorers import SCORERS, find, register

ROWS = [{"prompt": "a", "response": f"hello there {i}"} for i in range(5)]


def fails(*_: object) -> Any:
    raise ZeroDivisionError("boom")


@pytest.fixture
def odd() -> Iterator[None]:
    yield
    SCORERS.pop("odd", None)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, Score(scorer="odd", value=math.nan)])
def test_what_is_no_finite_figure_could_not_judge(value: Any, odd: None) -> None:
    tt.scorer("odd", version="1")(lambda prompt, answer: value)
    found = tt.score(ROWS, ["odd"])
    assert [score.value for score in found.scores["odd"]] == [None] * 5
    assert found.scores["odd"][0].reason.startswith("could not judge: gave ")
    assert found.texts.evaluation.measures[0].reasons == {
        "gave nan" if math.isnan(float(getattr(value, "value", value))) else f"gave {value}": 5
    }


@pytest.mark.parametrize("value", [1, True, np.float32(1)])
def test_any_real_number_is_a_figure(value: Any, odd: None) -> None:
    tt.scorer("odd", version="1")(lambda prompt, answer: value)
    assert tt.score(ROWS, ["odd"]).scores["odd"][0].value == 1.0


@pytest.mark.parametrize(
    ("function", "why"),
    [(fails, "ZeroDivisionError: boom"), (lambda p, a: "0.5", "'0.5'"), (lambda p, a: [1.0], "no figure")],
)
def test_a_function_that_fails_or_gives_no_figure_is_one_message(
    function: Callable[[str, str], Any], why: str, odd: None
) -> None:
    tt.scorer("odd", version="1")(function)
    with pytest.raises(tt.UserError) as caught:
        tt.score(ROWS, ["odd"])
    assert "'odd'" in caught.value.given
    assert "'hello there 0'" in caught.value.why
    assert why in caught.value.why


class Odd:
    name, version, title = "odd", "1", "Odd"

    def __init__(self, judge: Callable[[Sequence[Any]], Any]) -> None:
        self.judge = judge

    def __call__(self, rows: Sequence[Any]) -> list[Score]:
        found: list[Score] = self.judge(rows)
        return found


ONE = Score(scorer="odd", value=1.0)


@pytest.mark.parametrize("registered", [True, False])
@pytest.mark.parametrize(
    ("judge", "why"),
    [
        (lambda rows: [ONE] * (len(rows) - 1), "Of 5 rows it gave 4 scores."),
        (lambda rows: [ONE] * (len(rows) + 1), "Of 5 rows it gave 6 scores."),
        (lambda rows: None, "TypeError"),
        (lambda rows: [1.0] * len(rows), "no `Score`"),
        (fails, "ZeroDivisionError: boom"),
    ],
)
def test_a_class_that_gives_anything_but_a_score_of_each_row_is_one_message(
    judge: Callable[[Sequence[Any]], Any], why: str, registered: bool, odd: None
) -> None:
    made = Odd(judge)
    if registered:
        register(made)
        assert getattr(find("odd"), "title", "") == "Odd"
    with pytest.raises(tt.UserError) as caught:
        tt.score(ROWS, ["odd" if registered else made])
    assert why in caught.value.why


@pytest.mark.parametrize("given", [None, 3, {"judge": "m"}])
def test_what_is_no_scorer_is_told(given: Any) -> None:
    with pytest.raises(tt.UserError, match="neither a name nor a scorer"):
        tt.score(ROWS, given)


@pytest.mark.parametrize("name", ["classifier:", "reward:"])
def test_a_kind_without_a_model_is_told(name: str) -> None:
    with pytest.raises(tt.UserError, match="does not say which"):
        tt.score(ROWS, name)
    with pytest.raises(tt.UserError, match="does not say which"):
        open_scorer(name)
