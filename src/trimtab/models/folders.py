"""What can be told of a folder before its weights are read: whether all its files are there, whole, and of a kind.

`given` is how each message begins: what was asked for, as in "The model is 'x'.".
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..errors import UserError

ADAPTER_CONFIG, CONFIG = "adapter_config.json", "config.json"
_SINGLE = ("model.safetensors", "pytorch_model.bin")
_LFS = b"version https://git-lfs"
_WHOLE = "Copy or download the folder again, and check that all of it came."
_LONGEST = 240
"""Characters of a library's own message that are told."""


@contextmanager
def told(given: str, why: str, fix: str) -> Iterator[None]:
    """Around a library's reading of somebody's files: whatever it raises becomes one message.

    Libraries raise nearly every type there is at files that they do not expect.
    """
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        if "trust_remote_code" in str(error):
            raise code_of_its_own(given) from None
        raise UserError(given, f"{why}: {in_short(error)}", fix) from None


def code_of_its_own(given: str) -> UserError:
    """The message about a model or tokenizer that nothing but its own code can read."""
    return UserError(
        given,
        "It needs code of its own (auto_map in its configuration), which trimtab does not run.",
        "Name a model that transformers knows, or serve this one and give the server's URL.",
    )


def in_short(error: Exception) -> str:
    """The first line of what a library says, with the exception's kind where that alone says little."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = lines[0] if lines else ""
    if len(lines) > 1 and said.endswith(":"):
        said = f"{said} {lines[1]}"
    named = isinstance(error, KeyError | AttributeError | TypeError | AssertionError) or not said
    return (f"{type(error).__name__} {said}" if named else said)[:_LONGEST].strip()


def refuse_quantised(given: str, config: Mapping[str, Any]) -> None:
    """Raises UserError where a model's configuration says that its weights are quantised, by whichever tool."""
    texts = [part for part in (config, config.get("text_config")) if isinstance(part, Mapping)]
    named = ("quantization_config", "compression_config", "quantization")
    for said in (part.get(name) for part in texts for name in named):
        if said:
            raise quantised(given, _kind(said) if isinstance(said, Mapping) else str(said))


def quantised(given: str, kind: str) -> UserError:
    """The message about quantised weights, of a `kind` such as "gptq, 4 bits"."""
    return UserError(
        given,
        f"Its weights are quantised ({kind}); trimtab reads whole weights only, in fp32 or bf16.",
        "Name the model that it was made from, or serve this one and give the server's URL.",
    )


def refuse_broken(given: str, folder: Path) -> None:
    """Raises UserError where a model's weights are not all there: no file, a part that is missing, half a file."""
    if (index := _index(folder)) is not None:
        parts = _parts(given, index)
        if lost := [part for part in parts if not (folder / part).is_file()]:
            more = f" and {len(lost) - 1} more" if len(lost) > 1 else ""
            raise UserError(given, f"{index.name} names {lost[0]}{more}, which is not there.", _WHOLE)
    else:
        parts = [name for name in _SINGLE if (folder / name).is_file()][:1]
    if not parts:
        if any(folder.glob("*.gguf")):
            raise quantised(given, "its weights are a GGUF file")
        there = sorted(path.name for path in folder.iterdir())
        raise UserError(
            given,
            f"It holds no weights: neither {' nor '.join(_SINGLE)} nor an index of parts, "
            f"but {', '.join(there[:6])}{' and others' if len(there) > 6 else ''}.",
            "Give a folder written by `save_pretrained`.",
        )
    for part in parts:
        refuse_half(given, folder / part)


def refuse_half(given: str, file: Path) -> None:
    """Raises UserError where a file of tensors ends too soon, or stands for one that was not downloaded."""
    with file.open("rb") as opened:
        if opened.read(len(_LFS)) == _LFS:
            raise UserError(
                given,
                f"{file.name} is a pointer of Git LFS, and not the file.",
                "Run `git lfs pull` in its repository.",
            )
    if file.suffix == ".safetensors":
        from safetensors import safe_open

        with told(given, f"{file.name} is no whole file of tensors", _WHOLE), safe_open(file, "np") as held:
            kinds = {name: held.get_slice(name).get_dtype() for name in held.keys() if name.endswith(".weight")}  # noqa: SIM118
        if whole := [name for name, kind in kinds.items() if kind[0] in "IU"]:
            raise quantised(given, f"{whole[0]} holds whole numbers, {kinds[whole[0]]}")


def adapter_folder(name: str) -> Path:
    """An adapter's folder. Raises UserError where it is none."""
    path = Path(name).expanduser()
    if not (path / ADAPTER_CONFIG).is_file():
        raise UserError(
            f"The adapter is {name!r}.",
            f"There is no {ADAPTER_CONFIG} in it." if path.is_dir() else "There is no such folder.",
            "Give a folder that PEFT's `save_pretrained` wrote, such as a run's adapter.",
        )
    return path


def adapter_config(name: str) -> dict[str, Any]:
    """What an adapter's configuration says. Raises UserError where there is none, or it is no JSON object."""
    path = adapter_folder(name) / ADAPTER_CONFIG
    return read_object(f"The adapter is {name!r}.", path)


def read_object(given: str, path: Path) -> dict[str, Any]:
    """A file that holds one JSON object. Raises UserError where it holds none."""
    with told(given, f"{path.name} cannot be read", _WHOLE):
        found = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(found, dict):
            raise TypeError("it is no JSON object")
    return dict(found)


def adapter_weights(name: str) -> Path:
    """The file that holds an adapter's tensors. Raises UserError where it is not there, or is half of one."""
    folder, given = adapter_folder(name), f"The adapter is {name!r}."
    files = [folder / f"adapter_model{suffix}" for suffix in (".safetensors", ".bin")]
    for file in files:
        if file.is_file():
            refuse_half(given, file)
            return file
    raise UserError(given, f"It holds neither {files[0].name} nor {files[1].name}.", _WHOLE)


def _index(folder: Path) -> Path | None:
    """The index of a model in parts, where no single file stands in its place."""
    if any((folder / name).is_file() for name in _SINGLE[:1]):
        return None
    return next((path for name in _SINGLE if (path := folder / f"{name}.index.json").is_file()), None)


def _parts(given: str, index: Path) -> list[str]:
    weights = read_object(given, index).get("weight_map")
    if not isinstance(weights, dict) or not weights:
        raise UserError(given, f"{index.name} has no weight_map.", _WHOLE)
    return sorted({str(part) for part in weights.values()})


def _kind(said: Mapping[str, Any]) -> str:
    method = said.get("quant_method") or said.get("quant_algo") or said.get("format") or "of a kind that is not named"
    bits = said.get("bits") or said.get("w_bit") or next((n for n in (4, 8) if said.get(f"load_in_{n}bit")), None)
    return f"{method}, {bits} bits" if bits else str(method)
