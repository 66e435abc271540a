"""Batched sampling from any Hugging Face decoder, the same answers for a seed whatever else is in the batch.

Three things make it faster than `transformers.generate` on the same model: a prompt with several samples is
prefilled once; the key/value cache is written in place (concatenating it anew at each token is half of a step's
time on a CPU); rows that have ended leave the batch. Each answer draws its random numbers from its own stream, named
by the seed, the prompt's id and the answer's index, so that a resumed run and a whole one give the same answers.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from transformers import DynamicCache, PreTrainedModel, PreTrainedTokenizerBase
from transformers.cache_utils import DynamicLayer

from ..errors import UserError
from ..records import Answer, Message, Prompt

if TYPE_CHECKING:
    from torch import Tensor

_SPARE_COLUMNS = 64
"""Columns by which a full cache grows; a reallocation copies the whole cache, a column costs little memory."""

_COMPACT_BELOW = 0.85
"""The share of live rows under which the ended ones are taken out; each time copies the live rows' cache."""

_NUCLEUS_GUESS = 512
"""Candidates looked at first for top-p; rows whose nucleus is larger are sorted whole, so the result is exact."""


@dataclass(frozen=True)
class Decoding:
    """How to decode. `temperature` 0 is greedy; `top_p` 1 keeps the whole distribution (Holtzman et al. 2020)."""

    max_new_tokens: int
    temperature: float = 0.0
    top_p: float = 1.0


def render(tokenizer: PreTrainedTokenizerBase, messages: Sequence[Message], *, generation: bool) -> list[int]:
    """Token ids of a conversation through the model's own chat template; `generation` opens the assistant's turn.

    Raises UserError where the tokenizer has no template.
    """
    if not getattr(tokenizer, "chat_template", None):
        raise UserError(
            "The model's tokenizer has no chat template.",
            "Prompts are conversations, and without a template there is no telling how this model reads one.",
            "Choose an instruction-tuned model, or save a tokenizer with `chat_template` set beside the model.",
        )
    rendered = tokenizer.apply_chat_template(
        [message.model_dump() for message in messages],
        add_generation_prompt=generation,
        tokenize=True,
        return_dict=False,
    )
    return [int(token) for token in rendered]


def prompt_ids(tokenizer: PreTrainedTokenizerBase, messages: Sequence[Message]) -> list[int]:
    """Token ids of a conversation, ready for the assistant's answer."""
    return render(tokenizer, messages, generation=True)


def end_ids(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> frozenset[int]:
    """The tokens that close an assistant's turn: the tokenizer's EOS and those of the generation config."""
    configured = model.generation_config.eos_token_id if model.generation_config is not None else None
    found = configured if isinstance(configured, list) else [configured]
    ends = frozenset(int(token) for token in [*found, tokenizer.eos_token_id] if token is not None)
    if not ends:
        raise UserError(
            "The model has no end-of-turn token: neither its tokenizer nor its generation config names one.",
            "No answer could ever end by itself.",
            "Set `eos_token` in the tokenizer saved beside the model.",
        )
    return ends


def plan_batches(lengths: Sequence[int], samples: int, rows: int) -> list[list[int]]:
    """Indices of prompts grouped into batches of at most `rows` answers, like lengths together, longest first.

    The plan depends on its arguments alone, so that a resumed run meets the same batches.
    """
    order = sorted(range(len(lengths)), key=lambda i: (-lengths[i], i))
    size = max(1, rows // samples)
    return [order[i : i + size] for i in range(0, len(order), size)]


@torch.inference_mode()
def sample_batch(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    prompts: Sequence[Prompt],
    *,
    samples: int,
    decoding: Decoding,
    seed: int,
) -> list[Answer]:
    """`samples` answers to each prompt, in the order of the prompts, decoded as one batch."""
    ids = [prompt_ids(tokenizer, prompt.messages) for prompt in prompts]
    ends = end_ids(model, tokenizer)
    tokens = _decode(model, ids, samples, decoding, ends, _streams(prompts, samples, seed, decoding))
    answers = []
    for row, produced in enumerate(tokens):
        answers.append(
            Answer(
                prompt_id=prompts[row // samples].id,
                index=row % samples,
                text=tokenizer.decode(produced, skip_special_tokens=True),
                tokens=len(produced),
                ended=bool(produced) and produced[-1] in ends,
            )
        )
    return answers


def generate(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    prompts: Sequence[Prompt],
    *,
    samples: int = 1,
    decoding: Decoding,
    seed: int,
    rows: int = 64,
) -> Iterator[list[Answer]]:
    """Answers to all prompts, one finished batch at a time; see `plan_batches` for the order."""
    lengths = [len(prompt_ids(tokenizer, prompt.messages)) for prompt in prompts]
    for batch in plan_batches(lengths, samples, rows):
        yield sample_batch(model, tokenizer, [prompts[i] for i in batch], samples=samples, decoding=decoding, seed=seed)


def _streams(prompts: Sequence[Prompt], samples: int, seed: int, decoding: Decoding) -> "Tensor | None":
    """Uniform numbers in [0, 1), shape (prompts x samples, max_new_tokens): one stream an answer."""
    if decoding.temperature == 0:
        return None
    rows = []
    for prompt in prompts:
        for index in range(samples):
            name = hashlib.blake2b(f"{seed}/{prompt.id}/{index}".encode(), digest_size=16).digest()
            stream = np.random.Generator(np.random.Philox(key=int.from_bytes(name, "little")))
            rows.append(stream.random(decoding.max_new_tokens))
    return torch.from_numpy(np.stack(rows))


def _decode(
    model: PreTrainedModel,
    ids: Sequence[Sequence[int]],
    samples: int,
    decoding: Decoding,
    ends: frozenset[int],
    uniforms: "Tensor | None",
) -> list[list[int]]:
    device, count = model.device, len(ids)
    tokens, mask, positions = left_padded(ids, device)
    cache = in_place_cache(model)
    logits = next_logits(model, tokens, mask, positions, cache)

    cache.batch_repeat_interleave(samples)
    logits, mask = logits.repeat_interleave(samples, 0), mask.repeat_interleave(samples, 0)
    position = positions[:, -1:].repeat_interleave(samples, 0)
    end_tensor = torch.tensor(sorted(ends), device=device)
    live = torch.arange(count * samples, device=device)  # which answer each row of the batch belongs to
    done = torch.zeros(count * samples, dtype=torch.bool, device=device)
    produced = torch.full((count * samples, decoding.max_new_tokens), -1, dtype=torch.long, device=device)
    if uniforms is not None:
        uniforms = uniforms.to(device)

    for step in range(decoding.max_new_tokens):
        chosen = _choose(logits, decoding, None if uniforms is None else uniforms[live, step])
        produced[live[~done], step] = chosen[~done]
        done |= torch.isin(chosen, end_tensor)
        if bool(done.all()) or step + 1 == decoding.max_new_tokens:
            break
        if int((~done).sum()) < _COMPACT_BELOW * len(done):
            keep = (~done).nonzero().squeeze(1)
            cache.batch_select_indices(keep)
            live, done, chosen = live[keep], done[keep], chosen[keep]
            mask, position = mask[keep], position[keep]
        mask = torch.nn.functional.pad(mask, (0, 1), value=1)
        position = position + 1
        logits = next_logits(model, chosen.unsqueeze(1), mask, position, cache)
    return [[token for token in row if token >= 0] for row in produced.tolist()]


def left_padded(ids: Sequence[Sequence[int]], device: torch.device) -> tuple["Tensor", "Tensor", "Tensor"]:
    """Token ids, mask and positions, each of shape (rows, longest): padded left, so that all rows end together."""
    width = max(len(row) for row in ids)
    tokens = torch.zeros((len(ids), width), dtype=torch.long, device=device)
    mask = torch.zeros((len(ids), width), dtype=torch.long, device=device)
    for row, prompt in enumerate(ids):
        tokens[row, width - len(prompt) :] = torch.tensor(prompt, device=device)
        mask[row, width - len(prompt) :] = 1
    return tokens, mask, (mask.cumsum(1) - 1).clamp(min=0)


def next_logits(model: PreTrainedModel, tokens: "Tensor", mask: "Tensor", positions: "Tensor", cache: Any) -> "Tensor":
    """Logits of the next token of each row, shape (rows, vocabulary), in float32; fills the cache."""
    output = model(
        input_ids=tokens,
        attention_mask=mask,
        position_ids=positions,
        past_key_values=cache,
        use_cache=True,
        logits_to_keep=1,
    )
    last: Tensor = output.logits[:, -1].float()
    return last


def _choose(logits: "Tensor", decoding: Decoding, uniform: "Tensor | None") -> "Tensor":
    """The next token of each row, shape (rows,): the likeliest, or the inverse of the distribution at `uniform`."""
    if uniform is None:
        return logits.argmax(-1)
    probs = torch.softmax(logits / decoding.temperature, -1)
    if decoding.top_p >= 1:
        return _inverse(probs, uniform)
    values, indices = probs.topk(min(_NUCLEUS_GUESS, probs.shape[-1]), dim=-1)
    chosen = _from_nucleus(values, indices, decoding.top_p, uniform)
    wide = (values.sum(-1) < decoding.top_p).nonzero().squeeze(1)
    if len(wide) and values.shape[-1] < probs.shape[-1]:
        values, indices = probs[wide].sort(dim=-1, descending=True)
        chosen[wide] = _from_nucleus(values, indices, decoding.top_p, uniform[wide])
    return chosen


def _from_nucleus(values: "Tensor", indices: "Tensor", top_p: float, uniform: "Tensor") -> "Tensor":
    """Draws from the smallest set of tokens whose probability reaches `top_p`; `values` are sorted downwards."""
    before = values.cumsum(-1) - values
    return indices.gather(-1, _inverse(values.masked_fill(before >= top_p, 0.0), uniform).unsqueeze(1)).squeeze(1)


def _inverse(weights: "Tensor", uniform: "Tensor") -> "Tensor":
    """The index at which the cumulated weights pass `uniform` times their sum, shape (rows,)."""
    cumulative = weights.double().cumsum(-1)
    target = uniform.unsqueeze(1) * cumulative[:, -1:]  # scaled by the sum as added up: rounding cannot overrun it
    return torch.searchsorted(cumulative, target, right=True).squeeze(1).clamp(max=weights.shape[-1] - 1)


def in_place_cache(model: PreTrainedModel) -> DynamicCache:
    """The cache the model would make itself, its plain layers replaced by ones that write in place."""
    cache = DynamicCache(config=model.config)
    cache.layers = [_InPlaceLayer() if type(layer) is DynamicLayer else layer for layer in cache.layers]
    return cache


class _InPlaceLayer(DynamicLayer):  # type: ignore[misc]
    """Keys and values of one layer in a buffer with room to grow; `keys` and `values` are views of what is filled."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: Tensor
        self.values: Tensor
        self._buffers: tuple[Tensor, Tensor] | None = None

    def update(self, key_states: "Tensor", value_states: "Tensor", *_: Any, **__: Any) -> tuple["Tensor", "Tensor"]:
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        filled = self.get_seq_length()
        needed = filled + key_states.shape[-2]
        if self._buffers is None or self._buffers[0].shape[-2] < needed:
            self._buffers = (
                self._grown(self.keys, key_states, filled, needed),
                self._grown(self.values, value_states, filled, needed),
            )
        keys, values = self._buffers
        keys[:, :, filled:needed] = key_states
        values[:, :, filled:needed] = value_states
        self.keys, self.values = keys[:, :, :needed], values[:, :, :needed]
        return self.keys, self.values

    @staticmethod
    def _grown(old: "Tensor", new: "Tensor", filled: int, needed: int) -> "Tensor":
        buffer = new.new_empty((*new.shape[:2], needed + _SPARE_COLUMNS, new.shape[-1]))
        if filled:
            buffer[:, :, :filled] = old
        return buffer

    def batch_repeat_interleave(self, repeats: int) -> None:
        super().batch_repeat_interleave(repeats)
        self._buffers = None

    def batch_select_indices(self, indices: "Tensor") -> None:
        super().batch_select_indices(indices)
        self._buffers = None
