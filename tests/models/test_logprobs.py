"""Log-probabilities against a plain forward pass, one sequence at a time."""

import pytest
import torch

from tiny import tiny_model
from trimtab.models import continuation_logps, divergence

ARCHITECTURES = ["qwen2", "llama", "mistral", "gpt_neox", "gpt2"]


def _plain(model: torch.nn.Module, prompt: list[int], option: list[int]) -> float:
    ids = torch.tensor([[*prompt, *option]])
    with torch.no_grad():
        logps = torch.log_softmax(model(ids).logits[0, :-1].float(), -1)
    return float(logps.gather(-1, ids[0, 1:, None])[len(prompt) - 1 :].sum())


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_continuations_equal_the_plain_path(architecture: str) -> None:
    model = tiny_model(architecture)
    prompts = [[2, 7, 8, 9], [2, 10], list(range(6, 20))]
    options = [
        [[11], [12, 13], [14, 15, 16], [11, 12]],
        [[6, 7, 8, 9, 10], [6], [7], [8]],
        [[20], [21], [22], [23, 24]],
    ]
    found = continuation_logps(model, prompts, options)
    for prompt, four, sums in zip(prompts, options, found, strict=True):
        assert sums == pytest.approx([_plain(model, prompt, option) for option in four], abs=1e-4)


def test_single_token_continuations_and_uneven_numbers() -> None:
    model = tiny_model()
    assert continuation_logps(model, [[2, 7]], [[[8], [9]]])[0] == pytest.approx(
        [_plain(model, [2, 7], [8]), _plain(model, [2, 7], [9])], abs=1e-4
    )
    with pytest.raises(ValueError, match="same number"):
        continuation_logps(model, [[2], [3]], [[[8], [9]], [[8]]])


@pytest.mark.parametrize("architecture", ["qwen2", "gpt2"])
def test_divergence_is_the_mean_kl_over_each_answer(architecture: str) -> None:
    policy, start = tiny_model(architecture, seed=1), tiny_model(architecture, seed=2)
    prompts = [[2, 8, 9, 3], [2, 7], [2, 9, 3]]
    answers = [[10, 11, 12, 0], [13, 14, 15, 16, 17, 0], []]
    assert divergence(policy, policy, prompts, answers) == pytest.approx([0.0] * 3, abs=1e-6)
    found = divergence(policy, start, prompts, answers)
    for prompt, answer, ours in zip(prompts, answers, found, strict=True):
        ids = torch.tensor([[*prompt, *answer]])
        with torch.no_grad():
            p, q = (
                torch.softmax(m(ids).logits[0].double(), -1)[len(prompt) - 1 : len(prompt) + len(answer) - 1]
                for m in (policy, start)
            )
        expected = float((p * (p / q).log()).sum(-1).mean()) if answer else 0.0
        assert ours == pytest.approx(expected, rel=1e-4)
        assert not answer or expected > 0.1
