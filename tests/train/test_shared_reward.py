"""Reward training over forests is TRL's: the same loss, metrics and gradients, for pairs and for rankings."""

import random
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import torch
from datasets import Dataset
from peft import LoraConfig
from torch.nn.functional import logsigmoid
from transformers import TrainerCallback
from trl import RewardConfig, RewardTrainer

from tiny import tiny_tokenizer
from tiny_reward import PADDING, some_tokens, tiny_reward_model
from trimtab.train.reward import shared as shared_reward
from trimtab.train.reward.shared import RankingCollator, RankingRewardTrainer, SharedPrefixRewardTrainer, rows_of

METRICS = ("loss", "accuracy", "margin", "min_reward", "mean_reward", "max_reward", "num_tokens")
Run = tuple[list[dict[str, float]], list[dict[str, torch.Tensor]], int]


def rankings(sizes: list[int], seed: int = 3) -> list[list[list[int]]]:
    """Rankings of answers under a common prompt, half of which begin as the answer before."""
    source = random.Random(seed)
    found = []
    for size in sizes:
        prompt, answers = some_tokens(source, 4, 16), [some_tokens(source, 2, 10)]
        while len(answers) < size:
            start = answers[-1][: source.choice([0, 2])]
            answers.append(start + some_tokens(source, 1, 10))
        found.append([prompt + answer for answer in answers])
    return found


def pairs(count: int = 6, *, margin: bool = False, end: tuple[int, ...] = ()) -> Dataset:
    rows: list[dict[str, Any]] = [
        {"chosen_ids": [*chosen, *end], "rejected_ids": [*rejected, *end]} for chosen, rejected in rankings([2] * count)
    ]
    return Dataset.from_list([row | ({"margin": 0.3 * i} if margin else {}) for i, row in enumerate(rows)])


class Gradients(TrainerCallback):  # type: ignore[misc]
    """Keeps every step's gradients as the optimizer finds them."""

    def __init__(self) -> None:
        self.steps: list[dict[str, torch.Tensor]] = []

    def on_pre_optimizer_step(self, args: Any, state: Any, control: Any, *, model: Any, **kwargs: Any) -> None:
        self.steps.append({n: p.grad.clone() for n, p in model.named_parameters() if p.grad is not None})


def trained(trainer: type, folder: Path, dataset: Dataset, model: Any = None, **options: Any) -> Run:
    """Two steps: what is logged, the gradients, and the tokens that went through the model."""
    lora = options.pop("lora", False)
    shares = {"shares": options.pop("shares")} if "shares" in options else {}
    model = tiny_reward_model() if model is None else model
    arguments = RewardConfig(
        output_dir=str(folder), max_steps=2, logging_steps=1, learning_rate=1e-2, optim="sgd", max_grad_norm=0.0,
        seed=7, use_cpu=True, bf16=False, report_to=[], save_strategy="no", disable_tqdm=True,
        **{"per_device_train_batch_size": 3, **options},
    )  # fmt: skip
    adapter = LoraConfig(
        r=4, lora_alpha=8, target_modules="all-linear", modules_to_save=["score"], task_type="SEQ_CLS",
        init_lora_weights=False,
    )  # fmt: skip
    gradients, tokens = Gradients(), []
    tokenizer = tiny_tokenizer()
    tokenizer.pad_token_id = model.config.pad_token_id
    made = trainer(
        model,
        args=arguments,
        train_dataset=dataset,
        eval_dataset=dataset,
        processing_class=tokenizer,
        callbacks=[gradients],
        peft_config=adapter if lora else None,
        **shares,
    )
    inner = made.accelerator.unwrap_model(made.model)
    inner.get_input_embeddings().register_forward_hook(lambda _, ids, out: tokens.append(ids[0].numel()))
    made.train()
    assert inner.is_gradient_checkpointing == arguments.gradient_checkpointing
    made.evaluate()
    logged = [
        {name.removeprefix("eval_"): row[name] for name in row if name.removeprefix("eval_") in METRICS}
        for row in made.state.log_history
        if "loss" in row or "eval_loss" in row
    ]
    assert len(logged) == 3
    return logged, gradients.steps, sum(tokens)


def same(ours: Run, theirs: Run, within: float = 1e-4) -> None:
    for mine, wanted in zip(ours[0], theirs[0], strict=True):
        assert mine == pytest.approx(wanted, rel=within, abs=1e-5)
        assert mine.keys() == set(METRICS)
    for mine_, wanted_ in zip(ours[1], theirs[1], strict=True):
        assert mine_.keys() == wanted_.keys()
        largest = max(float(gradient.abs().max()) for gradient in wanted_.values())
        for name, gradient in wanted_.items():
            # a key's bias and the last norm's have a gradient of rounding only: 1e-8 of the largest is less than that
            scale = max(float(gradient.abs().max()), 1e-4 * largest)
            assert float((mine_[name] - gradient).abs().max()) <= within * scale, name


@pytest.mark.parametrize("lora", [True, False], ids=["lora", "full"])
@pytest.mark.parametrize("architecture", ["llama", "qwen2", "gpt_neox", "gemma", "gemma2"])
def test_equals_trl(tmp_path: Path, architecture: str, lora: bool) -> None:
    ours, theirs = (
        trained(trainer, tmp_path, pairs(), tiny_reward_model(architecture), lora=lora)
        for trainer in (SharedPrefixRewardTrainer, RewardTrainer)
    )
    same(ours, theirs)
    names = set(ours[1][0])
    assert any("score" in name for name in names)
    assert lora == any("lora_A" in name for name in names) == (not any("embed" in name for name in names))
    assert ours[2] < 0.8 * theirs[2]  # prompts were shared


@pytest.mark.parametrize("checkpointing", [True, False])
def test_margins_and_centring_are_trls(tmp_path: Path, checkpointing: bool) -> None:
    options = {"center_rewards_coefficient": 0.1, "gradient_checkpointing": checkpointing}
    ours, theirs = (
        trained(trainer, tmp_path, pairs(margin=True), **options)
        for trainer in (SharedPrefixRewardTrainer, RewardTrainer)
    )
    same(ours, theirs)
    plain = trained(SharedPrefixRewardTrainer, tmp_path, pairs(), gradient_checkpointing=checkpointing)
    assert abs(plain[0][0]["loss"] - ours[0][0]["loss"]) > 0.01


def test_checkpointing_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_reward, "quicken", lambda model: None)  # the model's own layers both times
    on, off = (
        trained(SharedPrefixRewardTrainer, tmp_path, pairs(), lora=True, gradient_checkpointing=way)
        for way in (True, False)
    )
    same(on, off, 1e-6)
    assert on[2] == off[2]


def test_equals_trl_where_the_padding_token_ends_every_answer(tmp_path: Path) -> None:
    ours, theirs = (
        trained(trainer, tmp_path, pairs(end=(0,)), tiny_reward_model(pad_token_id=0))
        for trainer in (SharedPrefixRewardTrainer, RewardTrainer)
    )
    same(ours, theirs)


def test_what_is_not_shared_is_trls_to_the_bit(tmp_path: Path) -> None:
    ours = trained(SharedPrefixRewardTrainer, tmp_path, pairs(), shares=False)
    theirs = trained(RewardTrainer, tmp_path, pairs())
    assert ours[0] == theirs[0]
    assert all(torch.equal(ours[1][1][name], gradient) for name, gradient in theirs[1][1].items())


@pytest.mark.parametrize("shares", [True, False])
def test_a_ranking_of_two_is_a_pair(tmp_path: Path, shares: bool) -> None:
    ranked = Dataset.from_list([{"ranked_ids": [row["chosen_ids"], row["rejected_ids"]]} for row in pairs()])
    options = {"center_rewards_coefficient": 0.1, "lora": True, "shares": shares}
    ours = trained(RankingRewardTrainer, tmp_path, ranked, **options)
    theirs = trained(SharedPrefixRewardTrainer, tmp_path, pairs(), **options)
    same(ours, theirs, 1e-5)  # rows in another order: sums round otherwise


@pytest.mark.parametrize("sizes", [[4, 4, 4], [5, 2, 3]])
@pytest.mark.parametrize("shares", [True, False])
def test_rankings_against_a_sum_over_pairs(tmp_path: Path, sizes: list[int], shares: bool) -> None:
    made = rankings(sizes)
    dataset = Dataset.from_list([{"ranked_ids": ranked} for ranked in made])
    logged, (first, _), tokens = trained(RankingRewardTrainer, tmp_path, dataset, shares=shares)

    model = tiny_reward_model().train()
    loss = torch.zeros(())
    for ranked in made:
        rewards = [model(input_ids=torch.tensor([ids])).logits[0, 0] for ids in ranked]
        count = len(rewards) * (len(rewards) - 1) // 2
        for better, worse in combinations(rewards, 2):
            loss = loss - logsigmoid(better - worse) / count / len(made)
    loss.backward()

    assert logged[0]["loss"] == pytest.approx(loss.item(), rel=1e-4)
    assert logged[0]["num_tokens"] == sum(len(ids) for ranked in made for ids in ranked)
    wanted = {name: parameter.grad for name, parameter in model.named_parameters()}
    assert first.keys() == wanted.keys()
    for name, gradient in wanted.items():
        assert gradient is not None
        assert float((first[name] - gradient).abs().max()) <= 1e-4 * float(gradient.abs().max()), name
    padded = 3 * sum(sizes) * max(len(ids) for ranked in made for ids in ranked)  # two steps and an evaluation
    assert tokens == padded if not shares else tokens < 0.6 * padded


def test_ranking_datasets_that_do_not_fit(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="`ranked_ids`, the train set has"):
        trained(RankingRewardTrainer, tmp_path, pairs())
    with pytest.raises(ValueError, match="at least two answers"):
        RankingCollator(PADDING)([{"ranked_ids": [[7, 8], [7, 9]]}, {"ranked_ids": [[7, 8]]}])


def test_rankings_over_max_length_are_left_out(tmp_path: Path) -> None:
    long = [[7] * 60, [8] * 3]
    dataset = Dataset.from_list([{"ranked_ids": ranked} for ranked in [*rankings([2, 3, 2]), long]])
    logged, _, _ = trained(RankingRewardTrainer, tmp_path, dataset, max_length=59, per_device_train_batch_size=4)
    whole = sum(len(ids) for ranked in dataset["ranked_ids"] for ids in ranked)
    assert logged[0]["num_tokens"] == whole - 63


def test_rows_are_found_on_either_side_and_gaps_refused() -> None:
    ids = torch.tensor([[1, 1, 5, 6], [7, 8, 1, 1], [5, 6, 7, 8]])
    mask = torch.tensor([[0, 0, 1, 1], [1, 1, 0, 0], [1, 1, 1, 1]])
    assert rows_of(ids, mask) == [[5, 6], [7, 8], [5, 6, 7, 8]]
    assert rows_of(ids, None) == ids.tolist()
    with pytest.raises(ValueError, match="gaps"):
        rows_of(ids, torch.tensor([[0, 1, 0, 1], [1, 1, 0, 0], [1, 1, 1, 1]]))


def test_a_batch_that_saves_too_little_takes_trls_own_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a GPU: every row is computed, the same is learned."""
    counts = []
    for worthwhile in (True, False):
        monkeypatch.setattr(shared_reward, "batch_pays", lambda *_, it=worthwhile: it)
        counts.append(trained(SharedPrefixRewardTrainer, tmp_path / "ours", pairs()))
    same(counts[1], trained(RewardTrainer, tmp_path / "theirs", pairs()))
    same(counts[0], counts[1])
    assert counts[0][2] < counts[1][2]  # tokens that went through the model
