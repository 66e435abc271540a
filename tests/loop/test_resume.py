"""Killed again and again, at every stage, a run ends as if it had never been killed."""

import json
import shutil
import signal
from pathlib import Path

import pytest

from killing import RunKilled, results
from tiny import save_tiny, tiny_model, tiny_spec
from trimtab.loop import Quiet, diagnose_run
from trimtab.records import Comparison, FeedbackSource, SourcedRow
from trimtab.store import Run, tree_digests

MOMENTS = [
    "part:feedback.sample:1",
    "write:comparisons.jsonl",
    "write:supervision.jsonl",
    "part:choose.facts.before:1",
    "step:1",
    "save:4",
    "step:5",
    "part:choose.kl.after:1",
    "write:verdict.json",
]


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("spec")
    save_tiny(folder / "model")
    return tiny_spec(folder)


@pytest.fixture(scope="module")
def whole(spec: Path, run: RunKilled) -> Path:
    out = spec.parent / "whole"
    assert run(spec, out, "never") == 0
    return out


def test_killed_at_every_stage_ends_the_same(spec: Path, whole: Path, run: RunKilled) -> None:
    out = spec.parent / "killed"
    for moment in MOMENTS:
        assert run(spec, out, moment) == -signal.SIGKILL, f"was not killed at {moment}"
    assert run(spec, out, "apart") == 0  # in a process that has computed nothing
    assert results(out) == results(whole)
    assert tree_digests(out / "adapter") == tree_digests(whole / "adapter") | {
        "README.md": tree_digests(out / "adapter")["README.md"]  # the card tells times
    }
    assert not list(out.rglob("work"))
    attempts = Run.read(out).current("train")
    assert attempts is not None
    assert attempts.manifest is not None
    assert attempts.manifest.attempts == 1 + sum(m.startswith(("step", "save")) for m in MOMENTS)


def test_finished_stages_are_not_run_again(spec: Path, whole: Path, run: RunKilled) -> None:
    before = {path: path.stat().st_mtime_ns for path in whole.rglob("manifest.json")}
    assert run(spec, whole, "never") == 0
    assert {path: path.stat().st_mtime_ns for path in whole.rglob("manifest.json")} == before


def test_a_changed_setting_reruns_only_what_depends_on_it(spec: Path, whole: Path, run: RunKilled) -> None:
    out = spec.parent / "changed"
    shutil.copytree(whole, out)
    other = tiny_spec(spec.parent, training={"learning_rate": 5e-4, "batch_size": 2, "probe_prompts": 0})
    try:
        assert run(other, out, "never") == 0
    finally:
        tiny_spec(spec.parent)  # the spec as it was
    old, new = results(whole), results(out)
    for stage in ("feedback.sample", "feedback.judge", "feedback", "evaluate.before"):
        assert new[stage] == old[stage]
    assert new["train"] != old["train"]
    assert len(list((out / "stages" / "train").iterdir())) == 2  # the first one is still there


def test_training_that_loses_its_order_would_be_noticed(spec: Path, whole: Path, run: RunKilled) -> None:
    """The comparison above has teeth: another seed gives another adapter."""
    data = json.loads((whole / "run.json").read_text())
    assert data["spec"]["seed"] == 3
    other = tiny_spec(spec.parent / "other", seed=4)
    shutil.copytree(spec.parent / "model", other.parent / "model")
    assert run(other, other.parent / "out", "part:answer.heldout.after:1") == -signal.SIGKILL  # all that is needed
    assert results(other.parent / "out")["train"] != results(whole)["train"]


CHAIN = {"learning_rate": 1e-3, "batch_size": 2, "checkpoint_every": 2, "epochs": 1, "probe_prompts": 0}
CHAIN_MOMENTS = ["step:3", "write:adapter_config.json"]
"""The last step of supervised fine-tuning, and the midst of putting both adapters together after DPO."""


@pytest.fixture(scope="module")
def chained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("chained")
    save_tiny(folder / "model")
    nouns = ["tea", "rain", "sun", "dog", "cat", "tree", "house", "red", "green", "blue"]
    rows = [{"prompt": f"tell me about {noun}", "chosen": f"the {noun} !", "rejected": "the plan ."} for noun in nouns]
    (folder / "c.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tiny_spec(
        folder,
        feedback={"files": [{"path": "c.jsonl"}]},
        training={**CHAIN, "sft_first": {"epochs": 0.6, "learning_rate": 2e-3}},
    )


def test_a_killed_chain_of_two_trainings_ends_the_same(chained: Path, run: RunKilled) -> None:
    whole, out = chained.parent / "whole", chained.parent / "killed"
    assert run(chained, whole, "never") == 0
    for moment in CHAIN_MOMENTS:
        assert run(chained, out, moment) == -signal.SIGKILL, f"was not killed at {moment}"
    assert run(chained, out, "never") == 0
    assert results(out) == results(whole)
    names = {"feedback", "audit", "train.sft", "train", "gate"}
    asked = ("answer.heldout", "answer.facts-said", "choose.facts", "choose.kl", "evaluate")
    assert results(out).keys() == names | {f"{name}.{which}" for name in asked for which in ("before", "after")}
    config = json.loads((out / "adapter" / "adapter_config.json").read_text())
    assert config["r"] == 32  # sixteen of each training
    assert config["lora_alpha"] == 32
    stages = {name: Run.read(out).current(name) for name in ("train.sft", "train")}
    attempts = {name: stage.manifest.attempts for name, stage in stages.items() if stage and stage.manifest}
    assert attempts == {"train.sft": 2, "train": 2}
    assert "SFT first" in (out / "report.html").read_text()


RLHF = {
    "rl": {
        "steps": 8, "prompts_per_step": 2, "samples_per_prompt": 2, "max_new_tokens": 8, "watch_prompts": 8,
        "watch_every": 2, "learning_rate": 1e-3, "kl": {"beta": 0.05, "target": 1.0},
    },
    "reward": {"batch_size": 2, "checkpoint_every": 1, "learning_rate": 1e-3},
}  # fmt: skip
RLHF_MOMENTS = ["step:2", "step:3", "write:reward.json", "save:4", "step:7"]
"""The end of supervised fine-tuning; of the reward model's steps; before it is whole; and twice in RL."""


def test_a_killed_chain_of_three_trainings_ends_the_same(tmp_path: Path, run: RunKilled) -> None:
    """SFT, a reward model, RL: what is resumed keeps its reference, its order, its rewards and its beta."""
    save_tiny(tmp_path / "model")
    training = {**CHAIN, "method": "rlhf", "sft_first": {"epochs": 0.4, "learning_rate": 2e-3}, **RLHF}
    spec = tiny_spec(tmp_path, training=training)
    whole, out = tmp_path / "whole", tmp_path / "killed"
    assert run(spec, whole, "never") == 0
    for moment in RLHF_MOMENTS:
        assert run(spec, out, moment) == -signal.SIGKILL, f"was not killed at {moment}"
    assert run(spec, out, "never") == 0
    assert results(out) == results(whole)
    stages = {name: Run.read(out).current(name) for name in ("train.sft", "train.reward", "train")}
    attempts = {name: stage.manifest.attempts for name, stage in stages.items() if stage and stage.manifest}
    assert attempts == {"train.sft": 2, "train.reward": 3, "train": 3}
    assert "Reward against gold" in (out / "report.html").read_text()
    told = diagnose_run(out, Quiet(), probe=True).diagnosis
    assert told.notes == ()
    assert any(cause.id.startswith("reward-") for cause in told.causes)  # the reward model was asked
    edits = {key for cause in told.causes for each in cause.interventions for key in each.changes}
    assert "training.rl.learning_rate" in edits  # and not DPO's
    assert not {"training.learning_rate", "training.beta"} & edits


def test_a_second_round_starts_where_the_first_ended(tmp_path: Path, run: RunKilled) -> None:
    save_tiny(tmp_path / "model")
    spec = tiny_spec(tmp_path, rounds=2, training={**CHAIN, "learning_rate": 1e-2})
    assert run(spec, tmp_path / "out", "never") == 0
    opened = Run.read(tmp_path / "out")
    first, second = (opened.current(name) for name in ("train", "train.2"))
    assert first is not None
    assert second is not None
    answers = [opened.current(name) for name in ("feedback.sample", "feedback.sample.2")]
    texts = [(stage.folder / "answers.jsonl").read_text() for stage in answers if stage]
    assert texts[0] != texts[1]
    rows = [opened.current(name) for name in ("feedback", "feedback.2")]
    sources = [stage.read_lines("sources.jsonl", FeedbackSource) for stage in rows if stage]
    model = str((tmp_path / "model").resolve())
    assert [[one.name for one in some] for some in sources] == [[model], [f"{model} + train/{first.key}"]]
    kept = [sourced.row for stage in rows if stage for sourced in stage.read_lines("supervision.jsonl", SourcedRow)]
    assert {(row.provenance.source, row.chosen_model) for row in kept if isinstance(row, Comparison)} == {
        (some[0].name, some[0].name) for some in sources
    }
    config = json.loads((tmp_path / "out" / "adapter" / "adapter_config.json").read_text())
    assert config["r"] == 32  # both rounds' adapters, relative to the model of the beginning
    assert "train.2" in (tmp_path / "out" / "report.html").read_text()


RULES = """\
# Few words
## Brief
Say less.

Why: People are busy.

## Kind
Be kind.

Why: It costs nothing.
"""
CONSTITUTIONAL = ["part:feedback.critique:1", "part:feedback.critique:2", "kept:asked.jsonl:3", "step:2"]
"""After a part of the critiques and of the revisions; within the comparing; in training."""


def test_a_killed_run_by_a_constitution_ends_the_same(tmp_path: Path, run: RunKilled) -> None:
    """A tiny model criticises, revises and compares its own answers; a file gives training something to go on."""
    save_tiny(tmp_path / "model")
    tiny_model("qwen3", max_position_embeddings=1024).save_pretrained(tmp_path / "model")  # a question is long
    (tmp_path / "rules.md").write_text(RULES)
    rows = [{"prompt": f"tell me about {n}", "chosen": f"the {n} !", "rejected": "the plan ."} for n in ("tea", "sun")]
    (tmp_path / "c.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    critic = {"max_new_tokens": 12, "temperature": 1.0}
    rubric = [{"scorer": "words", "weight": 1, "full_to": 2, "zero_above": 30}]
    sources = [
        {"critique": {"constitution": "rules.md", "max_new_tokens": 12, "critic": critic, "rubric": rubric}},
        {"constitution": {"path": "rules.md", "max_new_tokens": 12, "judge": {"labels": "log-probabilities"}}},
        {"file": {"path": "c.jsonl"}},
    ]
    measured = {"benchmarks": ["heldout"], "max_new_tokens": 2}
    spec = tiny_spec(tmp_path, feedback={"sources": sources}, training=CHAIN, evaluation=measured)
    whole, out = tmp_path / "whole", tmp_path / "killed"
    assert run(spec, whole, "never") == 0
    for moment in CONSTITUTIONAL:
        assert run(spec, out, moment) == -signal.SIGKILL, f"was not killed at {moment}"
    assert run(spec, out, "never") == 0
    assert results(out) == results(whole)
    assert {"feedback.answered", "feedback.critique", "feedback.drawn", "feedback.constitution"} <= results(out).keys()
