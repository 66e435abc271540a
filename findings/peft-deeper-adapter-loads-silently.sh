#!/usr/bin/env bash
# Finding: PEFT loads an adapter of a model of four layers on a model of two and says nothing
# Seen with: peft 0.21.2, transformers 5.23.0, torch 2.13.0
# Expected: an error or a warning, as half of the adapter's tensors have no place; the other way round (tensors
# missing) there is a warning
# Seen: no warning: the first two layers get the adapter's tensors, the rest is left out
# Exits 0 while the behaviour is as seen, and with another status once it has changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet torch==2.13.0 transformers==5.23.0 peft==0.21.2 accelerate==1.15.0
cd "$work"
HF_HUB_OFFLINE=1 "$work/venv/bin/python" -W ignore - <<'PY'
import logging
import sys
import tempfile
import warnings
from typing import ClassVar

import peft
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file
from transformers import LlamaConfig, LlamaForCausalLM


def tiny(**settings):
    torch.manual_seed(0)
    sizes = {"vocab_size": 64, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2}
    heads = {"num_attention_heads": 4, "num_key_value_heads": 4}
    return LlamaForCausalLM(LlamaConfig(**(sizes | heads | settings))).eval()


def words_on_loading(layers):
    """The warnings that loading the adapter on a model of so many layers gives, but for deprecations."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        loaded = PeftModel.from_pretrained(tiny(num_hidden_layers=layers), folder)
    told = [str(each.message)[:60] for each in caught if not issubclass(each.category, FutureWarning)]
    return told, sum("lora_" in name for name, _ in loaded.named_parameters())


class Heard(logging.Handler):
    records: ClassVar[list[str]] = []

    def emit(self, record):
        self.records.append(record.getMessage())


folder = tempfile.mkdtemp(dir=".")
lora = LoraConfig(r=4, target_modules=["q_proj"], init_lora_weights=False)
get_peft_model(tiny(num_hidden_layers=4), lora).save_pretrained(folder)
has = len(load_file(f"{folder}/adapter_model.safetensors"))
logging.getLogger().addHandler(Heard(level=logging.WARNING))
shallower, used = words_on_loading(2)
heard = list(Heard.records)
deeper, _ = words_on_loading(6)
print("version:", peft.__version__)
print("expected: an error or a warning that tensors are left over")
print("seen:", f"{used} of {has} tensors used; on two layers told {shallower + heard}; on six layers told {deeper}")
sys.exit(0 if has == 8 and used == 4 and not shallower and not heard and deeper else "the behaviour has changed")
PY
