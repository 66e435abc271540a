"""Log-probabilities over a forest are those of plain passes, whatever stands beside them in the pack."""

import pytest
import torch
from peft import PromptTuningConfig, get_peft_model

from tiny import tiny_model, tiny_tokenizer
from trimtab.sharing import Scorer, layout, score, why_not

ARCHITECTURES = [
    "llama", "qwen2", "qwen3", "mistral", "gemma2", "gemma3_text", "phi3", "olmo2", "olmo3", "smollm3", "granite",
    "qwen2_moe", "gpt_neox", "gpt2",
]  # fmt: skip
PROMPTS = [[2, 7, 8, 9], [2, 10], [2, *range(6, 22)], [2, 10]]
OPTIONS = [
    [[11], [12, 13], [12, 13], [12, 14, 15], [12]],  # twice the same, and one that begins another
    [[6, 7, 8, 9, 10]],
    [[20], [21, 22, 23, 24, 25, 26, 27, 28]],
    [[6, 7, 9]],  # the same prompt again, and an answer that begins alike
]
PREAMBLE = [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]


def worst(found: list[list[list[float]]], expected: list[list[list[float]]]) -> float:
    pairs = [
        (a, b)
        for ours, theirs in zip(found, expected, strict=True)
        for one, other in zip(ours, theirs, strict=True)
        for a, b in zip(one, other, strict=True)
    ]
    assert len(pairs) == sum(len(option) for options in OPTIONS for option in options)
    return max(abs(a - b) for a, b in pairs)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_equals_plain_passes(architecture: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model = tiny_model(architecture)
    scorer = Scorer(model)
    assert scorer.shares
    plain = scorer.one_by_one(PROMPTS, OPTIONS)
    assert max(abs(value) for options in plain for option in options for value in option) > 1
    assert worst(scorer(PROMPTS, OPTIONS), plain) < 1e-4
    behind = [[*PREAMBLE, *prompt] for prompt in PROMPTS]
    expected = scorer.one_by_one(behind, OPTIONS)
    assert worst(expected, plain) > 1e-2
    for least in (1, 32):  # in a cache, or in each pack
        monkeypatch.setattr(score, "HELD_FROM", least)
        assert worst(scorer(behind, OPTIONS, budget=40), expected) < 1e-4
        assert worst(scorer([PREAMBLE] * 4, OPTIONS), scorer.one_by_one([PREAMBLE] * 4, OPTIONS)) < 1e-4


def test_a_long_beginning_is_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    scorer = Scorer(tiny_model("llama"))
    computed: list[int] = []
    scorer.model.get_input_embeddings().register_forward_hook(lambda _, ids, __: computed.append(ids[0].numel()))
    long = [6 + i % 20 for i in range(60)]
    scorer([[*long, *prompt] for prompt in PROMPTS], OPTIONS, budget=1)
    assert sum(computed) < len(long) + sum(len(p) + sum(map(len, o)) for p, o in zip(PROMPTS, OPTIONS, strict=True)) + 1


@pytest.mark.parametrize("architecture", ["llama", "mistral", "gemma2"])
def test_packs_blocks_and_order_change_nothing(architecture: str, monkeypatch: pytest.MonkeyPatch) -> None:
    scorer = Scorer(tiny_model(architecture))
    plain = scorer.one_by_one(PROMPTS, OPTIONS)
    for block, budget in ((1, 1), (3, 64), (7, 10_000)):
        monkeypatch.setattr(layout, "BLOCK_TOKENS", block)
        assert worst(scorer(PROMPTS, OPTIONS, budget=budget), plain) < 1e-4
    assert worst(scorer(PROMPTS[::-1], OPTIONS[::-1])[::-1], plain) < 1e-4


def test_half_precision_stays_near() -> None:
    model = tiny_model("llama")
    plain = Scorer(model).one_by_one(PROMPTS, OPTIONS)
    half = Scorer(model.to(torch.bfloat16))
    assert half.shares
    own = half.one_by_one(PROMPTS, OPTIONS)
    assert worst(half(PROMPTS, OPTIONS), plain) < 2 * worst(own, plain) + 0.05


@pytest.mark.parametrize("architecture", ["bloom", "mpt", "mamba", "lfm2", "gpt_oss"])
def test_a_model_that_cannot_says_so_once_and_is_scored_plainly(architecture: str) -> None:
    model = tiny_model(architecture)
    said: list[str] = []
    scorer = Scorer(model, said.append)
    assert not scorer.shares
    assert len(said) == 1
    assert "every sequence is computed by itself" in said[0]
    assert scorer(PROMPTS, OPTIONS) == scorer.one_by_one(PROMPTS, OPTIONS)
    assert len(said) == 1


def test_virtual_tokens_are_refused() -> None:
    peft = get_peft_model(tiny_model("llama"), PromptTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=4))
    assert "virtual tokens" in str(why_not(peft))


def test_a_wrong_mask_is_found_by_the_probe(monkeypatch: pytest.MonkeyPatch) -> None:
    from trimtab.sharing import attention

    monkeypatch.setattr(attention.Trees, "masks", lambda self, dtype, window: [None] * len(self.blocks))
    assert "other log-probabilities" in str(why_not(tiny_model("llama")))


def test_the_probe_changes_nothing() -> None:
    model = tiny_model("llama").train()
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    assert why_not(model) is None
    assert torch.equal(torch.rand(3), expected)
    assert model.training
    assert model.config._attn_implementation == "sdpa"


@pytest.mark.parametrize(("prompts", "options"), [([[2]], [[]]), ([[2]], [[[]]]), ([[]], [[[3]]])])
def test_nothing_to_score_is_refused(prompts: list[list[int]], options: list[list[list[int]]]) -> None:
    with pytest.raises(ValueError, match="token"):
        Scorer(tiny_model("llama"))(prompts, options)


def test_the_vocabulary_of_the_tests_is_large_enough() -> None:
    assert max(token for options in OPTIONS for option in options for token in option) < len(tiny_tokenizer())
