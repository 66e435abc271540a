#!/usr/bin/env bash
# Finding: TRL's DPOTrainer drops rows at `max_length`, and trains on pairs whose sides the cut made equal
# Seen with: trl 1.16.0, transformers 5.23.0, torch 2.13.0
# Expected: "Sequences longer than `max_length` are truncated" (its configuration's docstring), and a row that can
# teach nothing is told
# Seen: a row whose prompt alone is that long is dropped and counted nowhere (a progress bar speaks of dropping
# whether or not a row goes); a pair that differs behind the cut is kept with both sides equal (and without their end)
# Exits 0 while the behaviour is as seen, and with another status once it has changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet torch==2.13.0 transformers==5.23.0 trl==1.16.0 datasets==5.2.0 accelerate==1.15.0
cd "$work"
HF_HUB_OFFLINE=1 "$work/venv/bin/python" -W ignore - <<'PY'
import logging
import sys
import tempfile
from typing import ClassVar

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


class Heard(logging.Handler):
    records: ClassVar[list[str]] = []

    def emit(self, record):
        self.records.append(record.getMessage())


for name in (None, "trl", "transformers", "datasets", "accelerate"):
    logging.getLogger(name).addHandler(Heard(level=logging.WARNING))
rows = [
    {"prompt": "the tea is", "chosen": " hot and good", "rejected": " hot and bad"},
    {"prompt": "I like it and the tea is so hot", "chosen": " very", "rejected": " not"},
]
given = {"output_dir": "out", "report_to": [], "use_cpu": True, "bf16": False, "max_length": 5}
folder = tempfile.mkdtemp(dir=".")
tiny().save_pretrained(folder)
trainer = DPOTrainer(
    LlamaForCausalLM.from_pretrained(folder),
    args=DPOConfig(**given),
    train_dataset=Dataset.from_list(rows),
    processing_class=tokenizer(pad_token="<pad>"),
)
kept = len(trainer.train_dataset)
chosen, rejected = trainer.data_collator([trainer.train_dataset[0]])["input_ids"].tolist()
told = [text for text in Heard.records if "drop" in text.lower() or "trunc" in text.lower() or "length" in text.lower()]
print("version:", trl.__version__)
print("expected: 2 rows, or a word about the one that is lost; sides that differ")
print("seen:", f"{kept} of {len(rows)} rows; told {told}; chosen {chosen}, rejected {rejected}")
sys.exit(0 if kept == 1 and not told and chosen == rejected else "the behaviour has changed")
PY
