"""From a model's name to a model in memory: alias, Hugging Face id or folder, with or without an adapter."""

import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import torch
from transformers import (
    AutoModelForCausalLM,
    AutoModelForSequenceClassification,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from ..errors import UserError
from ..store import digest, file_digest, tree_digests
from .adapters import merged
from .catalog import entry, model_folder, read_card
from .checkpoint import configuration, load_checkpoint, load_config, load_tokenizer, quiet, refuse_speechless
from .folders import ADAPTER_CONFIG, adapter_config, adapter_folder, quantised
from .memory import weights_gib
from .need import Need, memory_told
from .pulling import Say, pull
from .reward_head import as_reward_model
from .shape import Shape
from .voice import adapted, described, told

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
    """A model ready for use, and what was loaded.

    `told` is what of its tokenizer decides a prompt's tokens, for the fingerprint (`voice.described`).
    """

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    ref: ModelRef
    precision: Precision
    told: Mapping[str, str] = field(default_factory=dict)


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
        variables = known.template if (known := entry(ref.base)) is not None else {}
        base: object = [card.files, variables] if variables else card.files
    elif folder is not None:
        weights = [
            path
            for path in sorted(folder.iterdir())
            if path.suffix in {".safetensors", ".bin", ".json", ".jinja", ".model"} and path.is_file()
        ]
        base = {path.name: file_digest(path) for path in weights}
    else:
        base = [ref.base, getattr(load_config(f"The model is {ref.base!r}.", ref.base), "_commit_hash", None)]
    return digest([base, [tree_digests(adapter_folder(adapter)) for adapter in ref.adapters]])


def load(ref: ModelRef, precision: Precision, say: Say, *, reward: bool = False) -> LoadedModel:
    """Loads the base, merges its adapters, moves it to the device; with `reward`, a reward model (one label).

    A reward model is a base that is one, or a language model under a last adapter that holds a reward model's head. The
    tokenizer and its template are those of the last adapter that has its own. Raises UserError saying what cannot be
    loaded, does not fit to the last tensor, or is no reward model.
    """
    quiet()
    warnings.filterwarnings("ignore", category=FutureWarning, module=r"transformers\..*")  # between the libraries
    where, given = str(_folder(ref.base, say) or ref.base), f"The model is {ref.base!r}."
    dtype = torch.bfloat16 if precision == "bf16" else torch.float32
    config = configuration(given, where)
    headed = reward and bool(ref.adapters) and not _is_reward(config) and _holds_head(ref.adapters[-1])
    if reward and not headed:
        _refuse_no_reward(ref.base, config)
    kind = AutoModelForSequenceClassification if reward and not headed else AutoModelForCausalLM
    shape = Shape.of(config)
    weights = None if shape is None else Need("loading it", weights_gib(shape.parameters, precision), 0.0, "")
    with memory_told(given.rstrip("."), lambda: weights):
        model = load_checkpoint(given, kind, where, dtype=dtype, other_heads=reward and not headed, say=say)
        model = model.to(device())
    own = tokenizer = load_tokenizer(given, where)
    known = entry(ref.base)
    bases = {ref.base, where, *([known.hub_id] if known else [])}
    if known is not None and known.template:
        own = tokenizer = told(own, known.template)
        say(f"{ref.base}: its chat template is told {_as_told(known.template)}")
    for adapter in ref.adapters:
        tokenizer = adapted(tokenizer, adapter)
        if headed and adapter == ref.adapters[-1]:
            model = as_reward_model(model, tokenizer)
        model = merged(model, tokenizer, adapter, len(own), bases)
    model.config.use_cache = True
    model = model.to(device()).eval()
    if not reward:
        refuse_speechless(given, model)
    return LoadedModel(model, tokenizer, ref, precision, described(tokenizer, own, ref.adapters))


def _as_told(variables: Mapping[str, bool]) -> str:
    return ", ".join(f"{name}={str(value).lower()}" for name, value in variables.items())


def _is_reward(config: Mapping[str, Any]) -> bool:
    return _labels(config) == 1 and any(
        "SequenceClassification" in kind or "Reward" in kind for kind in config.get("architectures") or []
    )


def _labels(config: Mapping[str, Any]) -> int:
    """The number of labels of a configuration as it stands in its file."""
    return int(config.get("num_labels") or len(config.get("id2label") or (0, 1)))


def _holds_head(adapter: str) -> bool:
    """Whether an adapter was trained on a sequence-classification model."""
    return bool(adapter_config(adapter).get("task_type") == "SEQ_CLS")


def _refuse_no_reward(name: str, config: Mapping[str, Any]) -> None:
    if not _is_reward(config):
        kinds = ", ".join(config.get("architectures") or []) or "model of no known kind"
        raise UserError(
            f"The reward model is {name!r}.",
            f"It is a {kinds} with {_labels(config)} labels; a reward model is a sequence classification model with "
            "one.",
            "Name a reward model, such as what TRL's RewardTrainer saves.",
        )


def _folder(name: str, say: Say) -> Path | None:
    """The folder of a base model, pulled if it is a known name; None for an id of the hub."""
    if entry(name) is not None:
        return model_folder(name) if read_card(name) is not None else pull(name, say)
    path, given = Path(name).expanduser(), f"The model is {name!r}."
    if path.is_file():
        if path.suffix == ".gguf":
            raise quantised(given, "a GGUF file")
        raise UserError(given, "That is a file.", "Give the folder that it lies in.")
    if path.is_dir():
        if not (path / "config.json").is_file():
            if any(path.glob("*.gguf")):
                raise quantised(given, "a GGUF file")
            raise UserError(
                given,
                "That folder holds no config.json"
                + (", but an adapter." if (path / ADAPTER_CONFIG).is_file() else "."),
                "Give a folder written by `save_pretrained`; an adapter goes under `model.adapter`, its base under "
                "`model.name`.",
            )
        return path
    if not _HUB_ID.fullmatch(name):
        raise UserError(
            given,
            "It is no known name, no folder, and no Hugging Face id (owner/name).",
            "`trimtab model list` shows the known names.",
        )
    return None
