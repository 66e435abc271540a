"""On a GPU a forest is for batches that save enough work; on a CPU for all."""

import pytest
import torch

from trimtab.sharing import distinct, lay_out, pays, worth

CUDA, CPU = torch.device("cuda"), torch.device("cpu")
ALIKE = [[1, 2, 3, 4, 5, 6, 7, 8, answer] for answer in range(10)]
UNLIKE = [[answer] * 9 for answer in range(10)]


@pytest.mark.parametrize("rows", [ALIKE, UNLIKE, [[1, 2], [1, 2], [1, 3, 4]], [[5]]])
def test_distinct_tokens_are_those_of_the_forest(rows: list[list[int]]) -> None:
    assert distinct(rows) == len(lay_out(rows, [1] * len(rows)))


def test_what_is_saved_times_the_parameters_decides_on_a_gpu() -> None:
    saved = 90 - 18
    enough = int(worth.SAVED_ON_CUDA / saved) + 1
    assert pays(enough, ALIKE, CUDA)
    assert not pays(enough - 2, ALIKE, CUDA)
    assert not pays(enough, UNLIKE, CUDA)  # as many tokens, none of them shared
    assert pays(1, UNLIKE, CPU)


def test_a_limit_of_none_takes_every_forest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worth, "SAVED_ON_CUDA", 0)
    assert pays(1, UNLIKE, CUDA)
