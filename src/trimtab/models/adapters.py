"""An adapter put into a model: only where every tensor of it fits, and to what the two say side by side.

PEFT leaves out a tensor that it finds no place for, and merges what is done to an output layer into the embedding that
shares its weights. So the names are counted here, shared weights are parted before merging, and log-probabilities of a
fixed text are held against each other: of the base, of the base with the adapter beside it, and of both merged.
"""

import warnings
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from ..errors import UserError, UserNote
from ..sharing import positions_of
from .depth import demand_whole_depth
from .folders import adapter_config, adapter_folder, adapter_weights, told

_TEXT = "The sun rises in the east. One and two is three, and a friend says: hello, how are you?"
_TOKENS = 16
"""Tokens of the fixed text that are read, and at most as many of an adapter's own."""
_APART = {torch.float32: 1e-3, torch.bfloat16: 0.05, torch.float16: 0.02}
"""By what share of their size log-probabilities may differ where an adapter was merged: rounding makes less."""
_FITTING = "Name the base model that it was trained on."
_WHOLE_TOKENS = "Name a base model that has them, or save the adapter with its embeddings (modules_to_save)."
_MERGE = "Merge it with the library that trained it, and name the result."


@dataclass(frozen=True)
class _Adapter:
    """An adapter's configuration, as PEFT reads it, and its tensors by their names in the file."""

    name: str
    config: Any
    tensors: Mapping[str, Tensor]

    @property
    def given(self) -> str:
        return f"The adapter is {self.name!r}."


def merged(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    name: str,
    known: int = 0,
    bases: Collection[str] = (),
) -> PreTrainedModel:
    """The model with the adapter of a folder in its weights; `tokenizer` is the adapter's, where it has one.

    `known` tokens, of the base's own tokenizer, are no matter of the adapter's, even where the model lacks some.
    `bases` are the names that the model goes by.

    A `UserNote` says where the adapter changes nothing. Raises UserError where it does not fit the model to the last
    tensor, may be one of a shallower model, needs tokens that neither of them holds, or is of a kind that cannot be
    merged exactly.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what is looked at here
        adapter = _read(name, model)
        rows = _grown(model, tokenizer, adapter, known)
        ids = _fixed_text(model, tokenizer, adapter.config, rows)
        before = _said(model, ids)
        wrapped = _wrapped(model, adapter)
        beside = _said(wrapped, ids)
        if not bool(beside.isfinite().any()) or bool(beside.isnan().any()):
            raise UserError(adapter.given, "With it the model says no numbers: it holds broken ones.", _FITTING)
        parted = _part_shared(wrapped)
        with told(adapter.given, "It cannot be merged", _MERGE):
            made: PreTrainedModel = wrapped.merge_and_unload()
        if parted:
            _tie_equal(made)
    demand_whole_depth(adapter.given, made, adapter.config, adapter.tensors.keys(), bases)
    apart = _apart(beside, _said(made, ids))
    if not apart <= _APART.get(made.dtype, 0.05):
        raise UserError(
            adapter.given,
            f"It cannot be merged exactly: log-probabilities of a fixed text change by {100 * apart:.2g} %.",
            _MERGE,
        )
    if torch.equal(before, beside):
        idle = f"The adapter {name} changes nothing: {_why_idle(adapter)}. What is measured is the model under it."
        warnings.warn(idle, UserNote, stacklevel=2)
    return made


def _read(name: str, model: PreTrainedModel) -> _Adapter:
    """The adapter's configuration and tensors. Raises UserError where they cannot be read, or never be merged."""
    from peft import PeftConfig, load_peft_weights

    given, folder = f"The adapter is {name!r}.", adapter_folder(name)
    kind = adapter_config(name).get("peft_type")
    with told(given, "Its configuration is none that PEFT reads", "Save it with PEFT's `save_pretrained`."):
        config = PeftConfig.from_pretrained(folder)
    if config.is_prompt_learning or config.is_adaption_prompt:
        raise UserError(
            given,
            f"It is of the kind {kind}, which adds to what the model reads and cannot be merged into its weights.",
            "Train it as LoRA, or serve the model with it and give the server's URL.",
        )
    adapter_weights(name)
    renamed = getattr(model, "_checkpoint_conversion_mapping", None) or None
    with told(given, "Its tensors cannot be read", "Copy or download the folder again."):
        tensors = load_peft_weights(folder, device="cpu", key_mapping=renamed)
    if not tensors:
        raise UserError(given, "Its file holds no tensors.", "Save it again with PEFT's `save_pretrained`.")
    return _Adapter(name, config, {key: tensor for key, tensor in tensors.items() if not _twice(key, tensors)})


def _twice(name: str, tensors: Mapping[str, Tensor]) -> bool:
    """Whether a layer's weight is the copy that PEFT writes beside it where embeddings were added to."""
    other = tensors.get(name.replace(".modules_to_save.", "."))
    return ".modules_to_save." in name and other is not None and torch.equal(other, tensors[name])


def _wrapped(model: PreTrainedModel, adapter: _Adapter) -> Any:
    """The model with the adapter beside it. Raises UserError unless each tensor has its place, and each place one."""
    from peft import (
        MODEL_TYPE_TO_PEFT_MODEL_MAPPING,
        PeftModel,
        get_peft_model_state_dict,
        set_peft_model_state_dict,
    )

    adapter.config.inference_mode = True
    kind = MODEL_TYPE_TO_PEFT_MODEL_MAPPING.get(adapter.config.task_type, PeftModel)
    with told(adapter.given, f"It does not fit the model (a {type(model).__name__})", _FITTING):
        wrapped = kind(model, adapter.config)
        places = get_peft_model_state_dict(wrapped, save_embedding_layers=False)
        _refuse_misshaped(model, adapter, places)
        try:
            found = set_peft_model_state_dict(wrapped, dict(adapter.tensors))
        except KeyError:  # a whole layer that its configuration names is not in the file
            raise _misfit(model, adapter, (), places.keys() - adapter.tensors.keys()) from None
    state = wrapped.state_dict()
    filled = {tensor.data_ptr() for name, tensor in state.items() if name not in found.missing_keys}
    own = {tensor.data_ptr() for tensor in places.values()} - filled  # layers may share what only one of them is told
    empty = [name for name in found.missing_keys if name in state and state[name].data_ptr() in own]
    if found.unexpected_keys or empty:
        raise _misfit(model, adapter, found.unexpected_keys, empty)
    wrapped.eval()
    return wrapped


def _refuse_misshaped(model: PreTrainedModel, adapter: _Adapter, places: Mapping[str, Tensor]) -> None:
    shared = sorted(adapter.tensors.keys() & places.keys())
    other = [name for name in shared if adapter.tensors[name].shape != places[name].shape]
    if other:
        shapes = [" x ".join(map(str, of[other[0]].shape)) for of in (adapter.tensors, places)]
        raise UserError(
            adapter.given,
            f"{len(shared) - len(other)} of its {len(adapter.tensors)} tensors fit the model (a "
            f"{type(model).__name__}): {other[0]} is {shapes[0]}, and {shapes[1]} is its place there.",
            _FITTING,
        )


def _misfit(model: PreTrainedModel, adapter: _Adapter, left: Collection[str], empty: Collection[str]) -> UserError:
    """The message about tensors that no place was found for, and places that no tensor came to."""
    count = len(adapter.tensors)
    why = f"{max(count - len(left), 0)} of its {count} tensors fit the model (a {type(model).__name__})"
    if left:
        why += f"; there is no place for {_some(left)}"
    if empty:
        why += f"; {_some(empty)} {'is' if len(empty) == 1 else 'are'} not in its file"
    return UserError(adapter.given, f"{why}.", _FITTING)


def _grown(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, adapter: _Adapter, known: int) -> range:
    """Gives the model as many tokens as the adapter was trained with, and says which rows are new.

    Raises UserError where the adapter has more tokens than the model and not all their weights with it.
    """
    given, has = adapter.given, int(model.get_input_embeddings().weight.shape[0])
    paths = {layer: path for path, layer in model.named_modules()}
    layers = [layer for layer in (model.get_input_embeddings(), model.get_output_embeddings()) if layer is not None]
    shared = len(layers) == 2 and layers[0].weight is layers[1].weight
    sizes = [_tokens_of(adapter.tensors, paths[layer]) for layer in layers]
    wanted = {size for size, _ in sizes if size is not None}
    if len(wanted) > 1:
        raise UserError(given, f"Its tensors are for {min(wanted)} and for {max(wanted)} tokens.", "Save it again.")
    rows = next(iter(wanted), has)
    if rows != has:
        whole = [holds for _, holds in sizes]
        if not (whole[0] and (shared or all(whole))):
            raise UserError(given, f"It was trained with {rows} tokens and {_than(rows, has)}.", _WHOLE_TOKENS)
        with torch.random.fork_rng(devices=[]):
            model.resize_token_embeddings(rows, mean_resizing=False)
    if (knows := len(tokenizer)) > max(rows, known):
        raise UserError(given, f"Its tokenizer has {knows} tokens and {_than(knows, rows)}.", _WHOLE_TOKENS)
    return range(min(has, rows), rows)


def _than(count: int, has: int) -> str:
    fewer = "fewer" if has < count else "more"
    return f"the base model {has}, {abs(count - has)} {fewer}; it does not hold their embeddings"


def _tokens_of(tensors: Mapping[str, Tensor], path: str) -> tuple[int | None, bool]:
    """How many tokens a layer at a path has by an adapter's tensors, and whether they hold its whole weight."""
    size: int | None = None
    for name, tensor in tensors.items():
        _, found, part = name.partition(f".{path}.")
        if not found:
            continue
        if part in ("weight", "base_layer.weight", "modules_to_save.weight", "original_module.weight"):
            return int(tensor.shape[0]), True
        if part == "lora_embedding_A":
            size = int(tensor.shape[1])
        elif part == "lora_B.weight":
            size = int(tensor.shape[0])
    return size, False


def _fixed_text(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, config: Any, new: range) -> Tensor:
    """Token ids that show what an adapter does, shape (1, n): a plain text, and tokens that it changes or adds."""
    rows = int(model.get_input_embeddings().weight.shape[0])
    own = getattr(config, "trainable_token_indices", None) or getattr(config, "token_indices", None) or ()
    some = [token for part in (own.values() if isinstance(own, Mapping) else (own,)) for token in part]
    ids = [*tokenizer(_TEXT)["input_ids"][:_TOKENS], *some[:_TOKENS], *list(new)[:_TOKENS]]
    known = [int(token) for token in ids if int(token) < rows] or list(range(min(rows, _TOKENS)))
    return torch.tensor([known[: positions_of(model)]], device=model.device)


@torch.no_grad()
def _said(model: Any, ids: Tensor) -> Tensor:
    """What the model says at each place of a text, in float32: log-probabilities, or a reward model's logits."""
    logits: Tensor = model(input_ids=ids, use_cache=False).logits.float()
    return torch.log_softmax(logits, -1) if logits.ndim == 3 else logits


def _apart(one: Tensor, other: Tensor) -> float:
    """The mean difference where it is largest, as a share of the mean size (1 at least)."""
    known = one.isfinite() & other.isfinite()
    if not bool(known.any()):
        return float("nan")
    apart, size = (one - other).abs()[known], one.abs()[known]
    return float(apart.mean() / size.mean().clamp(min=1.0))


def _part_shared(wrapped: Any) -> bool:
    """Gives each layer that the adapter changes a weight of its own, where other layers share it; whether any did."""
    from peft.tuners.tuners_utils import BaseTunerLayer

    changed = {id(part) for each in wrapped.modules() if isinstance(each, BaseTunerLayer) for part in each.modules()}
    users: dict[int, list[tuple[torch.nn.Module, str]]] = {}
    for module in wrapped.modules():
        for name, parameter in module._parameters.items():
            if parameter is not None:
                users.setdefault(id(parameter), []).append((module, name))
    parted = [some for some in users.values() if len(some) > 1 and any(id(each) in changed for each, _ in some)]
    for module, name in (user for some in parted for user in some[1:]):
        own = getattr(module, name)
        setattr(module, name, torch.nn.Parameter(own.detach().clone(), requires_grad=own.requires_grad))
    return bool(parted)


def _tie_equal(model: PreTrainedModel) -> None:
    """Lets embedding and output layer share their weight again where merging changed both alike."""
    embedding, output = model.get_input_embeddings(), model.get_output_embeddings()
    if output is None or embedding.weight is output.weight or embedding.weight.shape != output.weight.shape:
        return
    if torch.equal(embedding.weight, output.weight):
        output.weight = embedding.weight
        model.config.tie_word_embeddings = True


def _why_idle(adapter: _Adapter) -> str:
    halves = [tensor for name, tensor in adapter.tensors.items() if "lora_B" in name or "lora_embedding_B" in name]
    if not any(bool(tensor.any()) for tensor in halves or adapter.tensors.values()):
        return f"all {len(halves or adapter.tensors)} of its matrices that {'lead out are' if halves else 'are'} zero"
    return "not one log-probability of a fixed text differs with it"


def _some(names: Collection[str]) -> str:
    first = sorted(names)[0]
    return first if len(names) == 1 else f"{first} and {len(names) - 1} more"
