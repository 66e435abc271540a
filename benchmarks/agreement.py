"""Do the review room's intervals hold what they promise, and how often do its warnings mislead? By simulation.

    python benchmarks/agreement.py [--trials 400] [--out FILE]

**Shares.** Judgements are made of an item's own inclination and a reviewer's, on a probit scale; the truth is the share
over all items and reviewers. Printed are how often the 95 % interval holds it, its mean width, and how often an
interval over items alone would.

**Marks.** The same of marks from 1 to 5, whose mean is known from how common each is; beside the width stands that of
an interval which takes the mean for a share of judgements that say yes or no.

**Differences.** The same of two models' answers to the same items, which reviewers incline to a little differently; the
truth is the difference over all items and reviewers. Beside it stands how often two intervals over judgements taken to
be alone would say so.

**Alpha.** Items have a true mark that a reviewer hits or misses; the truth is alpha over very many items, by the same
reviewers. Trials in which nothing can be told are counted.

**Warnings of gold items.** Teams whose members are all right as often as the line, looked at after every gold item; and
how many gold items it takes to warn of somebody who guesses. **Sides**: how often anybody of a team is said to lean who
does not. **Needed**: how often the items that are said to be needed decide.

**Dawid and Skene**: how often a reviewer's interval holds their true accuracy, and the labels won over the vote.
"""

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri, stdtrit

from trimtab.people import Said, Shown, gold, likely_truths, side_bias
from trimtab.people.gold import LINE
from trimtab.stats import (
    CannotTell,
    Clustered,
    Interval,
    Level,
    alpha,
    clustered_difference,
    clustered_mean,
    judgements_needed,
)

ITEM_SPREAD = 0.8
"""Standard deviation of items' inclinations: of two people who judge a pair, about 0.6 to 0.7 agree."""
DESIGNS = ((40, 1, 1), (100, 2, 2), (60, 3, 3), (200, 3, 1), (200, 3, 3), (200, 5, 2), (300, 6, 6), (300, 12, 2))
MARKS = {
    "even": (0.2, 0.2, 0.2, 0.2, 0.2),
    "near each other": (0.0, 0.02, 0.18, 0.75, 0.05),
    "high, a few at 1": (0.05, 0.0, 0.0, 0.6, 0.35),
    "nearly all at 5": (0.0, 0.0, 0.01, 0.07, 0.92),
    "nearly all at 4": (0.03, 0.0, 0.0, 0.97, 0.0),
}
"""How common the marks from 1 to 5 are."""
MANY = 200_000

Row = dict[str, object]


def show(title: str, rows: Sequence[Row]) -> None:
    """Prints a table."""
    print(f"\n{title}")
    names = list(rows[0])
    cells = [names, *([f"{v:.3f}" if isinstance(v, float) else str(v) for v in row.values()] for row in rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(names))]
    for row in cells:
        print("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)))


def shares(trials: int) -> list[Row]:
    rng, rows = np.random.default_rng(0), []
    for centre in (0.0, 1.2):
        for spread in (0.0, 0.3, 0.6):
            true = float(ndtr(centre / np.sqrt(1 + ITEM_SPREAD**2 + spread**2)))
            for n, people, each in DESIGNS:
                held = alone = width = 0.0
                for _ in range(trials):
                    items = np.repeat(np.arange(n), each)
                    by = np.argsort(rng.random((n, people)), axis=1)[:, :each].ravel()
                    inclined = centre + rng.normal(0, ITEM_SPREAD, n)[items] + rng.normal(0, spread, people)[by]
                    values = (rng.random(n * each) < ndtr(inclined)).astype(float)
                    found = interval(clustered_mean(values, items, by))
                    held += found.low <= true <= found.high
                    width += found.high - found.low
                    of_items = interval(clustered_mean(values, items, np.zeros(len(items), dtype=int)))
                    alone += of_items.low <= true <= of_items.high
                row: Row = {"share": round(true, 2), "reviewers differ by": spread, "items": n, "reviewers": people}
                row |= {"judgements an item": each, "held": held / trials, "width": width / trials}
                rows.append(row | {"held over items alone": alone / trials})
    return rows


def marks(trials: int) -> list[Row]:
    rng, rows = np.random.default_rng(6), []
    for called, common in MARKS.items():
        true = float(np.dot(common, np.arange(5) / 4))
        for spread, designs in ((0.0, ((15, 1, 1), (40, 1, 1), (60, 3, 3))), (0.3, ((60, 3, 3), (200, 5, 2)))):
            total = np.sqrt(1 + ITEM_SPREAD**2 + spread**2)
            cuts = total * ndtri(np.cumsum(common)[:-1])
            for n, people, each in designs:
                held = width = share = 0.0
                for _ in range(trials):
                    items = np.repeat(np.arange(n), each)
                    by = np.argsort(rng.random((n, people)), axis=1)[:, :each].ravel()
                    inclined = rng.normal(0, ITEM_SPREAD, n)[items] + rng.normal(0, spread, people)[by]
                    given = np.searchsorted(cuts, inclined + rng.normal(0, 1, n * each)) / 4
                    found = clustered_mean(given, items, by)
                    bounds = interval(found)
                    held += bounds.low <= true <= bounds.high
                    width += bounds.high - bounds.low
                    share += of_share(found)
                row: Row = {"marks": called, "reviewers differ by": spread, "items": n, "reviewers": people}
                row |= {"judgements an item": each, "held": held / trials, "width": width / trials}
                rows.append(row | {"width as a share": share / trials})
    return rows


def of_share(found: Clustered | CannotTell) -> float:
    """The width of Wilson's interval of no more judgements than there are."""
    assert isinstance(found, Clustered)
    n, t, p = min(found.effective, found.interval.n), float(stdtrit(found.free, 0.975)), found.interval.estimate
    return float(2 * t * np.sqrt(p * (1 - p) / n + t**2 / (4 * n**2)) / (1 + t**2 / n))


def differences(trials: int) -> list[Row]:
    rng, rows = np.random.default_rng(5), []
    for spread in (0.0, 0.3):
        total = np.sqrt(1 + ITEM_SPREAD**2 + 2 * spread**2)
        true = float(ndtr(0.5 / total) - ndtr(0.0))
        for n, people, each in DESIGNS:
            held = alone = width = 0.0
            for _ in range(trials):
                inclined, strict = rng.normal(0, ITEM_SPREAD, n), rng.normal(0, spread, people)
                sides = []
                for centre in (0.0, 0.5):
                    items = np.repeat(np.arange(n), each)
                    by = np.argsort(rng.random((n, people)), axis=1)[:, :each].ravel()
                    leans = strict + rng.normal(0, spread, people)
                    said = centre + inclined[items] + leans[by] + rng.normal(0, 1, n * each) > 0
                    sides.append((said.astype(float), items, by))
                found = clustered_difference(*sides)
                assert not isinstance(found, CannotTell)
                held += found.interval.low <= true <= found.interval.high
                width += found.interval.high - found.interval.low
                plain = sum(side[0].var() / len(side[0]) for side in sides) ** 0.5 * 1.96
                alone += abs(found.interval.estimate - true) <= plain
            rows.append(
                {"reviewers differ by": spread, "items": n, "reviewers": people, "each item by": each, "true": true,
                 "holds it": held / trials, "taken to be alone": alone / trials, "width": width / trials}
            )  # fmt: skip
    return rows


def interval(found: Clustered | CannotTell) -> Interval:
    assert isinstance(found, Clustered)
    return found.interval


def marked(rng: np.random.Generator, n: int, people: int, rare: float, hit: float, steps: int) -> NDArray[np.int64]:
    """Marks, shape (n, people): a true one, hit so often and else a step away."""
    if steps == 2:
        truth = (rng.random(n) < rare).astype(int)[:, None]
        return np.where(rng.random((n, people)) < hit, truth, 1 - truth)
    truth = rng.choice(steps, n, p=[0.4, 0.3, 0.2, 0.1])[:, None]
    away = np.clip(truth + rng.choice([-1, 1], (n, people)), 0, steps - 1)
    return np.where(rng.random((n, people)) < hit, truth, away)


def alphas(trials: int) -> list[Row]:
    rng, rows = np.random.default_rng(1), []
    made: list[tuple[Level, float, float, int]] = [
        ("nominal", 0.5, 0.85, 2),
        ("nominal", 0.1, 0.95, 2),
        ("ordinal", 0.0, 0.7, 4),
        ("interval", 0.0, 0.7, 4),
    ]
    for level, rare, hit, steps in made:
        for people in (2, 5):
            many = marked(rng, MANY, people, rare, hit, steps)
            true = estimate(many, level)
            for n in (15, 30, 100):
                held, told = 0, 0
                for seed in range(trials):
                    marks = marked(rng, n, people, rare, hit, steps)
                    found = alpha(np.repeat(np.arange(n), people), marks.ravel(), level, seed=seed)
                    if isinstance(found, Interval):
                        told += 1
                        held += found.low <= true <= found.high
                row: Row = {"level": level, "rarer mark": rare or "", "reviewers": people, "items": n, "alpha": true}
                rows.append(row | {"held": held / max(told, 1), "cannot tell": 1 - told / trials})
    return rows


def estimate(marks: NDArray[np.int64], level: Level) -> float:
    n, people = marks.shape
    found = alpha(np.repeat(np.arange(n), people), marks.ravel(), level)
    assert isinstance(found, Interval)
    return found.estimate


def warnings(trials: int) -> list[Row]:
    rng, rows = np.random.default_rng(2), []
    for team in (1, 5, 20):
        for right in (LINE, 0.85):
            cried = 0
            for _ in range(trials):
                said = [(f"{who}", bool(rng.random() < right)) for _ in range(60) for who in range(team)]
                cried += any(each.warned for each in gold(said))
            rows.append({"team": team, "right": right, "gold items each": 60, "a team is warned": cried / trials})
    for team in (1, 5, 20):
        waits = []
        for _ in range(trials):
            guessed = [("guesses", bool(rng.random() < 0.5)) for _ in range(120)]
            others = [(f"{who}", True) for who in range(team - 1)]
            low, high = 1, 120
            while low < high:
                middle = (low + high) // 2
                warned = any(each.warned for each in gold([*others, *guessed[:middle]]))
                low, high = (low, middle) if warned else (middle + 1, high)
            waits.append(low)
        row: Row = {"team": team, "right": 0.5, "gold items each": "until warned"}
        rows.append(
            row | {"a team is warned": f"median {np.median(waits):.0f}, nine in ten {np.quantile(waits, 0.9):.0f}"}
        )
    return rows


def others(trials: int) -> list[Row]:
    rng = np.random.default_rng(3)
    leaned = 0
    for _ in range(trials):
        shown = [
            Shown(f"{who}", f"{item}", "first" if rng.random() < 0.5 else "second", bool(rng.random() < 0.5))
            for who in range(5)
            for item in range(40)
        ]
        leaned += any(each.leans for each in side_bias(shown)[:-1])
    rows: list[Row] = [{"what": "anybody of 5 is said to lean who does not", "share of trials": leaned / trials}]
    for true, n in ((0.6, 40), (0.8, 30)):
        decided = asked = 0
        line = 0.5 if true == 0.6 else 0.65
        ones = round(true * n)
        items, nobody = np.arange(n), np.zeros(n, dtype=int)
        first = clustered_mean((items < ones).astype(float), items, nobody)
        assert isinstance(first, Clustered)
        more = judgements_needed(first, line).items
        assert more is not None
        for _ in range(trials):
            values = (rng.random(n + more) < true).astype(float)
            found = interval(clustered_mean(values, np.arange(n + more), np.zeros(n + more, dtype=int)))
            decided += found.low > line
            asked += 1
        says = f"{more} more items decide {true:.0%} against {line:.0%} after {n}"
        rows.append({"what": says, "share of trials": decided / asked})
    return rows


def errors(trials: int) -> list[Row]:
    rng, rows = np.random.default_rng(4), []
    accuracy = np.array([0.95, 0.85, 0.75, 0.6])
    for n in (60, 200):
        held = told = 0
        won: list[float] = []
        for seed in range(trials):
            truth = rng.random(n) < 0.4
            answers = np.where(rng.random((n, 4)) < accuracy, truth[:, None], ~truth[:, None])
            said = [Said(f"{who}", f"{item:03}", bool(answers[item, who])) for item in range(n) for who in range(4)]
            found = likely_truths(said, seed=seed)
            if isinstance(found, CannotTell):
                continue
            told += 1
            held += sum(e.right.low <= a <= e.right.high for e, a in zip(found.reviewers, accuracy, strict=True))
            likely = np.array([found.items[f"{item:03}"][True] > 0.5 for item in range(n)])
            votes = answers.mean(axis=1) + rng.random(n) * 0.01 - 0.005  # a tied vote is a coin
            won.append(float((likely == truth).mean() - ((votes > 0.5) == truth).mean()))
        row: Row = {
            "items": n,
            "reviewers": 4,
            "accuracy held": held / (4 * told),
            "right beyond the vote": float(np.mean(won)),
        }
        rows.append(row | {"cannot tell": 1 - told / trials})
    return rows


def main() -> None:
    """Runs all, prints tables, writes JSON."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--trials", type=int, default=400)
    options.add_argument("--out", type=Path, default=Path("benchmarks/out/agreement.json"))
    arguments = options.parse_args()
    trials, started = arguments.trials, time.perf_counter()
    tables = {
        "Shares over items and reviewers: 95 % intervals": shares(trials),
        "Marks over items and reviewers: 95 % intervals": marks(trials),
        "Differences over items and reviewers: 95 % intervals": differences(trials),
        "Krippendorff's alpha: 95 % intervals over items": alphas(trials // 2),
        "Gold items": warnings(trials // 2),
        "Sides, and what would decide": others(trials),
        "Dawid and Skene: 95 % intervals of reviewers' accuracy": errors(trials // 10),
    }
    for title, rows in tables.items():
        show(title, rows)
    print(f"\n{trials} trials (alpha and gold half, errors a tenth), {time.perf_counter() - started:.0f} s")
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(tables, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
