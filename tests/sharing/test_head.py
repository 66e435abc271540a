"""The answer head: statistics and gradients against float64 autograd, in chunks of any size."""

import pytest
import torch

from trimtab.sharing import DETAILS, Head, predict
from trimtab.sharing import head as head_module

ROW_OF = torch.tensor([0, 0, 1, 2, 2, 2, 3, 5])
TARGETS = torch.tensor([3, 7, 0, 1, 1, 10, 4, 2])
STARTS = [0, 2, 3, 6, 7, 7, 8]  # row 4 predicts nothing
HEADS = {"plain": {}, "biased": {"bias": True}, "scaled": {"scale": 0.3}, "capped": {"softcap": 2.0, "scale": 1.7}}


def case(name: str) -> tuple[torch.Tensor, Head]:
    generator = torch.Generator().manual_seed(1)
    hidden = torch.randn(6, 5, generator=generator)
    options = dict(HEADS[name])
    bias = torch.randn(11, generator=generator) if options.pop("bias", False) else None
    return hidden, Head(torch.randn(11, 5, generator=generator), bias, **options)


def exact(hidden: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None, head: Head) -> torch.Tensor:
    raw = (hidden @ weight.t() + (0 if bias is None else bias)) * head.scale
    return torch.log_softmax(raw if head.softcap is None else torch.tanh(raw / head.softcap) * head.softcap, -1)


@pytest.mark.parametrize("name", HEADS)
@pytest.mark.parametrize(("rows", "lines"), [(1, 1), (2, 1), (100, 100), (100, 2), (4, 3)])
def test_statistics(name: str, rows: int, lines: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(head_module, "CHUNK_LOGITS", rows * 11)
    monkeypatch.setattr(head_module, "LINE_LOGITS", lines * 11)
    hidden, head = case(name)
    found = predict(head, hidden, ROW_OF, TARGETS, STARTS, details=DETAILS)
    raw = (hidden.double() @ head.weight.double().t() + (0 if head.bias is None else head.bias.double())) * head.scale
    raw = raw if head.softcap is None else torch.tanh(raw / head.softcap) * head.softcap
    logps = torch.log_softmax(raw, -1)
    probs = logps.exp()
    expected = {
        "logps": logps[ROW_OF, TARGETS],
        "entropy": -(probs * logps).sum(-1)[ROW_OF],
        "mean_logits": raw.mean(-1)[ROW_OF],
        "log_sum_squares": (probs**2).sum(-1).log()[ROW_OF],
    }
    for field, value in expected.items():
        torch.testing.assert_close(getattr(found, field).double(), value, rtol=1e-5, atol=1e-5)
    assert torch.equal(found.top, raw.argmax(-1)[ROW_OF] == TARGETS)
    for one in DETAILS:
        few = predict(head, hidden, ROW_OF, TARGETS, STARTS, details=[one])
        torch.testing.assert_close(getattr(few, one), getattr(found, one))
        assert all(getattr(few, other) is None for other in DETAILS if other != one)
    bare = predict(head, hidden, ROW_OF, TARGETS, STARTS)
    torch.testing.assert_close(bare.logps, found.logps)
    assert bare.entropy is None


@pytest.mark.parametrize("name", HEADS)
@pytest.mark.parametrize("trains_head", [False, True])
@pytest.mark.parametrize(("rows", "lines"), [(1, 1), (4, 3), (100, 100), (100, 2)])
def test_gradients(name: str, trains_head: bool, rows: int, lines: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(head_module, "CHUNK_LOGITS", rows * 11)
    monkeypatch.setattr(head_module, "LINE_LOGITS", lines * 11)
    hidden, head = case(name)
    upstream = torch.randn(len(TARGETS), generator=torch.Generator().manual_seed(2))
    leaves = [hidden.clone().requires_grad_(), head.weight.clone().requires_grad_(trains_head)]
    bias = None if head.bias is None else head.bias.clone().requires_grad_(trains_head)
    ours = predict(Head(leaves[1], bias, head.scale, head.softcap), leaves[0], ROW_OF, TARGETS, STARTS, details=DETAILS)
    (ours.logps * upstream).sum().backward()
    doubles = [leaf.detach().double().requires_grad_() for leaf in leaves]
    double_bias = None if bias is None else bias.detach().double().requires_grad_()
    (exact(doubles[0], doubles[1], double_bias, head)[ROW_OF, TARGETS] * upstream.double()).sum().backward()
    torch.testing.assert_close(leaves[0].grad.double(), doubles[0].grad, rtol=1e-4, atol=1e-5)
    if trains_head:
        torch.testing.assert_close(leaves[1].grad.double(), doubles[1].grad, rtol=1e-4, atol=1e-5)
        if bias is not None:
            torch.testing.assert_close(bias.grad.double(), double_bias.grad, rtol=1e-4, atol=1e-5)


def test_logits_held_at_once_do_not_grow_with_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(head_module, "CHUNK_LOGITS", 44)
    held: list[int] = []
    real = Head.raw
    monkeypatch.setattr(
        Head,
        "raw",
        lambda self, hidden, dtype: held.append(len(hidden) * len(self.weight)) or real(self, hidden, dtype),
    )
    rows = 40
    hidden = torch.randn(rows, 5, generator=torch.Generator().manual_seed(3))
    predict(case("plain")[1], hidden, torch.arange(rows), torch.zeros(rows, dtype=torch.long), list(range(rows + 1)))
    assert len(held) == 10
    assert max(held) <= 44
