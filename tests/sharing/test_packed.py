"""A packed matrix multiplies as a plain one, in both directions, and the head over it gives the same."""

import pytest
import torch

from trimtab.sharing import DETAILS, Head, predict
from trimtab.sharing.packed import Frozen


@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("biased", [False, True])
@pytest.mark.parametrize("rows", [0, 1, 5, 700])
def test_products_are_those_of_the_plain_matrix(precision: torch.dtype, biased: bool, rows: int) -> None:
    torch.manual_seed(0)
    weight, bias = torch.randn(24, 40, dtype=precision), torch.randn(24, dtype=precision) if biased else None
    weights = torch.split(weight, [7, 1, 16])
    inputs, above = torch.randn(rows, 40, dtype=precision), torch.randn(2 * rows, 24, dtype=precision)[::2]
    packed, plain = (Frozen(weights, bias, packs=packs) for packs in (True, False))
    close = {"rtol": 1e-5, "atol": 1e-4} if precision == torch.float32 else {"rtol": 2e-2, "atol": 1e-1}
    for _ in range(2):  # packed, and as it was packed
        torch.testing.assert_close(packed.forth(inputs), plain.forth(inputs), **close)
        torch.testing.assert_close(packed.back(above), plain.back(above), **close)
    torch.testing.assert_close(plain.forth(inputs), torch.nn.functional.linear(inputs, weight, bias), **close)
    torch.testing.assert_close(plain.back(above), above @ weight, **close)


def test_what_is_packed_in_inference_mode_can_be_trained_through() -> None:
    frozen = Frozen([torch.randn(6, 5)], None, packs=True)
    with torch.inference_mode():
        frozen.forth(torch.randn(3, 5))
        frozen.back(torch.randn(3, 6))
    assert not any(part.is_inference() for part in (frozen._forth, frozen._back) if part is not None)


@pytest.mark.parametrize("softcap", [None, 2.0])
def test_the_head_over_it_gives_the_same(softcap: float | None) -> None:
    torch.manual_seed(0)
    weight, bias = torch.randn(11, 5), torch.randn(11)
    rows, targets, starts = torch.tensor([0, 0, 1, 2]), torch.tensor([3, 7, 0, 1]), [0, 2, 3, 4]
    found = []
    for frozen in (None, Frozen([weight], bias, packs=True)):
        hidden = torch.randn(3, 5, generator=torch.Generator().manual_seed(1)).requires_grad_()
        made = predict(Head(weight, bias, 1.7, softcap, frozen), hidden, rows, targets, starts, details=DETAILS)
        (made.logps * torch.arange(1, 5)).sum().backward()
        found.append((made.logps, made.entropy, hidden.grad))
    for own, other in zip(*found, strict=True):
        torch.testing.assert_close(own, other, rtol=1e-5, atol=1e-5)
