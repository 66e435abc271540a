"""The table of methods is whole, and one more method is a file and a row."""

import inspect
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from methods.slic import SLIC
from tiny import save_tiny, tiny_spec
from trimtab.errors import UserError
from trimtab.loop import Quiet, diagnose_run, run_loop, run_preflight
from trimtab.methods import ALGORITHMS, METHODS, REWARD_MODEL, Method
from trimtab.records import Advice, TrainingSummary
from trimtab.spec import RLSpec, TrainingSpec, load_spec
from trimtab.store import Run
from trimtab.train import Given, Preparing

ROWS = [*METHODS.values(), REWARD_MODEL]


def accepted(function: Any, names: set[str]) -> bool:
    known = inspect.signature(function).parameters
    return any(each.kind is inspect.Parameter.VAR_KEYWORD for each in known.values()) or names <= set(known)


@pytest.mark.parametrize("method", ROWS, ids=lambda method: method.name)
def test_a_row_names_what_there_is(method: Method) -> None:
    assert {*method.settings, *method.refuses} <= set(TrainingSpec.model_fields)
    assert not set(method.settings) & set(method.refuses)
    assert method.rows in method.fed_by
    train = method.trainer()
    assert list(inspect.signature(train).parameters)[2] == "settings"
    assert accepted(train, set(Given.__annotations__))
    if method is not REWARD_MODEL:
        prepare = method.preparer()
        assert list(inspect.signature(prepare).parameters)[2] == "settings"
        assert accepted(prepare, set(Preparing.__annotations__))
    order = method.orderer()
    assert order is None or list(inspect.signature(order).parameters)[1:] == ["batch_size", "seed"]
    dumped = TrainingSpec.model_validate({"method": method.name if method.name in METHODS else "rlhf"})
    for place in method.knobs.values():
        here: Any = dumped
        for part in place.split(".")[1:]:
            here = getattr(here, part)
        assert here > 0


def test_who_gives_advice_and_who_runs_rl_know_the_same_names() -> None:
    assert {*get_args(Advice.model_fields["method"].annotation)} == {*METHODS, "collect"}
    assert {*get_args(RLSpec.model_fields["algorithm"].annotation)} == set(ALGORITHMS)


def test_what_a_method_reads_decides_and_nothing_else() -> None:
    dpo = TrainingSpec()
    assert dpo.deciding == dpo.model_dump(mode="json", exclude={"reward", "rl", "monitor", "soft_labels"})
    sft = TrainingSpec(method="sft")
    assert sft.deciding == sft.model_copy(update={"beta": 0.7, "rl": RLSpec(steps=3)}).deciding
    assert sft.deciding != sft.model_copy(update={"epochs": 2.0}).deciding


@pytest.mark.parametrize("method", ["kto", "sft"])
def test_what_auto_came_to_leaves_out_what_does_not_go_with_it(method: str) -> None:
    auto = TrainingSpec.model_validate({"method": "auto", "sft_weight": 0.2, "sft_first": {}, "beta": 0.3})
    found, off = auto.by(method)
    assert (found.method, found.sft_weight, found.beta) == (method, 0.0, 0.3)
    assert set(off) == {"sft_weight"} | ({"sft_first"} if method == "sft" else set())
    assert (found.first is None) == (method == "sft")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("slic")
    save_tiny(folder / "model")
    training = {"method": "slic", "learning_rate": 1e-3, "batch_size": 2, "epochs": 1, "probe_prompts": 0}
    tiny_spec(folder, training=training)
    return folder


def test_a_method_that_is_no_row_is_refused(folder: Path) -> None:
    with pytest.raises(UserError, match="It must be 'sft', 'dpo', 'kto', 'rlhf' or 'auto'"):
        load_spec(folder / "spec.yaml")


def test_a_toy_method_is_one_file_and_one_row(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(METHODS, SLIC.name, SLIC)
    loaded = load_spec(folder / "spec.yaml")
    with pytest.raises(UserError, match="slic"):
        load_spec(folder / "spec.yaml", ["training.method=slick"])
    assert all(check.passed for check in run_preflight(loaded, Quiet()))
    run_loop(loaded, folder / "run", Quiet())
    stage = Run.read(folder / "run").current("train")
    assert stage is not None
    summary = stage.read("summary.json", TrainingSummary)
    assert (summary.method, summary.comparisons > 0) == ("slic", True)
    assert summary.curve[0].loss == pytest.approx(1.0, abs=1e-4)  # the hinge where policy and reference are one
    settings = stage.manifest.settings if stage.manifest else {}
    assert {"beta", "lora"} <= set(settings)
    assert not {"rl", "sft_weight"} & set(settings)
    card = (folder / "run" / "adapter" / "README.md").read_text()
    assert "trained by SLiC ([Zhao et al. 2023](https://arxiv.org/abs/2305.10425)) with trimtab" in card
    assert yaml.safe_load(card.split("---\n", 2)[1])["tags"] == ["trimtab", "trl", "slic", "lora"]
    for name in ("report.md", "report.html"):
        assert "SLiC" in (folder / "run" / name).read_text()
    diagnosed = diagnose_run(folder / "run", Quiet()).diagnosis
    assert "wrong-reference" not in {cause.id for cause in diagnosed.causes}  # ln 2 is not what its first loss must be
