"""A reward is that of a plain pass over its sequence alone, whatever else is computed with it."""

import random
from typing import Any

import pytest
import torch
from peft import LoraConfig, get_peft_model

from tiny_reward import ARCHITECTURES, PADDING, some_tokens, tiny_reward_model
from trimtab.sharing import REWARDS, RewardScorer, Trees, why_not, without_padding

SOURCE = random.Random(5)
PROMPTS = [some_tokens(SOURCE, 3, 20) for _ in range(5)]
ANSWERS = [[some_tokens(SOURCE, 1, 14) for _ in range(count)] for count in (8, 1, 3, 2, 5)]
ANSWERS[0][3] = ANSWERS[0][2] + [9, 9]  # answers that begin alike, and two that are one
ANSWERS[2][1] = ANSWERS[2][0]


@torch.no_grad()
def alone(model: Any, prompts: Any = PROMPTS, answers: Any = ANSWERS) -> list[list[float]]:
    return [
        [model(input_ids=torch.tensor([prompt + answer])).logits.item() for answer in options]
        for prompt, options in zip(prompts, answers, strict=True)
    ]


@torch.no_grad()
def padded(model: Any, side: str) -> list[list[float]]:
    rows = [prompt + answer for prompt, options in zip(PROMPTS, ANSWERS, strict=True) for answer in options]
    width = max(map(len, rows))
    gaps = [[PADDING] * (width - len(row)) for row in rows]
    ids = torch.tensor([gap + row if side == "left" else row + gap for row, gap in zip(rows, gaps, strict=True)])
    rewards = iter(model(input_ids=ids, attention_mask=(ids != PADDING).long()).logits[:, 0].tolist())
    return [[next(rewards) for _ in options] for options in ANSWERS]


def close(found: list[list[float]], wanted: list[list[float]], within: float = 1e-4) -> None:
    assert [len(part) for part in found] == [len(part) for part in wanted]
    for ours, theirs in zip(found, wanted, strict=True):
        assert ours == pytest.approx(theirs, abs=within)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_equals_plain_passes(architecture: str) -> None:
    model = tiny_reward_model(architecture)
    scorer = RewardScorer(model)
    assert scorer.shares
    wanted = alone(model)
    flat = [reward for part in wanted for reward in part]
    assert max(flat) - min(flat) > 0.5  # rewards that do differ
    close(scorer(PROMPTS, ANSWERS), wanted)


@pytest.mark.parametrize("side", ["left", "right"])
def test_padded_batches_on_either_side_give_the_same(side: str) -> None:
    model = tiny_reward_model()
    close(RewardScorer(model)(PROMPTS, ANSWERS), padded(model, side))


@pytest.mark.parametrize("budget", [1, 40, 4096])
def test_pack_size_and_order_do_not_matter(budget: int) -> None:
    scorer = RewardScorer(tiny_reward_model())
    assert scorer.shares
    wanted = scorer(PROMPTS, ANSWERS)
    close(scorer(PROMPTS, ANSWERS, budget=budget), wanted, 1e-5)
    turned = scorer(PROMPTS[::-1], [options[::-1] for options in ANSWERS[::-1]], budget=budget)
    close([part[::-1] for part in turned[::-1]], wanted, 1e-5)
    close([scorer([prompt], [options])[0] for prompt, options in zip(PROMPTS, ANSWERS, strict=True)], wanted, 1e-5)


def test_in_one_pack_order_does_not_matter_to_the_bit() -> None:
    scorer = RewardScorer(tiny_reward_model())
    assert scorer.shares
    turned = scorer(PROMPTS[::-1], [options[::-1] for options in ANSWERS[::-1]], budget=4096)
    assert [part[::-1] for part in turned[::-1]] == scorer(PROMPTS, ANSWERS, budget=4096)


def test_padding_at_the_end_of_an_answer_is_none_of_it() -> None:
    scorer = RewardScorer(tiny_reward_model())
    trailing = [[answer + [PADDING] * place for place, answer in enumerate(options)] for options in ANSWERS]
    close(scorer(PROMPTS, trailing), scorer(PROMPTS, ANSWERS), 1e-5)


def test_reads_where_the_model_does_when_its_padding_token_ends_a_turn() -> None:
    model = tiny_reward_model(pad_token_id=0)
    ended = [[[*answer, 0] for answer in options] for options in ANSWERS]
    close(RewardScorer(model)(PROMPTS, ended), alone(model, answers=ended))


def test_without_a_padding_token_nothing_is_cut() -> None:
    model = tiny_reward_model(pad_token_id=None)
    ended = [[[*answer, PADDING] for answer in options] for options in ANSWERS]
    close(RewardScorer(model)(PROMPTS, ended), alone(model, answers=ended))


def test_without_padding_keeps_what_stands_inside_and_one_token() -> None:
    assert without_padding([1, 5, 1, 6, 1, 1], 1) == [1, 5, 1, 6]
    assert without_padding([1, 1], 1) == [1]
    assert without_padding([5, 1], None) == [5, 1]


def test_each_shared_token_is_computed_once() -> None:
    model = tiny_reward_model()
    scorer = RewardScorer(model)
    seen = []
    model.get_input_embeddings().register_forward_hook(lambda _, ids, out: seen.append(ids[0].numel()))
    prompt, answers = [7] * 30, [[10 + place, 8, 8] for place in range(8)]
    scorer([prompt], [answers])
    assert seen == [30 + 8 * 3]


def test_dropout_is_off_and_the_mode_stays() -> None:
    model = tiny_reward_model(attention_dropout=0.5)
    scorer = RewardScorer(model.train())
    found = scorer(PROMPTS, ANSWERS)
    assert model.training
    close(found, alone(model.eval()))


def test_an_adapter_with_its_own_head() -> None:
    config = LoraConfig(r=4, target_modules="all-linear", modules_to_save=["score"], init_lora_weights=False)
    base = tiny_reward_model()
    before = alone(base)
    model = get_peft_model(base, config)
    with torch.no_grad():
        model.base_model.model.score.modules_to_save["default"].weight.mul_(-2.0)
    scorer = RewardScorer(model)
    assert scorer.shares
    wanted = alone(model)
    assert abs(wanted[0][0] - before[0][0]) > 0.05
    close(scorer(PROMPTS, ANSWERS), wanted)


def test_a_model_that_cannot_share_says_so_once_and_computes_one_by_one() -> None:
    model = tiny_reward_model()
    model._supports_attention_backend = False
    said: list[str] = []
    scorer = RewardScorer(model, said.append)
    assert not scorer.shares
    seen = []
    model.get_input_embeddings().register_forward_hook(lambda _, ids, out: seen.append(tuple(ids[0].shape)))
    found = scorer(PROMPTS, ANSWERS)
    scorer(PROMPTS, ANSWERS)
    assert len(said) == 1
    assert "attention" in said[0]
    lengths = {(1, len(prompt + answer)) for prompt, part in zip(PROMPTS, ANSWERS, strict=True) for answer in part}
    assert set(seen) == lengths
    close(found, alone(model))


@pytest.mark.parametrize("head", [1.0, 0.0])
def test_the_probe_finds_a_wrong_mask_even_under_an_empty_head(monkeypatch: pytest.MonkeyPatch, head: float) -> None:
    model = tiny_reward_model()
    with torch.no_grad():
        model.score.weight.mul_(head)
    assert why_not(model, REWARDS) is None
    monkeypatch.setattr(Trees, "masks", lambda self, dtype, window: [None] * len(self.blocks))
    assert "other rewards" in str(why_not(model, REWARDS))


def test_the_probe_finds_a_head_that_is_read_otherwise() -> None:
    model = tiny_reward_model()
    plain = model.forward

    def twice(*args: Any, **kwargs: Any) -> Any:
        output = plain(*args, **kwargs)
        output.logits = output.logits * 2
        return output

    model.forward = twice
    assert "other rewards" in str(why_not(model, REWARDS))
    close(RewardScorer(model)(PROMPTS, ANSWERS), alone(model))


def test_a_head_of_another_name_is_named() -> None:
    model = tiny_reward_model()
    model.classifier, model.score = model.score, None
    assert "score" in str(why_not(model, REWARDS))


def test_refuses_two_labels_and_empty_answers() -> None:
    with pytest.raises(ValueError, match="1 label, this one has 2"):
        RewardScorer(tiny_reward_model(num_labels=2))
    scorer = RewardScorer(tiny_reward_model())
    for answers in ([[]], [[[7], []]]):
        with pytest.raises(ValueError, match="every answer a token"):
            scorer([[7]], answers)
