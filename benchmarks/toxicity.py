"""The toxicity scorer against the Perspective API's archived scores, on prompts that it was not fitted to.

    python benchmarks/toxicity.py [--seeds 100] [--write]

Prompts are 500 of RealToxicityPrompts; benign text and text that is toxic without a swear word are our own
(toxicity_benign.jsonl, where each toxic sentence has a neutral twin). For each seed a random half of all is fitted
and the other half judged. `--write` fits all of it, and writes the weights and what was measured into the package.
"""

import json
from pathlib import Path
from typing import Any

from common import parser, show, timed

import numpy as np
from scipy.stats import spearmanr
from sklearn.linear_model import Ridge
from sklearn.metrics import roc_auc_score

from trimtab.scorers.toxicity.base_models import GRAMS
from trimtab.scorers.toxicity.features import FEATURES, PATTERNS
from trimtab.scorers.toxicity.judge import (
    ATTRIBUTES,
    TOXIC,
    VERSION,
    WEIGHTS,
    Array,
    Read,
    Weights,
    read_pieces,
    toxicities,
)
from trimtab.scorers.toxicity.words import GROUPS, HEARD

PROMPTS = Path("realtoxicityprompts") / "prompts_500.jsonl"
OWN = Path(__file__).with_name("toxicity_benign.jsonl")
EDGE = 0.01
"""Scores are kept this far from 0 and 1, where log-odds have no end."""
GRADED_PENALTY, TOLD_PENALTY = 10.0, 3.0
RUN_SCALE = 3.0
"""How much freer the weights of runs are than those of other figures."""
HEARD_SCALE, PATTERN_SCALE, WEAK_SCALE = 1.5, 0.5, 0.4
"""How free, in the grading fit of toxicity, the weights are of groups of toxic words, of patterns, of other groups."""
RUN_TEXTS = 3
"""Runs of letters in fewer of the texts fitted get no weight of their own."""
OWN_GRADED_WEIGHT = 0.1
"""Of our own toxic sentences in the grading fit: enough to reach threats without a swear word."""
OWN_TOLD_WEIGHT = 2.0
"""Of the same in the telling fit."""
TARGETS = {
    #                        tox   severe insult threat ident. prof.  sex.   flirt.
    "everyday":             (0.06, 0.03,  0.05,  0.06,  0.03,  0.05,  0.05,  0.20),
    "technical":            (0.06, 0.03,  0.05,  0.08,  0.03,  0.05,  0.06,  0.20),
    "health":               (0.12, 0.06,  0.06,  0.10,  0.06,  0.08,  0.30,  0.25),
    "news":                 (0.15, 0.12,  0.12,  0.30,  0.15,  0.08,  0.10,  0.20),
    "argument":             (0.20, 0.08,  0.25,  0.10,  0.06,  0.10,  0.04,  0.15),
    "identity":             (0.15, 0.08,  0.12,  0.10,  0.25,  0.07,  0.10,  0.25),
    "threat_twin":          (0.10, 0.05,  0.10,  0.12,  0.05,  0.06,  0.06,  0.20),
    "identity_attack_twin": (0.15, 0.08,  0.12,  0.10,  0.25,  0.07,  0.08,  0.20),
    "insult_twin":          (0.08, 0.05,  0.10,  0.08,  0.05,  0.05,  0.06,  0.20),
    "threat":               (0.75, 0.60,  0.45,  0.85,  0.15,  0.30,  0.12,  0.30),
    "identity_attack":      (0.75, 0.50,  0.65,  0.25,  0.85,  0.35,  0.15,  0.25),
    "insult":               (0.75, 0.45,  0.80,  0.15,  0.15,  0.40,  0.10,  0.20),
}  # fmt: skip
"""What our own sentences are fitted to, by kind: guesses at what Perspective gave such text."""
TOXIC_KINDS = ("threat", "identity_attack", "insult")


class Texts:
    """Texts as figures, with their targets and kinds ("prompt" for RealToxicityPrompts)."""

    def __init__(self, texts: list[str], targets: Array, kinds: list[str]) -> None:
        self.read, self.targets, self.kinds = read_pieces(texts), targets, np.array(kinds)  # none is of two pieces

    def part(self, chosen: Array) -> tuple[Read, Array]:
        runs = tuple(self.read.runs[i] for i in np.flatnonzero(chosen))
        return Read(self.read.figures[chosen], runs), self.targets[chosen]


def load(data: Path) -> tuple[list[str], Texts, Array]:
    """All texts, their figures, and for each the group that is never split: itself, or a sentence and its twin."""
    rows = [json.loads(line) for line in (data / PROMPTS).read_text(encoding="utf-8").splitlines()]
    own = [json.loads(line) for line in OWN.read_text(encoding="utf-8").splitlines()]
    texts = [row["text"] for row in rows + own]
    targets = np.array([[row[name] for name in ATTRIBUTES] for row in rows] + [TARGETS[row["kind"]] for row in own])
    names = [f"prompt-{i}" for i in range(len(rows))] + [row["id"].replace("_twin", "") for row in own]
    return texts, Texts(texts, targets, ["prompt"] * len(rows) + [row["kind"] for row in own]), np.array(names)


def halves(kinds: Array, groups: Array, seed: int) -> Array:
    """Which texts are fitted: half of the groups of each kind."""
    random = np.random.default_rng(seed)
    chosen: set[str] = set()
    for kind in sorted({str(kind).removesuffix("_twin") for kind in kinds}):
        names = sorted(set(groups[kinds == kind].tolist()))
        chosen.update(random.permutation(names)[: len(names) // 2].tolist())
    return np.array([group in chosen for group in groups])


def fit(read: Read, targets: Array, kinds: Array) -> Weights:
    """Both regressions of the scorer."""
    scores = np.clip(targets, EDGE, 1 - EDGE)
    odds = np.log(scores / (1 - scores))
    runs = np.zeros((len(kinds), GRAMS))
    for row, (places, shares) in enumerate(read.runs):
        runs[row, places] = shares
    prompt, toxic = kinds == "prompt", np.isin(kinds, ("prompt", *TOXIC_KINDS))
    runs[:, (runs[prompt] > 0).sum(axis=0) < RUN_TEXTS] = 0
    own_toxic = np.isin(kinds, TOXIC_KINDS)
    even, lean_scale = np.ones(len(FEATURES)), np.array([lean(name) for name in FEATURES])
    told = Ridge(TOLD_PENALTY).fit(read.figures, odds, np.where(own_toxic, OWN_TOLD_WEIGHT, 1))
    base, graded, graded_runs = graded_fit(read.figures[toxic], runs[toxic], odds[toxic], own_toxic[toxic], even)
    leaned = graded_fit(read.figures[toxic], runs[toxic], odds[toxic, :1], own_toxic[toxic], lean_scale)
    for whole, first in zip((base, graded.T, graded_runs.T), leaned, strict=True):
        whole[:1] = first.T
    return Weights(told.intercept_, told.coef_.T, base, graded, graded_runs)


def lean(name: str) -> float:
    """The scale of one of FEATURES in the grading fit of toxicity."""
    kind, _, group = name.partition("*")[0].partition(".")
    if group in GROUPS and group not in HEARD:
        return WEAK_SCALE
    if name == f"has.{group}":
        return HEARD_SCALE
    return PATTERN_SCALE if kind in PATTERNS else 1.0


def graded_fit(figures: Array, runs: Array, odds: Array, own: Array, scale: Array) -> tuple[Array, Array, Array]:
    """Intercepts, weights of figures and weights of runs of a grading fit, the figures scaled."""
    ridge = Ridge(GRADED_PENALTY).fit(
        np.hstack([scale * figures, RUN_SCALE * runs]), odds, np.where(own, OWN_GRADED_WEIGHT, 1)
    )
    weights = np.atleast_2d(ridge.coef_).T
    of_figures, of_runs = weights[: len(FEATURES)], weights[len(FEATURES) :]
    return np.atleast_1d(ridge.intercept_), scale[:, None] * of_figures, RUN_SCALE * of_runs


def measured(weights: Weights, texts: Texts, judged: Array) -> dict[str, float]:
    """What the calibration publishes, of the texts that are `judged`."""
    read, targets = texts.part(judged)
    found, kinds = weights.attributes(read), texts.kinds[judged]
    prompt, toxic = kinds == "prompt", np.isin(kinds, TOXIC_KINDS)
    twin = np.char.endswith(kinds.astype(str), "_twin")
    benign = ~(prompt | toxic | twin)
    own = toxic | twin
    values = found[:, 0]
    made = {name: spearmanr(found[prompt, i], targets[prompt, i])[0] for i, name in enumerate(ATTRIBUTES)}
    return {
        **{f"spearman.{name}": float(value) for name, value in made.items()},
        "auc.benign": float(roc_auc_score(prompt[prompt | benign], values[prompt | benign])),
        "auc.twins": float(roc_auc_score(toxic[own], values[own])),
        **{
            f"error.{name}": float(np.abs(found[prompt, i] - targets[prompt, i]).mean())
            for i, name in enumerate(ATTRIBUTES)
        },
        "toxic.prompts": float((values[prompt] >= TOXIC).mean()),
        "toxic.own": float((values[toxic] >= TOXIC).mean()),
        "toxic.benign": float((values[benign] >= TOXIC).mean()),
        "mean.benign": float(values[benign].mean()),
        "mean.twins": float(values[twin].mean()),
    }


def alone(texts: list[str], all_texts: Texts, seeds: list[Array]) -> list[str]:
    """alt-profanity-check's row of the table."""
    from profanity_check import predict_prob

    prompt = all_texts.kinds == "prompt"
    values, wanted = predict_prob(texts), all_texts.targets[:, 0]
    found = [spearmanr(values[prompt & ~seed], wanted[prompt & ~seed])[0] for seed in seeds]
    return ["alt-profanity-check, toxicity", *(f"{f(found):.3f}" for f in (np.mean, np.min, np.max))]


def main() -> None:
    options = parser("toxicity", __doc__)
    options.add_argument("--seeds", type=int, default=100)
    options.add_argument("--write", action="store_true", help="fit all and write weights and calibration")
    arguments = options.parse_args()
    texts, known, groups = load(arguments.data)
    fitted = [halves(known.kinds, groups, seed) for seed in range(arguments.seeds)]
    found = [measured(fit(*known.part(half), known.kinds[half]), known, ~half) for half in fitted]
    table: dict[str, dict[str, float]] = {
        name: {
            "mean": round(float(np.mean([one[name] for one in found])), 3),
            "min": round(min(one[name] for one in found), 3),
            "max": round(max(one[name] for one in found), 3),
        }
        for name in found[0]
    }
    if arguments.write:
        prompts = int((known.kinds == "prompt").sum())
        own = len(known.kinds) - prompts
        result: dict[str, Any] = {
            "version": VERSION,
            "calibration": {"prompts": prompts, "own": own, "seeds": arguments.seeds, "held_out": table},
            **fit(*known.part(np.ones(len(texts), bool)), known.kinds).as_json(),
        }
        WEIGHTS.write_text(json.dumps(result, separators=(",", ":")).replace('],"', '],\n"') + "\n", encoding="utf-8")
    seconds = min(timed(lambda: toxicities(texts))[0] for _ in range(3))
    rows = [[name, *(f"{value:.3f}" for value in one.values())] for name, one in table.items()]
    show(
        f"Toxicity on held-out halves, {arguments.seeds} of them", arguments, ["", "mean", "least", "most"],
        [*rows, alone(texts, known, fitted)], {"held_out": table, "texts a second": len(texts) / seconds},
    )  # fmt: skip
    print(f"\n{len(texts) / seconds:.0f} texts a second")


if __name__ == "__main__":
    main()
