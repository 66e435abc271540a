"""Writing files so that a kill leaves the old one or the new one, never half of either; hashing; provenance."""

import hashlib
import json
import os
import platform
import subprocess
import tempfile
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

_LIBRARIES = ("trimtab", "torch", "transformers", "trl", "peft", "accelerate", "datasets", "numpy", "scipy")
_HEAD = "# branch.oid "
"""Before the commit, in what `git status` tells of a branch."""


def write_atomic(path: Path, content: str | bytes) -> None:
    """Writes a whole file: to a neighbour first, flushed to the disk, then renamed over `path`."""
    data = content.encode() if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def canonical(value: Any) -> str:
    """JSON with sorted keys: equal values give equal text."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest(value: Any) -> str:
    """The SHA-256 of a value's canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def file_digest(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def tree_digests(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file under a folder, by its relative path; hidden files are left out."""
    return {
        str(path.relative_to(folder)): file_digest(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }


@cache
def versions() -> Mapping[str, str]:
    """Versions of Python and of the libraries that decide results: what this process has, so they are read once."""
    found = {"python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def git_revision() -> str | None:
    """The commit of the working folder's repository, with `+changes` where files differ from it; None without one."""
    command = ["git", "status", "--porcelain=v2", "--branch"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True).stdout.splitlines()
    except (OSError, subprocess.SubprocessError):
        return None
    head = [line.removeprefix(_HEAD) for line in told if line.startswith(_HEAD)]
    if not head or head[0] == "(initial)":
        return None
    return head[0] + ("+changes" if any(not line.startswith("#") for line in told) else "")
