"""Marks of provenance: what C2PA's manifest in a file says, and whether it still holds."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from .personal import Said

State = Literal["none", "valid", "broken", "remote", "unread"]


@dataclass(frozen=True)
class Provenance:
    """`none`: no manifest. `valid`: one that fits the file's bytes (whether its signer is to be trusted is not asked).
    `broken`: one that does not, with the codes of what failed. `remote`: one that lies elsewhere, which is not
    fetched. `unread`: the package that reads it is not installed. `generator` is who wrote it, and `made_by_machine`
    whether it, or the file's own metadata, says that a model made the content.
    """

    state: State
    failed: tuple[str, ...] = ()
    generator: str | None = None
    made_by_machine: bool = False


def provenance_of(path: Path, kind: str, said: Sequence[Said]) -> Provenance:
    """Reads a file's manifest, by the C2PA project's own library (specification 2.2), without the network."""
    marked = any(each.about == "mark" for each in said)
    if find_spec("c2pa") is None:
        return Provenance("unread", made_by_machine=marked)
    from c2pa import C2paError, Reader

    try:
        with path.open("rb") as file:
            reader = Reader.try_create(kind, file, context=_offline())
            if reader is None:
                return Provenance("none", made_by_machine=marked)
            with reader:
                state = str(reader.get_validation_state())
                text = str(reader.json())
                results = reader.get_validation_results() or {}
    except C2paError as error:
        state_here: State = "remote" if str(error).startswith("Remote") else "broken"
        return Provenance(state_here, (str(error),), made_by_machine=marked)
    manifest = json.loads(text)
    active = manifest.get("manifests", {}).get(manifest.get("active_manifest"), {})
    named = [str(one["name"]) for one in active.get("claim_generator_info", ()) if one.get("name")]
    failures = (results.get("activeManifest") or {}).get("failure") or ()
    failed = tuple(str(one.get("code")) for one in failures if one.get("code") != _UNTRUSTED)
    return Provenance(
        "broken" if state == "Invalid" and failed else "valid", failed,
        named[0] if named else active.get("claim_generator"),
        made_by_machine=marked or "trainedAlgorithmicMedia" in text,
    )  # fmt: skip


_UNTRUSTED = "signingCredential.untrusted"
"""The code for a signer that no list of trust names: of any signer, since no list is asked."""


@cache
def _offline() -> Any:
    """What a reader is told: fetch nothing. The package's `load_settings` no longer reaches its readers."""
    from c2pa import Context, Settings

    asked = {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": False}
    return Context(settings=Settings.from_dict({"verify": asked}))
