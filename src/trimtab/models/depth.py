"""Whether an adapter that changes some of a model's layers only was meant to: one of a shallower model looks alike.

By full names of its places an adapter of a model with fewer layers fits a deeper one of the same widths to the last
tensor. So its places are held against all places of their kind, and where layers are left out something must say so.
"""

import re
import warnings
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from transformers import PreTrainedModel

from ..errors import UserError, UserNote

_NUMBER = re.compile(r"(?:^|(?<=\.))\d+(?=\.|$)")
_NAMED = re.compile(r"(?<![\w])\d+(?!\w)")
"""A number that stands by itself in a pattern, as a layer's does; `fc1` has none."""


def demand_whole_depth(
    given: str, model: PreTrainedModel, config: Any, tensors: Collection[str], bases: Collection[str]
) -> None:
    """Holds the layers that an adapter changes against the model's; `bases` are the names that the model goes by.

    Raises UserError where it changes the first layers alone and nothing says that this was meant: its configuration
    names no layers, and another base. Other layers left out without a word get a `UserNote`.
    """
    paths = {path for path, _ in model.named_modules()}
    changed = _layers(_place(name, paths) for name in tensors)
    whole = {kind: layers for kind, layers in _layers(paths).items() if kind in changed}
    ours, theirs = set().union(*changed.values()), set().union(*whole.values())
    if not ours or ours == theirs or _meant(config) or _same(config.base_model_name_or_path, bases):
        return
    some = f"{len(ours)} of the model's {len(theirs)} layers (a {type(model).__name__})"
    if ours == {layer for layer in theirs if layer <= max(ours)}:
        raise UserError(
            given,
            f"It changes the first {some} and none behind them, its configuration names no layers, and the base that "
            f"it names is {config.base_model_name_or_path!r}: an adapter of a model with {len(ours)} layers is the "
            "same.",
            "Name the base model that it was trained on; where these layers alone were meant, say so in its "
            f"adapter_config.json: layers_to_transform of {sorted(ours)}.",
        )
    warnings.warn(
        f"{given} It changes {some}, and its configuration does not say that the others were left out", UserNote,
        stacklevel=2,
    )  # fmt: skip


def _place(tensor: str, paths: Collection[str]) -> str:
    """The path of the module that an adapter's tensor belongs to; "" where there is none."""
    path = tensor.removeprefix("base_model.model.")
    while path and path not in paths:
        path = path.rpartition(".")[0]
    return path


def _layers(paths: Iterable[str]) -> Mapping[str, set[int]]:
    """The layers in which there is each kind of place, by its path without the layer's number."""
    found: dict[str, set[int]] = {}
    for path in paths:
        if number := _NUMBER.search(path):
            kind = f"{path[: number.start()]}*{path[number.end() :]}"
            found.setdefault(kind, set()).add(int(number[0]))
    return found


def _meant(config: Any) -> bool:
    """Whether an adapter's configuration says which layers it is for, apart from a list of its places."""
    if getattr(config, "layers_to_transform", None) is not None:
        return True
    patterns = [getattr(config, "target_modules", None), *_listed(getattr(config, "exclude_modules", None))]
    return any(isinstance(pattern, str) and _NAMED.search(pattern) is not None for pattern in patterns)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, Collection) and not isinstance(value, str) else [value]


def _same(named: str | None, bases: Collection[str]) -> bool:
    if not named:
        return False
    return named in bases or any(
        Path(named).is_dir() and Path(base).is_dir() and Path(named).samefile(base) for base in bases
    )
