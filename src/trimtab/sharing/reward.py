"""Rewards of many answers under few prompts, each shared token computed once.

A reward model is a decoder with a linear head of one output, read at a sequence's last token. transformers finds that
token as the last one that is not the padding token, whatever the attention mask says; so here too, a sequence ends
before its trailing padding tokens (a real end of turn, where a tokenizer pads with that), and a model is scored at the
place where it was trained.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from transformers import PreTrainedModel

from .attention import Trees, forest_attention
from .forward import Reading, why_not
from .layout import Forest, lay_out, pack
from .limits import demand_readable
from .score import pack_tokens
from .states import hidden_states, unwrapped

Say = Callable[[str], None]
T = TypeVar("T")


def without_padding(sequence: Sequence[int], padding: int | None) -> list[int]:
    """The sequence up to its last token that is not `padding`; its first token at least."""
    stop = len(sequence)
    while stop > 1 and sequence[stop - 1] == padding:
        stop -= 1
    return list(sequence[:stop])


def rewards(model: PreTrainedModel, sequences: Sequence[Sequence[int]]) -> Tensor:
    """Rewards of token sequences by one forest, shape (sequences,), in the model's precision; differentiable.

    Call it inside `forest_attention`. Raises ValueError for an empty sequence.
    """
    padding = model.config.get_text_config().pad_token_id
    return _read(model, _lay_out([without_padding(sequence, padding) for sequence in sequences]))[0]


class RewardScorer:
    """Scores answers with a sequence-classification model of one label; finds out once whether it can share prefixes.

    Where it cannot, every sequence is computed by itself, and `say` is told why. `shares` tells which it is. Raises
    ValueError for a model of another number of labels.
    """

    def __init__(self, model: Any, say: Say = lambda text: None) -> None:
        self.model: PreTrainedModel = unwrapped(model)
        if self.model.config.num_labels != 1:
            raise ValueError(f"a reward model has 1 label, this one has {self.model.config.num_labels}")
        reason = why_not(model, REWARDS)
        self.shares = reason is None
        if reason is not None:
            say(f"prefixes are not shared, every sequence is computed by itself: {reason}")

    @torch.no_grad()
    def __call__(
        self,
        prompts: Sequence[Sequence[int]],
        answers: Sequence[Sequence[Sequence[int]]],
        *,
        budget: int | None = None,
    ) -> list[list[float]]:
        """The reward of each answer, indexed [prompt][answer], without dropout.

        `answers[i]` are token ids to follow prompt i, any number of any length above 0. A pack holds `budget` tokens
        (`pack_tokens`), or one prompt and its answers. Raises ValueError where a prompt has no answer, or an answer no
        token, and UnreadableError where both are longer than the model reads.
        """
        return self._grouped(prompts, answers, budget, self._score)

    @torch.no_grad()
    def states(
        self,
        prompts: Sequence[Sequence[int]],
        answers: Sequence[Sequence[Sequence[int]]],
        *,
        budget: int | None = None,
    ) -> list[list[Tensor]]:
        """The hidden state that each reward is read from, in float32 on the CPU, shape (d,), indexed [prompt][answer].

        Raises ValueError as a call does.
        """
        return self._grouped(prompts, answers, budget, self._states)

    def _grouped(
        self,
        prompts: Sequence[Sequence[int]],
        answers: Sequence[Sequence[Sequence[int]]],
        budget: int | None,
        read: Callable[[list[list[int]]], list[T]],
    ) -> list[list[T]]:
        """What `read` reads off each prompt with each answer, in packs of `budget` tokens."""
        if not all(options and all(map(len, options)) for options in answers):
            raise ValueError("every prompt needs an answer, and every answer a token")
        pairs = zip(prompts, answers, strict=True)
        demand_readable(self.model, ([*prompt, *option] for prompt, options in pairs for option in options))
        sizes = [len(prompt) + sum(map(len, options)) for prompt, options in zip(prompts, answers, strict=True)]
        found: dict[int, list[T]] = {}
        training = self.model.training
        self.model.eval()
        try:
            for group in pack(sizes, budget or pack_tokens(self.model.device)):
                scored = iter(read([[*prompts[i], *option] for i in group for option in answers[i]]))
                for i in group:
                    found[i] = [next(scored) for _ in answers[i]]
        finally:
            self.model.train(training)
        return [found[i] for i in range(len(prompts))]

    def _score(self, sequences: list[list[int]]) -> list[float]:
        if not self.shares:
            return [_logit(self.model, sequence).item() for sequence in sequences]
        with forest_attention(self.model):
            scored: list[float] = rewards(self.model, sequences).float().tolist()
        return scored

    def _states(self, sequences: list[list[int]]) -> list[Tensor]:
        padding = self.model.config.get_text_config().pad_token_id
        read = [without_padding(sequence, padding) for sequence in sequences]
        if not self.shares:
            return [_last_state(self.model, sequence).float().cpu() for sequence in read]
        with forest_attention(self.model):
            return list(_read(self.model, _lay_out(read))[1].float().cpu())


def _lay_out(sequences: Sequence[Sequence[int]]) -> Forest:
    return lay_out(sequences, [len(sequence) for sequence in sequences])  # nothing is predicted


def _read(model: PreTrainedModel, forest: Forest) -> tuple[Tensor, Tensor]:
    """Each sequence's reward, (sequences,), and the hidden state that it is read from, (sequences, d)."""
    device = model.get_input_embeddings().weight.device
    # in the forest's own order, so that not a bit depends on the order of the sequences
    ends, which = np.unique([path[-1] for path in forest.paths], return_inverse=True)
    hidden = hidden_states(model, Trees(forest, device), rows=torch.from_numpy(ends).to(device))
    read: Tensor = _head(model)(hidden)
    order = torch.from_numpy(which).to(device)
    return read.squeeze(-1)[order], hidden[order]


def _head(model: PreTrainedModel) -> torch.nn.Module:
    """The layer that gives the reward. Raises ValueError where it has not the name that decoders give it."""
    head: torch.nn.Module | None = getattr(model, "score", None)
    if head is None:
        raise ValueError(f"a {type(model).__name__} has no layer named score")
    return head


def _logit(model: PreTrainedModel, sequence: Sequence[int]) -> Tensor:
    """One sequence's reward as the model's own forward pass gives it, a scalar."""
    ids = torch.tensor([sequence], device=model.device)
    logit: Tensor = model(input_ids=ids, attention_mask=torch.ones_like(ids), use_cache=False).logits[0, 0].float()
    return logit


def _shared_reading(model: PreTrainedModel, forest: Forest) -> list[Tensor]:
    read, hidden = _read(model, forest)
    return [_comparable(reward, state) for reward, state in zip(read, hidden, strict=True)]


def _plain_reading(model: PreTrainedModel, sequence: list[int], _start: int) -> Tensor:
    return _comparable(_logit(model, sequence), _last_state(model, sequence))


def _last_state(model: PreTrainedModel, sequence: Sequence[int]) -> Tensor:
    """The hidden state of a sequence's last token by a plain pass, shape (d,)."""
    found = model.base_model(input_ids=torch.tensor([sequence], device=model.device), use_cache=False)
    state: Tensor = found.last_hidden_state[0, -1]
    return state


def _comparable(reward: Tensor, hidden: Tensor) -> Tensor:
    """A reward and its hidden state on one scale: a head that is still all zeros would hide a wrong state."""
    state = hidden.float()
    return torch.cat([functional.softsign(reward.float())[None], state / state.square().mean().sqrt()])


REWARDS = Reading("rewards", _head, _shared_reading, _plain_reading)
"""What is read off a reward model."""
