"""trimtab turns an alignment goal into an aligned language model and the evidence that it is one.

    import trimtab as tt

    tt.audit(rows)                                   # rows: a path, dicts, a dataset or a frame
    tt.gate(tt.evaluate("model"), tt.evaluate("runs/mine"), gates)
    tt.run("concise-friendly", out="runs/mine")

Importing the package is light: each name is imported when it is first used, and torch where a model is. The verbs live
in `trimtab.api` and are described in docs/python.md; the rooms are importable by themselves, for example
`from trimtab.stats import paired_difference`.
"""

from typing import TYPE_CHECKING, Any

from .lazy import attach as _attach
from .lazy import make_rooms_callable as _make_rooms_callable

if TYPE_CHECKING:
    from .api import (
        advise,
        audit,
        compare,
        convert,
        describe,
        diagnose,
        evaluate,
        gate,
        report,
        run,
        run_regions,
        score,
    )
    from .audit import audit_check
    from .errors import UserError
    from .evaluate import benchmark
    from .loop import AuditBlocked, BudgetSpent, Progress, Quiet, RegionsStopped, WaitingForPeople
    from .scorers import scorer
    from .spec import GateSpec, LoadedSpec, Spec

    __version__: str

_ROOMS = ("advise", "audit", "diagnose", "evaluate", "gate", "report")
"""Verbs that a room is named after."""
_named = _attach(
    __name__,
    {
        "": _ROOMS,
        "api": ("compare", "convert", "describe", "run", "run_regions", "score"),
        "audit": ("audit_check",),
        "errors": ("UserError",),
        "evaluate": ("benchmark",),
        "loop": ("AuditBlocked", "BudgetSpent", "Progress", "Quiet", "RegionsStopped", "WaitingForPeople"),
        "scorers": ("scorer",),
        "spec": ("GateSpec", "LoadedSpec", "Spec"),
    },
)
_make_rooms_callable(__name__, _ROOMS, f"{__name__}.api")


def __getattr__(name: str) -> Any:
    """A name at its first use; the version too, whose look-up takes longer than all else of the import."""
    if name != "__version__":
        return _named(name)
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("trimtab")
    except PackageNotFoundError:  # a source tree on the path that was never installed
        return "0+unknown"


__all__ = [
    "AuditBlocked",
    "BudgetSpent",
    "GateSpec",
    "LoadedSpec",
    "Progress",
    "Quiet",
    "RegionsStopped",
    "Spec",
    "UserError",
    "WaitingForPeople",
    "__version__",
    "advise",
    "audit",
    "audit_check",
    "benchmark",
    "compare",
    "convert",
    "describe",
    "diagnose",
    "evaluate",
    "gate",
    "report",
    "run",
    "run_regions",
    "score",
    "scorer",
]
