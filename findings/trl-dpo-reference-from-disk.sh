#!/usr/bin/env bash
# Finding: TRL's DPOTrainer takes its reference from the folder that the model came from, not from the model
# Seen with: trl 1.16.0, transformers 5.23.0, torch 2.13.0
# Expected: without `ref_model` the reference is "the initial policy corresponding to `model`, i.e. the model state
# before DPO training starts" (its docstring), so that the first loss is log 2 = 0.6931
# Seen: a model that was changed in memory (by merging an adapter, say) is held against the unchanged weights of its
# folder: the first loss is another, without a word
# Exits 0 while the behaviour is as seen, and with another status once it has changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet torch==2.13.0 transformers==5.23.0 trl==1.16.0 datasets==5.2.0 accelerate==1.15.0
cd "$work"
HF_HUB_OFFLINE=1 "$work/venv/bin/python" -W ignore - <<'PY'
import sys
import tempfile

import torch
import trl
from datasets import Dataset
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from trl import DPOConfig, DPOTrainer

WORDS = "<unk> <end> <pad> the tea is hot cold good bad and I like it not very so".split()


def tokenizer(**marks):
    made = Tokenizer(models.WordLevel({word: place for place, word in enumerate(WORDS)}, unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(tokenizer_object=made, unk_token="<unk>", eos_token="<end>", **marks)


def tiny(kind=LlamaForCausalLM, **settings):
    torch.manual_seed(0)
    sizes = {"vocab_size": len(WORDS), "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2}
    heads = {"num_attention_heads": 4, "num_key_value_heads": 4, "bos_token_id": None, "eos_token_id": 1}
    return kind(LlamaConfig(**(sizes | heads | settings)))


folder = tempfile.mkdtemp(dir=".")
tiny().save_pretrained(folder)
model = LlamaForCausalLM.from_pretrained(folder)
with torch.no_grad():
    model.lm_head.weight.mul_(3.0)  # as merging an adapter would change it
rows = [{"prompt": "the tea is", "chosen": " hot and good", "rejected": " cold and bad"}] * 4
given = {"output_dir": "out", "report_to": [], "use_cpu": True, "bf16": False, "logging_steps": 1, "max_steps": 1}
trainer = DPOTrainer(
    model,
    args=DPOConfig(**given),
    train_dataset=Dataset.from_list(rows),
    processing_class=tokenizer(pad_token="<pad>"),
)
as_given = torch.equal(trainer.ref_model.lm_head.weight, model.lm_head.weight)
as_on_disk = torch.equal(trainer.ref_model.lm_head.weight * 3.0, model.lm_head.weight)
trainer.train()
loss = float(trainer.state.log_history[0]["loss"])
print("version:", trl.__version__)
print("expected: the reference is the model as given, and the first loss 0.6931")
print("seen:", f"as given {as_given}, as on disk {as_on_disk}, first loss {loss:.4f}")
sys.exit(0 if as_on_disk and not as_given and abs(loss - 0.6931) > 1e-3 else "the behaviour has changed")
PY
