"""A model from its files, and only where the files hold exactly its tensors.

transformers fills a tensor that no file holds with random numbers and leaves out one that it has no place for.
"""

import json
import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, AutoTokenizer, PreTrainedConfig, PreTrainedModel, PreTrainedTokenizerBase
from transformers.models.auto.tokenization_auto import get_tokenizer_config
from transformers.utils import logging

from ..errors import UserError
from .clock import at_fixed_clock
from .folders import (
    ADAPTER_CONFIG,
    CONFIG,
    code_of_its_own,
    quantised,
    refuse_broken,
    refuse_quantised,
    told,
)

Say = Callable[[str], None]
_MATCHING = "Check that the folder is whole, and that its config.json belongs to its weights."
_QUANTISED = re.compile(
    r"\.(qweight|qzeros|scales|g_idx|weight_(scale\w*|packed|format|zero_point)|input_scale|SCB|absmax|quant_\w+)$"
)
_NUMBERED = re.compile(r"\.\d+\.")


def load_checkpoint(
    given: str,
    kind: Any,
    where: str,
    *,
    dtype: torch.dtype,
    other_heads: bool = False,
    say: Say = lambda _: None,
) -> PreTrainedModel:
    """The model of a folder or hub id, by a `kind` such as AutoModelForCausalLM.

    With `other_heads`, whole parts that the model has no use for, such as the head it was pretrained with, may be left
    over. Raises UserError, which begins with `given`, where a tensor is missing, left over or of another shape, where
    the weights are quantised, and where they cannot be loaded at all.
    """
    config = configuration(given, where)
    fix = unloaded_fix(where)
    if Path(where).is_dir():
        refuse_broken(given, Path(where))
        if (Path(where) / ADAPTER_CONFIG).is_file():
            raise UserError(
                given,
                f"An adapter lies beside its weights ({ADAPTER_CONFIG}), and transformers puts it on them: nobody can "
                "tell whether they hold it already.",
                f"Where they are the model that is meant, move {ADAPTER_CONFIG} away; else name the base model and the "
                "adapter, each in a folder of its own.",
            )
    with told(given, "It cannot be loaded", fix):
        model, found = kind.from_pretrained(
            where,
            dtype=dtype,
            trust_remote_code=False,
            output_loading_info=True,
            ignore_mismatched_sizes=True,  # they are told below, with their shapes
        )
    if getattr(model, "_hf_peft_config_loaded", False):
        raise UserError(
            given,
            "An adapter lies there too, and transformers has loaded the base that the adapter names in its place.",
            "Name the base model, and the adapter by a folder of its own.",
        )
    _refuse_unlike(given, model, found, other_heads)
    if config.get("auto_map"):
        say(
            f"note: {where} comes with code of its own, which is not run: transformers' {type(model).__name__} reads it"
        )
    loaded: PreTrainedModel = model
    return loaded


def configuration(given: str, where: str) -> dict[str, Any]:
    """What the config.json of a folder or hub id says. Raises UserError where there is none, or quantised weights."""
    quiet()
    with told(given, "Its configuration cannot be read", unloaded_fix(where)):
        if (Path(where) / CONFIG).is_file() and not isinstance(json.loads((Path(where) / CONFIG).read_bytes()), dict):
            raise ValueError(f"{CONFIG} holds no JSON object")
        config: dict[str, Any] = PreTrainedConfig.get_config_dict(where)[0]
    refuse_quantised(given, config)
    return config


def load_config(given: str, where: str) -> Any:
    """The configuration of a folder or hub id as transformers reads it. Raises UserError as `configuration` does."""
    configuration(given, where)
    with told(given, "Its configuration cannot be read", unloaded_fix(where)):
        return AutoConfig.from_pretrained(where, trust_remote_code=False)


def load_tokenizer(given: str, where: str) -> PreTrainedTokenizerBase:
    """The tokenizer of a folder or hub id, its template at a fixed clock. Raises UserError where there is none."""
    quiet()
    try:
        with told(given, "Its tokenizer cannot be loaded", unloaded_fix(where)):
            tokenizer = AutoTokenizer.from_pretrained(where, trust_remote_code=False)
    except UserError:
        if "AutoTokenizer" in get_tokenizer_config(where).get("auto_map", ()):
            raise code_of_its_own(given) from None
        raise
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    return at_fixed_clock(tokenizer)


@torch.inference_mode()
def refuse_speechless(given: str, model: PreTrainedModel) -> None:
    """Raises UserError where a model's weights hold no numbers, or nothing: every token is as likely as any other."""
    rows = int(model.get_input_embeddings().weight.shape[0])
    logits = model(input_ids=torch.arange(1, 5, device=model.device)[None] % rows).logits.float()
    if not bool(logits[..., -1, :].isfinite().any()) or bool(logits.isnan().any()):
        raise UserError(
            given,
            "What it says are no numbers: its weights hold NaN or infinities.",
            "Take a checkpoint from before its training went wrong, or load it in fp32 where it was trained so.",
        )
    if bool((logits.amax(-1) == logits.amin(-1)).all()):
        raise UserError(
            given,
            "Whatever it reads, each token is as likely as any other: its weights are empty.",
            "Save the checkpoint again from the tool that trained it, with its weights gathered.",
        )


def quiet() -> None:
    """Keeps transformers' bars and reports off the terminal."""
    logging.disable_progress_bar()
    logging.set_verbosity_error()


def unloaded_fix(where: str) -> str:
    """What to do where a folder or an id of the hub could not be read."""
    return (
        "Check that the folder is whole."
        if Path(where).is_dir()
        else "Check the id and the network, or give a local folder."
    )


def _refuse_unlike(given: str, model: PreTrainedModel, found: dict[str, Any], other_heads: bool) -> None:
    """Raises UserError where the files hold other tensors than the model's."""
    kind = type(model).__name__
    left = {name for name in found["unexpected_keys"] if not other_heads or _inside(name, model)}
    if any(map(_QUANTISED.search, left)):
        raise quantised(given, f"they come with {_some(left)}")
    if any(".lora_" in name or ".base_layer." in name for name in left):
        raise UserError(
            given,
            f"An adapter is among its weights that was not merged: {_some(left)}.",
            "Merge it into the model and save that, or give the base model and the adapter's own folder.",
        )
    if found["missing_keys"]:
        of = len(model.state_dict())
        raise UserError(
            given,
            f"{len(found['missing_keys'])} of the {of} tensors of a {kind} are not in its files "
            f"({_some(found['missing_keys'])}), and would be random numbers.",
            _MATCHING,
        )
    if left:
        raise UserError(given, f"Its files hold tensors that are no part of a {kind}: {_some(left)}.", _MATCHING)
    for name, theirs, ours in sorted(found["mismatched_keys"]):
        raise UserError(
            given, f"{name} is {_shape(theirs)} in its files and {_shape(ours)} by its config.json.", _MATCHING
        )
    if found.get("error_msgs"):
        raise UserError(given, f"It cannot be loaded: {found['error_msgs'][0][:200]}", _MATCHING)


def _inside(name: str, model: PreTrainedModel) -> bool:
    """Whether a tensor belongs to a part that the model has, or to one of its numbered layers."""
    parents = {path for path, _ in model.named_modules() if path}
    return bool(_NUMBERED.search(name)) or name.rpartition(".")[0] in parents


def _some(names: Collection[str]) -> str:
    first = sorted(names)[0]
    return first if len(names) == 1 else f"{first} and {len(names) - 1} more"


def _shape(sizes: Collection[int]) -> str:
    return " x ".join(map(str, sizes)) or "a single number"
