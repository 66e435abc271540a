"""Rehearsal: training stays close to the start model on ordinary text while it changes how conversations are answered.

Preference training moves more than was asked for: abilities that no comparison speaks of get lost, the alignment tax.
InstructGPT paid it back by mixing the pretraining loss into RLHF (Ouyang et al. 2022, section 3.5, eq. 2, PPO-ptx).
The pretraining data is rarely at hand, so the text is the start model's own (Huang et al. 2024, "Mitigating
Catastrophic Forgetting in Large Language Models with Self-Synthesized Rehearsal"), and in place of its log-likelihood
stands the KL divergence of the start model from the trained one (Li and Hoiem 2016, "Learning without Forgetting"),
which is zero at the start and has no noise from the tokens drawn.
"""

import itertools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from transformers import PreTrainedModel

from ..errors import UserError
from ..models import Decoding, LoadedModel, complete
from ..sharing import Trees, forest_attention, head_of, hidden_states, kl_divergence, lay_out, unwrapped
from ..store import write_atomic
from .launch.ranks import whole

TEXT_TOKENS = 32
"""New tokens of a text: enough for it to find a subject."""
TEXTS = 128
"""Texts at most; a longer training meets them again."""
OPENINGS = (
    "The", "In the", "A", "When", "It is", "There are", "One of the", "Most", "During the", "According to", "For many",
    "Water", "People", "After", "How to", "This", "If you", "To make", "At the end of", "Our", "Early in the", "I",
    "Some of the", "By the time",
)  # fmt: skip
"""What the texts begin with: words that say nothing about how they go on."""


class Rehearsal:
    """The penalty for leaving the start model on texts that it wrote: token ids, `at_once` texts a batch."""

    def __init__(self, texts: Sequence[Sequence[int]], weight: float, at_once: int) -> None:
        self.weight = weight
        self._texts = [list(text) for text in texts]
        self._at_once = at_once

    def divergence(self, model: Any, batch: int, *, shares: bool, processes: int = 1) -> Tensor:
        """KL of the start model from the one in training, in nats a token, over the texts of the batch with a number.

        `model` is a PEFT model, whose adapter switched off is the start model. Differentiable in the adapter. Where
        several processes each take a batch, the mean of what they get is that over all their tokens.
        """
        texts = self._batch(batch)
        first = batch - batch % processes
        counts = [sum(len(text) - 1 for text in self._batch(first + i)) for i in range(processes)]
        weight = counts[batch % processes] * processes / sum(counts)
        inner = unwrapped(model)
        read = _by_forest if shares else _one_by_one
        with torch.no_grad(), model.disable_adapter():
            start = read(inner, texts)
        found = read(inner, texts)
        with whole(list(inner.get_output_embeddings().parameters())):
            head = head_of(inner)
            return kl_divergence(start, head, found, head).mean() * weight

    def _batch(self, number: int) -> list[list[int]]:
        first = number * self._at_once
        return [self._texts[(first + i) % len(self._texts)] for i in range(min(self._at_once, len(self._texts)))]


class Rehearsing:
    """What a trainer of TRL's needs to rehearse: put it before the trainer among a class's bases.

    `shares` tells whether texts are laid out as a forest, as everything else that the trainer computes.
    """

    shares: bool
    rehearsal: Rehearsal | None = None
    _batches = (0, 0)  # the step, and its batches so far

    def compute_loss(self, model: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """TRL's loss, and the weighted divergence on the rehearsed texts if there are any."""
        trainer: Any = self
        found = super().compute_loss(model, inputs, *args, **kwargs)  # type: ignore[misc]
        if self.rehearsal is None or not trainer.model.training:
            return found
        with trainer.accelerator.autocast():
            kl = self.rehearsal.divergence(
                trainer.accelerator.unwrap_model(model),
                self._batch(),
                shares=self.shares,
                processes=trainer.accelerator.num_processes,
            )
        trainer._metrics["train"]["rehearsal_kl"].append(float(trainer.accelerator.reduce(kl.detach(), "mean")))
        loss, *others = found if isinstance(found, tuple) else (found,)
        loss = loss + self.rehearsal.weight * kl
        return (loss, *others) if others else loss

    def _batch(self) -> int:
        """The number of this batch among all of the training; a resumed one goes on where the checkpoint was."""
        trainer: Any = self
        step = trainer.state.global_step
        past = self._batches[1] if self._batches[0] == step else 0
        self._batches = (step, past + 1)
        batch = step * trainer.args.gradient_accumulation_steps + past
        return int(batch * trainer.accelerator.num_processes + trainer.accelerator.process_index)


def prepare_rehearsal(
    start: LoadedModel, weight: float, comparisons: int, at_once: int, *, seed: int, kept: Path
) -> Rehearsal:
    """Lets the start model write one text a comparison, at most TEXTS, and keeps them in the file `kept`.

    Call it before the trainer wraps the model. Raises UserError where the model's output layer is not a plain one.
    """
    try:
        head_of(start.model)
    except ValueError as error:
        raise UserError(
            "training.rehearsal_weight is set.",
            f"Rehearsal compares whole distributions, and of this model it cannot: {error}.",
            "Set training.rehearsal_weight to 0.",
        ) from None
    if not kept.is_file():
        openings = list(itertools.islice(itertools.cycle(OPENINGS), min(TEXTS, comparisons)))
        decoding = Decoding(max_new_tokens=TEXT_TOKENS, temperature=1.0)
        texts = complete(start.model, start.tokenizer, openings, decoding=decoding, seed=seed)
        write_atomic(kept, json.dumps(texts))
    return Rehearsal(json.loads(kept.read_text()), weight, at_once)


def _by_forest(model: PreTrainedModel, texts: Sequence[Sequence[int]]) -> Tensor:
    """The last hidden states of each text's tokens but its last, text by text, shape (tokens, d)."""
    forest = lay_out(texts, [1] * len(texts))
    with forest_attention(model):
        hidden = hidden_states(model, Trees(forest, model.device))
    return hidden[torch.from_numpy(np.concatenate([path[:-1] for path in forest.paths])).to(hidden.device)]


def _one_by_one(model: PreTrainedModel, texts: Sequence[Sequence[int]]) -> Tensor:
    """The same by plain passes."""
    found = []
    for text in texts:
        ids = torch.tensor([text], device=model.device)
        found.append(model.base_model(input_ids=ids, use_cache=False).last_hidden_state[0, :-1])
    return torch.cat(found)
