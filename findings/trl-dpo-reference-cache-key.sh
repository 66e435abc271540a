#!/usr/bin/env bash
# Finding: TRL's DPOTrainer reads another model's reference log-probabilities out of its cache
# Seen with: trl 1.16.0, datasets 5.2.0, transformers 5.23.0, torch 2.13.0
# Expected: with `precompute_ref_log_probs` and a model whose configuration differs (rope_theta here; any that leaves
# the weights' values), the references are computed anew
# Seen: the cache's key holds the values of the weights and the dataset's fingerprint, and nothing of the model's
# configuration: the first model's references are read for the second
# Exits 0 while the behaviour is as seen, and with another status once it has changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet torch==2.13.0 transformers==5.23.0 trl==1.16.0 datasets==5.2.0 accelerate==1.15.0
cd "$work"
HF_HUB_OFFLINE=1 "$work/venv/bin/python" -W ignore - <<'PY'
import json
import sys
from pathlib import Path

import torch
import trl
from datasets import load_dataset
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


def references(theta, cache):
    """The reference's log-probabilities of the chosen sides, of a model with this rope_theta."""
    rope = {"rope_type": "default", "rope_theta": theta}
    given = {"output_dir": "out", "report_to": [], "use_cpu": True, "bf16": False, "max_length": None}
    trainer = DPOTrainer(
        tiny(rope_parameters=rope, initializer_range=1.0),
        args=DPOConfig(precompute_ref_log_probs=True, **given),
        train_dataset=load_dataset("json", data_files="rows.jsonl", split="train", cache_dir=cache),
        processing_class=tokenizer(pad_token="<pad>"),
    )
    trainer.get_train_dataloader()
    return [round(value, 3) for value in trainer.train_dataset["ref_chosen_logps"]]


row = {"prompt": "the tea is", "chosen": " hot and good", "rejected": " cold and bad"}
other = {"prompt": "I like", "chosen": " it very", "rejected": " not it"}
Path("rows.jsonl").write_text("\n".join(map(json.dumps, [row, other])))
first = references(10000.0, "one")
second = references(10.0, "one")
anew = references(10.0, "two")  # the same in an empty cache
print("version:", trl.__version__)
print("expected: the second model's own, as in an empty cache")
print("seen:", f"first model {first}, second {second}, second in an empty cache {anew}")
sys.exit(0 if first == second != anew else "the behaviour has changed")
PY
