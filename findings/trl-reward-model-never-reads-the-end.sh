#!/usr/bin/env bash
# Finding: TRL's RewardTrainer appends the end token and then reads the reward before it
# Seen with: trl 1.16.0, transformers 5.23.0, torch 2.13.0
# Expected: the reward of an answer depends on the end token that the trainer appends to it
# Seen: where a tokenizer has no padding token, the trainer takes the end token for it, and the model reads the reward
# at the last token that is not padding: an answer that ended and one that was cut have the same reward. With a
# padding token of its own it is read at the end
# Exits 0 while the behaviour is as seen, and with another status once it has changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet torch==2.13.0 transformers==5.23.0 trl==1.16.0 datasets==5.2.0 accelerate==1.15.0
cd "$work"
HF_HUB_OFFLINE=1 "$work/venv/bin/python" -W ignore - <<'PY'
import sys

import torch
import trl
from datasets import Dataset
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, LlamaForSequenceClassification, PreTrainedTokenizerFast
from trl import RewardConfig, RewardTrainer

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


def change(**marks):
    """How far the rewards of a batch move when the end token's embedding does."""
    model = tiny(LlamaForSequenceClassification, num_labels=1)
    rows = [{"chosen": "the tea is hot", "rejected": "the tea is cold"}]
    trainer = RewardTrainer(
        model,
        args=RewardConfig(output_dir="out", report_to=[], use_cpu=True, bf16=False),
        train_dataset=Dataset.from_list(rows),
        processing_class=tokenizer(**marks),
    )
    batch = trainer.data_collator([trainer.train_dataset[0]])
    assert batch["input_ids"][:, -1].tolist() == [1, 1]  # both sides end in <end>
    with torch.no_grad():
        before = model.eval()(**batch).logits
        model.model.embed_tokens.weight[1] += 1.0
        return float((model(**batch).logits - before).abs().max())


without, with_own = change(), change(pad_token="<pad>")
print("version:", trl.__version__)
print("expected: another embedding of the end token moves the reward")
print("seen:", f"by {without:.3g}; with a padding token of its own by {with_own:.3g}")
sys.exit(0 if without == 0 and with_own > 1e-4 else "the behaviour has changed")
PY
