"""The audit: every check over one table."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..records import Finding, Policy, worst_first
from ..scorers import Criterion, Points
from .registry import all_checks
from .result import CheckResult
from .view import Scores, View

if TYPE_CHECKING:
    import polars

VERSION = 9
"""Changes whenever a check would find something else in the same comparisons."""
CheckProgress = Callable[[str, int, int], None]
"""Hears a check's id before it runs, how many are done, and of how many."""


@dataclass(frozen=True)
class Audit:
    """What the checks found, worst first, on `n` rows, and the seconds that each check took."""

    n: int
    found: tuple[CheckResult, ...]
    seconds: dict[str, float]

    @property
    def findings(self) -> list[Finding]:
        """The findings, worst first."""
        return worst_first([one.finding for one in self.found])

    @property
    def blocks(self) -> bool:
        """Whether a finding must be mended before training."""
        return any(one.finding.severity == "block" for one in self.found)


def audit(
    table: "polars.DataFrame", *, against: Sequence[tuple[str, str]] = (), model: Any = None, tokenizer: Any = None,
    max_length: int = 1024, policy: Policy | None = None, rubric: Sequence[Criterion] = (),
    scores: Sequence[Scores] = (), points: Points | None = None, seed: int = 0,
    told: CheckProgress = lambda check, done, of: None,
) -> Audit:  # fmt: skip
    """Runs all checks, ours and others', over a frame of `data.read_frame` (prompt, chosen and rejected are enough).

    `against` are the items of benchmarks, (name, text). A `tokenizer` lets tokens be counted, a `model` (with it) the
    off-policy check run. A `policy` tells which prompts are to be declined, so that refusals of them are right. A
    `rubric` is what the rows were judged by, and `scores`, row by row, what its scorers gave to both sides; with
    `points` help is measured by those too. Samples are drawn with `seed`: equal inputs give equal findings.
    """
    table = table if "id" in table.columns else table.with_row_index("id").cast({"id": str})
    view = View(
        table, seed=seed, against=against, model=model, tokenizer=tokenizer, max_length=max_length, policy=policy,
        rubric=rubric, scores=scores, points=points,
    )  # fmt: skip
    checks = all_checks() if view.n else {}
    found: list[CheckResult] = []
    seconds: dict[str, float] = {}
    with ThreadPoolExecutor(1) as aside:
        for done, (name, check) in enumerate(checks.items()):
            told(name, done, len(checks))
            started = time.perf_counter()
            if not done:
                view.begin(aside)
            one = check(view)
            seconds[name] = time.perf_counter() - started
            if one is not None:
                found.append(one)
    told("", len(checks), len(checks))
    return Audit(view.n, tuple(found), seconds)
