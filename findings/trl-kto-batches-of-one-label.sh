#!/usr/bin/env bash
# Finding: TRL's KTOTrainer makes a preference dataset into blocks of one label and never shuffles them
# Seen with: trl 1.16.0, transformers 5.23.0, torch 2.13.0
# Expected: of 16 comparisons, batches in which liked and disliked answers are mixed: KTO weighs the two kinds against
# each other
# Seen: all chosen sides come first, then all rejected ones (in blocks of a thousand each), and they are read in
# order: every batch has one label only
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
from trl import KTOConfig, KTOTrainer

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


rows = [{"prompt": "the tea is", "chosen": " hot and good", "rejected": " cold and bad"}] * 16
given = {"output_dir": "out", "report_to": [], "use_cpu": True, "bf16": False, "per_device_train_batch_size": 4}
folder = tempfile.mkdtemp(dir=".")
tiny().save_pretrained(folder)
trainer = KTOTrainer(
    LlamaForCausalLM.from_pretrained(folder),
    args=KTOConfig(**given),
    train_dataset=Dataset.from_list(rows),
    processing_class=tokenizer(pad_token="<pad>"),
)
batches = [[int(label) for label in batch["label"]] for batch in trainer.get_train_dataloader()]
mixed = sum(len(set(batch)) > 1 for batch in batches)
print("version:", trl.__version__)
print("expected: labels of both kinds in most batches")
print("seen:", f"{mixed} of {len(batches)} batches have both: {batches}")
sys.exit(0 if len(batches) == 8 and mixed == 0 else "the behaviour has changed")
PY
