"""Tiny randomly initialised chat models of several architectures, and a whole spec for one, made on the spot."""

import json
from pathlib import Path

import torch
import yaml
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, PreTrainedTokenizerFast

WORDS = """hello you your are is it's great fun the a one two red green blue tea rain sun we let's go now then and or
to of in on with thanks sure don't do not furthermore ensure dog cat tree house how what why tell me about name plan"""
MARKS = [".", "!", "?", ","]
TEMPLATE = (
    "{% for m in messages %}<|{{ m['role'] }}|> {{ m['content'] }} <|end|> {% endfor %}"
    "{% if add_generation_prompt %}<|assistant|> {% endif %}"
)


def tiny_tokenizer() -> PreTrainedTokenizerFast:
    """One token a word, so that a test can read what a model says."""
    special = ["<|end|>", "<|pad|>", "<|user|>", "<|assistant|>", "<|system|>", "<unk>"]
    vocab = {token: i for i, token in enumerate([*special, *WORDS.split(), *MARKS])}
    backend = Tokenizer(models.WordLevel(vocab, unk_token="<unk>"))
    backend.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=backend,
        eos_token="<|end|>",
        pad_token="<|pad|>",
        unk_token="<unk>",
        additional_special_tokens=["<|user|>", "<|assistant|>", "<|system|>"],
    )
    tokenizer.chat_template = TEMPLATE
    return tokenizer


COMMON = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "max_position_embeddings": 256}
GROUPED = {**COMMON, "num_key_value_heads": 2, "intermediate_size": 64}
ALTERNATING = {"layer_types": ["sliding_attention", "full_attention"], "sliding_window": 8}
ARCHITECTURES = {
    "qwen2": GROUPED,
    "qwen3": {**GROUPED, "head_dim": 8},
    "llama": GROUPED,
    "mistral": {**GROUPED, "sliding_window": 8},
    "gemma2": {
        **GROUPED,
        **ALTERNATING,
        "head_dim": 8,
        "query_pre_attn_scalar": 8,
        "attn_logit_softcapping": 4.0,
        "final_logit_softcapping": 3.0,
    },
    "gemma3_text": {**GROUPED, **ALTERNATING, "head_dim": 8, "query_pre_attn_scalar": 8},
    "phi3": GROUPED,
    "olmo2": GROUPED,
    "olmo3": {**GROUPED, **ALTERNATING},
    "smollm3": {**GROUPED, "no_rope_layers": [1, 0]},
    "granite": {**GROUPED, "logits_scaling": 4.0},
    "qwen2_moe": {
        **GROUPED,
        "num_experts": 4,
        "num_experts_per_tok": 2,
        "moe_intermediate_size": 16,
        "shared_expert_intermediate_size": 16,
    },
    "gpt_oss": {**GROUPED, "head_dim": 8, "num_local_experts": 2, "num_experts_per_tok": 1, "rope_parameters": {}},
    "gpt_neox": {**COMMON, "intermediate_size": 64},
    "gpt2": {"n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 256},
    "bloom": {"hidden_size": 32, "n_layer": 2, "n_head": 4},
    "mpt": {"d_model": 32, "n_layers": 2, "n_heads": 4, "max_seq_len": 256},
    "mamba": {"hidden_size": 32, "num_hidden_layers": 2, "state_size": 4},
    "lfm2": {**GROUPED, "layer_types": ["conv", "full_attention"]},
}
"""The shape of each tiny model, by transformers' name for the architecture."""


def tiny_model(architecture: str = "qwen2", seed: int = 0, **changes: object) -> torch.nn.Module:
    """A model of two layers and 32 dimensions; its weights are large enough that its choices differ.

    `changes` replace parts of its configuration.
    """
    torch.manual_seed(seed)
    tokens = {"vocab_size": len(tiny_tokenizer()), "eos_token_id": 0, "pad_token_id": 1, "bos_token_id": None}
    config = AutoConfig.for_model(architecture, **{**tokens, **ARCHITECTURES[architecture], **changes})
    model = AutoModelForCausalLM.from_config(config)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim == 2:
                parameter.mul_(4.0)
    return model.eval()


def plain_logps(model: torch.nn.Module, prompt: list[int], answer: list[int]) -> torch.Tensor:
    """Log-probability of each token of an answer, by a plain pass of the one sequence; float32, on the CPU."""
    ids = torch.tensor([[*prompt, *answer]])
    with torch.no_grad():
        logps = torch.log_softmax(model(ids, use_cache=False).logits[0, :-1].float(), -1)
    return logps.gather(-1, ids[0, 1:, None])[len(prompt) - 1 :, 0]


def save_tiny(folder: Path, architecture: str = "qwen3") -> Path:
    """A tiny model as a folder that any loader reads."""
    tiny_model(architecture).save_pretrained(folder)
    tiny_tokenizer().save_pretrained(folder)
    assert AutoTokenizer.from_pretrained(folder)("hello")["input_ids"]  # not so where a class of its own is loaded
    return folder


def tiny_spec(folder: Path, **sections: object) -> Path:
    """A whole spec with its prompt files; `sections` replace parts of it."""
    folder.mkdir(parents=True, exist_ok=True)
    nouns = ["tea", "rain", "sun", "dog", "cat", "tree", "house", "red", "green", "blue"]
    others = [("one", "plan"), ("two", "name"), ("fun", "go"), ("great", "thanks"), ("furthermore", "ensure")]
    others.append(("sure", "hello"))
    train = [
        {"id": f"t{i}", "kind": "a" if i % 2 else "b", "prompt": f"tell me about {noun}"}
        for i, noun in enumerate(nouns)
    ]
    held = [{"id": f"h{i}", "kind": "a", "prompt": f"what is {a} {b}"} for i, (a, b) in enumerate(others)]
    facts = [
        {"id": f"f{i}", "question": f"what is {noun}?", "right": "red", "wrong": ["green", "blue", "tea"]}
        for i, noun in enumerate(nouns)
    ]
    for name, rows in (("train", train), ("heldout", held), ("facts", facts)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    spec = {
        "name": "tiny",
        "goal": "say less",
        "seed": 3,
        "decode_batch_size": 8,
        "model": {"name": "model", "precision": "fp32"},
        "judges": {"untrusted": "told"},
        "prompts": {"train": "train.jsonl", "heldout": "heldout.jsonl", "facts": "facts.jsonl"},
        "feedback": {
            "sample": {
                "samples_per_prompt": 3,
                "max_new_tokens": 24,
                "temperature": 1.0,
                "top_p": 1.0,
                "trim_to_sentences": 2,
                "margin": 0.0,
                "rubric": [{"scorer": "words", "weight": 1, "full_to": 2, "zero_above": 30}],
            }
        },
        "training": {
            "learning_rate": 1e-3,
            "batch_size": 2,
            "checkpoint_every": 2,
            "epochs": 1.4,
            "probe_prompts": 2,
            "rehearsal_weight": 1.0,
        },
        "evaluation": {"max_new_tokens": 24},
        "gates": [{"metric": "style.words", "at_most": 1000}],
        **sections,
    }
    path = folder / "spec.yaml"
    path.write_text(yaml.safe_dump(spec, sort_keys=False))
    return path
