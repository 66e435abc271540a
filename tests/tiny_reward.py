"""Tiny randomly initialised reward models of several architectures, and token sequences for them."""

import random
from pathlib import Path

import torch
from transformers import AutoModelForSequenceClassification, Gemma2Config, Gemma3TextConfig, GemmaConfig

from tiny import tiny_model, tiny_tokenizer

ARCHITECTURES = ["llama", "qwen2", "mistral", "gpt_neox", "gpt2", "gemma", "gemma2", "gemma3"]
PADDING = 1


def tiny_reward_model(architecture: str = "llama", seed: int = 0, **changes: object) -> torch.nn.Module:
    """A reward model of two layers and 32 dimensions, whose rewards lie well apart."""
    grouped = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2}
    grouped |= {"intermediate_size": 64, "head_dim": 8, "max_position_embeddings": 256, "vocab_size": vocabulary()}
    windowed = {**grouped, "sliding_window": 6}
    gemmas = {
        "gemma": (GemmaConfig, grouped),
        "gemma2": (Gemma2Config, windowed),
        "gemma3": (Gemma3TextConfig, windowed),
    }
    if architecture in gemmas:
        kind, sizes = gemmas[architecture]
        config = kind(**sizes)
    else:
        config = tiny_model(architecture).config
    for name, value in {"num_labels": 1, "pad_token_id": PADDING, "eos_token_id": 0, **changes}.items():
        setattr(config, name, value)
    torch.manual_seed(seed)
    model = AutoModelForSequenceClassification.from_config(config)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.ndim == 2:
                parameter.mul_(20.0 if name.startswith("score") else 4.0)
    return model.eval()


def save_tiny_reward(folder: Path) -> Path:
    """A tiny reward model as a folder that any loader reads."""
    tiny_reward_model("qwen3").save_pretrained(folder)
    tiny_tokenizer().save_pretrained(folder)
    return folder


def vocabulary() -> int:
    return len(tiny_tokenizer())


def some_tokens(source: random.Random, shortest: int, longest: int) -> list[int]:
    """Tokens that are no special ones."""
    return [source.randrange(6, vocabulary()) for _ in range(source.randint(shortest, longest))]
