"""Settings made for one model suit the one that is named in its place, and say so."""

import json
import warnings
from pathlib import Path
from typing import Any

import pytest

from trimtab.errors import UserNote
from trimtab.recipes import RECIPES, spec_path
from trimtab.spec import LoadedRegions, LoraSpec, Spec, load_any
from trimtab.spec.fitting import WIDTH_POWER, fit_to_model
from trimtab.spec.source import Source, override_all

SMALL = "smollm2-135m"
UPPER = {"target_modules": r".*layers\.{upper-half}\..*_proj"}


def fitted(*overrides: str, before: str = SMALL, folder: Path = Path(), **training: Any) -> tuple[dict[str, Any], str]:
    """The training section and all that is said, for a spec of `before` with overrides."""
    raw: dict[str, Any] = {"model": {"name": before}, "decode_batch_size": 128}
    raw["training"] = {"learning_rate": 9e-4, "batch_size": 4, "max_length": 256, "lora": dict(UPPER), **training}
    source = Source("spec.yaml", Spec)
    override_all(raw, overrides, source)
    with warnings.catch_warnings(record=True) as noted:
        warnings.simplefilter("always", UserNote)
        fit_to_model(raw, before, folder, source)
    return {**raw["training"], "decode_batch_size": raw["decode_batch_size"]}, " ".join(str(w.message) for w in noted)


@pytest.mark.parametrize(("model", "width"), [("qwen3-0.6b", 1024), ("Qwen/Qwen3-8B", 4096), ("gemma-3-270m", 640)])
def test_wider_models_learn_slower(model: str, width: int) -> None:
    found, told = fitted(f"model.name={model}", sft_first={"learning_rate": 1e-3}, rl={"steps": 9})
    factor = (576 / width) ** WIDTH_POWER
    assert found["learning_rate"] == pytest.approx(9e-4 * factor, rel=0.03)
    assert found["sft_first"]["learning_rate"] == pytest.approx(1e-3 * factor, rel=0.03)
    assert found["rl"] == {"steps": 9}  # a rate that nobody wrote was made for no model
    assert f"training.learning_rate {found['learning_rate']:g} (was 0.0009; width {width}, was 576)" in told
    assert found["batch_size"] * found.get("accumulate", 1) == 4
    assert (found["batch_size"] < 4) == ("accumulate 2" in told) == (width == 4096)
    assert (found["decode_batch_size"] < 128) == (width == 4096)


def test_what_is_set_by_hand_stays() -> None:
    for rate in ("0.0005", "5e-4"):  # the second is text to YAML, and a number to the check
        found, told = fitted("model.name=qwen3-8b", f"training.learning_rate={rate}", "training.batch_size=8")
        assert (float(found["learning_rate"]), found["batch_size"]) == (5e-4, 8)
        assert "training." not in told
        assert "decode_batch_size 64" in told
    assert fitted("model.name=qwen3-8b", learning_rate="9e-4")[0]["learning_rate"] == 1.9e-4


def test_a_reward_model_and_pairs_that_kto_compares_keep_what_they_need() -> None:
    found, told = fitted("model.name=qwen3-8b", method="rlhf")
    assert found["reward"]["batch_size"] * found["reward"]["accumulate"] == 8
    assert "training.reward.batch_size" in told
    found, _ = fitted("model.name=qwen3-8b", method="kto", max_length=4096)
    assert (found["batch_size"], found["accumulate"]) == (2, 2)
    assert "reward" not in found


@pytest.mark.parametrize("name", [SMALL, "HuggingFaceTB/SmolLM2-135M-Instruct", "owner/unknown", "no-such-folder"])
def test_the_same_model_and_an_unknown_one_change_nothing(name: str) -> None:
    found, told = fitted(f"model.name={name}")
    assert told == ""
    assert (found["learning_rate"], found["batch_size"], found["decode_batch_size"]) == (9e-4, 4, 128)


def test_a_folder_is_fitted_by_its_configuration(tmp_path: Path) -> None:
    sizes = {"num_hidden_layers": 4, "num_attention_heads": 4, "intermediate_size": 4096, "vocab_size": 100}
    for width, told in ((1152, True), (64, False)):  # nothing says that a narrower one bears a higher rate
        (tmp_path / "model").mkdir(exist_ok=True)
        config = {"model_type": "llama", "hidden_size": width, **sizes}
        (tmp_path / "model" / "config.json").write_text(json.dumps(config))
        found, said = fitted("model.name=model", folder=tmp_path)
        assert (f"width {width}" in said) == told
        assert (found["learning_rate"] < 9e-4) == told


def test_sections_that_are_none_are_left_to_the_check() -> None:
    fitted("model.name=qwen3-8b", batch_size="many", lora=7, rl=[])
    fitted("model.name=qwen3-8b", learning_rate=None, reward=3)
    fitted("model=7")


@pytest.mark.parametrize("recipe", RECIPES)
def test_recipes_run_with_another_model(recipe: str) -> None:
    with pytest.warns(UserNote, match="made for smollm2-135m, and for qwen3-0.6b they become: training.learning_rate"):
        loaded = load_any(spec_path(recipe), ["model.name=qwen3-0.6b"])
    for each in (*loaded.regions.values(), loaded.shared) if isinstance(loaded, LoadedRegions) else (loaded,):
        assert each is not None
        training = each.spec.training
        assert training.learning_rate == (3.8e-4 if recipe == "constitution" else 5.7e-4)  # by the factor of its own
        assert training.lora.modules_of(28) == r".*layers\.(14|15|16|17|18|19|20|21|22|23|24|25|26|27)\..*_proj"


@pytest.mark.parametrize(("layers", "numbers"), [(30, range(15, 30)), (16, range(8, 16)), (5, range(2, 5))])
def test_the_upper_half_is_that_of_the_model(layers: int, numbers: Any) -> None:
    own = LoraSpec.model_validate(UPPER)
    assert own.modules_of(layers) == rf".*layers\.({'|'.join(map(str, numbers))})\..*_proj"
    assert own.share == 0.5
    assert LoraSpec().modules_of(layers) == "all-linear"
    assert LoraSpec(target_modules=("q_proj",)).share == 1.0
