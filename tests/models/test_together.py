"""A model decodes in batches as far as it says in them what it says alone; each is tried, and none is listed."""

import warnings
from typing import Any

import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM

from tiny import COMMON, GROUPED, plain_logps, tiny_model, tiny_tokenizer
from trimtab.errors import UserError, UserNote
from trimtab.models import Decoding, InProcess, LoadedModel, ModelRef, answer_ids, sample_batch
from trimtab.models.together import manner_of
from trimtab.records import Message, Prompt

TEXTS = ["tell me about the red house and the blue tree", "why", "what is it to plan the one or two"]
PROMPTS = [
    Prompt(id=f"p{i}", messages=(Message(role="system", content="go now"), Message(role="user", content=text)))
    for i, text in enumerate(TEXTS)
]


def made(kind: str, **shape: object) -> Any:
    """A tiny model of a kind that tests need nowhere else."""
    torch.manual_seed(0)
    config = AutoConfig.for_model(kind, vocab_size=len(tiny_tokenizer()), eos_token_id=0, pad_token_id=1, **shape)
    model = AutoModelForCausalLM.from_config(config)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim == 2:
                parameter.mul_(4.0)
    return model.eval()


def deaf(left_out: str) -> Any:
    """A model that does not look at a part of what it is given, as several architectures do not."""
    model: Any = tiny_model("gpt2" if left_out == "position_ids" else "llama")
    forward = model.forward

    def without(*args: Any, **kwargs: Any) -> Any:
        return forward(*args, **{name: value for name, value in kwargs.items() if name != left_out})

    model.forward = without
    return model


@pytest.mark.parametrize("kind", ["qwen2", "gpt2", "gemma2", "bloom", "gpt_oss"])
def test_most_models_are_batched_without_a_word(kind: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserNote)
        assert manner_of(tiny_model(kind)) == (True, True, "")


@pytest.mark.parametrize("kind", ["mpt", "deaf to the mask", "deaf to positions"])
def test_what_differs_in_a_batch_is_not_done_and_told(kind: str) -> None:
    model: Any = {"mpt": lambda: tiny_model("mpt")}.get(
        kind, lambda: deaf("attention_mask" if "mask" in kind else "position_ids")
    )()
    with pytest.warns(UserNote, match="takes longer"):
        manner = manner_of(model)
    assert (manner.batched, manner.shared) == ((True, False) if kind == "mpt" else (False, False))
    assert "nats apart in the mean" in manner.why
    told = InProcess(LoadedModel(model, tiny_tokenizer(), ModelRef("tiny"), "fp32")).describe()["batch"]
    assert told == ("shared beginnings computed anew" if kind == "mpt" else "one answer at a time")
    decoding = Decoding(20, temperature=1.0)
    together = sample_batch(model, tiny_tokenizer(), PROMPTS, samples=3, decoding=decoding, seed=2)
    alone = [
        answer
        for prompt in PROMPTS
        for answer in sample_batch(model, tiny_tokenizer(), [prompt], samples=3, decoding=decoding, seed=2)
    ]
    assert together == alone


def test_what_is_said_alone_is_what_one_pass_says() -> None:
    """Greedy answers are the likeliest tokens of plain passes, with a beginning that the prompts share."""
    model: Any = tiny_model("mpt")
    prompts = [[7, 8, 9, *rest] for rest in ([10, 11, 12, 13, 14, 15, 16], [20], [30, 31])]
    with pytest.warns(UserNote):
        found = answer_ids(model, prompts, list("abc"), samples=1, decoding=Decoding(6), ends=frozenset({0}), seed=0)
    for prompt, (answer,) in zip(prompts, found, strict=True):
        for place in range(len(answer)):
            ids = torch.tensor([[*prompt, *answer[:place]]])
            with torch.no_grad():
                assert int(model(ids, use_cache=False).logits[0, -1].argmax()) == answer[place]
        assert torch.isfinite(plain_logps(model, prompt, answer)).all()


@pytest.mark.parametrize(
    ("kind", "shape", "told"),
    [
        ("rwkv", {"hidden_size": 32, "num_hidden_layers": 2, "attention_hidden_size": 32}, "does not say"),
        ("roberta", {**COMMON, "intermediate_size": 64, "is_decoder": True}, "nats apart"),
        ("openai-gpt", {"n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 256}, "does not say"),
        ("recurrent_gemma", {**GROUPED, "lru_width": 32, "block_types": ["recurrent", "attention"]}, "keeps its past"),
    ],
)
def test_a_model_that_cannot_go_on_from_its_cache_is_refused(kind: str, shape: dict[str, Any], told: str) -> None:
    model = made(kind, **shape)
    with pytest.raises(UserError, match=told):
        sample_batch(model, tiny_tokenizer(), PROMPTS, samples=1, decoding=Decoding(4), seed=0)
    assert "batch" not in InProcess(LoadedModel(model, tiny_tokenizer(), ModelRef("tiny"), "fp32")).describe()


def test_a_model_is_tried_once_and_left_as_it_was() -> None:
    model: Any = tiny_model("qwen2").train()
    calls = 0
    forward = model.forward

    def counted(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        return forward(*args, **kwargs)

    model.forward, before = counted, torch.get_rng_state()
    manner_of(model)
    tried = calls
    manner_of(model)
    assert (calls, model.training) == (tried, True)
    assert torch.equal(torch.get_rng_state(), before)
