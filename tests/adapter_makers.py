"""Adapters of tiny models, made on the spot, and changed as other tools or accidents change them."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers import AutoModelForCausalLM

from tiny import tiny_model, tiny_tokenizer

WEIGHTS = "adapter_model.safetensors"
IDS = torch.tensor([[6, 7, 8, 9, 10, 11, 12]])


def save_base(folder: Path, **changes: Any) -> Path:
    """A tiny model as a folder, with parts of its configuration replaced."""
    tiny_model("qwen3", **changes).save_pretrained(folder)
    tiny_tokenizer().save_pretrained(folder)
    return folder


def save_adapter(
    folder: Path, base: Path, config: Any = None, *, noise: float = 0.3, added: int = 0, ids: Tensor = IDS
) -> Tensor:
    """Writes an adapter of random weights and returns the logits of `ids` beside it, as PEFT has them.

    With `added`, so many tokens are added to the model before, and the tokenizer is saved with the adapter.
    """
    model = AutoModelForCausalLM.from_pretrained(base)
    if added:
        tokenizer = tiny_tokenizer()
        tokenizer.add_tokens([f"new{number}" for number in range(added)])
        model.resize_token_embeddings(len(tokenizer))
        tokenizer.save_pretrained(folder)
    wrapped = get_peft_model(model, config or lora())
    torch.manual_seed(1)
    with torch.no_grad():
        for parameter in wrapped.parameters():
            if parameter.requires_grad:
                parameter += torch.randn_like(parameter) * noise
    wrapped.eval().save_pretrained(folder)
    with torch.no_grad():
        logits: Tensor = wrapped(input_ids=ids).logits
    return logits


def lora(**options: Any) -> LoraConfig:
    """LoRA of rank 4, of all linear layers unless told otherwise."""
    return LoraConfig(task_type="CAUSAL_LM", r=4, **{"target_modules": "all-linear", **options})


def changed(adapter: Path, out: Path, change: Callable[[dict[str, Tensor]], dict[str, Tensor]], **config: Any) -> Path:
    """A copy of an adapter with other tensors, and parts of its configuration replaced."""
    shutil.copytree(adapter, out)
    save_file(change(load_file(adapter / WEIGHTS)), out / WEIGHTS, metadata={"format": "pt"})
    told = json.loads((out / "adapter_config.json").read_text())
    (out / "adapter_config.json").write_text(json.dumps({**told, **config}))
    return out
