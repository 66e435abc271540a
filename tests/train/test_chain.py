"""Two adapters in a row are one: base with the combined adapter is base with the first and then the second merged."""

from pathlib import Path

import pytest
import torch
from peft import PeftModel
from test_dpo import COMPARISONS
from test_dpo import SETTINGS as DPO
from test_sft import DEMONSTRATIONS
from test_sft import SETTINGS as SFT

from tiny import tiny_model, tiny_tokenizer
from trimtab.models import LoadedModel, ModelRef
from trimtab.spec import LoraSpec
from trimtab.train import combine_adapters, train_dpo, train_sft


def merged(model: torch.nn.Module, *adapters: Path) -> torch.nn.Module:
    for adapter in adapters:
        model = PeftModel.from_pretrained(model, adapter).merge_and_unload()
    return model.eval()


@pytest.mark.parametrize("architecture", ["qwen2", "gpt2"])
def test_the_combined_adapter_is_the_chain(tmp_path: Path, architecture: str) -> None:
    first, second, both = tmp_path / "sft", tmp_path / "dpo", tmp_path / "both"

    def start(*adapters: Path) -> LoadedModel:
        model = merged(tiny_model(architecture), *adapters)
        return LoadedModel(model, tiny_tokenizer(), ModelRef("tiny"), "fp32")  # type: ignore[arg-type]

    lora = LoraSpec(rank=4, alpha=12)
    train_sft(
        start(), DEMONSTRATIONS, SFT.model_copy(update={"lora": lora}), seed=1, work=tmp_path / "a", adapter=first
    )
    settings = DPO.model_copy(update={"lora": LoraSpec(rank=6, alpha=8)})
    summary = train_dpo(start(first), COMPARISONS, settings, seed=1, work=tmp_path / "b", adapter=second)
    assert all(check.passed for check in summary.preflight)  # the reference is the model after SFT
    combine_adapters(first, second, both)

    ids = torch.tensor([tiny_tokenizer()("hello you what is tea")["input_ids"]])
    with torch.no_grad():
        chain, base, after_sft = (
            merged(tiny_model(architecture), *adapters)(ids).logits for adapters in ((first, second), (), (first,))
        )
        one = merged(tiny_model(architecture), both)(ids).logits
        unmerged = PeftModel.from_pretrained(tiny_model(architecture), both).eval()(ids).logits
    torch.testing.assert_close(one, chain, rtol=0, atol=1e-5)
    torch.testing.assert_close(unmerged, chain, rtol=0, atol=1e-5)
    assert float((chain - after_sft).abs().max()) > 0.01  # both stages moved the model
    assert float((after_sft - base).abs().max()) > 0.01
    written = {path.name: path.read_bytes() for path in both.iterdir()}
    combine_adapters(first, second, both)
    assert {path.name: path.read_bytes() for path in both.iterdir()} == written


def test_adapters_of_other_layers_do_not_combine(tmp_path: Path) -> None:
    for name, modules in (("a", "all-linear"), ("b", ("q_proj", "v_proj"))):
        settings = SFT.model_copy(update={"epochs": 1.0, "lora": LoraSpec(rank=2, alpha=2, target_modules=modules)})
        start = LoadedModel(tiny_model(), tiny_tokenizer(), ModelRef("tiny"), "fp32")  # type: ignore[arg-type]
        train_sft(start, DEMONSTRATIONS, settings, seed=1, work=tmp_path / f"w{name}", adapter=tmp_path / name)
    with pytest.raises(ValueError, match="same layers"):
        combine_adapters(tmp_path / "a", tmp_path / "b", tmp_path / "out")
