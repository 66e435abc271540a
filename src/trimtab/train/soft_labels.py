"""Preferences that are not certain: the loss of a label that is a probability, in DPO and in a reward model.

A pair whose chosen answer is the better one with probability p has the expected loss -p log sigmoid(x)
- (1 - p) log sigmoid(-x), where x is the difference that is learned (of rewards; in DPO beta times that of log-ratios):
the cross-entropy on soft labels of Bai et al. 2022 (2212.08073, section 4.1), and with 1 - p for epsilon the
conservative DPO of Mitchell 2023 ("A note on DPO with noisy preferences & relationship to IPO", eq. 3), row by row. As
log sigmoid(-x) = log sigmoid(x) - x, that is the loss of a certain label plus (1 - p) x: TRL computes the one, and only
the other is added. TRL's own `label_smoothing` is one figure for all rows, and its "sigmoid" loss does not read it.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor

from ..records import Comparison

SURE = "sure"
"""The column of a batch that tells how likely each chosen answer is the better one, shape (pairs,)."""


def sure_of(rows: Sequence[Comparison]) -> list[float] | None:
    """How likely each chosen side is the better one; None where all are certain, and nothing is to be added."""
    found = [row.probability for row in rows]
    return found if soft(found) else None


def soft(sure: Sequence[float]) -> list[float]:
    """Those that are not certain."""
    return [each for each in sure if each != 1.0]


def told_soft(sure: Sequence[float]) -> str | None:
    """A note where labels are not certain."""
    found = soft(sure)
    if not found:
        return None
    return (
        f"note: {len(found):,} of {len(sure):,} comparisons are trained on by their soft label, "
        f"{sum(found) / len(found):.2f} on average"
    )


def unsure(sure: Tensor, difference: Tensor) -> Tensor:
    """What uncertainty adds to a mean loss of certain labels: the mean of (1 - p) x, both of shape (pairs,)."""
    return ((1 - sure.to(difference.device)) * difference).mean()


def certain(batch: dict[str, Any]) -> dict[str, Any]:
    """A batch under certain labels: labels of a half would leave no gradient by which two paths could be compared."""
    return {name: value for name, value in batch.items() if name != SURE}


@dataclass(frozen=True)
class WithSure:
    """A collator of TRL's, with the column SURE beside what it makes, where the rows have it."""

    collator: Any

    def __call__(self, examples: Sequence[dict[str, Any]]) -> dict[str, Any]:
        batch: dict[str, Any] = self.collator(list(examples))
        if SURE in examples[0]:
            batch[SURE] = torch.tensor([each[SURE] for each in examples], dtype=torch.float32)
        return batch


class SoftLabels:
    """Put before TRL's DPOTrainer among a class's bases; a batch with SURE has the loss of soft labels.

    Only beside the loss "sigmoid"; other terms, such as "sft", stay as they are. With the column no reference may be
    computed before training.
    """

    def _compute_loss(self: Any, model: Any, inputs: dict[str, Any], return_outputs: bool) -> Any:
        inputs, ours = dict(inputs), cast("Any", super())
        sure = inputs.pop(SURE, None)
        if sure is None:
            return ours._compute_loss(model, inputs, return_outputs)
        weight = self.loss_weights[self.loss_types.index("sigmoid")]
        with _heard([self.model, self.ref_model]) as said:
            found = ours._compute_loss(model, inputs, return_outputs)
        policy, reference = said[:2]
        chosen, rejected = (policy - reference).chunk(2)
        added = weight * unsure(sure, self.beta * (chosen - rejected))
        return (found[0] + added, found[1]) if return_outputs else found + added

    def compute_ref_log_probs(self, model: Any, inputs: dict[str, Any]) -> Any:
        """TRL's, of a batch without the column."""
        return super().compute_ref_log_probs(model, certain(inputs))  # type: ignore[misc]

    def _set_signature_columns_if_needed(self) -> None:
        super()._set_signature_columns_if_needed()  # type: ignore[misc]
        named: list[str] = self._signature_columns  # type: ignore[has-type]
        self._signature_columns = [*named, *([] if SURE in named else [SURE])]


@contextmanager
def _heard(models: Iterable[Any]) -> Iterator[list[Tensor]]:
    """The summed log-probabilities, shape (rows,), of each call for them while the block lasts, in their order."""
    said: list[Tensor] = []

    def hear(_model: Any, _given: Any, made: Any) -> None:
        said.append(made.log_probs.sum(dim=1))

    hooks = [model.register_forward_hook(hear) for model in models if model is not None]
    try:
        yield said
    finally:
        for hook in hooks:
            hook.remove()
