"""Gates over regions: which limits a matrix is held to, and the verdict with a row a region."""

from collections.abc import Sequence

from ..gate import decide
from ..records import Matrix, MatrixVerdict, RegionVerdict
from ..spec import GateSpec

OWN, LEAKAGE = "own", "leakage"


def gates_over(regions: Sequence[str], *, own: float | None, leakage: float | None) -> list[GateSpec]:
    """The gates of a spec's `matrix`: in each region its own rules together kept at least `own`, and the share of
    answers that show another region's way at most `leakage` above that of the model before. None asks nothing."""
    found = []
    for name in regions:
        if own is not None:
            found.append(GateSpec(metric=f"regions.{name}.{OWN}", at_least=own))
        if leakage is not None:
            found.append(GateSpec(metric=f"regions.{name}.{LEAKAGE}", no_worse_by=leakage))
    return found


def decide_matrix(matrix: Matrix, gates: Sequence[GateSpec], *, confidence: float, seed: int) -> MatrixVerdict:
    """The verdict over all regions: all gates are decided together, by the bounds of `gate.decide`.

    Any `regions.NAME.FIGURE` of the matrix can be gated: own, leakage, points, helps, facts.
    """
    decided = decide(matrix.first, matrix.last, gates, confidence=confidence, seed=seed)
    rows = []
    for region in matrix.regions:
        own = tuple(each for each in decided.gates if each.metric.split(".")[1] == region.name)
        worst = {each.verdict for each in own}
        verdict = "regress" if "regress" in worst else "undecided" if "undecided" in worst else "pass"
        rows.append(RegionVerdict(region=region.name, verdict=verdict, gates=own))
    return MatrixVerdict(verdict=decided.verdict, confidence=confidence, regions=tuple(rows))
