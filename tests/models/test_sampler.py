"""The sampler says what transformers.generate says, and the same whatever else is in the batch."""

import numpy as np
import pytest
import torch

from tiny import tiny_model, tiny_tokenizer
from trimtab.errors import UserError
from trimtab.models import Decoding, batching, complete, end_ids, generate, plan_parts, prompt_ids, sample_batch
from trimtab.models import decoding as decoding_module
from trimtab.models.decoding import DRAWS, choose
from trimtab.records import Message, Prompt

ARCHITECTURES = ["qwen2", "llama", "mistral", "gpt_neox", "gpt2"]
TEXTS = [
    "hello you",
    "tell me about the red house and the blue tree",
    "why",
    "what is it to plan the one or two",
    "go now",
]
PROMPTS = [Prompt(id=f"p{i}", messages=(Message(role="user", content=text),)) for i, text in enumerate(TEXTS)]


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_greedy_equals_transformers_generate(architecture: str) -> None:
    model, tokenizer = tiny_model(architecture), tiny_tokenizer()
    ours = sample_batch(model, tokenizer, PROMPTS, samples=1, decoding=Decoding(30), seed=0)
    for prompt, answer in zip(PROMPTS, ours, strict=True):
        ids = torch.tensor([prompt_ids(tokenizer, prompt.messages)])
        out = model.generate(
            ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=30, eos_token_id=0, pad_token_id=1
        )
        theirs = out[0, ids.shape[1] :].tolist()
        assert answer.text == tokenizer.decode(theirs, skip_special_tokens=True)
        assert answer.tokens == len(theirs)
        assert answer.ended == (theirs[-1] == 0)


def test_a_tokenizer_that_makes_nothing_of_text_is_told() -> None:
    tokenizer = tiny_tokenizer()
    with pytest.raises(UserError, match="makes no tokens of ''"):
        complete(tiny_model("llama"), tokenizer, ["why", ""], decoding=Decoding(2), seed=0)


def test_a_text_goes_on_as_generate_makes_it() -> None:
    model, tokenizer = tiny_model("llama"), tiny_tokenizer()
    texts = ["the red house", "why", "tell me about tea and the dog"]
    ours = complete(model, tokenizer, texts, decoding=Decoding(20), seed=0)
    for text, tokens in zip(texts, ours, strict=True):
        ids = tokenizer(text, return_tensors="pt")["input_ids"]
        out = model.generate(
            ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=20, eos_token_id=0, pad_token_id=1
        )
        assert tokens == out[0].tolist()
    drawn = Decoding(20, temperature=1.0)
    together = complete(model, tokenizer, texts, decoding=drawn, seed=3)
    assert complete(model, tokenizer, texts[:2], decoding=drawn, seed=3) == together[:2]
    assert complete(model, tokenizer, texts, decoding=drawn, seed=4) != together


@pytest.mark.parametrize("architecture", ["qwen2", "mistral", "gpt2"])
def test_an_answer_does_not_depend_on_its_batch(architecture: str) -> None:
    model, tokenizer = tiny_model(architecture), tiny_tokenizer()
    decoding = Decoding(40, temperature=1.0, top_p=0.9)
    together = sample_batch(model, tokenizer, PROMPTS, samples=4, decoding=decoding, seed=5)
    alone = [a for p in PROMPTS for a in sample_batch(model, tokenizer, [p], samples=4, decoding=decoding, seed=5)]
    assert together == alone
    batched = [
        a for batch in generate(model, tokenizer, PROMPTS, samples=4, decoding=decoding, seed=5, rows=8) for a in batch
    ]
    assert sorted(batched, key=lambda a: (a.prompt_id, a.index)) == together
    assert sample_batch(model, tokenizer, PROMPTS, samples=4, decoding=decoding, seed=6) != together
    lengths = {answer.tokens for answer in together}
    assert len(lengths) > 2  # rows did end, and leave the batch, at different steps
    assert any(answer.ended for answer in together)
    assert any(not answer.ended and answer.tokens == 40 for answer in together) or all(a.ended for a in together)


@pytest.mark.parametrize("architecture", ["qwen2", "mistral", "gpt2"])
def test_waiting_prompts_join_rows_that_are_not_done(architecture: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model, tokenizer = tiny_model(architecture), tiny_tokenizer()
    decoding = Decoding(40, temperature=1.0)
    many = [prompt.model_copy(update={"id": f"{prompt.id}-{i}"}) for i in range(4) for prompt in PROMPTS]
    joins: list[tuple[int, int, set[int]]] = []
    real = batching._Rows.joined

    def joined(self: batching._Rows, new: batching._Rows) -> batching._Rows:
        joins.append((len(self), len(new), {*self.cached.tolist(), *new.cached.tolist()}))
        return real(self, new)

    monkeypatch.setattr(batching._Rows, "joined", joined)
    together = sample_batch(model, tokenizer, many, samples=2, decoding=decoding, seed=1, rows=8)
    beside = [join for join in joins if join[0]]
    assert len(beside) > 2  # rows were let in while others went on
    assert max(before + new for before, new, _ in joins) <= 8
    assert any(len(lengths) > 2 for _, _, lengths in beside)  # with unlike numbers of tokens in the cache
    assert sum(new for _, new, _ in joins) == 2 * len(many)
    assert [answer.prompt_id for answer in together] == [prompt.id for prompt in many for _ in range(2)]
    for prompt, pair in zip(many, zip(together[::2], together[1::2], strict=True), strict=True):
        assert tuple(sample_batch(model, tokenizer, [prompt], samples=2, decoding=decoding, seed=1)) == pair


def test_samples_follow_the_distribution_and_top_p_cuts_its_tail() -> None:
    logits = torch.log(torch.tensor([[0.5, 0.3, 0.15, 0.05]])).repeat(20_000, 1)
    uniform = torch.from_numpy(np.random.default_rng(0).random((20_000, DRAWS + 1)))
    drawn = choose(logits, Decoding(1, temperature=1.0), uniform)
    assert torch.bincount(drawn, minlength=4).div(20_000).tolist() == pytest.approx([0.5, 0.3, 0.15, 0.05], abs=0.01)
    nucleus = choose(logits, Decoding(1, temperature=1.0, top_p=0.7), uniform)  # 0.5 + 0.3 is the smallest set
    assert torch.bincount(nucleus, minlength=4).div(20_000).tolist() == pytest.approx([0.625, 0.375, 0, 0], abs=0.01)
    cold = choose(logits, Decoding(1, temperature=0.5), uniform)
    squared = np.array([0.5, 0.3, 0.15, 0.05]) ** 2
    assert torch.bincount(cold, minlength=4).div(20_000).tolist() == pytest.approx(squared / squared.sum(), abs=0.01)


def test_rows_that_are_sorted_follow_the_same_distribution(monkeypatch: pytest.MonkeyPatch) -> None:
    """A vocabulary of several slices, sorted at the first token outside the nucleus and at the fourth."""
    weights = torch.randn(700, generator=torch.Generator().manual_seed(1)).mul(2).softmax(-1)
    sizes, order = weights.sort(descending=True)
    inside = order[: int((sizes.cumsum(0) - sizes < 0.6).sum())]
    expected = torch.zeros(700).index_put((inside,), weights[inside] / weights[inside].sum())
    logits = weights.log().repeat(20_000, 1)
    for draws in (1, DRAWS):
        monkeypatch.setattr(decoding_module, "DRAWS", draws)
        uniform = torch.from_numpy(np.random.default_rng(draws).random((20_000, draws + 1)))
        found = torch.bincount(choose(logits, Decoding(1, 1.0, 0.6), uniform), minlength=700) / 20_000
        assert found[expected == 0].sum() == 0
        assert float((found - expected).abs().sum()) < 0.1  # 20,000 draws from the truth itself come to 0.02 to 0.06


def test_parts_are_planned_by_length_and_hold_every_prompt_once() -> None:
    lengths = [5, 40, 7, 40, 12, 6, 30]
    plan = plan_parts(lengths, samples=4, max_new_tokens=4096)
    assert sorted(i for part in plan for i in part) == list(range(7))
    flat = [lengths[i] for part in plan for i in part]
    assert flat == sorted(flat, reverse=True)
    assert len(plan) > 1
    assert plan_parts([3], samples=64, max_new_tokens=10**6) == [[0]]  # a prompt's answers stay together


def test_a_tokenizer_without_template_or_end_is_refused() -> None:
    tokenizer = tiny_tokenizer()
    tokenizer.chat_template = None
    with pytest.raises(UserError, match="chat template"):
        prompt_ids(tokenizer, PROMPTS[0].messages)
    model = tiny_model()
    model.generation_config.eos_token_id = None
    tokenizer.eos_token = None
    with pytest.raises(UserError, match="end-of-turn"):
        end_ids(model, tokenizer)
