"""Decoding in batches as far as a model says in them what it says alone.

Some architectures count what stands between a row's tokens: ALiBi by columns, recurrent layers that read the padding, a
mask or positions that nobody looks at. No list of them would stay true, so each model is tried once, on a few texts of
unlike lengths that begin alike: by a plain pass of each, as the sampler reads each alone, as it reads them padded, and
as it reads them with their beginning computed once. What differs is not done, and a `UserNote` says so.
"""

import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

import torch
from transformers import PreTrainedModel

from ..errors import UserError, UserNote
from ..sharing import PROBE_TOLERANCE, positions_of, unwrapped
from .batching import Prefill, continued, decode_together
from .engine import Decoding
from .folders import in_short
from .kv_cache import RowCache

if TYPE_CHECKING:
    from torch import Tensor

_SHARED, _LENGTHS = 3, (9, 4, 1)
"""Tokens that the tried texts begin with alike, and how many each has after them."""


class Manner(NamedTuple):
    """How a model decodes: several answers at once or not, what prompts begin with once or not; `why` if not both."""

    batched: bool
    shared: bool
    why: str = ""


_KNOWN: "WeakKeyDictionary[torch.nn.Module, Manner]" = WeakKeyDictionary()


def manner_of(model: PreTrainedModel) -> Manner:
    """How a model may decode, tried once; the first time, a `UserNote` says what is not done.

    What is compared is log-probabilities of the next token, in nats: their mean difference over the vocabulary, in the
    text where it is largest, may be `PROBE_TOLERANCE`. Draws no random number and leaves the model as it was. Raises
    UserError where the model cannot go on from its own cache, batch or no batch.
    """
    inner = unwrapped(model)
    if inner not in _KNOWN:
        _KNOWN[inner] = found = _tried(inner)
        if found.why:
            warnings.warn(f"{found.why}, which takes longer", UserNote, stacklevel=2)
    return _KNOWN[inner]


def described_manner(model: PreTrainedModel) -> dict[str, str]:
    """What of it belongs to a fingerprint: nothing of a model that does both, or that does not decode at all."""
    if model.get_output_embeddings() is None:
        return {}
    try:
        manner = manner_of(model)
    except UserError:
        return {}
    if not manner.batched:
        return {"batch": "one answer at a time"}
    return {} if manner.shared else {"batch": "shared beginnings computed anew"}


def decode(
    model: PreTrainedModel,
    ids: Sequence[Sequence[int]],
    samples: int,
    decoding: Decoding,
    ends: frozenset[int],
    uniforms: "Tensor | None",
    rows: int,
) -> Iterator[tuple[int, list[list[int]]]]:
    """Each prompt's place and its answers' tokens, as `decode_together` gives them; raises as `manner_of` besides."""
    manner = manner_of(model)
    if manner.batched:
        yield from decode_together(model, ids, samples, decoding, ends, uniforms, rows, shared=manner.shared)
        return
    for which, prompt in enumerate(ids):
        made = []
        for answer in range(which * samples, (which + 1) * samples):
            own = None if uniforms is None else uniforms[answer : answer + 1]
            made += next(decode_together(model, [prompt], 1, decoding, ends, own, 1))[1]
        yield which, made


def _tried(model: PreTrainedModel) -> Manner:
    training = [part for part in model.modules() if part.training]
    model.eval()
    try:
        texts = _texts(model)
        plain = [_plain(model, text) for text in texts]
        kind, most = model.config.model_type, PROBE_TOLERANCE.get(model.dtype, 0.3)
        apart = _reason(lambda: [_read(model, [text], shared=False)[0] for text in texts], plain, most)
        if apart is not None:
            raise UserError(
                f"The model is a {type(model).__name__}.",
                f"Token by token, from what it keeps of a text, it does not say what it says in one pass: {apart}.",
                "Serve the model and give its URL, or choose another.",
            )
        if apart := _reason(lambda: _read(model, texts, shared=False), plain, most):
            return Manner(
                False, False, f"{kind} in a padded batch is not what it is alone ({apart}): one answer a time"
            )
        if apart := _reason(lambda: _read(model, texts, shared=True), plain, most):
            return Manner(True, False, f"{kind} takes a beginning that prompts share anew for each of them ({apart})")
        return Manner(True, True)
    finally:
        for part in training:
            part.training = True


def _texts(model: PreTrainedModel) -> list[list[int]]:
    """Texts of tokens drawn by a fixed seed, each with one more than is read at once, and no longer than is read."""
    generator = torch.Generator().manual_seed(0)
    vocabulary = int(model.get_input_embeddings().weight.shape[0])
    drawn = torch.randint(vocabulary, (_SHARED + sum(_LENGTHS) + len(_LENGTHS),), generator=generator).tolist()
    before, rest = drawn[:_SHARED], iter(drawn[_SHARED:])
    most = positions_of(model) or _SHARED + max(_LENGTHS) + 1
    return [[*before, *(next(rest) for _ in range(length + 1))][:most] for length in _LENGTHS]


@torch.inference_mode()
def _plain(model: PreTrainedModel, text: list[int]) -> "Tensor":
    """What the model says after a text but its last token, and after all of it; shape (2, vocabulary)."""
    logits = model(input_ids=torch.tensor([text], device=model.device), use_cache=False).logits[0, -2:].float()
    return torch.log_softmax(logits, -1)


@torch.inference_mode()
def _read(model: PreTrainedModel, texts: list[list[int]], *, shared: bool) -> list["Tensor"]:
    """The same as the sampler reads texts: all but the last tokens at once, and those as the next step."""
    prompts = [text[:-1] for text in texts]
    cache = RowCache(model, len(texts), spare=1)
    first = Prefill(model, prompts, shared=shared).into(cache, range(len(texts)), 1)
    last = torch.tensor([text[-1] for text in texts], device=model.device)
    cached = torch.tensor([len(text) for text in texts], device=model.device)
    then = continued(model, last, cached, cache)
    return list(torch.log_softmax(torch.stack((first, then), 1).float(), -1))


def _reason(read: Callable[[], Sequence["Tensor"]], plain: Sequence["Tensor"], most: float) -> str | None:
    """By how much what is read is apart from plain passes, or that it cannot be read at all; None where it is equal."""
    try:
        apart = max(float((one - other).abs().mean()) for one, other in zip(read(), plain, strict=True))
    except (TypeError, ValueError, RuntimeError, AttributeError, IndexError, KeyError, AssertionError) as error:
        return in_short(error)
    return None if apart <= most else f"{apart:.2g} nats apart in the mean"
