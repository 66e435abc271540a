"""The user's own marks of thought hold wherever a run tells thought from answers, in other processes too."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from trimtab.loop import preflight as preflight_module
from trimtab.loop.launch import write_training
from trimtab.loop.repair import read_run
from trimtab.records import ThoughtMarks, added_marks, also_thought
from trimtab.spec import LoadedSpec, Spec, TrainingSpec
from trimtab.train import Processes
from trimtab.train.launch import job as job_module

PLAN = (ThoughtMarks(open="PLAN:", close="REPLY:"),)


def test_a_launched_training_knows_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage: Any = SimpleNamespace(work=tmp_path)
    start: Any = SimpleNamespace(base="tiny", adapters=())
    with also_thought(PLAN):
        job = write_training(
            stage, "dpo", [], TrainingSpec(), Processes(2, 0, 1), start=start, precision="fp32", seed=1,
            adapter=tmp_path / "adapter",
        )  # fmt: skip
    job_module.write_job(job, tmp_path / "job.json")
    known: list[Any] = []
    trainer = SimpleNamespace(
        rows="comparison", title="a test", trainer=lambda: lambda *_, **__: known.append(added_marks())
    )
    monkeypatch.setattr(job_module, "launched_by", lambda name: trainer)
    loaded = SimpleNamespace(model=SimpleNamespace(config=None, device=torch.device("cpu")))
    monkeypatch.setattr("trimtab.models.load", lambda *_: loaded)
    read = job_module.read_job(tmp_path / "job.json")
    job_module.run_job(read, read.settings, on_step=lambda *_: None, say=lambda _: None)
    assert known == [PLAN]
    assert added_marks() == ()


def spec() -> Spec:
    return Spec.model_validate(
        {
            "name": "tiny",
            "goal": "say less",
            "model": {"name": "tiny", "thought": [PLAN[0].model_dump()]},
            "feedback": {"files": [{"path": "rows.jsonl"}]},
            "prompts": {"train": "t", "heldout": "h", "facts": "f"},
            "gates": [{"metric": "style.words", "at_most": 9}],
        }
    )


def test_preflight_and_diagnosis_know_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(preflight_module, "_checked", lambda *_: added_marks())
    assert preflight_module.run_preflight(LoadedSpec(spec(), tmp_path), Any) == PLAN  # type: ignore[arg-type, comparison-overlap]
    run = SimpleNamespace(info=SimpleNamespace(spec=spec().model_dump(mode="json"), spec_folder=None))
    monkeypatch.setattr(read_run.Run, "read", lambda folder: run)
    monkeypatch.setattr(read_run, "read_report", lambda run: None)
    monkeypatch.setattr(read_run, "_diagnosed", lambda *_, **__: added_marks())
    assert read_run.diagnose_run(tmp_path, Any) == PLAN  # type: ignore[arg-type, comparison-overlap]
