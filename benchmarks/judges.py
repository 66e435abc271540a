"""Judges held against people: real labels, made judges with planted biases, and rates corrected by labels.

    python benchmarks/judges.py [planted] [clean] [powered] [real] [--data ../shared/data] [--trials 500]

*planted*: judges of 300 pairs that follow people's label save for what is planted; a bias is `named` in so many trials,
and its true size lies in the 95 % interval in so many.
*clean*: any bias named is a false alarm; judge or people err on a tenth, and lengths may go with what is better.
*powered*: 500 studies of prediction-powered inference with a judge whose rate is off by 8 points. *real*: our help
scorer by weights that saw neither the prompt nor the side, against two readers; the refusal scorer by weights fitted on
the other model's answers, against XSTest's people; and the readings of `reader/`, which nothing is fitted on.
"""

import argparse
import csv
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from trimtab.calibration import Question, ask_all, calibration_of, questions, trust_of
from trimtab.calibration.biases import biases
from trimtab.calibration.verdicts import judged
from trimtab.data import LabelledItem, PeopleLabels
from trimtab.records import Figure, JudgeBias, JudgeVerdict, TrustLimits
from trimtab.report import bias_sentence, trust_sentence
from trimtab.scorers import judge_refusal
from trimtab.stats import prediction_powered, prediction_powered_width

PAIRS = 300
PLANTED = {"length": 0.35, "order": 0.2, "self": 0.35, "noise": 0.2}
"""The share of verdicts that each decides: of length where one is twice as long, of `self` where one is its own."""
OFF = 0.08
STUDIES = 500


@dataclass
class Made:
    """A judge that says what is better, but errs on a share of the pairs, and in planted shares follows something else.

    `better` is 1 where a pair's first answer is the better one. What a pair follows is drawn once, noise at each
    question.
    """

    better: dict[str, float]
    seed: int
    planted: dict[str, float] = field(default_factory=dict)
    errs: float = 0.0
    name: str = "made"
    own: str | None = "made"
    ordered: bool = True
    at_once: bool = True
    fingerprint: dict[str, str] = field(default_factory=dict)

    def ask(self, asked: Sequence[Question]) -> list[JudgeVerdict]:
        """Its verdicts."""
        rng = np.random.default_rng([self.seed, 1])
        drawn = {key: (rng.random(), rng.random() < self.errs) for key in self.better}
        found = [0.0] * len(asked)
        for place, q in enumerate(asked):
            noisy = rng.random() < self.planted.get("noise", 0.0)
            found[place] = float(rng.random() < 0.5) if noisy else self._says(q, *drawn[q.item.key])
        return [
            JudgeVerdict(item=q.item.key, value=value, order=q.order, showing=q.showing)
            for q, value in zip(asked, found, strict=True)
        ]

    def _says(self, q: Question, drawn: float, wrong: bool) -> float:
        longer = np.log2(len(q.item.answers[0].split()) / len(q.item.answers[1].split()))
        own = [source == self.own for source in q.item.sources]
        shares = {
            "order": (1.0, 1.0 - q.order[0]),
            "self": (float(own[0] != own[1]), float(own[0])),
            "length": (min(1.0, abs(longer)), float(longer > 0)),
        }
        for name, (of, value) in shares.items():
            size = self.planted.get(name, 0.0) * of
            if drawn < size:
                return value
            drawn -= size
        return 1 - self.better[q.item.key] if wrong else self.better[q.item.key]


def pairs(
    rng: np.random.Generator, people_err: float, longer_is_better: float
) -> tuple[list[LabelledItem], dict[str, float]]:
    """Pairs of answers of 20 to 160 words, half of them with one of the judge's own, and which is better."""
    items, better = [], {}
    for place in range(PAIRS):
        counts = np.exp(rng.uniform(np.log(20), np.log(160), 2)).astype(int)
        best = float(rng.random() < 0.5)
        if counts[0] != counts[1] and rng.random() < longer_is_better:
            best = float(counts[0] > counts[1])
        said = 1 - best if rng.random() < people_err else best
        sources = rng.permutation(["made", "other"]) if rng.random() < 0.5 else ("other", "third")
        answers = tuple("word " * int(count) for count in counts)
        key = f"pair {place}"
        items.append(LabelledItem(key, key, answers, tuple(map(str, sources)), {"a person": said}))
        better[key] = best
    return items, better


@dataclass
class Tally:
    """What trials said of one bias: how often it was named, and held its true size."""

    true: float
    trials: int = 0
    named: int = 0
    held: int = 0
    sizes: list[float] = field(default_factory=list)
    halves: list[float] = field(default_factory=list)

    def add(self, found: JudgeBias) -> None:
        """One trial more."""
        size = found.size
        assert size.estimate is not None
        assert size.low is not None
        assert size.high is not None
        self.trials += 1
        self.named += found.named
        self.held += size.low <= self.true <= size.high
        self.sizes.append(size.estimate)
        self.halves.append((size.high - size.low) / 2)

    def __str__(self) -> str:
        share = f"{self.named / self.trials:.1%} | {self.held / self.trials:.1%}"
        return f"{self.true:.3f} | {share} | {np.mean(self.sizes):.3f} | {np.mean(self.halves):.3f} |"


def tried(
    sizes: dict[str, float], trials: int, *, errs: float, people: float, longer: float = 0.0
) -> tuple[dict[str, Tally], float]:
    """What is said of so many judges, and the share of them of which anything is named."""
    noise = sizes.get("noise", 0.0)
    tallies = {name: Tally(sizes.get(name, 0.0) * (1 - noise)) for name in ("length", "order", "self")}
    tallies["noise"] = Tally(noise * (1 - noise / 2))
    accused = 0
    for trial in range(trials):
        items, better = pairs(np.random.default_rng([trial, 0]), people, longer)
        verdicts = Made(better, trial, sizes, errs).ask(questions(items, ordered=True))
        found = biases(judged(items, verdicts, at=None, ordered=True), lambda source: source == "made")
        accused += any(each.named for each in found)
        for each in found:
            tallies[each.bias].add(each)
    return tallies, accused / trials


def planted(trials: int) -> None:
    """Named where planted, and sizes held."""
    print(f"\n## Made judges, {PAIRS} pairs, {trials} trials; judges and people err on a tenth\n")
    print(
        "| judge | bias | true size | named | true size within | mean size | half-width |\n"
        "|---|---|---:|---:|---:|---:|---:|"
    )
    for name, size in PLANTED.items():
        print(f"| {name} planted | {name} | {tried({name: size}, trials, errs=0.1, people=0.1)[0][name]}", flush=True)
    every = {name: size * 0.6 for name, size in PLANTED.items()}
    for name, tally in tried(every, trials, errs=0.1, people=0.1)[0].items():
        print(f"| all planted | {name} | {tally}")


def clean(trials: int) -> None:
    """False alarms."""
    print(f"\n## Clean judges, {PAIRS} pairs, {trials} trials")
    print("\n| clean judge | any bias named | length | order | self | noise |\n|---|---:|---:|---:|---:|---:|")
    for told, errs, people, longer in (
        ("neither errs", 0.0, 0.0, 0.0),
        ("it errs", 0.1, 0.0, 0.0),
        ("people err", 0.0, 0.1, 0.0),
        ("both err", 0.1, 0.1, 0.0),
        ("longer is better in 30 %, nobody errs", 0.0, 0.0, 0.3),
        ("longer is better in 30 %, both err", 0.1, 0.1, 0.3),
    ):
        tallies, accused = tried({}, trials, errs=errs, people=people, longer=longer)
        each = " | ".join(f"{tally.named / tally.trials:.1%}" for tally in tallies.values())
        print(f"| {told} | {accused:.1%} | {each} |", flush=True)


def powered() -> None:
    """How often the corrected interval holds the truth, and how wide it is beside labels alone."""
    print(f"\n## Corrected rates, {STUDIES} studies each, the judge's rate off by {OFF:.0%}\n")
    print(
        "| truth | labelled, others | judge off by | raw holds it | labels alone | corrected | width beside labels |"
        " by the correlation |"
    )
    print("|---:|---:|---:|---:|---:|---:|---:|---:|")
    for truth, missed, labelled, rest in (
        (0.3, 0.02, 200, 1800),
        (0.5, 0.05, 100, 900),
        (0.7, 0.0, 300, 1200),
        (0.2, 0.05, 150, 3000),
    ):
        mistaken = (OFF + truth * missed) / (1 - truth)  # so that the rate is off by OFF
        rng = np.random.default_rng(29)
        held = np.zeros(3)
        widths, formula, off = [], [], []
        for _ in range(STUDIES):
            y = (rng.random(labelled + rest) < truth).astype(float)
            f = np.where(y == 1, rng.random(len(y)) >= missed, rng.random(len(y)) < mistaken).astype(float)
            found = prediction_powered(y[:labelled], f[:labelled], f[labelled:])
            held += [each.low <= truth <= each.high for each in (found.raw, found.labels, found.corrected)]
            widths.append((found.corrected.high - found.corrected.low) / (found.labels.high - found.labels.low))
            formula.append(prediction_powered_width(found.correlation or 0.0, labelled, rest))
            off.append(found.raw.estimate - truth)
        shares = " | ".join(f"{share:.1%}" for share in held / STUDIES)
        print(
            f"| {truth} | {labelled}, {rest} | {np.mean(off):+.3f} | {shares} "
            f"| {np.mean(widths):.3f} | {np.mean(formula):.3f} |"
        )


@dataclass
class Given:
    """A judge whose figures are there."""

    name: str
    values: dict[str, float]
    own: str | None = None
    ordered: bool = False
    at_once: bool = True

    @property
    def fingerprint(self) -> dict[str, str]:
        """Its name."""
        return {"benchmark": self.name}

    def ask(self, asked: Sequence[Question]) -> list[JudgeVerdict]:
        """What is there."""
        return [
            JudgeVerdict(item=q.item.key, value=self.values[q.item.key], order=(0,), showing=q.showing) for q in asked
        ]


def held(name: str, rows: Sequence[dict[str, Any]], values: Sequence[float]) -> None:
    """One judge's row by row figures against its labels, in two lines of a table and its biases."""
    items = [
        LabelledItem(str(place), row["prompt"], (row["answer"],), (row["source"],), row["said"], None, row["kind"])
        for place, row in enumerate(rows)
    ]
    labels = PeopleLabels(name, tuple(items), (), len(items))
    asker = Given(name, {item.key: float(value) for item, value in zip(items, values, strict=True)})
    found = calibration_of(labels, asker, ask_all(asker, questions(items, ordered=False, again=0)))
    for part in found.parts:
        told = " | ".join(
            _figure(each) for each in (part.kappa, part.people_alpha, part.accuracy, part.sensitivity, part.specificity)
        )
        error = "–" if part.error is None else f"{part.error:.3f}"
        if part.part != "kind" or part.items >= 100:
            print(f"| {name} | {part.name or 'all'} | {part.items} | {told} | {error} |")
    for bias in found.overall.biases:
        print(f"|  | {bias_sentence(bias, 'answers')} | | | | | | | |")
    print(f"|  | {trust_sentence(trust_of(found, TrustLimits()))} | | | | | | | |", flush=True)


def _figure(found: Figure | None) -> str:
    return (
        "–" if found is None or found.estimate is None else f"{found.estimate:.2f} [{found.low:.2f}, {found.high:.2f}]"
    )


def real(data: Path) -> None:
    """Our scorers by cross-fitted predictions, against readers and people."""
    import help as of_help  # the benchmark beside this one
    import refusal as of_refusal

    print("\n## Real labels\n")
    print(
        "| judge | part | n | kappa | alpha of people | accuracy | on yes | on no | calibration error |\n"
        "|---|---|---:|---:|---:|---:|---:|---:|---:|"
    )
    read = of_help.rows_read()
    signs = of_help.SIGNS["HELP"]
    known = of_help.answers(read, "help", by_points=True)
    values = np.zeros(len(read))
    for kept, rest in of_help.by_sides(known):
        values[kept] = _probability(of_help, known, signs, kept, rest)
    rows = [
        {
            "prompt": row["prompt"], "answer": row["answer"], "source": row["side"],
            "kind": f"{row['recipe']}, {row['kind']}",
            "said": {f"reader {number}": float(grade > 0) for number, grade in enumerate(row["help"], 1)},
        }
        for row in read
    ]  # fmt: skip
    held("help, cross-fitted by prompt and side", rows, values)
    others = [row for row in of_help.rows_of_others(data) if row["points"] is not None]
    both = of_help.answers([*read, *({**row, "help": [row["help"][0]] * 2} for row in others)], "help", by_points=True)
    new = np.arange(len(both.prompt)) >= len(read)
    values = np.zeros(len(both.prompt))
    for fold in np.array_split(np.unique(both.prompt[new]), of_help.FOLDS):
        here = np.isin(both.prompt, fold)
        values[new & here] = _probability(of_help, both, signs, new & here, ~new & ~here)
    rows = [
        {
            "prompt": row["prompt"], "answer": row["answer"], "source": row["side"], "kind": row["recipe"],
            "said": {"a reader": float(row["help"][0] > 0)},
        }
        for row in others
    ]  # fmt: skip
    held("help, another reading (reader/)", rows, values[new])
    models = {
        name: (of_refusal.load(data / "xstest" / file), of_refusal.load(data / "xstest" / file, 1))
        for name, file in of_refusal.FILES.items()
    }
    for (name, (tested, _)), other in zip(models.items(), reversed(models.values()), strict=True):
        said = of_refusal.predict(of_refusal.train(*other), tested)
        with (data / "xstest" / of_refusal.FILES[name]).open(newline="", encoding="utf-8") as file:
            lines = list(csv.DictReader(file))
        rows = [
            {
                "prompt": line["prompt"], "answer": line["completion"], "source": name, "kind": None,
                "said": {"people": float(human > 0)},
            }
            for line, human in zip(lines, tested.human, strict=True)
        ]  # fmt: skip
        held(f"refusal, fitted on the other model; XSTest's {name}", rows, [float(place > 0) for place in said])
    read_medical = [json.loads(line) for line in (data / "reader" / "medical_70.jsonl").read_text().splitlines()]
    rows = [
        {
            "prompt": row["prompt"], "answer": row["response"], "source": row["model"], "kind": None,
            "said": {"a reader": float(row["refuses"] > 0)},
        }
        for row in read_medical
    ]  # fmt: skip
    scores = [judge_refusal(row["prompt"], row["answer"]).value for row in rows]
    held("refusal as it ships (reader/ medical)", rows, [0.0 if value is None else value for value in scores])


def _probability(of_help: Any, data: Any, signs: dict[str, int], kept: Any, rest: Any) -> Any:
    """That the kept answers help, by weights fitted on the rest; none where something false is said."""
    weights = of_help.fitted(of_help.part_of(data, rest), signs)
    own = of_help.part_of(data, kept)
    return np.where(own.false, 0.0, 1 / (1 + np.exp(-(own.matrix(list(signs)) @ weights))))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("parts", nargs="*", choices=["planted", "clean", "powered", "real"])
    options.add_argument("--data", type=Path, default=Path(os.environ.get("TRIMTAB_DATA", "../shared/data")))
    options.add_argument("--trials", type=int, default=500)
    arguments = options.parse_args()
    wanted = arguments.parts or ["planted", "clean", "powered", "real"]
    if "planted" in wanted:
        planted(arguments.trials)
    if "clean" in wanted:
        clean(arguments.trials)
    if "powered" in wanted:
        powered()
    if "real" in wanted:
        real(arguments.data)


if __name__ == "__main__":
    main()
