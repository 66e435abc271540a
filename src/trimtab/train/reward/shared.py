"""TRL's RewardTrainer with each prompt computed once, for pairs and for rankings of more than two answers.

Only the forward pass is another: TRL asks the model for the rewards of padded rows, and here the rows are laid out as a
forest first. What TRL makes of the rewards (the Bradley-Terry loss, margins, centring, metrics) is TRL's own code, for
rankings too: they reach it as pairs, after each answer was computed once.
"""

import functools
import types
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from transformers import PreTrainedModel
from transformers.data.data_collator import DataCollatorMixin
from transformers.modeling_outputs import SequenceClassifierOutputWithPast
from trl import RewardTrainer
from trl.trainer.utils import pad

from ...sharing import Share, forest_attention, quicken, rewards, unwrapped
from ..prefix_sharing import batch_pays
from ..soft_labels import SURE, unsure

_KNOWN = {"attention_mask", "margin", "use_cache", "return_dict"}
"""Arguments of a call that a forest can stand for; `margin` is the loss's, TRL passes it to the model as well."""


class SharedPrefixRewardTrainer(RewardTrainer):  # type: ignore[misc]
    """RewardTrainer over forests while `shares` is true, which is TRL's own while it is false.

    On a GPU a batch that saves too little work by sharing (`trimtab.sharing.pays`) takes TRL's own path as well, unless
    `shares` is "always". Ask `trimtab.sharing.why_not(model, REWARDS)` first whether the model can.
    """

    def __init__(self, *args: Any, shares: Share = True, **kwargs: Any) -> None:
        self.shares, self.share, self._pays = bool(shares), shares, True
        super().__init__(*args, **kwargs)
        inner = unwrapped(self.accelerator.unwrap_model(self.model))
        _share_prefixes(inner, lambda: self.shares and self._pays)

    def training_step(self, *args: Any, **kwargs: Any) -> Tensor:
        """One step; the backward pass stands inside too, because gradient checkpointing runs the forward again."""
        self._pays = batch_pays(self, *args, **kwargs)
        try:
            with forest_attention(unwrapped(self.model)) if self.shares and self._pays else nullcontext():
                loss: Tensor = super().training_step(*args, **kwargs)
        finally:
            self._pays = True
        return loss

    def compute_loss(
        self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """TRL's loss, of pairs with the column SURE under their soft labels."""
        inputs = dict(inputs)
        sure = inputs.pop(SURE, None)
        loss, outputs = super().compute_loss(model, inputs, True, num_items_in_batch)
        if sure is not None:
            chosen, rejected = outputs.logits.squeeze(-1).chunk(2)
            loss = loss + unsure(sure, chosen - rejected)
        return (loss, outputs) if return_outputs else loss

    def _set_signature_columns_if_needed(self) -> None:
        super()._set_signature_columns_if_needed()
        named: list[str] = self._signature_columns  # type: ignore[has-type]
        self._signature_columns = [*named, *([] if SURE in named else [SURE])]


class RankingRewardTrainer(SharedPrefixRewardTrainer):
    """SharedPrefixRewardTrainer on rankings of K answers, K >= 2, all in one forest with their prompt.

    The loss is eq. 1 of Ouyang et al. 2022 (arXiv 2203.02155): of each ranking the mean over its C(K, 2) pairs, of a
    batch the mean over its rankings, whatever their K. The dataset has the one column `ranked_ids`: per ranking, the
    token ids of prompt and answer, best answer first, no ties. As in TRL, an example longer than `max_length` is left
    out. With K = 2 it is the loss on pairs. Metrics are of pairs, averaged over the batch's groups of equal K.
    In training by several processes all rankings need the same K, as TRL gathers metrics of equal shapes.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        given = kwargs.get("data_collator") or (args[2] if len(args) > 2 else None)
        super().__init__(*args, **kwargs)
        if given is None:
            self.data_collator = RankingCollator(self.processing_class.pad_token_id, self.args.pad_to_multiple_of)

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Any = None,
    ) -> Any:
        """TRL's loss on the pairs of the rankings; `inputs["sizes"]` holds each one's K."""
        inputs = dict(inputs)
        sizes, sure = inputs.pop("sizes").tolist(), inputs.pop(SURE, None)
        outputs = model(**inputs, use_cache=False)
        losses = []
        for size in sorted(set(sizes)):
            chosen, rejected, rows = _pairs(sizes, size)
            found = SequenceClassifierOutputWithPast(logits=outputs.logits[[*chosen, *rejected]])
            some = {"attention_mask": inputs["attention_mask"][rows]}
            if sure is not None:
                own = [place for place, count in enumerate(sizes) if count == size]
                some[SURE] = sure[own].repeat_interleave(size * (size - 1) // 2)
            answer = functools.partial(_answer, found)
            loss = super().compute_loss(answer, some, num_items_in_batch=num_items_in_batch)
            losses.append(loss * (sizes.count(size) / len(sizes)))
        total = losses[0] if len(losses) == 1 else torch.stack(losses).sum()
        return (total, outputs) if return_outputs else total

    def _prepare_dataset(self, dataset: Any, processing_class: Any, args: Any, dataset_name: str) -> Any:
        """The dataset as it is, less the rankings with a sequence of more than `max_length` tokens."""
        columns = list(next(iter(dataset)))
        if "ranked_ids" not in columns:
            raise ValueError(f"rankings are read from the column `ranked_ids`, the {dataset_name} set has {columns}")
        if args.max_length is None:
            return dataset
        return dataset.filter(functools.partial(_fits, args.max_length))

    def _set_signature_columns_if_needed(self) -> None:
        self._signature_columns = ["ranked_ids", SURE]


@dataclass
class RankingCollator(DataCollatorMixin):  # type: ignore[misc]
    """Rankings as padded rows, one an answer.

    Gives `input_ids` and `attention_mask`, (answers, tokens), and `sizes`, (rankings,), each ranking's K.
    Raises ValueError for a ranking of fewer than two answers.
    """

    pad_token_id: int
    pad_to_multiple_of: int | None = None
    return_tensors: str = "pt"

    def torch_call(self, examples: list[dict[str, Any]]) -> dict[str, Tensor]:
        """Pads the answers of all rankings, in their order, on the right."""
        sizes = [len(example["ranked_ids"]) for example in examples]
        if min(sizes) < 2:
            raise ValueError("a ranking needs at least two answers")
        rows = [torch.tensor(ids) for example in examples for ids in example["ranked_ids"]]
        padded = functools.partial(pad, padding_side="right", pad_to_multiple_of=self.pad_to_multiple_of)
        return {
            "input_ids": padded(rows, padding_value=self.pad_token_id),
            "attention_mask": padded([torch.ones_like(ids) for ids in rows], padding_value=0),
            "sizes": torch.tensor(sizes),
        }


def _pairs(sizes: list[int], size: int) -> tuple[list[int], list[int], list[int]]:
    """Of the rankings of `size` answers: the rows of all pairs' better answers, of their worse ones, and all rows."""
    starts = [sum(sizes[:place]) for place, count in enumerate(sizes) if count == size]
    pairs = [pair for start in starts for pair in combinations(range(start, start + size), 2)]
    rows = [row for start in starts for row in range(start, start + size)]
    return [better for better, _ in pairs], [worse for _, worse in pairs], rows


def _answer(found: SequenceClassifierOutputWithPast, **_: Any) -> SequenceClassifierOutputWithPast:
    """Stands for the model in TRL's loss, where its answer is known already."""
    return found


def _fits(limit: int, example: dict[str, Any]) -> bool:
    return all(len(ids) <= limit for ids in example["ranked_ids"])


def _share_prefixes(model: PreTrainedModel, shares: Callable[[], bool]) -> None:
    """Makes the model answer TRL's calls by way of a forest, while `shares()`; all other calls as before."""
    quicken(model)
    padded = model.forward

    @functools.wraps(type(model).forward)
    def forward(self: PreTrainedModel, input_ids: Tensor | None = None, *args: Any, **kwargs: Any) -> Any:
        given = {name for name, value in kwargs.items() if value is not None}
        if input_ids is None or args or given - _KNOWN or not shares():
            return padded(input_ids, *args, **kwargs)
        with forest_attention(self):
            found = rewards(self, rows_of(input_ids, kwargs.get("attention_mask")))
        return SequenceClassifierOutputWithPast(logits=found[:, None])

    model.forward = types.MethodType(forward, model)


def rows_of(input_ids: Tensor, attention_mask: Tensor | None) -> list[list[int]]:
    """Each row's tokens without its padding, on whichever side that is. Raises ValueError for a mask with gaps."""
    rows: list[list[int]] = input_ids.tolist()
    if attention_mask is None:
        return rows
    seen = attention_mask.bool()
    if bool((functional.pad(seen.int(), (1, 0)).diff(dim=1) > 0).sum(1).gt(1).any()):
        raise ValueError("prefix sharing needs rows padded at their ends only, and this attention mask has gaps")
    return [ids[where].tolist() for ids, where in zip(input_ids, seen, strict=True)]
