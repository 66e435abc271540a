"""A win rate through every verb where length can be controlled for, and where it cannot."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

import trimtab
from cli_runner import trimtab as run_trimtab
from stub_server import Asked, Says, chat, serving
from trimtab.api import EvaluationResult
from trimtab.errors import UserError
from trimtab.models import MockEngine
from trimtab.report.junit import render_junit
from trimtab.report.tables import gate_rows

PROMPTS = [{"id": f"p{i}", "prompt": f"Question {i}?"} for i in range(40)]
METRIC = "winrate.length_controlled"


def words(least: int, factor: int = 1) -> dict[str, str]:
    """Answers of `least` words and more, spread over the prompts; `factor` spreads them in another order."""
    return {row["prompt"]: "word " * (least + factor * i % 37) for i, row in enumerate(PROMPTS)}


def likes_length(asked: Asked) -> Says:
    """The longer answer is better, whichever stands first."""
    a, b = re.findall(r"<<<ANSWER [AB] \w+>>>\n(.*?)\n<<<END", str(asked.body["messages"][-1]["content"]), re.DOTALL)
    return chat(json.dumps({"why": "so", "better": "tie" if len(a) == len(b) else "A" if len(a) > len(b) else "B"}))


def first_or_tie(asked: Asked) -> Says:
    """Prefers the answer "mine" where it stands first, and sees a tie where it stands second."""
    text = str(asked.body["messages"][-1]["content"])
    return chat(json.dumps({"why": "so", "better": "A" if text.index("mine") < text.index("theirs") else "tie"}))


def scores(tmp_path: Path, name: str, script: Any, url: str | None = None, **more: Any) -> EvaluationResult:
    asked = tmp_path / "asked.jsonl"
    asked.write_text("".join(json.dumps(row) + "\n" for row in PROMPTS))
    if url:
        more |= {"against": tmp_path / "other", "judge_url": url, "judge_model": "j"}
    return trimtab.evaluate(MockEngine(script), "winrate", tmp_path / name, data={"winrate": asked}, **more)


def test_short_answers_to_everything_have_bounds_and_no_figure(tmp_path: Path) -> None:
    scores(tmp_path, "other", words(60))
    with serving(likes_length) as stub:
        found = scores(tmp_path, "mine", "yes", stub.url)
    measure = found.evaluation.measure(METRIC)
    assert measure is not None
    assert measure.mean is None
    assert measure.bounds is not None
    low, high = measure.bounds
    assert low < 0.02 < 0.2 < high
    assert (measure.n, measure.missing) == (40, 0)
    raw = found.evaluation.measure("winrate.raw")
    assert raw is not None
    assert raw.mean == 0

    gates = [{"metric": METRIC, "at_least": limit} for limit in (0.0, (low + high) / 2, 0.99)]
    verdict = trimtab.gate(found, gates=gates).record
    assert [gate.verdict for gate in verdict.gates] == ["pass", "undecided", "regress"]
    assert {(gate.figure, gate.low, gate.high, gate.n) for gate in verdict.gates} == {(None, low, high, 40)}
    assert "could not be controlled for" in verdict.gates[1].summary
    assert gate_rows(verdict)[1].figure == "could not be controlled for"
    assert f"? [{low:.4g}, {high:.4g}]" in render_junit("x", verdict)
    compared = trimtab.gate(found, found, [{"metric": METRIC, "no_worse_by": 0.5}]).record.gates[0]
    assert compared.verdict == "undecided"
    assert "compare with nothing" in compared.summary
    assert METRIC not in [each.difference.metric for each in trimtab.compare(found, found).compared]
    shown = run_trimtab("compare", "mine", "mine", cwd=tmp_path).stdout
    assert f"could not be controlled for: between {low:.3g} and {high:.3g}" in shown


def test_each_order_counts_half(tmp_path: Path) -> None:
    scores(tmp_path, "other", "theirs")
    with serving(first_or_tie) as stub:
        raw = scores(tmp_path, "mine", "mine", stub.url).evaluation.measure("winrate.raw")
    assert raw is not None
    assert raw.values == (0.75,) * 40


def test_variants_calibrate_the_judge(tmp_path: Path) -> None:
    """A judge that knows length alone has a far steeper slope than is shipped, and the scores say by which it was."""
    scores(tmp_path, "other", words(30))
    variants = [tmp_path / "concise", tmp_path / "verbose"]
    with serving(likes_length) as stub:
        scores(tmp_path, "concise", words(10, 5), stub.url)
        scores(tmp_path, "verbose", words(50, 5), stub.url)
        shipped = scores(tmp_path, "mine", words(20, 7), stub.url)
        asked = len(stub.asked)
        calibrated = scores(tmp_path, "mine", words(20, 7), stub.url, variants=variants)
        assert len(stub.asked) == asked  # nothing is judged again
    told = [each.evaluation.fingerprint["length"] for each in (shipped, calibrated)]
    assert told[0] == "slope 1.3 with sd 0.6"
    assert float(told[1].split()[1]) > 2
    means = [each.evaluation.measure(METRIC) for each in (shipped, calibrated)]
    assert means[0] is not None and means[1] is not None  # noqa: PT018
    assert means[0].mean is not None and means[1].mean is not None  # noqa: PT018
    assert means[1].mean > means[0].mean


def test_variants_of_another_judge_are_refused(tmp_path: Path) -> None:
    scores(tmp_path, "other", words(30))
    with serving(likes_length) as stub:
        scores(tmp_path, "concise", words(10, 5), stub.url)
        (tmp_path / "rubric").write_text("Prefer the kinder one.")
        with pytest.raises(UserError, match="another judge's"):
            scores(tmp_path, "mine", words(20), stub.url, variants=[tmp_path / "concise"], rubric=tmp_path / "rubric")
        with pytest.raises(UserError, match="holds no win rate"):
            scores(tmp_path, "mine", words(20), stub.url, variants=[tmp_path / "other"])
    with pytest.raises(UserError, match="there is no judge"):
        scores(tmp_path, "mine", words(20), variants=[tmp_path / "concise"])
