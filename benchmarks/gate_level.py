"""How often a gate on a rate passes where it must not: exactly, by the verdicts themselves, at 5 to 450 items.

    PYTHONPATH=src python benchmarks/gate_level.py

For each count of items and each limit the largest number of events that still passes is found by asking `decide`; how
likely so few are where the true rate is the limit follows from the binomial. So it does where a tenth of the items
could not be judged and each of these would have been an event, the worst that a filter can do. Exits with 1 where any
chance is above 1 - confidence.
"""

import argparse
import sys

from scipy.stats import binom

from trimtab.evaluate import measure
from trimtab.gate import decide
from trimtab.records import Evaluation
from trimtab.spec import GateSpec

METRIC = "overrefusal.safe_refused"
SIZES = (5, 8, 12, 20, 35, 50, 80, 150, 300, 450)
LIMITS = (0.05, 0.1, 0.25, 0.5, 0.9)


def passes(events: int, missing: int, n: int, limit: float, confidence: float) -> bool:
    """Whether so many events among the items that were judged pass."""
    values = [1.0] * events + [0.0] * (n - missing - events) + [None] * missing
    made = measure(METRIC, values, 0, why=["filtered" if value is None else None for value in values])
    items = {made.over: tuple(f"p{place}" for place in range(n))}
    seen = Evaluation(model="m", fingerprint={}, items=items, measures=(made,))
    gate = GateSpec(metric=METRIC, at_most=limit)
    return decide(seen, seen, [gate], confidence=confidence, seed=0).verdict == "pass"


def most(missing: int, n: int, limit: float, confidence: float) -> int:
    """The largest count of events that passes; -1 where none does."""
    low, high = -1, n - missing
    while low < high:
        middle = (low + high + 1) // 2
        if passes(middle, missing, n, limit, confidence):
            low = middle
        else:
            high = middle - 1
    return low


def main() -> None:
    """Asks, prints, and tells by the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--confidence", type=float, default=0.95, help="of a gate, one-sided")
    confidence = parser.parse_args().confidence
    print("| items | limit | passes up to | false passes | up to, a tenth missing | false passes |")
    print("|---:|---:|---:|---:|---:|---:|")
    worst = 0.0
    for n in SIZES:
        for limit in LIMITS:
            missing = max(1, n // 10)
            counts = [most(gone, n, limit, confidence) for gone in (0, missing)]
            # of the events, as many as can be are among the missing: so few are seen where the rest is so few
            chances = [
                float(binom.cdf(count + gone, n, limit)) if count >= 0 else 0.0
                for count, gone in zip(counts, (0, missing), strict=True)
            ]
            worst = max(worst, *chances)
            shown = ["none" if count < 0 else str(count) for count in counts]
            print(f"| {n} | {limit:g} | {shown[0]} | {chances[0]:.4f} | {shown[1]} | {chances[1]:.4f} |", flush=True)
    print(f"\nthe likeliest false pass: {worst:.4f}, of {1 - confidence:g} allowed")
    sys.exit(int(worst > 1 - confidence + 1e-9))


if __name__ == "__main__":
    main()
