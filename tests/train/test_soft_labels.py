"""A preference with a probability has the cross-entropy's loss, in DPO and in a reward model, by either path."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from tiny import tiny_model, tiny_tokenizer
from tiny_reward import tiny_reward_model
from trimtab.loop.gather import Gathered
from trimtab.loop.supervision import training_rows
from trimtab.models import LoadedModel, ModelRef
from trimtab.records import Comparison, FeedbackSource, Message, Provenance, SourcedRow
from trimtab.spec import RewardSpec, TrainingSpec
from trimtab.train import train_dpo
from trimtab.train.common import first_batch
from trimtab.train.dpo import prepare_dpo
from trimtab.train.reward.data import TokenRanking
from trimtab.train.reward.heads import fit_heads
from trimtab.train.reward.train import _prepare
from trimtab.train.soft_labels import SURE

SETTINGS = TrainingSpec(learning_rate=1e-2, batch_size=4, warmup=0.0, probe_prompts=0, sft_weight=0.3)
ROWS = [
    ("hello you", "it's fun !", "the one and the two and the red ."),
    ("tell me about tea", "tea is great .", "furthermore ensure the plan ."),
    ("why rain", "sun !", "rain is a house of rain and rain ."),
    ("what now", "let's go !", "let's go now ."),
]


def rows(sure: list[float | None], *, turned: bool = False) -> list[Comparison]:
    def said(text: str) -> tuple[Message, ...]:
        return (Message(role="assistant", content=text),)

    return [
        Comparison(
            id=f"c{place}",
            prompt=(Message(role="user", content=prompt),),
            chosen=said(rejected if turned else chosen),
            rejected=said(chosen if turned else rejected),
            provenance=Provenance(source="test", judge="test", why="", probability=likely),
        )
        for place, ((prompt, chosen, rejected), likely) in enumerate(zip(ROWS, sure, strict=True))
    ]


def loaded() -> LoadedModel:
    return LoadedModel(tiny_model("qwen2"), tiny_tokenizer(), ModelRef("tiny"), "fp32")  # type: ignore[arg-type]


def step(given: list[Comparison], folder: Path, *, shares: bool = True, sft: float = 0.0) -> Any:
    """Loss and gradients of a batch under an adapter that is not zero, and the row's margin where it is one row."""
    settings = SETTINGS.model_copy(update={"share_prefixes": shares, "sft_weight": sft})
    prepared = prepare_dpo(loaded(), given, settings, seed=1, checkpoints=folder)
    assert all(check.passed for check in prepared.checks), [check for check in prepared.checks if not check.passed]
    trainer = prepared.trainer
    assert trainer.shares == shares
    source = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for each in trainer.model.parameters():
            if each.requires_grad:
                each.copy_(torch.randn(each.shape, generator=source) * 0.3)
    trainer.model.eval()
    loss = trainer.compute_loss(trainer.model, first_batch(trainer, len(given)))
    loss.backward()
    gradient = torch.cat([p.grad.flatten() for p in trainer.model.parameters() if p.grad is not None])
    return float(loss.detach()), gradient, trainer._metrics["eval"]["rewards/margins"][-1]


@pytest.mark.parametrize("shares", [True, False])
def test_dpo_has_plain_loss_where_it_is_certain_and_the_closed_form_where_it_is_not(
    shares: bool, tmp_path: Path
) -> None:
    def of(sure: list[float | None], **more: Any) -> Any:
        return step(rows(sure, **more), tmp_path, shares=shares)

    plain, swapped = of([None] * 4), of([None] * 4, turned=True)
    alone = [step([row], tmp_path, shares=shares)[2] for row in rows([None] * 4)]  # TRL's own margin, row by row
    assert max(map(abs, alone)) > 0.05
    for sure, wanted in (([1.0, None, 1.0, 1.0], plain), ([0.0] * 4, swapped)):
        loss, gradient, _ = of(sure)
        assert loss == pytest.approx(wanted[0], abs=1e-6)
        assert torch.allclose(gradient, wanted[1], atol=1e-6)
    half, gradient, _ = of([0.5] * 4)
    assert half == pytest.approx(np.mean([math.log(2 * math.cosh(margin / 2)) for margin in alone]), abs=1e-6)
    assert torch.allclose(gradient, (plain[1] + swapped[1]) / 2, atol=1e-6)
    mixed = [0.9, 0.6, 0.5, 1.0]
    found = np.mean([np.logaddexp(0, -x) + (1 - p) * x for p, x in zip(mixed, alone, strict=True)])
    assert of(mixed)[0] == pytest.approx(found, abs=1e-6)


def test_an_sft_term_beside_it_stays_as_it_is(tmp_path: Path) -> None:
    with_term, without = (step(rows([0.7] * 4), tmp_path, sft=weight)[0] for weight in (0.3, 0.0))
    certain, bare = (step(rows([None] * 4), tmp_path, sft=weight)[0] for weight in (0.3, 0.0))
    assert with_term - without == pytest.approx(certain - bare, abs=1e-6)


def test_a_training_moves_by_how_sure_its_rows_are(tmp_path: Path) -> None:
    def trained(sure: list[float | None], name: str) -> tuple[dict[str, torch.Tensor], list[str]]:
        told: list[str] = []
        summary = train_dpo(
            loaded(), rows(sure), SETTINGS.model_copy(update={"sft_weight": 0.0, "epochs": 3}), seed=1,
            work=tmp_path / name, adapter=tmp_path / name / "adapter", say=told.append,
        )  # fmt: skip
        assert summary.soft == sum(each not in (None, 1.0) for each in sure)
        return load_file(tmp_path / name / "adapter" / "adapter_model.safetensors"), told

    plain, _ = trained([None] * 4, "plain")
    certain, _ = trained([1.0] * 4, "certain")
    assert all(torch.equal(certain[name], value) for name, value in plain.items())
    unsure, told = trained([0.5] * 4, "half")
    assert any("soft label" in line for line in told)
    moved = {name: float(value.abs().max()) for name, value in unsure.items() if "lora_B" in name}
    assert max(moved.values()) < 1e-6  # the loss is least where nothing is preferred
    assert max(float(plain[name].abs().max()) for name in moved) > 1e-3


def ranking(sure: float, size: int = 2, seed: int = 0) -> TokenRanking:
    source = np.random.default_rng(seed)
    before = tuple(source.integers(3, 30, 5).tolist())
    ids = tuple((*before, *source.integers(3, 30, 4).tolist(), 2) for _ in range(size))
    return TokenRanking((Message(role="user", content="q"),), ("a",) * size, before, ids, sure)


@pytest.mark.parametrize("bigger", [False, True], ids=["pairs", "with rankings"])
@pytest.mark.parametrize("shares", [True, False])
def test_a_reward_model_has_the_same_cross_entropy(bigger: bool, shares: bool, tmp_path: Path) -> None:
    def loss_of(sure: list[float]) -> tuple[float, list[float]]:
        given = [ranking(p, seed=seed) for seed, p in enumerate(sure)]
        given += [ranking(1.0, 3, seed=9)] if bigger else []
        settings = RewardSpec(share_prefixes=shares, batch_size=4)
        start = LoadedModel(tiny_model("llama"), tiny_tokenizer(), ModelRef("tiny"), "fp32")  # type: ignore[arg-type]
        trainer, _ = _prepare(start, tiny_reward_model(), given, settings, 1, tmp_path, lambda _: None)
        trainer.model.eval()
        batch = trainer.data_collator([trainer.train_dataset[place] for place in range(len(given))])
        assert (SURE in batch) == any(p != 1 for p in sure)
        model = trainer.accelerator.unwrap_model(trainer.model)
        rewards = [
            [float(model(input_ids=torch.tensor([ids])).logits[0, 0].detach()) for ids in item.ids] for item in given
        ]
        each = [np.mean([np.logaddexp(0, some[b] - some[a]) + (1 - item.sure) * (some[a] - some[b])
                         for a, b in item.pairs]) for item, some in zip(given, rewards, strict=True)]  # fmt: skip
        return float(trainer.compute_loss(trainer.model, batch).detach()), each

    for sure in ([1.0, 1.0, 1.0], [0.5, 0.5, 0.5], [0.9, 0.6, 1.0]):
        loss, each = loss_of(sure)
        assert loss == pytest.approx(np.mean(each), abs=1e-5)


def test_the_heads_of_an_ensemble_are_as_unsure() -> None:
    source = np.random.default_rng(0)
    differences = [source.normal(size=(1, 6)).astype(np.float32) for _ in range(40)]
    nothing = np.zeros(6, dtype=np.float32)
    assert np.array_equal(fit_heads(differences, nothing, 2, 3), fit_heads(differences, nothing, 2, 3, [1.0] * 40))
    assert np.abs(fit_heads(differences, nothing, 2, 3, [0.5] * 40)).max() < 1e-6
    turned = [-each for each in differences]
    wrong = fit_heads(differences, nothing, 2, 3, [0.0] * 40)
    assert np.allclose(wrong, fit_heads(turned, nothing, 2, 3), atol=1e-3)


def test_where_a_method_takes_no_soft_labels_that_is_told_and_they_can_be_switched_off() -> None:
    given = [row.model_copy(update={"id": f"r{at}"}) for at, row in enumerate(rows([0.9, 0.6, None, 1.0]))]
    found = Gathered(
        (FeedbackSource(name="s"),), tuple(SourcedRow(source=0, kind="comparison", row=row) for row in given), (), 4
    )

    def made(method: str, **more: Any) -> Any:
        return training_rows(found, TrainingSpec(method=method, **more), 0)

    assert [row.probability for row in made("dpo").rows] == [0.9, 0.6, 1.0, 1.0]
    assert [row.probability for row in made("dpo", soft_labels=False).rows] == [1.0] * 4
    assert not any("soft label" in note for note in made("dpo").notes)
    for method in ("kto", "sft"):
        (note,) = [note for note in made(method).notes if "soft label" in note]
        assert note.startswith("2 comparisons have a soft label, which")
    assert TrainingSpec().deciding == TrainingSpec(soft_labels=True).deciding  # as before there were any
    assert TrainingSpec().deciding != TrainingSpec(soft_labels=False).deciding
    with pytest.raises(ValueError, match="less than or equal to 1"):
        Provenance(source="s", judge="j", why="", probability=1.2)
