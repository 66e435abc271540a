"""`method: auto` is what `trimtab advise SPEC` says on this machine, and a run keeps it."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tiny import save_tiny, tiny_spec
from trimtab.advise import CaseRead, Machine, machine, read, read_case
from trimtab.cli import app
from trimtab.errors import UserError
from trimtab.loop import Quiet, run_loop
from trimtab.loop.auto_method import advised
from trimtab.records import TrainingSummary
from trimtab.spec import load_spec
from trimtab.store import Run


class Told(Quiet):
    """Keeps what is said."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, text: str) -> None:
        self.lines.append(text)


def spec_on(folder: Path, rows: list[dict[str, Any]], model: str = "model", **training: Any) -> Path:
    settings = {"method": "auto", "learning_rate": 1e-3, "batch_size": 8, "probe_prompts": 0, **training}
    path = tiny_spec(
        folder, model={"name": model, "precision": "fp32"}, feedback={"files": [{"path": "mine.jsonl"}]},
        training=settings,
    )  # fmt: skip
    (folder / "mine.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def advice(path: Path) -> str:
    result = CliRunner().invoke(app, ["advise", str(path), "--json"])
    assert result.exit_code == 0, result.output
    return str(json.loads(result.stdout)["method"])


def test_a_run_trains_by_what_is_advised_and_goes_on_by_it_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_tiny(tmp_path / "model")
    rows = [{"prompt": f"tell me about {i}", "completion": "the red tea", "label": i % 2 == 0} for i in range(120)]
    path = spec_on(tmp_path, rows, sft_weight=0.2)
    assert advice(path) == "kto"
    said = Told()
    run_loop(load_spec(path), tmp_path / "run", said)
    run = Run.read(tmp_path / "run")
    assert run.info.resolved["method"] == "kto"
    assert run.info.spec["training"]["method"] == "auto"
    assert any("training.method is auto: kto, because" in line for line in said.lines)
    assert any("training.sft_weight does not go with kto" in line for line in said.lines)
    stage = run.current("train")
    assert stage is not None
    assert stage.read("summary.json", TrainingSummary).method == "kto"
    assert "trained by KTO (" in (run.folder / "adapter" / "README.md").read_text()

    monkeypatch.setattr("trimtab.loop.auto_method.decide", lambda case: pytest.fail("asked again"))
    again = Told()
    run_loop(load_spec(path), tmp_path / "run", again)
    assert any(line.startswith("train: done before") for line in again.lines)


MACHINES = {
    "no accelerator": (Machine(64.0, False), "dpo"),
    "a large one": (Machine(80.0, True), "rlhf"),
    "too little memory for two models": (Machine(4.0, True), "dpo"),
}


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, CaseRead]:
    """A spec with as many comparisons as a reward model takes, and what is read of them: it takes a while."""
    others = {"source": "another model", "judge": "people", "why": ""}
    rows = [
        {"prompt": f"ask {i}", "chosen": f"yes {i}", "rejected": f"no {i}", "provenance": others} for i in range(30_000)
    ]
    path = spec_on(tmp_path_factory.mktemp("large"), rows, model="some-1b")
    return path, read_case(load_spec(path))


@pytest.mark.parametrize("case", MACHINES)
def test_a_run_and_the_verb_read_the_same_machine(
    case: str, large: tuple[Path, CaseRead], monkeypatch: pytest.MonkeyPatch
) -> None:
    (path, rows), (found, method) = large, MACHINES[case]
    monkeypatch.setattr(read, "_of", lambda sources, model: rows)
    monkeypatch.setattr(machine, "this_machine", lambda: found)
    assert advised(load_spec(path), Quiet()) == advice(path) == method


def test_too_little_feedback_suits_none(tmp_path: Path) -> None:
    path = spec_on(tmp_path, [{"prompt": "ask", "chosen": "yes", "rejected": "no"}])
    with pytest.raises(UserError, match="suits no method yet"):
        advised(load_spec(path), Quiet())


def test_settings_that_cannot_be_the_methods_are_one_message(tmp_path: Path) -> None:
    rows = [{"prompt": f"tell me about {i}", "completion": "the red tea", "label": i % 2 == 0} for i in range(120)]
    with pytest.raises(UserError, match="which came to kto"):
        run_loop(load_spec(spec_on(tmp_path, rows, batch_size=1)), tmp_path / "run", Quiet())
