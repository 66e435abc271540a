"""A known model that no hub gives: what to copy where, and whether what was put there is that model."""

from pathlib import Path

from ..errors import UserError, worded
from .folders import read_object, refuse_broken, refuse_quantised
from .known import CatalogEntry
from .memory import GIB, weights_gib
from .shape import Shape

_TOKENIZER = ("tokenizer.json", "tokenizer.model")


def what_to_copy(found: CatalogEntry, folder: Path) -> str:
    """What to do where no source gives a model."""
    gate = ""
    if found.gated:
        gate = (
            f"First accept its licence ({found.license}) at https://huggingface.co/{found.hub_id}, and log in "
            "(`hf auth login`). "
        )
    gib = weights_gib(found.shape.parameters)
    return (
        f"{gate}Where there is a network, run `hf download {found.hub_id} --local-dir {found.alias}` ({gib:.2g} GiB); "
        f"then copy that folder to {folder}: config.json, generation_config.json, model*.safetensors (and "
        f"model.safetensors.index.json), tokenizer.json, tokenizer_config.json and chat_template.jinja. Or name any "
        f"other folder that holds them: {worded('--set model.name=FOLDER', '`model.name`')}."
    )


def adopt(found: CatalogEntry, folder: Path) -> None:
    """Looks at a copy that somebody put into a known model's folder. Raises UserError where it is not whole, or is
    another model; nothing in it is changed."""
    given = f"{folder} is where {found.alias} is kept, and somebody put a copy there."
    fix = f"{what_to_copy(found, folder)} Remove what lies there first."
    if not (folder / "config.json").is_file():
        raise UserError(given, "It holds no config.json.", fix)
    config = read_object(given, folder / "config.json")
    refuse_quantised(given, config)
    kind, shape = config.get("model_type"), Shape.of(config)
    if kind != found.model_type or shape is None or _sizes(shape) != _sizes(found.shape):
        told = "of a shape that cannot be told" if shape is None else f"of {shape.layers} layers of {shape.hidden}"
        wanted = f"{found.model_type} of {found.shape.layers} layers of {found.shape.hidden}"
        raise UserError(given, f"It is a {kind} {told}, and {found.title} is a {wanted}.", fix)
    refuse_broken(given, folder)
    if not any((folder / name).is_file() for name in _TOKENIZER):
        raise UserError(given, f"It holds no tokenizer: neither {' nor '.join(_TOKENIZER)}.", fix)
    least = weights_gib(found.shape.parameters, "bf16") * GIB
    lies = sum(path.stat().st_size for path in folder.glob("model*.safetensors"))
    if lies and lies < 0.98 * least:
        raise UserError(given, f"Its weights are {lies:,} bytes, and in bf16 they would be {least:,.0f}.", fix)


def _sizes(shape: Shape) -> tuple[int, ...]:
    """What tells the models of a family apart."""
    return shape.hidden, shape.layers, shape.heads, shape.kv_heads, shape.mlp
