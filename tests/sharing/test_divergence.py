"""The divergence against plain forward passes, one sequence at a time."""

import pytest
import torch

from tiny import tiny_model
from trimtab.sharing import divergence


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
