"""Settings that were made for one model, for another that is named in its place: learning rates and batches."""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import UserNote
from ..methods import METHODS
from ..models import GIB, TOKENS, Shape, cached_bytes, choosing_bytes, shape_named, token_bytes
from .schema import Spec
from .source import Loc, Source, dotted
from .training import AUTO, LoraSpec, RewardSpec, TrainingSpec

WIDTH_POWER = 0.781
"""The best learning rate of a LoRA adapter falls with the width to this power: Thinking Machines' fit to Llama models
(Tinker's documentation, "Supervised Learning Hyperparameters"). Their 0.0775 for Qwen models gives higher rates to wide
ones; the lower rate is the safer of the two."""
STEP_GIB, CACHE_GIB = 4.0, 4.0
"""GiB that a training step, and the keys and values of sampling, may take beside the weights before batches are
halved: with them 8 B parameters in bf16 (15.3 GiB) fit into 24."""
_RATES: tuple[Loc, ...] = (
    ("training", "learning_rate"),
    ("training", "sft_first", "learning_rate"),
    ("training", "reward", "learning_rate"),
    ("training", "rl", "learning_rate"),
)


def model_named(raw: dict[str, Any]) -> str | None:
    """The model that a raw spec names."""
    model = raw.get("model")
    name = model.get("name") if isinstance(model, dict) else None
    return name if isinstance(name, str) else None


def fit_to_model(raw: dict[str, Any], before: str | None, folder: Path, source: Source) -> None:
    """Changes what the spec says for the model `before` to what suits the one that an override named, and says so.

    What an override gives stays. Nothing is changed where the shape of either model is not known.
    """
    now = model_named(raw)
    if before is None or now is None or before == now:
        return
    old, new = shape_named(before, folder), shape_named(now, folder)
    if old is None or new is None or old == new:
        return
    changed = list(_changes(raw, old, new, source))
    if changed:
        told = "; ".join(changed)
        warnings.warn(
            f"the settings were made for {before}, and for {now} they become: {told} (docs/models.md). "
            "What is set by hand stays.",
            UserNote,
            stacklevel=2,
        )


def _changes(raw: dict[str, Any], old: Shape, new: Shape, source: Source) -> Iterator[str]:
    factor = min(1.0, (old.hidden / new.hidden) ** WIDTH_POWER)  # nothing says that a narrower one bears more
    for loc in _RATES:
        rate = _rate(_at(raw, loc))
        if factor < 1 and rate is not None and loc not in source.overridden:
            lower = float(f"{rate * factor:.2g}")
            _put(raw, loc, lower)
            yield f"{dotted(loc)} {lower:g} (was {rate:g}; width {new.hidden}, was {old.hidden})"
    yield from _smaller_steps(raw, ("training",), TrainingSpec, new, source)
    method = str(_at(raw, ("training", "method")))
    on_policy = method == AUTO or (method in METHODS and METHODS[method].on_policy)
    if on_policy or _at(raw, ("training", "reward")) is not None:
        yield from _smaller_steps(raw, ("training", "reward"), RewardSpec, new, source)
    answers = raw.get("decode_batch_size", Spec.model_fields["decode_batch_size"].default)
    if isinstance(answers, int) and answers > 0 and ("decode_batch_size",) not in source.overridden:
        fewer = _halved(answers, 1, TOKENS * cached_bytes(new) + choosing_bytes(new), CACHE_GIB)
        if fewer != answers:
            raw["decode_batch_size"] = fewer
            yield f"decode_batch_size {fewer} (was {answers})"


def _smaller_steps(
    raw: dict[str, Any], loc: Loc, section: type[TrainingSpec] | type[RewardSpec], shape: Shape, source: Source
) -> Iterator[str]:
    """Fewer pairs at once and as many a step, where a step would take too much."""
    given = _at(raw, loc)
    given = {} if given is None else given
    own = ("batch_size", "accumulate")
    if not isinstance(given, dict) or any((*loc, name) in source.overridden for name in own):
        return
    sizes = {name: given.get(name, section.model_fields[name].default) for name in (*own, "max_length")}
    if not all(isinstance(size, int) and size > 0 for size in sizes.values()):
        return  # refused with its place when the spec is checked
    modules = _at(given, ("lora", "target_modules"))
    share = LoraSpec(target_modules=modules).share if isinstance(modules, str) else 1.0
    method = METHODS.get(str(given.get("method", "dpo")))
    least = method.batch[0] if method is not None else 2
    batch = _halved(sizes["batch_size"], least, 2 * sizes["max_length"] * token_bytes(shape, share=share), STEP_GIB)
    if batch != sizes["batch_size"]:
        times = sizes["batch_size"] // batch
        given |= {"batch_size": batch, "accumulate": sizes["accumulate"] * times}
        _put(raw, loc, given)
        yield (
            f"{dotted(loc)}.batch_size {batch} and accumulate {given['accumulate']} (were {sizes['batch_size']} and "
            f"{sizes['accumulate']})"
        )


def _halved(count: int, least: int, each: float, most_gib: float) -> int:
    while count % 2 == 0 and count // 2 >= least and count * each > most_gib * GIB:
        count //= 2
    return count


def _rate(given: Any) -> float | None:
    """A learning rate as a spec has it: YAML reads 5e-4, without a point, as text. None for what the check refuses."""
    try:
        return float(given) if isinstance(given, int | float | str) and not isinstance(given, bool) else None
    except ValueError:
        return None


def _at(raw: dict[str, Any], loc: Loc) -> Any:
    here: Any = raw
    for part in loc:
        here = here.get(part) if isinstance(here, dict) else None
    return here


def _put(raw: dict[str, Any], loc: Loc, value: Any) -> None:
    here = raw
    for part in loc[:-1]:
        here = here.setdefault(str(part), {})
    here[str(loc[-1])] = value
