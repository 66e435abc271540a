"""On a GPU a forest is for batches that save enough work; on a CPU for all."""

import pytest
import torch

from trimtab.sharing import Share, distinct, lay_out, pays, when, why_plain, worth

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


@pytest.mark.parametrize(
    ("share", "device", "work", "said"),
    [
        (True, CPU, "DPO", None),
        (True, CUDA, "DPO", None),
        ("always", CUDA, "on-policy RL", None),
        (True, CPU, "on-policy RL", None),
        (True, CUDA, "on-policy RL", "has not been run yet"),
        (False, CPU, "DPO", "is false"),
    ],
)
def test_what_keeps_from_a_forest(share: Share, device: torch.device, work: str, said: str | None) -> None:
    found = why_plain(share, lambda: None, device, work)
    assert (found is None) if said is None else (found is not None and said in found)
    assert why_plain(True, lambda: "the model cannot", CPU, work) == "the model cannot"


def test_the_path_is_told_with_its_reason() -> None:
    assert "on a CPU" in when(True, 1, ALIKE, CPU)
    assert "`share_prefixes` is always" in when("always", 1, ALIKE, CUDA)
    assert "same path" in when(True, 1, ALIKE, CUDA, alone=False)
    few, many = when(True, 1_000_000, ALIKE, CUDA), when(True, 10**12, ALIKE, CUDA)
    assert "saves 3,500,000 tokens or more" in few
    assert "saves 72 and takes TRL's own path" in few
    assert "saves 72 and takes a forest" in many
