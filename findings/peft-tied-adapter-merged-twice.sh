#!/usr/bin/env bash
# Finding: PEFT merges an adapter that it tied itself (`ensure_weight_tying`) into the shared weight twice
# Seen with: peft 0.21.2, transformers 5.23.0, torch 2.13.0
# Expected: after `merge_and_unload` the model says what it said with the adapter beside it; `ensure_weight_tying` is
# there so that tied layers stay right when merged
# Seen: embedding and output layer each add the whole difference to the one weight that they share: it is changed by
# twice the difference, and the logits differ, without a word
# Exits 0 while the behaviour is as seen, and with another status once it has changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet torch==2.13.0 transformers==5.23.0 peft==0.21.2 accelerate==1.15.0
cd "$work"
HF_HUB_OFFLINE=1 "$work/venv/bin/python" -W ignore - <<'PY'
import sys

import peft
import torch
from peft import LoraConfig, get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM


def tiny(**settings):
    torch.manual_seed(0)
    sizes = {"vocab_size": 64, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2}
    heads = {"num_attention_heads": 4, "num_key_value_heads": 4}
    return LlamaForCausalLM(LlamaConfig(**(sizes | heads | settings))).eval()


ids = torch.arange(2, 12)[None]
model = tiny(tie_word_embeddings=True)
before = model.get_input_embeddings().weight.detach().clone()
lora = LoraConfig(r=4, target_modules=["embed_tokens"], ensure_weight_tying=True, init_lora_weights=False)
wrapped = get_peft_model(model, lora).eval()
with torch.no_grad():
    beside = wrapped(ids).logits
difference = wrapped.base_model.model.model.embed_tokens.get_delta_weight("default").detach()
merged = wrapped.merge_and_unload()
with torch.no_grad():
    after = merged(ids).logits
times = float((merged.get_input_embeddings().weight - before).norm() / difference.norm())
apart = float((beside - after).abs().max())
print("version:", peft.__version__)
print("expected: the weight changes by 1.0 times the difference, and no logit changes")
print("seen:", f"by {times:.2f} times, and logits differ by up to {apart:.3g}")
sys.exit(0 if abs(times - 2) < 1e-3 and apart > 1e-2 else "the behaviour has changed")
PY
