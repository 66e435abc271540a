"""From a model's name to a model in memory: alias, Hugging Face id or folder, with or without an adapter."""

import json
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from transformers.utils import logging

from ..errors import UserError
from ..store import digest, file_digest, tree_digests
from .catalog import entry, model_folder, read_card
from .pulling import Say, pull
from .reward_head import as_reward_model

Precision = Literal["fp32", "bf16"]
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")


@dataclass(frozen=True)
class ModelRef:
    """A model by name: the base, and the adapter folders that are merged into it, in order."""

    base: str
    adapters: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " + ".join((self.base, *self.adapters))


@dataclass(frozen=True)
class LoadedModel:
    """A model ready for use, and what was loaded: `identity` is a hash of its weights' files."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    ref: ModelRef
    precision: Precision


def best_precision(wanted: Literal["auto", "fp32", "bf16"]) -> Precision:
    """`auto` is bf16 where the hardware multiplies it natively, else fp32.

    A CPU without AVX-512 BF16 or AMX emulates bf16 at a tenth of its fp32 rate.
    """
    if wanted != "auto":
        return wanted
    if torch.cuda.is_available():
        return "bf16" if torch.cuda.is_bf16_supported(including_emulation=False) else "fp32"
    native = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return "bf16" if native else "fp32"


def device() -> torch.device:
    """The accelerator where there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def identity(ref: ModelRef, say: Say) -> str:
    """A hash of the files that make the model; equal for equal weights wherever they lie. Pulls a named model."""
    folder = _folder(ref.base, say)
    card = read_card(ref.base) if entry(ref.base) else None
    if card is not None:
        base: object = card.files
    elif folder is not None:
        weights = [
            path
            for path in sorted(folder.iterdir())
            if path.suffix in {".safetensors", ".bin", ".json", ".jinja", ".model"}
        ]
        base = {path.name: file_digest(path) for path in weights}
    else:
        base = [ref.base, getattr(_hub_config(ref.base), "_commit_hash", None)]
    return digest([base, [tree_digests(_adapter_folder(adapter)) for adapter in ref.adapters]])


def load(ref: ModelRef, precision: Precision, say: Say, *, reward: bool = False) -> LoadedModel:
    """Loads the base, merges its adapters, moves it to the device; with `reward`, a reward model (one label).

    A reward model is a base that is one, or a language model under a last adapter that holds a reward model's head.
    Raises UserError saying what cannot be loaded, or is no reward model.
    """
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    warnings.filterwarnings("ignore", category=FutureWarning, module=r"transformers\..*")  # between the libraries
    where = str(_folder(ref.base, say) or ref.base)
    dtype = torch.bfloat16 if precision == "bf16" else torch.float32
    try:
        config = AutoConfig.from_pretrained(where) if reward else None
        headed = reward and bool(ref.adapters) and not _is_reward(config) and _holds_head(ref.adapters[-1])
        if reward and not headed:
            _refuse_no_reward(ref.base, config)
        made = AutoModelForSequenceClassification if reward and not headed else AutoModelForCausalLM
        model = made.from_pretrained(where, dtype=dtype)
        tokenizer = AutoTokenizer.from_pretrained(where)
    except (OSError, ValueError, KeyError) as error:
        raise _cannot_load(ref.base, error) from None
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    for adapter in ref.adapters:
        if headed and adapter == ref.adapters[-1]:
            model = as_reward_model(model, tokenizer)
        model = _merged(model, adapter)
    model.config.use_cache = True
    return LoadedModel(model.to(device()).eval(), tokenizer, ref, precision)


def _is_reward(config: object) -> bool:
    kinds = getattr(config, "architectures", None) or []
    return getattr(config, "num_labels", None) == 1 and any(
        "SequenceClassification" in kind or "Reward" in kind for kind in kinds
    )


def _holds_head(adapter: str) -> bool:
    """Whether an adapter was trained on a sequence-classification model."""
    told = json.loads((_adapter_folder(adapter) / "adapter_config.json").read_text(encoding="utf-8"))
    return bool(told.get("task_type") == "SEQ_CLS")


def _refuse_no_reward(name: str, config: object) -> None:
    kinds = getattr(config, "architectures", None) or []
    labels = getattr(config, "num_labels", None)
    if not _is_reward(config):
        raise UserError(
            f"The reward model is {name!r}.",
            f"It is a {', '.join(kinds) or 'model of no known kind'} with {labels} labels; a reward model is a "
            "sequence classification model with one.",
            "Name a reward model, such as what TRL's RewardTrainer saves.",
        )


def _folder(name: str, say: Say) -> Path | None:
    """The folder of a base model, pulled if it is a known name; None for an id of the hub."""
    if entry(name) is not None:
        return model_folder(name) if read_card(name) is not None else pull(name, say)
    path = Path(name).expanduser()
    if path.is_dir():
        if not (path / "config.json").is_file():
            raise UserError(
                f"The model is {name!r}.",
                "That folder holds no config.json"
                + (", but an adapter." if (path / "adapter_config.json").is_file() else "."),
                "Give a folder written by `save_pretrained`; an adapter goes under `model.adapter`, its base under "
                "`model.name`.",
            )
        return path
    if not _HUB_ID.fullmatch(name):
        raise UserError(
            f"The model is {name!r}.",
            "It is no known name, no folder, and no Hugging Face id (owner/name).",
            "`trimtab model list` shows the known names.",
        )
    return None


def _adapter_folder(name: str) -> Path:
    path = Path(name).expanduser()
    if not (path / "adapter_config.json").is_file():
        raise UserError(
            f"The adapter is {name!r}.",
            "There is no adapter_config.json in it." if path.is_dir() else "There is no such folder.",
            "Give a folder that PEFT's `save_pretrained` wrote, such as a run's adapter.",
        )
    return path


def _merged(model: PreTrainedModel, adapter: str) -> PreTrainedModel:
    from peft import PeftModel

    folder = _adapter_folder(adapter)
    try:
        merged: PreTrainedModel = PeftModel.from_pretrained(model, folder).merge_and_unload()
    except (ValueError, RuntimeError, OSError) as error:
        raise UserError(
            f"The adapter is {adapter!r}.",
            f"It does not fit the model: {str(error).splitlines()[0][:200]}",
            "Name the base model that it was trained on.",
        ) from None
    return merged


def _hub_config(name: str) -> object:
    try:
        return AutoConfig.from_pretrained(name)
    except (OSError, ValueError, KeyError) as error:
        raise _cannot_load(name, error) from None


def _cannot_load(name: str, error: Exception) -> UserError:
    local = Path(name).expanduser().is_dir()
    tried = f"the folder {name}" if local else f"the local Hugging Face cache and the hub for {name}"
    return UserError(
        f"The model is {name!r}.",
        f"It cannot be loaded. Tried {tried}: {str(error).splitlines()[0][:240]}",
        "Check that the folder is whole." if local else "Check the id and the network, or give a local folder.",
    )
