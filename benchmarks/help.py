"""The offline help and echo scorers against blind readers: single answers, rates of a model, and changes of a rate.

    python benchmarks/help.py [--data ../shared/data] [--write]

`tests/scorers/labelled/help_read.jsonl.gz` holds 1,641 answers of SmolLM2-135M before and after training and under a
system message: to all held-out prompts of concise-friendly, and to 240 of medical-policy. Two AI readers graded each by
itself, without knowing which side it was; `help` 1 and 2 count as helping at all. Prompts and their points are the
recipes' own; the points were written from the prompts alone, before a label was looked at. A question that asks for
personal medical advice is helped by sending to somebody who may give it.

Nothing is judged by weights that saw its prompt. Three ways to keep more back: *prompts* (ten folds), *sides* (neither
the side nor the prompt: what a model never seen would get; this is what ships as the confusion matrix), and *recipes*
(fitted on the other recipe alone). With `--data` the 370 answers of another reading (`reader/`) are judged too, and
never fitted on. `--write` fits on all and writes the weights that ship. A weight may not have the sign that its feature
contradicts by meaning; how much a helping answer counts is set so that the fitted rate is the readers'.
"""

import argparse
import gzip
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from trimtab.data import read_points
from trimtab.recipes import spec_path
from trimtab.records import PromptPoints
from trimtab.scorers import ASKS_ADVICE, OTHERS, Confusion
from trimtab.scorers.help.features import all_features, features

ROOT = Path(__file__).parents[1]
READ = ROOT / "tests" / "scorers" / "labelled" / "help_read.jsonl.gz"
WEIGHTS = ROOT / "src" / "trimtab" / "scorers" / "help" / "weights.py"
POINTS = {
    "concise-friendly": ("points.jsonl",),
    "medical-policy": ("points.jsonl", "points_advice.jsonl"),
}
SIGNS = {
    "HELP": {"needed": 1, "made": 1, "at_once": 1, "specific": 1, "sends": 1, "apologises": -1},
    "PLAIN": {
        "sends": 1, "density": 1, "verdict": 1, "strays": -1, "echoes": -1, "apologises": -1,
        "pleasant": -1,
    },
    "ECHO": {"echoes": 1, "apologises": -1, "verdict": -1},
}  # fmt: skip
"""The features of each model, and which way each speaks."""
SAYS = {
    "HELP": "Log-odds that an answer helps, where its prompt has points.",
    "PLAIN": "Log-odds that an answer helps, where its prompt has none.",
    "ECHO": "Log-odds that an answer only restates or praises the question.",
}
POSITIVE = np.geomspace(0.7, 3, 30)
"""How much an answer that is so may count against one that is not."""
STRENGTH = 3.0
"""The inverse strength of the L2 penalty: the error's weight against half the squared weights."""
FOLDS = 10
SIDES = ("before", "baseline", "after")
Table = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Answers:
    """Answers that were read: what is known of them by feature, each reader's yes and no, and where they are from.

    What is `false` by its prompt's points is never called helping, whatever the features say. `yes` has a column a
    reader.
    """

    columns: dict[str, Table]
    yes: Table
    prompt: NDArray[np.int64]
    recipe: NDArray[np.str_]
    kind: NDArray[np.str_]
    side: NDArray[np.str_]
    false: Mask

    def matrix(self, names: Sequence[str]) -> Table:
        return np.column_stack([*(self.columns[name] for name in names), np.ones(len(self.prompt))])


def rows_read() -> list[dict[str, Any]]:
    """The published readings, each with its prompt and points."""
    found = [json.loads(line) for line in gzip.decompress(READ.read_bytes()).decode().splitlines()]
    for recipe, files in POINTS.items():
        folder = spec_path(recipe).parent
        lines = (folder / "prompts_heldout.jsonl").read_text(encoding="utf-8").splitlines()
        asked = {row["id"]: row for row in map(json.loads, lines)}
        points = [read_points(folder / name) for name in files]
        for row in found:
            if row["recipe"] == recipe:
                prompt = asked[row["id"]]
                row |= {"prompt": prompt["prompt"], "kind": _kind(recipe, prompt["kind"])}
                row["points"] = next((own for some in points if (own := some.of(row["prompt"])) is not None), None)
    return found


def rows_of_others(folder: Path) -> list[dict[str, Any]]:
    """The readings of `reader/`, whose texts are not published: one reader, other answers, some of the same prompts."""
    found = []
    points = read_points(spec_path("concise-friendly").parent / "points.jsonl")
    for name in ("answers_200", "prompted_100", "medical_70"):
        for line in (folder / "reader" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            kind = ASKS_ADVICE if row.get("asks") else OTHERS
            own = {"recipe": name, "kind": kind, "side": row["model"], "prompt": row["prompt"]}
            yes = {"help": [row["help"]], "echo": [row.get("echo", 0)]}
            found.append({**own, **yes, "answer": row["response"], "points": points.of(row["prompt"])})
    return found


def _kind(recipe: str, kind: str) -> str:
    return ASKS_ADVICE if recipe == "medical-policy" and kind == "advice" else OTHERS


def answers(rows: Sequence[dict[str, Any]], label: str, *, by_points: bool) -> Answers:
    """The rows as figures; without points as if there were none."""
    known: list[dict[str, float]] = []
    false = []
    for row in rows:
        asked = row["prompt"], row["answer"]
        own: PromptPoints | None = row["points"] if by_points else None
        if own is None:
            known.append(dict(features(*asked)))
            false.append(False)
        else:
            found, made = all_features(*asked, own)
            known.append(dict(found))
            false.append(bool(made.wrong))
    places = {prompt: place for place, prompt in enumerate(dict.fromkeys(row["prompt"] for row in rows))}
    return Answers(
        {name: np.array([each[name] for each in known]) for name in known[0]},
        np.array([[float(grade > 0) for grade in row[label]] for row in rows]),
        np.array([places[row["prompt"]] for row in rows]),
        *(np.array([row[name] for row in rows]) for name in ("recipe", "kind", "side")),
        np.array(false),
    )


def part_of(data: Answers, which: Mask) -> Answers:
    return Answers(
        {name: column[which] for name, column in data.columns.items()},
        *(getattr(data, name)[which] for name in ("yes", "prompt", "recipe", "kind", "side", "false")),
    )


def fitted(data: Answers, signs: dict[str, int]) -> Table:
    """Weights of a logistic model, each of its sign, with which as many answers are said to be so as readers say."""
    x, y = data.matrix(list(signs)), data.yes.mean(axis=1)

    def far(positive: float) -> float:
        said = (x @ _weights(x, y, list(signs.values()), positive) >= 0) & ~data.false
        return abs(float(said.mean()) - float(y.mean()))

    return _weights(x, y, list(signs.values()), min(POSITIVE, key=far))


def _weights(x: Table, y: Table, signs: Sequence[int], positive: float) -> Table:
    turn = np.array([*signs, 1.0])
    yes, no = y * positive, 1 - y

    def loss(w: Table) -> tuple[float, Table]:
        z = x @ (w * turn)
        wrong = yes * np.logaddexp(0, -z) + no * np.logaddexp(0, z)
        slope = (yes + no) / (1 + np.exp(-z)) - yes
        penalty = w.copy()
        penalty[-1] = 0
        return float(STRENGTH * wrong.sum() + 0.5 * (penalty**2).sum()), STRENGTH * turn * (x.T @ slope) + penalty

    bounds = [(0.0, None)] * len(signs) + [(None, None)]
    found = minimize(loss, np.zeros(len(turn)), jac=True, method="L-BFGS-B", bounds=bounds)
    return np.asarray(found.x * turn)


def said_by(weights: Table, data: Answers, signs: dict[str, int]) -> Mask:
    return np.asarray((data.matrix(list(signs)) @ weights >= 0) & ~data.false)


Division = Callable[[Answers], list[tuple[Mask, Mask]]]
"""Pairs of which answers are judged and which are fitted on for it."""


def _folds(data: Answers) -> list[Mask]:
    places = np.random.default_rng(0).permutation(np.unique(data.prompt))
    return [np.isin(data.prompt, part) for part in np.array_split(places, FOLDS)]


def by_prompts(data: Answers) -> list[tuple[Mask, Mask]]:
    return [(kept, ~kept) for kept in _folds(data)]


def by_sides(data: Answers) -> list[tuple[Mask, Mask]]:
    names = np.char.add(np.char.add(data.recipe, "/"), data.side)
    return [(kept & (names == one), ~kept & (names != one)) for one in np.unique(names) for kept in _folds(data)]


def by_recipes(data: Answers) -> list[tuple[Mask, Mask]]:
    return [(data.recipe == one, data.recipe != one) for one in np.unique(data.recipe)]


def judged(data: Answers, signs: dict[str, int], division: Division) -> Mask:
    """What the scorer says of each answer, fitted without it."""
    found = np.zeros(len(data.prompt), dtype=bool)
    for kept, rest in division(data):
        found[kept] = said_by(fitted(part_of(data, rest), signs), part_of(data, kept), signs)
    return found


def table_of(data: Answers, said: Mask, which: Mask) -> tuple[tuple[int, int], tuple[int, int]]:
    """The first reader's yes and no against the scorer's."""
    yes = data.yes[:, 0] > 0
    cells = [[int((a & b & which).sum()) for b in (said, ~said)] for a in (yes, ~yes)]
    return (cells[0][0], cells[0][1]), (cells[1][0], cells[1][1])


def rates(data: Answers, said: Mask) -> None:
    """Of each recipe, kind of question and side: the readers' rate and ours."""
    for recipe in np.unique(data.recipe):
        for kind in (OTHERS, ASKS_ADVICE):
            for side in (*SIDES, "prompted"):
                here = (data.recipe == recipe) & (data.kind == kind) & (data.side == side)
                if here.any():
                    found = Confusion(table_of(data, said, here))
                    (a, b), (c, d) = found.table
                    each = ", ".join(f"{rate:.1%}" for rate in data.yes[here].mean(axis=0))
                    print(
                        f"| {recipe}, {kind} | {side} | {here.sum()} | {each} | {said[here].mean():.1%} "
                        f"| {found.right:.1%} | {found.kappa:.2f} | {a}, {b}; {c}, {d} |"
                    )


def drift(data: Answers, said: Mask, kind: str) -> tuple[float, int]:
    """The root mean square of our change less the readers', over pairs of sides of each recipe; how many of the pairs
    are independent: of three sides two."""
    off, free = [], 0
    for recipe in np.unique(data.recipe):
        here = (data.recipe == recipe) & (data.kind == kind)
        if not here.any():
            continue
        of = {side: here & (data.side == side) for side in SIDES}
        free += len(of) - 1
        for a, b in combinations(SIDES, 2):
            ours = float(said[of[b]].mean() - said[of[a]].mean())
            theirs = float(data.yes[of[b]].mean() - data.yes[of[a]].mean())
            off.append(ours - theirs)
            print(f"| {recipe}, {kind} | {a} to {b} | {theirs:+.3f} | {ours:+.3f} |")
    return float(np.sqrt(np.mean(np.square(off)))), free


def level(data: Answers, said: Mask, kind: str) -> tuple[float, int]:
    """The root mean square of our rate less the readers', over the sides of each recipe, and how many these are."""
    off = []
    for recipe in np.unique(data.recipe):
        for side in SIDES:
            here = (data.recipe == recipe) & (data.kind == kind) & (data.side == side)
            if here.any():
                off.append(float(said[here].mean() - data.yes[here].mean()))
    return float(np.sqrt(np.mean(np.square(off)))), len(off)


HEAD = "\n| answers | side | n | each reader | scorer | right | kappa | found, missed; mistaken, left |"
RULE = "|---|---|---:|---:|---:|---:|---:|---|"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, default=Path(os.environ.get("TRIMTAB_DATA", "../shared/data")))
    options.add_argument("--write", action="store_true")
    arguments = options.parse_args()
    rows = rows_read()
    others = rows_of_others(arguments.data) if (arguments.data / "reader").is_dir() else []
    found: dict[str, Any] = {"RATES_OFF": {}, "CHANGES_OFF": {}}
    for title, label, by_points, name, table in (
        ("help, with points", "help", True, "HELP", "CONFUSION"),
        ("help, without", "help", False, "PLAIN", "PLAIN_CONFUSION"),
        ("echo", "echo", False, "ECHO", "ECHO_TABLE"),
    ):
        signs = SIGNS[name]
        data = answers([row for row in rows if label in row], label, by_points=by_points)
        print(f"\n## {title}\n\n| kept back | right | kappa | found, missed; mistaken, left |\n|---|---:|---:|---|")
        every = np.ones(len(data.prompt), dtype=bool)
        readers = Confusion(table_of(data, data.yes[:, 1] > 0, every))
        print(f"| (the second reader) | {readers.right:.1%} | {readers.kappa:.2f} | {_cells(readers)} |")
        for told, division in (("prompts", by_prompts), ("recipes", by_recipes), ("sides", by_sides)):
            if told == "recipes" and len(np.unique(data.recipe)) < 2:
                continue
            said = judged(data, signs, division)
            for kind in (None, OTHERS, ASKS_ADVICE):
                which = every if kind is None else data.kind == kind
                if which.any() and (kind is None or not which.all()):
                    one = Confusion(table_of(data, said, which))
                    whose = f"{told}: {kind}" if kind else told
                    print(f"| {whose} | {one.right:.1%} | {one.kappa:.2f} | {_cells(one)} |")
        print(HEAD, RULE, sep="\n")
        rates(data, said)
        kinds = [kind for kind in (OTHERS, ASKS_ADVICE) if (data.kind == kind).any()]
        print("\n| answers | from, to | change by the readers | by the scorer |\n|---|---|---:|---:|")
        off = {kind: (level(data, said, kind), drift(data, said, kind)) for kind in kinds}
        way = {"CONFUSION": "points", "PLAIN_CONFUSION": "plain", "ECHO_TABLE": "echo"}[table]
        for place, figures in enumerate(("RATES_OFF", "CHANGES_OFF")):
            found[figures][way] = {kind: (round(both[place][0], 3), both[place][1]) for kind, both in off.items()}
            print(f"\n{figures}: {found[figures][way]}")
        tables = {kind: table_of(data, said, data.kind == kind) for kind in kinds}
        found[table] = tables if label == "help" else tables[OTHERS]
        found[name] = dict(zip((*signs, "bias"), map(float, fitted(data, signs)), strict=True))
        if others and label == "help":
            _another_reading(rows, others, signs, by_points)
    if arguments.write:
        WEIGHTS.write_text(_written(found), encoding="utf-8")
        print(f"wrote {WEIGHTS}; format it")


def _another_reading(
    rows: list[dict[str, Any]], others: list[dict[str, Any]], signs: dict[str, int], by_points: bool
) -> None:
    """Rates of a reading that is never fitted on, each prompt judged by weights that did not see it."""
    known = [row for row in others if row["points"] is not None] if by_points else others
    asked = dict.fromkeys(row["prompt"] for row in (*rows, *known))
    size = len(rows)
    # one reader there: the column is said twice, so that both stand in one table
    same = [{**row, "help": [row["help"][0]] * 2} for row in known]
    data = answers([*rows, *same], "help", by_points=by_points)
    new = np.arange(len(data.prompt)) >= size
    said = np.zeros(len(data.prompt), dtype=bool)
    for part in np.array_split(np.random.default_rng(0).permutation(len(asked)), FOLDS):
        kept = np.isin(data.prompt, part)
        said[kept & new] = said_by(fitted(part_of(data, ~kept & ~new), signs), part_of(data, kept & new), signs)
    print("\nAnother reading, never fitted on:", HEAD, RULE, sep="\n")
    rates(part_of(data, new), said[new])
    one = Confusion(table_of(data, said, new))
    print(f"\nall of it: {one.right:.1%} right, kappa {one.kappa:.2f}")


def _cells(found: Confusion) -> str:
    (a, b), (c, d) = found.table
    return f"{a}, {b}; {c}, {d}"


def _written(found: dict[str, Any]) -> str:
    """The weights that are not nothing and the tables, as Python."""
    parts = ['"""Weights of the help scorer, and how it agrees with readers; written by benchmarks/help.py."""\n']
    for name, says in SAYS.items():
        lines = "".join(f'    "{key}": {w:.3f},\n' for key, w in found[name].items() if abs(w) >= 0.0005)
        parts.append(f'{name} = {{\n{lines}}}\n"""{says}"""')
    for name in ("CONFUSION", "PLAIN_CONFUSION", "ECHO_TABLE"):
        parts.append(f"{name} = {found[name]!r}")
    parts.append(
        '"""A reader (rows: yes, no) against the scorer (columns), by the kind of question, over answers of which '
        'neither the\nprompt nor the side was fitted on."""'
    )
    parts.append(f"RATES_OFF = {found['RATES_OFF']!r}")
    parts.append(f"CHANGES_OFF = {found['CHANGES_OFF']!r}")
    parts.append(
        '"""How far the scorer\'s rates of those answers, and its changes from one side to another, lie from the '
        'readers\':\nroot mean square, and of how many independent ones."""'
    )
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    main()
