"""A model's folder is read only where it is whole and of exactly the model's tensors; else one message says why."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import peft
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers import AutoModelForCausalLM

from adapter_makers import save_adapter
from cli_runner import trimtab
from tiny import tiny_model
from tiny_reward import save_tiny_reward
from trimtab.errors import UserError
from trimtab.judges import Classifier
from trimtab.models import ModelRef, RewardModel, load

WEIGHTS, INDEX = "model.safetensors", "model.safetensors.index.json"
Change = Callable[[Path], object]


def tensors(change: Callable[[dict[str, Tensor]], dict[str, Tensor]]) -> Change:
    """A change to what the file of weights holds."""

    def made(folder: Path) -> None:
        save_file(change(load_file(folder / WEIGHTS)), folder / WEIGHTS, metadata={"format": "pt"})

    return made


def config(**changes: Any) -> Change:
    def made(folder: Path) -> None:
        told = json.loads((folder / "config.json").read_text())
        (folder / "config.json").write_text(json.dumps({**told, **changes}))

    return made


def content(name: str, data: bytes) -> Change:
    return lambda folder: (folder / name).write_bytes(data)


def halved(folder: Path) -> None:
    whole = (folder / WEIGHTS).read_bytes()
    (folder / WEIGHTS).write_bytes(whole[: len(whole) // 2])


def in_parts(folder: Path) -> None:
    """The weights in two parts, of which the second is not there."""
    found = load_file(folder / WEIGHTS)
    names = [f"model-0000{number}-of-00002.safetensors" for number in (1, 2)]
    save_file({k: v for k, v in found.items() if "layers.1" not in k}, folder / names[0], metadata={"format": "pt"})
    (folder / INDEX).write_text(json.dumps({"weight_map": {k: names["layers.1" in k] for k in found}}))
    (folder / WEIGHTS).unlink()


def as_gguf(folder: Path) -> None:
    (folder / WEIGHTS).rename(folder / "tiny.Q4_K_M.gguf")


def tokenizer_of_its_own(folder: Path) -> None:
    told = {"tokenizer_class": "Sparkle", "auto_map": {"AutoTokenizer": ["t.Sparkle", None]}}
    (folder / "tokenizer_config.json").write_text(json.dumps(told))
    (folder / "tokenizer.json").rename(folder / "sparkle.tiktoken")


UNFIT: dict[str, tuple[Change, str]] = {
    "layers missing": (
        tensors(lambda t: {k: v for k, v in t.items() if "layers.1." not in k}),
        r"11 of the 25 tensors of a Qwen3ForCausalLM are not in its files",
    ),
    "one missing": (
        tensors(lambda t: {k: v for k, v in t.items() if k != "lm_head.weight"}),
        r"1 of the 25 tensors .*\(lm_head.weight\), and would be random",
    ),
    "more layers in its files": (config(num_hidden_layers=1, layer_types=None), r"no part of a Qwen3.*layers\.1\."),
    "a value head": (tensors(lambda t: {**t, "v_head.weight": torch.ones(3)}), "no part of a Qwen3ForCausalLM: v_head"),
    "other shapes": (config(intermediate_size=48), r"mlp\.\w+\.weight is 32 x 64 in its files and 32 x 48 by its"),
    "other names": (tensors(lambda t: {f"inner.{k}": v for k, v in t.items()}), "25 of the 25 tensors"),
    "unmerged adapter": (
        tensors(lambda t: {**t, "model.layers.0.self_attn.q_proj.lora_A.default.weight": torch.ones(2, 32)}),
        "adapter is among its weights that was not merged",
    ),
    "gptq": (config(quantization_config={"quant_method": "gptq", "bits": 4}), r"quantised \(gptq, 4 bits\)"),
    "awq": (config(quantization_config={"quant_method": "awq", "w_bit": 4}), r"quantised \(awq, 4 bits\)"),
    "bitsandbytes": (
        config(quantization_config={"quant_method": "bitsandbytes", "load_in_8bit": True}),
        r"quantised \(bitsandbytes, 8 bits\)",
    ),
    "compressed": (config(compression_config={"format": "pack-quantized"}), r"quantised \(pack-quantized\)"),
    "within": (config(text_config={"quantization_config": {"quant_method": "fp8"}}), r"quantised \(fp8\)"),
    "quantised without a word": (
        tensors(lambda t: {**t, "model.layers.0.mlp.up_proj.weight_scale_inv": torch.ones(1)}),
        "quantised .*weight_scale_inv",
    ),
    "whole numbers": (
        tensors(lambda t: {k: v.to(torch.int8) for k, v in t.items()}),
        "quantised .*holds whole numbers, I8",
    ),
    "no numbers": (tensors(lambda t: {**t, "lm_head.weight": t["lm_head.weight"] * torch.nan}), "NaN or infinities"),
    "nothing but zeros": (
        tensors(lambda t: {k: torch.zeros_like(v) for k, v in t.items()}),
        "each token is as likely as any other",
    ),
    "a list as its configuration": (content("config.json", b"[]"), "configuration cannot be read.*no JSON object"),
    "gguf": (as_gguf, "quantised .*GGUF"),
    "half a file": (halved, "model.safetensors is no whole file"),
    "no byte": (content(WEIGHTS, b""), "model.safetensors is no whole file"),
    "a pointer": (content(WEIGHTS, b"version https://git-lfs.github.com/spec/v1\nsize 9\n"), "pointer of Git LFS"),
    "a part missing": (in_parts, "names model-00002-of-00002.safetensors, which is not there"),
    "no weights": (lambda folder: (folder / WEIGHTS).unlink(), "holds no weights"),
    "rubbish as torch's": (
        lambda folder: (folder / WEIGHTS).rename(folder / "pytorch_model.bin"),
        "cannot be loaded",
    ),
    "broken index": (
        lambda folder: ((folder / WEIGHTS).unlink(), content(INDEX, b'{"weight_map"')(folder)),
        "index.json cannot be read",
    ),
    "broken configuration": (content("config.json", b'{"model_type": '), "configuration cannot be read"),
    "unknown kind": (config(model_type="sparkle"), "cannot be loaded: .*sparkle"),
    "impossible sizes": (config(num_attention_heads="four"), "cannot be loaded"),
    "code of its own": (
        config(model_type="sparkle", auto_map={"AutoConfig": "c.C", "AutoModelForCausalLM": "m.M"}),
        "needs code of its own",
    ),
    "tokenizer's code": (tokenizer_of_its_own, "needs code of its own"),
    "broken tokenizer": (content("tokenizer.json", b"{"), "tokenizer cannot be loaded"),
}
CASES = {
    "layers missing": ("F02", "a checkpoint without some of its tensors is refused, with how many they are"),
    "gptq": ("F27", "quantised folders of every tool are refused, with what made them"),
    "code of its own": ("F34", "a folder that needs code of its own is refused without a question"),
}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param(*row, id=name, marks=[pytest.mark.case(*CASES[name])] if name in CASES else [])
        for name, row in UNFIT.items()
    ],
)
def test_a_folder_that_does_not_hold_its_model_is_refused(
    change: Change, told: str, base: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(base, folder)
    change(folder)
    with pytest.raises(UserError, match=told):
        load(ModelRef(str(folder)), "fp32", lambda line: None)


def test_a_message_and_no_traceback_at_the_command_line(base: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(base, folder)
    halved(folder)
    done = trimtab("eval", "model", "--suite", "hhh", "--out", "out", cwd=tmp_path)
    assert done.returncode == 2
    assert "no whole file of tensors" in done.stderr


def test_files_that_hold_the_same_in_another_way_are_read(base: Path, tied: Path, tmp_path: Path) -> None:
    ids = torch.tensor([[6, 7, 8, 9]])

    def logits(folder: Path) -> Tensor:
        with torch.no_grad():
            return load(ModelRef(str(folder)), "fp32", lambda line: None).model(input_ids=ids).logits

    shutil.copytree(base, tmp_path / "bin")
    torch.save(load_file(base / WEIGHTS), tmp_path / "bin" / "pytorch_model.bin")
    (tmp_path / "bin" / WEIGHTS).unlink()
    assert torch.equal(logits(tmp_path / "bin"), logits(base))
    shutil.copytree(tied, tmp_path / "twice")  # the tied output layer is in the file as well
    tensors(lambda t: {**t, "lm_head.weight": t["model.embed_tokens.weight"].clone()})(tmp_path / "twice")
    assert "lm_head.weight" not in load_file(tied / WEIGHTS)
    assert torch.equal(logits(tmp_path / "twice"), logits(tied))
    shutil.copytree(base, tmp_path / "old")  # positions were once kept with the weights
    old = "model.layers.0.self_attn.rotary_emb.inv_freq"
    tensors(lambda t: {**t, old: torch.ones(4)})(tmp_path / "old")
    assert torch.equal(logits(tmp_path / "old"), logits(base))


def test_code_of_its_own_that_is_not_needed_is_told(base: Path, tmp_path: Path) -> None:
    folder, said = tmp_path / "model", list[str]()
    shutil.copytree(base, folder)
    config(auto_map={"AutoModelForCausalLM": "modeling_mine.Mine"})(folder)
    load(ModelRef(str(folder)), "fp32", said.append)
    assert any("code of its own, which is not run: transformers' Qwen3ForCausalLM reads it" in line for line in said)


def test_a_folder_with_a_model_and_an_adapter_is_not_guessed_at(base: Path, tmp_path: Path) -> None:
    folder = tmp_path / "both"
    save_adapter(tmp_path / "adapter", base)
    shutil.copytree(base, folder)
    for path in (tmp_path / "adapter").iterdir():
        shutil.copy(path, folder)
    with pytest.raises(UserError, match=r"An adapter lies beside its weights .* puts it on them"):
        load(ModelRef(str(folder)), "fp32", lambda line: None)


def test_what_transformers_makes_of_a_model_with_an_adapter_is_as_the_message_says(base: Path, tmp_path: Path) -> None:
    folder, ids = tmp_path / "both", torch.tensor([[6, 7, 8]])
    tiny_model("qwen3", seed=5).save_pretrained(folder)
    save_adapter(tmp_path / "adapter", base)
    own = AutoModelForCausalLM.from_pretrained(folder)
    for path in (tmp_path / "adapter").glob("adapter_*"):
        shutil.copy(path, folder)
    with torch.no_grad():
        theirs = AutoModelForCausalLM.from_pretrained(folder)(ids).logits
        ours = peft.PeftModel.from_pretrained(own, tmp_path / "adapter")(ids).logits
    assert torch.allclose(theirs, ours, atol=1e-5)


def test_a_file_is_no_folder(base: Path, tmp_path: Path) -> None:
    (tmp_path / "tiny.gguf").write_bytes(b"GGUF")
    for name, told in ((tmp_path / "tiny.gguf", "quantised"), (base / WEIGHTS, "That is a file")):
        with pytest.raises(UserError, match=told):
            load(ModelRef(str(name)), "fp32", lambda line: None)


@pytest.mark.parametrize(
    "name", ["layers missing", "gptq", "half a file", "more layers in its files", "code of its own"]
)
def test_reward_models_and_classifiers_are_refused_alike(name: str, tmp_path: Path) -> None:
    change, told = UNFIT[name]
    folder = save_tiny_reward(tmp_path)
    change(folder)
    told = told.replace("Qwen3ForCausalLM", "Qwen3ForSequenceClassification")
    with pytest.raises(UserError, match=told):
        RewardModel.load(str(folder), "fp32")
    with pytest.raises(UserError, match=told):
        Classifier(str(folder))([("why?", "red tea")])


def test_another_head_beside_a_reward_models_own_is_left(tmp_path: Path) -> None:
    folder = save_tiny_reward(tmp_path)
    tensors(lambda t: {**t, "lm_head.weight": torch.ones(59, 32)})(folder)
    assert RewardModel.load(str(folder), "fp32").heads == 0
    tensors(lambda t: {**t, "score.bias": torch.ones(1)})(folder)  # of the head that is used
    with pytest.raises(UserError, match=r"no part of a \w+: score\.bias"):
        RewardModel.load(str(folder), "fp32")


def test_half_of_a_reward_models_own_files_is_told(tmp_path: Path) -> None:
    folder = save_tiny_reward(tmp_path)
    (folder / "heads.safetensors").write_bytes(b"half")
    with pytest.raises(UserError, match=r"heads\.safetensors cannot be read"):
        RewardModel.load(str(folder), "fp32")
    (folder / "reward.json").write_text('{"base"')
    with pytest.raises(UserError, match=r"reward\.json cannot be read"):
        RewardModel.load(str(folder), "fp32")
