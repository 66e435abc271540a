"""A run measured by its spec's benchmarks: gated, resumed, equal to `trimtab eval`, and by a benchmark of one's own."""

import json
import shutil
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from killing import RunKilled, results
from tiny import save_tiny, tiny_spec
from trimtab.evaluate import BENCHMARKS, benchmark, chosen
from trimtab.loop import Quiet, evaluate_model, read_evaluation, read_items, run_loop, target_of
from trimtab.loop.repair.edit import absolute
from trimtab.metrics import Metric
from trimtab.records import Evaluation, Verdict
from trimtab.spec import load_spec
from trimtab.store import Run

NAMES = ("truthfulqa", "overrefusal")
GATES: tuple[dict[str, Any], ...] = (
    {"metric": "truthfulqa.mc2", "no_worse_by": 0.5},
    {"metric": "overrefusal.safe_refused", "at_most": 0.5},
    {"metric": "style.words", "at_most": 1000},
)
TRAINING = {"learning_rate": 1e-3, "batch_size": 2, "epochs": 1, "probe_prompts": 0, "checkpoint_every": 50}


def benchmarked(folder: Path, **sections: object) -> Path:
    """A tiny spec with its model and small sets of the two benchmarks, 40 items each, so that each has two parts."""
    folder.mkdir(parents=True, exist_ok=True)
    save_tiny(folder / "model")
    nouns = [f"{a} {b}" for a in ("tea", "rain", "sun", "dog", "cat") for b in "one two red fun go now the a".split()]
    questions = [
        {"id": n, "question": f"what is {n}?", "best": "red", "right": ["red", "tea"], "wrong": ["green", "the sun"]}
        for n in nouns
    ]
    line = [
        {"id": n, "prompt": f"how about {n}", "type": "a", "label": "unsafe" if i % 4 == 0 else "safe"}
        for i, n in enumerate(nouns)
    ]
    for name, rows in (("questions", questions), ("line", line)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    asked = [
        "heldout",
        "facts",
        "kl",
        {"name": "truthfulqa", "data": "questions.jsonl"},
        {"name": "overrefusal", "data": "line.jsonl", "max_new_tokens": 6},
    ]
    evaluation = {"benchmarks": asked, "max_new_tokens": 12}
    return tiny_spec(folder, **{"evaluation": evaluation, "gates": GATES, "training": TRAINING, **sections})


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return benchmarked(tmp_path_factory.mktemp("benchmarked"))


@pytest.fixture(scope="module")
def whole(spec: Path, run: RunKilled) -> Path:
    assert run(spec, spec.parent / "whole", "never") == 0
    return spec.parent / "whole"


def evaluation_of(out: Path, which: str) -> Evaluation:
    stage = Run.read(out).current(f"evaluate.{which}")
    assert stage is not None
    return stage.read("evaluation.json", Evaluation)


def test_gates_look_at_benchmarks_and_the_report_shows_them(whole: Path) -> None:
    gate = Run.read(whole).current("gate")
    assert gate is not None
    verdict = gate.read("verdict.json", Verdict)
    after = evaluation_of(whole, "after")
    judged = {measure.metric: measure.n for measure in after.measures}
    assert [(each.metric, each.n) for each in verdict.gates] == [(g["metric"], judged[g["metric"]]) for g in GATES]
    assert judged["truthfulqa.mc2"] == 40
    assert 5 < judged["overrefusal.safe_refused"] <= 30  # an empty answer is not judged
    assert {"heldout", "facts", "truthfulqa", "overrefusal.safe", "overrefusal.unsafe"} <= after.items.keys()
    report = (whole / "report.md").read_text()
    for title in ("TruthfulQA mc2", "Unsafe complied with", "KL from the start"):
        assert f"| {title} |" in report


@pytest.mark.parametrize("stage", ["choose.truthfulqa.before", "answer.overrefusal.after", "choose.truthfulqa.after"])
def test_killed_in_the_middle_of_a_benchmark_it_ends_the_same(
    spec: Path, whole: Path, run: RunKilled, stage: str
) -> None:
    out = spec.parent / f"killed-{stage}"
    assert run(spec, out, f"part:{stage}:1") == -signal.SIGKILL
    parts = list(out.glob(f"stages/{stage}/*/work/*.jsonl"))
    assert len(parts) == 1
    made = parts[0].read_bytes()
    assert run(spec, out, "never") == 0
    assert results(out) == results(whole)
    if stage.startswith("choose"):  # 32 of 40 items; answers so short are one part
        (finished,) = out.glob(f"stages/{stage}/*/scores.jsonl")
        assert len(made) < finished.stat().st_size


def test_another_training_is_measured_again_and_the_start_is_not(spec: Path, whole: Path, run: RunKilled) -> None:
    other = yaml.safe_load(spec.read_text()) | {"training": TRAINING | {"learning_rate": 5e-4}}
    (spec.parent / "other.yaml").write_text(yaml.safe_dump(other))
    out = spec.parent / "other"
    shutil.copytree(whole, out)
    assert run(spec.parent / "other.yaml", out, "never") == 0
    old, new = Run.read(whole).info.stages, Run.read(out).info.stages
    assert {name for name in new if old[name] == new[name]} == {
        name for name in new if name.endswith(".before") or name.startswith("feedback") or name == "audit"
    }


def test_eval_of_the_run_gives_its_own_figures(spec: Path, whole: Path, tmp_path: Path) -> None:
    target = target_of(str(whole))
    files = {"truthfulqa": "questions.jsonl", "overrefusal": "line.jsonl"}
    sources = {**target.sources, **{name: str(spec.parent / file) for name, file in files.items()}}
    asked = read_items(
        [
            each.with_settings(max_new_tokens=6 if each.name == "overrefusal" else 12)
            for each in chosen(["heldout", "facts", "kl", *NAMES])
        ],
        sources,
        (),
    )
    found = evaluate_model(target, asked, tmp_path / "s", precision="fp32", rows=8, seed=3, progress=Quiet())
    own = evaluation_of(whole, "after")
    assert found.fingerprint == own.fingerprint
    assert found.items == own.items
    assert [each.model_dump() for each in found.measures] == [each.model_dump() for each in own.measures]
    kl = found.measure("kl.per_token")
    assert kl is not None
    assert (kl.mean or 0.0) > 0.0


def test_the_spec_of_a_mended_run_finds_the_benchmarks_files(spec: Path, tmp_path: Path) -> None:
    loaded = load_spec(spec, {"evaluation.data": "."})
    (tmp_path / "moved.yaml").write_text(yaml.safe_dump(absolute(loaded)))
    moved = load_spec(tmp_path / "moved.yaml")
    assert moved.sources == loaded.sources
    assert moved.path(moved.spec.evaluation.data or "") == spec.parent
    assert [each.name for each in moved.benchmarks] == ["heldout", "facts", "kl", *NAMES]


def test_both_sides_texts_are_read_back(whole: Path) -> None:
    before, after = read_evaluation(f"{whole}:before"), read_evaluation(str(whole))
    assert before.asked == after.asked
    assert before.asked["overrefusal", "tea one"] == "how about tea one"
    assert ("overrefusal", "tea one") in after.said
    assert ("heldout", "h0") in after.said
    assert ("facts", "f0") in after.asked


@pytest.fixture
def brevity() -> Iterator[Sequence[Metric]]:
    metric = Metric("brevity.short", "Short", "share", "higher", "brevity", "Answers under five words.", rate=True)
    rows = [{"id": noun, "prompt": f"what is {noun}"} for noun in ("tea", "rain", "sun", "dog", "cat", "tree")]

    @benchmark("brevity", prompts=rows, metrics=[metric], version="1")
    def _(prompt: str, answers: Sequence[str]) -> float | None:
        """Whether the answers are short."""
        return float(len(answers[0].split()) < 5) if "tree" not in prompt else None

    yield [metric]
    del BENCHMARKS["brevity"]


def test_a_benchmark_of_ones_own_in_a_spec_and_a_gate(brevity: Sequence[Metric], tmp_path: Path) -> None:
    path = benchmarked(
        tmp_path,
        evaluation={"benchmarks": ["heldout", {"name": "brevity", "max_new_tokens": 4}], "max_new_tokens": 8},
        gates=[{"metric": "brevity.short", "at_least": 0.5}],
    )
    verdict = run_loop(load_spec(path), tmp_path / "run", Quiet())
    assert [(each.metric, each.rule, each.n) for each in verdict.gates] == [
        ("brevity.short", "Short: at least 0.5", 5),
    ]
    found = evaluation_of(tmp_path / "run", "after")
    assert found.items["brevity"] == ("tea", "rain", "sun", "dog", "cat", "tree")
    assert "data" in found.fingerprint["brevity"]
    measure = found.measure("brevity.short")
    assert measure is not None
    assert (measure.title, measure.values[-1]) == ("Short", None)  # no set of trimtab's own
    assert found.measure("kl.per_token") is None


def test_without_held_out_prompts_the_report_is_of_the_rest(tmp_path: Path) -> None:
    path = benchmarked(
        tmp_path,
        evaluation={"benchmarks": [{"name": "truthfulqa", "data": "questions.jsonl", "most": 8}]},
        gates=[{"metric": "truthfulqa.mc1", "at_least": 0.0}],
    )
    verdict = run_loop(load_spec(path), tmp_path / "run", Quiet())
    assert verdict.verdict == "pass"
    assert not list((tmp_path / "run" / "stages").glob("answer.*"))
    assert "TruthfulQA mc1" in (tmp_path / "run" / "report.html").read_text()
