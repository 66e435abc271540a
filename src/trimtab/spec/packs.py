"""Packs by name or file, with what they extend; and as policies, where a spec or an option names a pack."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from ..errors import UserError
from ..packs import SHIPPED, Lineage, check_packs, resolve, shipped_pack
from ..records import Pack, Policy
from .messages import explained
from .source import Source, copied, parse, read_text

_ITS_OWN = frozenset(Pack.model_fields) - frozenset(Policy.model_fields)
"""Keys that a policy has not."""
_FIX = f"Give the path of a pack's YAML, or the name of a shipped one: {', '.join(SHIPPED)}."


def pack_file(given: Path, file: Path) -> Path:
    """The file that a path means, which leads to `file`: a shipped pack's where it is the name of one, by itself, and
    no file is there."""
    return file if file.is_file() else shipped_pack(str(given)) or file


def is_pack(given: Path | Mapping[str, Any]) -> bool:
    """Whether this is a pack, by a key that a policy has not. What cannot be read is none."""
    if isinstance(given, Mapping):
        return bool(_ITS_OWN & given.keys())
    if given.suffix.lower() not in (".yaml", ".yml"):
        return False
    try:
        node = yaml.compose(given.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return False
    return isinstance(node, yaml.MappingNode) and any(key.value in _ITS_OWN for key, _ in node.value)


def load_pack(given: Path | Mapping[str, Any]) -> Lineage:
    """A pack of a file, a shipped name or a mapping, with what it extends. Raises UserError as `load_spec`, and where
    a pack extends itself."""
    return _loaded(pack_file(given, given) if isinstance(given, Path) else given, ())


def contradicted(file: Path) -> str | None:
    """What to say of a pack with rules that cannot both be had on its day: no answer keeps both."""
    if not is_pack(file):
        return None
    lineage = load_pack(file)
    found = [each for each in check_packs([lineage], day=resolve(lineage).day) if each.severity == "block"]
    if not found:
        return None
    more = f", and {len(found) - 1} more" if len(found) > 1 else ""
    first = found[0].summary.removesuffix(".")
    return f"no answer can keep all rules of {file.name}: {first}{more} (`trimtab pack check` has all)"


def _loaded(given: Path | Mapping[str, Any], below: tuple[Path, ...]) -> Lineage:
    if isinstance(given, Path):
        if given.resolve() in below:
            raise UserError(
                f"{given.name} extends itself.",
                f"By way of {', '.join(each.name for each in below)}.",
                "Let a pack extend those above it alone.",
            )
        below = (*below, given.resolve())
        source = Source(given.name, Pack)
        raw = parse(read_text(given, _FIX), source)
    else:
        source = Source("the pack", Pack)
        raw = copied(given, source)
    try:
        pack = Pack.model_validate(raw)
    except ValidationError as error:
        raise explained(error, raw, source) from None
    folder = given.parent if isinstance(given, Path) else Path()
    parents = []
    for name in pack.extends:
        file = folder / Path(name).expanduser()
        beside = file.with_name(f"{file.name}.yaml") if file.suffix not in (".yaml", ".yml") and file.name else file
        found = file if file.is_file() else shipped_pack(name) or (beside if beside.is_file() else None)
        if found is None:
            raise UserError(f"{source.name}: `extends` is {name!r}.", f"There is no file {file.resolve()}.", _FIX)
        parents.append(_loaded(found, below))
    known = {rule.id for parent in parents for each in parent.line for rule in each.pack.rules}
    for rule in pack.rules:
        if not rule.text and rule.id not in known:
            raise UserError(
                f"{source.name}: the rule {rule.id} has no `text`.",
                "It stands in no pack above, from which it could have one.",
                "Say what it demands or forbids under `text`.",
            )
        for other in rule.except_rules:
            if other not in known and other not in {each.id for each in pack.rules}:
                raise UserError(
                    f"{source.name}: the rule {rule.id} has {other!r} in except_rules.",
                    "Neither the pack nor one that it extends has such a rule.",
                    "Correct the name.",
                )
    return Lineage(pack, tuple(parents))
