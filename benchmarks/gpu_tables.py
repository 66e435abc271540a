"""The rows of `gpu.py`'s two tables, and what a proof allows.

In fp32 two paths must agree within a tolerance. In bf16 both round, so both are held against fp32 of the same weights:
the fast path's distance from it may be FARTHER times the plain path's.
"""

from dataclasses import dataclass

from torch import Tensor

from gpu_made import Taken

FARTHER = 1.5
"""How much farther from fp32 than the plain path's the fast path's rounding may lie."""
LOGP = 1e-4
"""Nats a token, in fp32."""
RELATIVE = 1e-4
"""Of the norm, in fp32: gradients, rewards, losses."""
SAME_LOGIT = 1e-3
"""Greedy answers may part where the plain path's two likeliest tokens lie this close, in logits."""
FLOOR = 1e-5
"""Of the norm: distances from fp32 below this are fp32's own rounding."""
UNLIKELY = 1e-4
"""A p-value below which sampled tokens do not follow the distribution."""


@dataclass(frozen=True)
class Proof:
    """One comparison: what, in which precision, how far apart, how far it may be."""

    what: str
    precision: str
    apart: str
    allowed: str
    passed: bool

    def row(self) -> list[str]:
        """As the table has it."""
        return [self.what, self.precision, self.apart, self.allowed, "proved" if self.passed else "**FAILED**"]


def near(what: str, precision: str, ours: Tensor, plain: Tensor, tolerance: float, unit: str = "") -> Proof:
    """In fp32: the greatest difference of values in nats, say."""
    apart = float((ours.double() - plain.double()).abs().max())
    return Proof(what, precision, f"{apart:.1e}{unit}", f"{tolerance:.0e}{unit}", apart <= tolerance)


def relative(what: str, precision: str, ours: Tensor, plain: Tensor, tolerance: float = RELATIVE) -> Proof:
    """In fp32: the norm of the difference, of the plain one's norm."""
    apart = float((ours.double() - plain.double()).norm() / plain.double().norm())
    return Proof(what, precision, f"{apart:.1e} of its norm", f"{tolerance:.0e}", apart <= tolerance)


def rounded(what: str, precision: str, ours: Tensor, plain: Tensor, exact: Tensor) -> Proof:
    """In bf16 (or TF32): both distances from fp32, of its norm."""
    off, allowed = (float((x.double() - exact.double()).norm() / exact.double().norm()) for x in (ours, plain))
    says = f"{off:.1e} from fp32, plain {allowed:.1e}"
    return Proof(what, precision, says, f"{FARTHER} × plain's", off <= max(FLOOR, FARTHER * allowed))


@dataclass(frozen=True)
class Measured:
    """One comparison. `theirs` and `ours` are in `unit`; `faster` how many times faster ours is."""

    work: str
    model: str
    precision: str
    peer: str
    theirs: float
    ours: float
    faster: float
    unit: str = "ms"
    their_peak: float | None = None
    our_peak: float | None = None
    note: str = ""

    def row(self) -> list[str]:
        """As the table has it."""
        peaks = ["" if peak is None else f"{peak:.2f}" for peak in (self.their_peak, self.our_peak)]
        figures = [f"{value:.0f}" if value >= 100 else f"{value:.1f}" for value in (self.theirs, self.ours)]
        return [self.work, self.model, self.precision, f"{self.peer}: {figures[0]} {self.unit}",
                f"{figures[1]} {self.unit}", f"{self.faster:.2f}", *peaks, self.note]  # fmt: skip

    @classmethod
    def of(cls, work: str, model: str, precision: str, peer: str, theirs: Taken, ours: Taken, note: str) -> "Measured":
        """From two costs of the same work."""
        return cls(
            work, model, precision, peer, 1e3 * theirs.seconds, 1e3 * ours.seconds, theirs.seconds / ours.seconds,
            "ms", theirs.peak, ours.peak, note,
        )  # fmt: skip
