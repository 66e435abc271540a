"""Whether a training step over a forest pays.

On a CPU a step costs its tokens, so fewer tokens are always less time. A GPU launches the same operations for few
tokens as for many, and a forest some more: below some work it is a little slower, above it many times faster. What
decides is the work that sharing saves, tokens times parameters; docs/gpu.md has the figures.
"""

from collections.abc import Callable, Sequence
from typing import Literal

import torch

from .layout import distinct

SAVED_ON_CUDA = 3.5e12
"""Tokens saved times parameters, from which on a forest is the faster path on a GPU. Measured on one H200 in bf16: at
2.8e12 and below it took 3 to 12 % longer than the plain path, at 4.1e12 and above 1.3 to 3.8 times less."""


NOT_YET_ON_CUDA = frozenset({"on-policy RL"})
"""What no forest has done on a GPU yet (docs/gpu.md): there it takes the plain path, unless it is told to share always.
"""

Share = bool | Literal["always"]
"""Whether training shares prefixes: where it pays, always, or never."""


def why_plain(share: Share, why_not: Callable[[], str | None], device: torch.device, work: str) -> str | None:
    """What keeps a `work` from a forest, in a clause; None where nothing does. `why_not` asks the model."""
    if not share:
        return "`share_prefixes` is false"
    if device.type == "cuda" and work in NOT_YET_ON_CUDA and share != "always":
        return f"on a GPU {work} over forests has not been run yet; `share_prefixes: always` takes it all the same"
    return why_not()


def when(
    share: Share, parameters: int, rows: Sequence[Sequence[int]], device: torch.device, *, alone: bool = True
) -> str:
    """When a forest is taken that nothing keeps from, in a clause; `rows` are a first batch's tokens."""
    if device.type != "cuda":
        return "over a forest, in every batch: on a CPU fewer tokens are always less time"
    if share == "always":
        return "over a forest, in every batch: `share_prefixes` is always"
    if not alone:
        return "over a forest, in every batch: all processes and rehearsal must take the same path"
    saved = len(rows) * max(map(len, rows)) - distinct(rows)
    taken = "takes a forest" if pays(parameters, rows, device) else "takes TRL's own path"
    return (
        f"over a forest where a batch saves {SAVED_ON_CUDA / parameters:,.0f} tokens or more, with which it is faster "
        f"for {parameters / 1e6:,.0f} M parameters, and by TRL's own path elsewhere; one of {len(rows)} rows as the "
        f"first saves {saved:,} and {taken}; `share_prefixes: always` takes it always, in less memory"
    )


def parameters_of(model: torch.nn.Module) -> int:
    """A model's parameters, also where ZeRO-3 keeps a piece in each process."""
    return sum(getattr(p, "ds_numel", p.numel()) for p in model.parameters())


def pays(parameters: int, rows: Sequence[Sequence[int]], device: torch.device) -> bool:
    """Whether a forest of these rows is the faster path; always on a CPU, where memory traffic is what is saved too."""
    if device.type != "cuda":
        return True
    padded = len(rows) * max(map(len, rows))
    if parameters * padded < SAVED_ON_CUDA:
        return False
    return parameters * (padded - distinct(rows)) >= SAVED_ON_CUDA
