"""Settings made for one model suit the one that is named in its place, and say so."""

import json
import warnings
from pathlib import Path
from typing import Any

import pytest

from trimtab.errors import UserNote
from trimtab.recipes import RECIPES, spec_path
from trimtab.spec import LoraSpec, Spec, load_spec
from trimtab.spec.fitting import WIDTH_POWER


def fitted(recipe: str, *overrides: str) -> tuple[Spec, str]:
    with warnings.catch_warnings(record=True) as noted:
        warnings.simplefilter("always", UserNote)
        spec = load_spec(spec_path(recipe), list(overrides)).spec
    return spec, " ".join(str(each.message) for each in noted)


@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize(("model", "width"), [("qwen3-0.6b", 1024), ("Qwen/Qwen3-8B", 4096), ("gemma-3-270m", 640)])
def test_wider_models_learn_slower(recipe: str, model: str, width: int) -> None:
    (own, silent), (other, told) = fitted(recipe), fitted(recipe, f"model.name={model}")
    assert silent == ""
    assert other.training.learning_rate == pytest.approx(
        own.training.learning_rate * (576 / width) ** WIDTH_POWER, rel=0.01
    )
    assert f"training.learning_rate {other.training.learning_rate:g} (was 0.0009" in told
    assert other.training.batch_size * other.training.accumulate == own.training.batch_size * own.training.accumulate
    assert other.training.rl.kl == own.training.rl.kl
    if width == 4096:
        assert other.training.batch_size < own.training.batch_size
        assert other.decode_batch_size < own.decode_batch_size
        assert "accumulate 2" in told


def test_what_is_set_by_hand_stays() -> None:
    by_hand = ("training.learning_rate=5e-4", "training.batch_size=8", "decode_batch_size=512")
    spec, told = fitted("concise-friendly", "model.name=qwen3-8b", *by_hand)
    assert (spec.training.learning_rate, spec.training.batch_size, spec.decode_batch_size) == (5e-4, 8, 512)
    assert "training.learning_rate" not in told
    assert "training.rl.learning_rate" in told


@pytest.mark.parametrize("name", ["smollm2-135m", "HuggingFaceTB/SmolLM2-135M-Instruct", "owner/unknown"])
def test_the_same_model_and_an_unknown_one_change_nothing(name: str) -> None:
    spec, told = fitted("concise-friendly", f"model.name={name}")
    assert told == ""
    assert spec.training == fitted("concise-friendly")[0].training


def test_a_folder_is_fitted_by_its_configuration(tmp_path: Path) -> None:
    sizes = {"num_hidden_layers": 4, "num_attention_heads": 4, "intermediate_size": 4096, "vocab_size": 100}
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "llama", "hidden_size": 1152, **sizes}))
    spec, told = fitted("medical-policy", f"model.name={tmp_path}")
    assert spec.training.learning_rate == pytest.approx(9e-4 * 0.5**WIDTH_POWER, rel=0.01)
    assert "width 1152" in told
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "llama", "hidden_size": 64, **sizes}))
    assert fitted("medical-policy", f"model.name={tmp_path}")[1] == ""  # nothing says that a narrower one bears more


@pytest.mark.parametrize(("layers", "numbers"), [(30, range(15, 30)), (16, range(8, 16)), (5, range(2, 5))])
def test_the_upper_half_is_that_of_the_model(layers: int, numbers: Any) -> None:
    own = LoraSpec(target_modules=r".*layers\.{upper-half}\..*_proj")
    assert own.modules_of(layers) == rf".*layers\.({'|'.join(map(str, numbers))})\..*_proj"
    assert own.share == 0.5
    assert LoraSpec().modules_of(layers) == "all-linear"
    assert LoraSpec(target_modules=("q_proj",)).share == 1.0
