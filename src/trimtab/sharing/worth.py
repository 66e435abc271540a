"""Whether a training step over a forest pays.

On a CPU a step costs its tokens, so fewer tokens are always less time. A GPU launches the same operations for few
tokens as for many, and a forest some more: below some work it is a little slower, above it many times faster. What
decides is the work that sharing saves, tokens times parameters; docs/gpu.md has the figures.
"""

from collections.abc import Sequence

import torch

from .layout import distinct

SAVED_ON_CUDA = 3.5e12
"""Tokens saved times parameters, from which on a forest is the faster path on a GPU. Measured on one H200 in bf16: at
2.8e12 and below it took 3 to 12 % longer than the plain path, at 4.1e12 and above 1.3 to 3.8 times less."""


def parameters_of(model: torch.nn.Module) -> int:
    """A model's parameters, also where ZeRO-3 keeps a piece in each process."""
    return sum(getattr(p, "ds_numel", p.numel()) for p in model.parameters())


def pays(parameters: int, rows: Sequence[Sequence[int]], device: torch.device) -> bool:
    """Whether a forest of these rows is the faster path; always on a CPU, where memory traffic is what is saved too."""
    if device.type != "cuda" or not SAVED_ON_CUDA:
        return True
    padded = len(rows) * max(map(len, rows))
    if parameters * padded < SAVED_ON_CUDA:
        return False
    return parameters * (padded - distinct(rows)) >= SAVED_ON_CUDA
