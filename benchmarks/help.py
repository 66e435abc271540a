"""The offline help and echo scorers on a reader's labels, with and without points.

    python benchmarks/help.py [--data ../shared/data] [--repeats 20] [--write]

The labels are of one AI reader, who read single answers of one small model, before and after training, without knowing
which, to held-out prompts of concise-friendly (`reader/answers_200.jsonl`), and of its start under a system message
(`reader/prompted_100.jsonl`). `help` 1 and 2 count as helping at all. The prompts' points were written from the prompts
alone, before a label was looked at.

Every figure is of prompts that the scorer was not fitted on: ten folds of prompts, each fold's settings chosen within
the other nine, all again for other divisions. `--write` then fits on all and writes the weights that ship, with the
confusion matrix of the median division. A weight may not have the sign that its feature contradicts by meaning.
"""

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from trimtab.data import read_points
from trimtab.recipes import spec_path
from trimtab.scorers.help.features import all_features, features

WEIGHTS = Path(__file__).parents[1] / "src" / "trimtab" / "scorers" / "help" / "weights.py"
POINTS = spec_path("concise-friendly").parent / "points.jsonl"
SIGNS = {
    "HELP": {"needed": 1, "made": 1, "to_the_point": 1, "tight": 1, "refuses": -1, "apologises": -1},
    "PLAIN": {
        "density": 1, "verdict": 1, "strays": -1, "echoes": -1, "apologises": -1, "pleasant": -1, "asks_back": -1,
    },
    "ECHO": {"echoes": 1, "apologises": -1, "verdict": -1},
}  # fmt: skip
"""The features of each model, and which way each speaks."""
POSITIVE = (1.0, 1.25, 1.5, 2.0)
"""How much an answer that is so may count against one that is not."""
STRENGTHS = (1.0, 3.0, 10.0)
"""Inverse strengths of the L2 penalty: the error's weight against half the squared weights."""
FOLDS, INNER = 10, 5

Table = NDArray[np.float64]


@dataclass(frozen=True)
class Scored:
    """One of the scorers: the label that it is fitted to, and what is written of it."""

    title: str
    label: str
    points: bool
    weights: str
    table: str
    says: str


SCORERS = (
    Scored(
        "help, with points", "help", True, "HELP", "CONFUSION",
        "Log-odds that an answer helps, where its prompt has points.",
    ),
    Scored(
        "help, without", "help", False, "PLAIN", "PLAIN_CONFUSION",
        "Log-odds that an answer helps, where its prompt has none.",
    ),
    Scored(
        "echo", "echo", False, "ECHO", "ECHO_CONFUSION",
        "Log-odds that an answer only restates or praises the question.",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Labelled:
    """Answers with what is known of them: features by name, one label each, and the prompt that each answers.

    What is `false` by its prompt's points is never called so, whatever the features say.
    """

    columns: dict[str, Table]
    label: Table
    prompt: NDArray[np.int64]
    false: NDArray[np.bool_]

    def matrix(self, names: Sequence[str]) -> Table:
        return np.column_stack([*(self.columns[name] for name in names), np.ones(len(self.label))])


def read(rows: list[dict[str, Any]], points_file: Path | None, label: str) -> Labelled:
    """The rows as `Labelled`; with a file of points their features too."""
    points = read_points(points_file) if points_file is not None else None
    known, false = [], []
    for row in rows:
        asked = row["prompt"], row["response"]
        own = points.of(row["prompt"]) if points is not None else None
        if own is None:
            known.append(features(*asked))
            false.append(False)
        else:
            found, made = all_features(*asked, own)
            known.append(found)
            false.append(bool(made.wrong))
    names = list(known[0])
    places = {prompt: place for place, prompt in enumerate(dict.fromkeys(row["prompt"] for row in rows))}
    return Labelled(
        {name: np.array([row[name] for row in known]) for name in names},
        np.array([float(row[label] > 0) for row in rows]),
        np.array([places[row["prompt"]] for row in rows]),
        np.array(false),
    )


def fitted(x: Table, y: Table, signs: Sequence[int], strength: float, positive: float) -> Table:
    """Weights of a logistic model, each of its sign; `positive` is how much an answer that is counts against others."""
    weight = np.where(y > 0, positive, 1.0)
    turn = np.array([*signs, 1.0])

    def loss(w: Table) -> tuple[float, Table]:
        z = x @ (w * turn)
        wrong = np.logaddexp(0, -z) * (y > 0) + np.logaddexp(0, z) * (y == 0)
        slope = (1 / (1 + np.exp(-z)) - y) * weight
        penalty = w.copy()
        penalty[-1] = 0
        total = strength * (weight * wrong).sum() + 0.5 * (penalty**2).sum()
        return float(total), strength * turn * (x.T @ slope) + penalty

    bounds = [(0.0, None)] * len(signs) + [(None, None)]
    found = minimize(loss, np.zeros(len(turn)), jac=True, method="L-BFGS-B", bounds=bounds)
    return np.asarray(found.x * turn)


@dataclass(frozen=True)
class Choice:
    """What is chosen within the folds that are fitted on: features, the penalty, and how much positives count."""

    names: tuple[str, ...]
    strength: float
    positive: float


def folds(prompts: NDArray[np.int64], count: int, rng: np.random.Generator) -> list[NDArray[np.bool_]]:
    """Divisions by prompt: which answers each fold keeps back."""
    places = rng.permutation(np.unique(prompts))
    return [np.isin(prompts, part) for part in np.array_split(places, count)]


def out_of_fold(data: Labelled, choice: Choice, signs: dict[str, int], parts: list[NDArray[np.bool_]]) -> Table:
    """Each answer's probability by a model that was not fitted on its prompt."""
    x = data.matrix(choice.names)
    found = np.zeros(len(data.label))
    for kept in parts:
        w = fitted(
            x[~kept], data.label[~kept], [signs[name] for name in choice.names], choice.strength, choice.positive
        )
        found[kept] = 1 / (1 + np.exp(-x[kept] @ w))
    return found


def kappa(yes: NDArray[np.bool_], said: NDArray[np.bool_]) -> float:
    """Cohen's (1960) agreement beyond chance."""
    agree = float((yes == said).mean())
    chance = float(yes.mean() * said.mean() + (1 - yes.mean()) * (1 - said.mean()))
    return (agree - chance) / (1 - chance) if chance < 1 else 1.0


def part_of(data: Labelled, which: NDArray[np.bool_]) -> Labelled:
    return Labelled(
        {n: c[which] for n, c in data.columns.items()}, data.label[which], data.prompt[which], data.false[which]
    )


def chosen(data: Labelled, choices: Sequence[Choice], signs: dict[str, int], rng: np.random.Generator) -> Choice:
    """The choice with the best kappa plus accuracy over divisions of these answers alone."""
    parts = folds(data.prompt, INNER, rng)

    def worth(choice: Choice) -> float:
        said = (out_of_fold(data, choice, signs, parts) >= 0.5) & ~data.false
        return kappa(data.label > 0, said) + float((said == (data.label > 0)).mean())

    return max(choices, key=worth)


def nested(data: Labelled, choices: Sequence[Choice], signs: dict[str, int], repeats: int) -> list[NDArray[np.bool_]]:
    """Of each division what the scorer says of each answer, fitted and chosen without its prompt."""
    divisions = []
    for repeat in range(repeats):
        rng = np.random.default_rng(repeat)
        said = np.zeros(len(data.label), dtype=bool)
        for kept in folds(data.prompt, FOLDS, rng):
            rest = part_of(data, ~kept)
            best = chosen(rest, choices, signs, rng)
            w = fitted(
                rest.matrix(best.names), rest.label, [signs[n] for n in best.names], best.strength, best.positive
            )
            said[kept] = data.matrix(best.names)[kept] @ w >= 0
        divisions.append(said & ~data.false)
    return divisions


def told(
    name: str, data: Labelled, divisions: list[NDArray[np.bool_]], counted: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Prints accuracy and kappa over the answers that count; the confusion matrix of the median division: rows the
    reader's yes and no, columns ours."""
    yes = data.label > 0
    tables = [
        np.array([int((a & b & counted).sum()) for a, b in ((yes, said), (yes, ~said), (~yes, said), (~yes, ~said))])
        for said in divisions
    ]
    rights = [float(t[0] + t[3]) / float(t.sum()) for t in tables]
    kappas = [kappa(yes[counted], said[counted]) for said in divisions]
    middle = tables[sorted(range(len(tables)), key=lambda i: (rights[i], kappas[i]))[len(tables) // 2]]
    print(
        f"| {name} | {np.mean(rights):.1%} ({min(rights):.1%} to {max(rights):.1%}) "
        f"| {np.mean(kappas):.2f} ({min(kappas):.2f} to {max(kappas):.2f}) | {', '.join(map(str, middle))} |"
    )
    return middle.reshape(2, 2)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, default=Path(os.environ.get("TRIMTAB_DATA", "../shared/data")))
    options.add_argument("--repeats", type=int, default=20)
    options.add_argument("--write", action="store_true")
    arguments = options.parse_args()
    first, prompted = (
        [json.loads(line) for line in (arguments.data / "reader" / name).read_text(encoding="utf-8").splitlines()]
        for name in ("answers_200.jsonl", "prompted_100.jsonl")
    )
    rows = first + prompted
    counted = np.arange(len(rows)) < len(first)
    print(
        f"{len(first)} answers judged, {len(prompted)} more fitted on, {FOLDS} folds of prompts, "
        f"{arguments.repeats} divisions"
    )
    print("\n| scorer | right | kappa | found, missed, called so, rightly not |\n|---|---:|---:|---|")
    parts: dict[str, str] = {}
    for what in SCORERS:
        data = read(rows, POINTS if what.points else None, what.label)
        signs = SIGNS[what.weights]
        choices = [Choice(tuple(signs), strength, positive) for strength, positive in product(STRENGTHS, POSITIVE)]
        divisions = nested(data, choices, signs, arguments.repeats)
        table = told(what.title, data, divisions, counted)
        told(f"{what.title}: {len(prompted)} prompted", data, divisions, ~counted)
        best = chosen(data, choices, signs, np.random.default_rng(0))
        weights = fitted(
            data.matrix(best.names), data.label, [signs[n] for n in best.names], best.strength, best.positive
        )
        parts[what.weights] = _weights(what, best, weights)
        parts[what.table] = f"{what.table} = {tuple(map(tuple, table.tolist()))}"
    if arguments.write:
        head = '"""Weights of the help scorer, and how it agrees with a reader; written by benchmarks/help.py."""\n\n'
        tail = '"""Reader (rows: yes, no) against scorer (columns), over prompts that it was not fitted on."""\n'
        tables = "\n".join(text for name, text in parts.items() if name.endswith("CONFUSION"))
        own = "\n".join(text for name, text in parts.items() if not name.endswith("CONFUSION"))
        WEIGHTS.write_text(f"{head}{own}\n{tables}\n{tail}", encoding="utf-8")
        print(f"wrote {WEIGHTS}")


def _weights(what: Scored, best: Choice, weights: Table) -> str:
    """The weights that are not nothing, as Python."""
    named = zip((*best.names, "bias"), weights, strict=True)
    lines = "".join(f'    "{name}": {weight:.3f},\n' for name, weight in named if abs(weight) >= 0.0005)
    return f'{what.weights} = {{\n{lines}}}\n"""{what.says}"""'


if __name__ == "__main__":
    main()
