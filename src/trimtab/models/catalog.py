"""The folder in which models known by a short name are kept, and what was put there."""

import json
import os
from pathlib import Path

from platformdirs import user_cache_path
from pydantic import BaseModel, ConfigDict

from .known import CATALOG, CatalogEntry
from .shape import Shape

CARD = "trimtab-model.json"
"""Written last into a pulled model's folder: without it the folder is no model."""


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


def entry_of(name: str) -> CatalogEntry | None:
    """The catalogue's entry of an alias or a hub id, or None."""
    return next((item for item in CATALOG if name in (item.alias, item.hub_id)), None)


def shape_named(name: str, folder: Path = Path()) -> Shape | None:
    """The shape of a model by alias, hub id or folder (from here, or from `folder`); None where it is not known."""
    if (known := entry_of(name)) is not None:
        return known.shape
    for place in (Path(name).expanduser(), folder / name):
        try:
            config = json.loads((place / "config.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        return Shape.of(config) if isinstance(config, dict) else None
    return None


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
