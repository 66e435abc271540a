"""The divergence against plain forward passes, one sequence at a time."""

import pytest
import torch

from tiny import tiny_model
from trimtab.sharing import Head, divergence, kl_divergence


@pytest.mark.parametrize("architecture", ["qwen2", "gpt2", "gemma2", "granite"])
@pytest.mark.parametrize("shares", [True, False])
def test_divergence_is_the_mean_kl_over_each_answer(architecture: str, shares: bool) -> None:
    policy, start = tiny_model(architecture, seed=1), tiny_model(architecture, seed=2)
    prompts = [[2, 8, 9, 3], [2, 7], [2, 9, 3]]
    answers = [[10, 11, 12, 0], [13, 14, 15, 16, 17, 0], []]
    assert divergence(policy, policy, prompts, answers, shares=shares) == pytest.approx([0.0] * 3, abs=1e-6)
    found = divergence(policy, start, prompts, answers, shares=shares)
    for prompt, answer, ours in zip(prompts, answers, found, strict=True):
        ids = torch.tensor([[*prompt, *answer]])
        with torch.no_grad():
            p, q = (
                torch.softmax(m(ids).logits[0].double(), -1)[len(prompt) - 1 : len(prompt) + len(answer) - 1]
                for m in (policy, start)
            )
        expected = float((p * (p / q).log()).sum(-1).mean()) if answer else 0.0
        assert ours == pytest.approx(expected, rel=1e-4)
        assert not answer or expected > 0.01
    one_a_pack = divergence(policy, start, prompts, answers, shares=shares, budget=1)
    assert one_a_pack == pytest.approx(found, rel=1e-5)


def test_memory_does_not_grow_with_rows_times_vocabulary(monkeypatch: pytest.MonkeyPatch) -> None:
    """In chunks of a row each, the same value and the same gradient."""
    torch.manual_seed(0)
    head = Head(torch.randn(50, 8), None)
    start, now = torch.randn(7, 8), torch.randn(7, 8, requires_grad=True)
    whole = kl_divergence(start, head, now, head)
    (slope,) = torch.autograd.grad(whole.square().sum(), now)
    monkeypatch.setitem(kl_divergence.__globals__, "CHUNK_LOGITS", 50)
    parts = kl_divergence(start, head, now, head)
    torch.testing.assert_close(parts, whole)
    # sums in another order, by other numbers of threads too, and the square's gradient carries that on
    torch.testing.assert_close(torch.autograd.grad(parts.square().sum(), now)[0], slope, rtol=1e-4, atol=1e-5)
    p, q = (torch.log_softmax(hidden @ head.weight.t(), -1) for hidden in (start, now))
    expected = (p.exp() * (p - q)).sum(-1)
    torch.testing.assert_close(whole, expected)
    torch.testing.assert_close(torch.autograd.grad(expected.square().sum(), now)[0], slope)
