"""Benchmarks of other packages: found by entry points, refused under a name that is taken, measured as they say."""

from collections.abc import Iterator, Mapping, Sequence

import pytest

from trimtab import plugins
from trimtab.errors import UserError
from trimtab.evaluate import BENCHMARKS, benchmark, benchmark_named, chosen, metric_named, metrics
from trimtab.metrics import Metric
from trimtab.records import Answer

ROWS = [{"id": "a", "prompt": "one?"}, {"id": "b", "prompt": "two?"}]
SHORT = Metric("toy.short", "Short", "share", "higher", "", "Answers of one word.", rate=True)
LONG = Metric("toy.words", "Words", "words", "lower", "", "Words of an answer.")


@pytest.fixture(autouse=True)
def table() -> Iterator[None]:
    before = dict(BENCHMARKS)
    yield
    BENCHMARKS.clear()
    BENCHMARKS.update(before)


def words(prompt: str, answers: Sequence[str]) -> Mapping[str, float | None]:
    """How long the answers are."""
    count = float(len(answers[0].split()))
    return {"toy.words": count, "toy.short": float(count == 1) if prompt != "two?" else None}


def add(name: str = "toy", *measured: Metric) -> None:
    benchmark(name, prompts=ROWS, metrics=measured or (SHORT, LONG), version="1")(words)


def test_a_function_becomes_a_benchmark_with_its_metrics() -> None:
    add()
    (found,) = chosen(["toy"])
    assert found.summary == "How long the answers are."
    assert metric_named("toy.words").better == "lower"
    assert [each.name for each in metrics() if each.over == "toy"] == ["toy.short", "toy.words"]
    items = found.read(found.built_in or "")
    said = [
        [Answer(prompt_id=i.id, index=0, text=text, tokens=1, ended=True)]
        for i, text in zip(items, ("x", "y z"), strict=True)
    ]
    (part,) = found.measured(items, said)
    assert (part.over, part.ids) == ("toy", ("a", "b"))
    assert part.values == {"toy.short": [1.0, None], "toy.words": [1.0, 2.0]}


def test_a_name_that_is_taken_is_refused() -> None:
    add()
    add()  # as a notebook's cell that is run again
    with pytest.raises(UserError, match="There is one already"):
        add("toy", LONG)
    with pytest.raises(UserError, match="There is one already"):
        add("quick")
    with pytest.raises(UserError, match="another benchmark's metric"):
        add("other", Metric("hhh.accuracy", "mine", "share", "lower", "", "Other than hhh's."))


def test_an_unknown_name_asks_the_installed_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def load(group: str) -> None:
        asked.append(group)
        add()

    monkeypatch.setattr(plugins, "load", load)
    assert benchmark_named("hhh") is not None
    assert asked == []  # a known name loads nothing
    assert benchmark_named("toy") is not None
    del BENCHMARKS["toy"]
    assert metric_named("toy.short").title == "Short"
    assert set(asked) == {"trimtab.benchmarks"}
    with pytest.raises(UserError, match="No benchmark measures that"):
        metric_named("toy.nothing")
