"""What tests of killed runs share: the driver that kills, and what a run left."""

from collections.abc import Callable
from pathlib import Path

from trimtab.store import Run

DRIVER = Path(__file__).parent / "loop" / "killed.py"
RunKilled = Callable[[Path, Path, str], int]


def results(out: Path) -> dict[str, dict[str, str]]:
    """The hashes of everything each current stage made."""
    opened = Run.read(out, whole=True)
    stages = {name: opened.current(name) for name in opened.info.stages}
    return {name: stage.manifest.outputs for name, stage in stages.items() if stage and stage.manifest}
