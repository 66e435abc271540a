"""Rehearsal: zero at the start, the same by forest and by plain passes, added to the loss, and it holds the model."""

from pathlib import Path
from typing import Any

import pytest
import torch
from peft import LoraConfig, get_peft_model
from test_dpo import COMPARISONS, SETTINGS, loaded, train

from tiny import tiny_model
from trimtab.errors import UserError
from trimtab.records import TrainingStep
from trimtab.train import rehearsal as module
from trimtab.train.rehearsal import Rehearsal, prepare_rehearsal
from trimtab.train.shared_dpo import SharedPrefixDPOTrainer

TEXTS = [[7, 8, 9, 10], [7, 8, 11], [12, 13, 14, 15, 16], [7, 17]]


def adapted(architecture: str, *, fresh: bool) -> Any:
    config = LoraConfig(r=4, target_modules="all-linear", task_type="CAUSAL_LM", init_lora_weights=fresh)
    torch.manual_seed(3)
    return get_peft_model(tiny_model(architecture), config)  # type: ignore[arg-type]


def gradients(model: Any) -> dict[str, torch.Tensor]:
    return {name: p.grad for name, p in model.named_parameters() if p.grad is not None}


def by_hand(model: Any, texts: list[list[int]]) -> torch.Tensor:
    """The mean over all texts' tokens of KL(start, model)."""
    places = []
    for text in texts:
        ids = torch.tensor([text])
        with torch.no_grad(), model.disable_adapter():
            start = torch.log_softmax(model(ids).logits[0].double(), -1)
        now = torch.log_softmax(model(ids).logits[0].double(), -1)
        for place in range(len(text) - 1):
            places.append((start[place].exp() * (start[place] - now[place])).sum())
    return torch.stack(places).mean()


def test_nothing_diverges_at_the_start() -> None:
    model = adapted("llama", fresh=True)
    kl = Rehearsal(TEXTS, 1.0, 4).divergence(model, 0, shares=True)
    assert float(kl.detach()) == pytest.approx(0.0, abs=1e-7)


@pytest.mark.parametrize("architecture", ["llama", "gpt2", "gemma2", "granite"])
@pytest.mark.parametrize("shares", [True, False])
def test_value_and_gradient_are_those_of_the_definition(architecture: str, shares: bool) -> None:
    model = adapted(architecture, fresh=False)
    kl = Rehearsal(TEXTS, 1.0, len(TEXTS)).divergence(model, 0, shares=shares)
    kl.backward()
    found = gradients(model)
    model.zero_grad()
    expected = by_hand(model, TEXTS)
    expected.backward()
    assert float(kl.detach()) == pytest.approx(float(expected.detach()), rel=1e-4)
    assert float(expected.detach()) > 1e-4
    wanted = gradients(model)
    assert found.keys() == wanted.keys()
    for name, gradient in wanted.items():
        assert float((found[name] - gradient).norm()) <= 1e-4 * float(gradient.norm()) + 1e-8, name


def test_batches_take_turns_through_the_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[list[int]]] = []
    real = module.lay_out
    monkeypatch.setattr(module, "lay_out", lambda texts, starts: seen.append(list(texts)) or real(texts, starts))
    model = adapted("llama", fresh=True)
    rehearsal = Rehearsal(TEXTS[:3], 1.0, 2)
    for batch in range(3):
        rehearsal.divergence(model, batch, shares=True)
    assert seen[::2] == [[TEXTS[0], TEXTS[1]], [TEXTS[2], TEXTS[0]], [TEXTS[1], TEXTS[2]]]


@torch.no_grad()
def test_the_mean_over_processes_is_that_over_their_tokens() -> None:
    model = adapted("llama", fresh=False)
    texts = [TEXTS[0][:2], TEXTS[1][:3], TEXTS[2], TEXTS[0]]
    whole = Rehearsal(texts, 1.0, 4).divergence(model, 0, shares=True)
    shared = [Rehearsal(texts, 1.0, 2).divergence(model, batch, shares=True, processes=2) for batch in (0, 1)]
    assert float(sum(shared) / 2) == pytest.approx(float(whole), rel=1e-5)
    plain = [Rehearsal(texts, 1.0, 2).divergence(model, batch, shares=True) for batch in (0, 1)]
    assert float(sum(plain) / 2) != pytest.approx(float(whole), rel=1e-3)


def test_the_start_model_writes_one_text_a_comparison_once(tmp_path: Path) -> None:
    start = loaded()
    kept = tmp_path / "rehearsal.json"
    first = prepare_rehearsal(start, 2.0, 3, 2, seed=5, kept=kept)
    assert len(first._texts) == 3
    assert all(2 <= len(text) <= module.TEXT_TOKENS + 4 for text in first._texts)
    kept.write_text("[[1, 2, 3]]")
    assert prepare_rehearsal(start, 2.0, 3, 2, seed=5, kept=kept)._texts == [[1, 2, 3]]


def test_training_with_rehearsal_stays_nearer_to_the_start(tmp_path: Path) -> None:
    def curve(weight: float, name: str, **changes: Any) -> tuple[TrainingStep, ...]:
        (tmp_path / name).mkdir()
        return tuple(train(tmp_path / name, rehearsal_weight=weight, epochs=8, **changes).curve)

    free, held = curve(1e-9, "free"), curve(20.0, "held")
    assert held[0].rehearsal_kl == pytest.approx(0.0, abs=1e-6)
    assert held[-1].rehearsal_kl is not None
    assert free[-1].rehearsal_kl is not None
    assert held[-1].rehearsal_kl < 0.5 * free[-1].rehearsal_kl
    plain = curve(20.0, "plain", share_prefixes=False)
    assert [step.loss for step in plain] == pytest.approx([step.loss for step in held], rel=1e-3)
    none = curve(0.0, "none")
    assert [step.rehearsal_kl for step in none] == [None] * len(none)
    assert [step.loss for step in none] == pytest.approx([step.loss for step in free], rel=1e-4)


def test_every_batch_of_an_accumulated_step_has_its_own_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers: list[int] = []
    real = Rehearsal.divergence

    def counted(self: Rehearsal, model: Any, batch: int, **options: Any) -> torch.Tensor:
        numbers.append(batch)
        return real(self, model, batch, **options)

    monkeypatch.setattr(Rehearsal, "divergence", counted)
    train(tmp_path, rehearsal_weight=1.0, accumulate=2, batch_size=1, epochs=2)
    assert numbers == list(range(2 * len(COMPARISONS)))


def test_the_loss_has_the_weighted_divergence_added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    losses: list[tuple[float, float]] = []
    real = SharedPrefixDPOTrainer.compute_loss

    def watched(self: Any, model: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        rehearsal, self.rehearsal = self.rehearsal, None
        alone = float(real(self, model, inputs).detach())
        self.rehearsal = rehearsal
        found = real(self, model, inputs, *args, **kwargs)
        if rehearsal is not None:
            losses.append((float(found.detach()) - alone, self._metrics["train"]["rehearsal_kl"][-1]))
        return found

    monkeypatch.setattr(SharedPrefixDPOTrainer, "compute_loss", watched)
    train(tmp_path, rehearsal_weight=3.0)
    assert len(losses) == len(COMPARISONS) * SETTINGS.epochs / SETTINGS.batch_size
    assert losses[-1][0] > 1e-4
    assert [added for added, _ in losses] == pytest.approx([3.0 * kl for _, kl in losses], rel=1e-3, abs=1e-5)


def test_a_head_that_is_no_plain_layer_is_refused(tmp_path: Path) -> None:
    start = loaded()
    start.model.set_output_embeddings(torch.nn.Sequential(start.model.get_output_embeddings()))
    with pytest.raises(UserError, match=r"training\.rehearsal_weight"):
        prepare_rehearsal(start, 1.0, 3, 2, seed=5, kept=tmp_path / "rehearsal.json")
