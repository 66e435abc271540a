"""Does the gate cry wolf, and does it hear one? Real answers of an unchanged model, and drops planted in them.

    python benchmarks/control.py [--quick] [--prompts 64] [--answers 100] [--trials 1000]

The model answers each prompt `--answers` times at temperature 1. A trial draws two of a prompt's answers, one for
"before" and one for "after": the same model with itself. Given the answers, trials do not depend on each other.

**No change.** A suite of six gates stands where a false alarm is likeliest, on the limit itself, over each prompt once.
How often any of them regresses must not exceed 1 - confidence beyond chance; beside it, what it would be if each gate
were decided alone.

**Planted drops.** Prompts are drawn too, as many as asked, and the "after" is made worse by a known amount: a share of
its successes is flipped, or a constant is taken off. How many items to draw says `pairs_needed` for the power promised;
or the number is given, and how much to take off says `smallest_effect` from as many other items, as `trimtab compare`
does. Found is what `paired_p_value` puts below 0.05 in the right direction; a gate "no worse than before" at 0.975 asks
the same.

Answers are kept beside the JSON as they are made: a second run does not sample, and a killed one goes on.
"""

import argparse
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from common import MODEL, parser, show, timed

import numpy as np
from numpy.typing import NDArray

from trimtab.data import read_prompts
from trimtab.evaluate import metric_named, style_values
from trimtab.gate import decide
from trimtab.models import Decoding, ModelRef, generate, load
from trimtab.recipes import spec_path
from trimtab.records import Answer, Evaluation, GateResult, Measure, Prompt, to_jsonl
from trimtab.spec import GateSpec
from trimtab.stats import mean_interval, paired_p_value, pairs_needed, smallest_effect

CONFIDENCE = 0.95
SUITE = (
    GateSpec(metric="style.words", at_most_of_base=1),
    GateSpec(metric="style.ended", no_worse_by=0),
    GateSpec(metric="style.warmth", better_by=0),
    GateSpec(metric="style.address", no_worse_by=0),
    GateSpec(metric="style.formality", no_worse_by=0),
    GateSpec(metric="style.on_topic", no_worse_by=0),
)
POWERS = (0.5, 0.8, 0.95)
FLIPPED, SHIFTED, ITEMS = 0.2, 0.25, 100
"""The share of successes flipped, the shift in standard deviations, the items that `smallest_effect` is asked about."""
MANY = 200_000
"""Items drawn in order to know a spread."""

Values = NDArray[np.float64]
"""A metric's values, shape (prompts, answers); NaN where the scorer could not judge."""


def answers(arguments: argparse.Namespace, prompts: list[Prompt]) -> list[Answer]:
    """The model's own answers; those that lie in the results' folder already are not made again."""
    decoding = Decoding(max_new_tokens=arguments.new, temperature=1.0)
    samples = arguments.answers
    asked = f"{MODEL} {arguments.precision} {samples} {decoding} {to_jsonl(prompts)}"
    path = arguments.out.parent / f"control-{hashlib.sha256(asked.encode()).hexdigest()[:12]}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    found = [Answer.from_json(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.is_file() else []
    done = {answer.prompt_id for answer in found}
    waiting = [prompt for prompt in prompts if prompt.id not in done]
    if not waiting:
        return found
    loaded = load(ModelRef(MODEL), arguments.precision, print)
    made = generate(
        loaded.model, loaded.tokenizer, waiting, samples=samples, decoding=decoding, seed=0, rows=arguments.rows
    )
    with path.open("a", encoding="utf-8") as file:
        for some in made:
            file.write(to_jsonl(some))
            file.flush()
            found += some
            print(f"{len(found)} of {samples * len(prompts)} answers", flush=True)
    return found


def scored(prompts: list[Prompt], made: list[Answer]) -> dict[str, Values]:
    """Every style metric's values."""
    place = {prompt.id: index for index, prompt in enumerate(prompts)}
    made = sorted(made, key=lambda answer: (place[answer.prompt_id], answer.index))
    return {
        name: np.array(values, dtype=float).reshape(len(prompts), -1)
        for name, values in style_values(prompts, made).items()
    }


def evaluation(values: dict[str, Values]) -> Evaluation:
    """One evaluation, from values of shape (items,); means and intervals are left out, for no gate reads them."""
    items = len(next(iter(values.values())))
    measures = [
        Measure(
            metric=name,
            over="heldout",
            better=metric_named(name).better,
            unit=metric_named(name).unit,
            title=metric_named(name).title,
            values=tuple(None if np.isnan(value) else float(value) for value in column),
            mean=None,
            low=None,
            high=None,
            n=int((~np.isnan(column)).sum()),
            unjudged={},
        )
        for name, column in values.items()
    ]
    named = {"heldout": tuple(map(str, range(items)))}
    return Evaluation(model=MODEL, fingerprint={"engine": "control"}, items=named, measures=tuple(measures))


def alone(gate: GateResult) -> bool:
    """Whether the gate would have regressed by itself: its interval, uncorrected, lies on the bad side of the limit."""
    assert gate.low is not None
    assert gate.high is not None
    return gate.verdict != "pass" and not gate.low <= gate.limit <= gate.high


def share(hits: Sequence[bool]) -> dict[str, float]:
    """A rate with Wilson's 95 % interval."""
    interval = mean_interval(np.array(hits, dtype=float), rate=True)
    return {"rate": interval.estimate, "low": interval.low, "high": interval.high, "of": interval.n}


def told(found: dict[str, float]) -> str:
    return f"{found['rate']:.1%} ({found['low']:.1%} to {found['high']:.1%})"


def two(rng: np.random.Generator, prompts: NDArray[np.int64], answers_each: int) -> tuple[Any, Any]:
    """Where two different answers to each of the prompts stand: indices of "before" and of "after"."""
    first = rng.integers(answers_each, size=len(prompts))
    second = (first + rng.integers(1, answers_each, size=len(prompts))) % answers_each
    return (prompts, first), (prompts, second)


def no_change(values: dict[str, Values], trials: int, suite: Sequence[GateSpec] = SUITE) -> dict[str, Any]:
    """How often a model that is the same regresses: any of the gates, together and alone, and each."""
    rng = np.random.default_rng(0)
    prompts, each = values[suite[0].metric].shape
    verdicts = []
    for trial in range(trials):
        before, after = (
            evaluation({gate.metric: values[gate.metric][place] for gate in suite})
            for place in two(rng, np.arange(prompts), each)
        )
        verdicts.append(decide(before, after, suite, confidence=CONFIDENCE, seed=trial))
        if (trial + 1) % 100 == 0:
            print(f"no change: {trial + 1} of {trials}", flush=True)
    return {
        "any, together": share([verdict.verdict == "regress" for verdict in verdicts]),
        "any, each alone": share([any(map(alone, verdict.gates)) for verdict in verdicts]),
        "gates": {
            verdicts[0].gates[place].rule: {
                "together": share([verdict.gates[place].verdict == "regress" for verdict in verdicts]),
                "alone": share([alone(verdict.gates[place]) for verdict in verdicts]),
            }
            for place in range(len(suite))
        },
    }


def flip(rng: np.random.Generator, after: Values, some: float) -> Values:
    """That share of successes becomes failures."""
    return after * (rng.random(after.shape) >= some)


def shift(_: np.random.Generator, after: Values, by: float) -> Values:
    """So much is taken off."""
    return after - by


@dataclass(frozen=True)
class Drop:
    """`plant` makes an "after" worse by `size`; None is what `smallest_effect` says of as many other items."""

    name: str
    metric: str
    values: Values
    plant: Callable[[np.random.Generator, Values, float], Values]
    size: float | None
    power: float
    items: int

    def draw(self, rng: np.random.Generator, items: int) -> tuple[Values, Values]:
        """Before and after, nothing planted; items that cannot be judged are drawn again."""
        prompts, each = self.values.shape
        before, after = (self.values[place] for place in two(rng, rng.integers(prompts, size=2 * items), each))
        known = ~(np.isnan(before) | np.isnan(after))
        return before[known][:items], after[known][:items]

    def planned(self) -> "Drop":
        """With the items that `pairs_needed` asks for."""
        assert self.size is not None
        rng = np.random.default_rng(1)
        before, after = self.draw(rng, MANY)
        change = self.plant(rng, after, self.size) - before
        return replace(self, items=pairs_needed(-float(change.mean()), float(change.std()), power=self.power))


def drops(values: dict[str, Values]) -> list[Drop]:
    """What is planted: in a rate and in a mean by `pairs_needed`, in the mean by `smallest_effect`, at each power."""
    address, friendly = values["style.address"], values["style.friendliness"]
    speaks = np.where(np.isnan(address), np.nan, address > 0).astype(float)  # a rate that is neither rare nor sure
    found = []
    for power in POWERS:
        found.append(Drop(f"{FLIPPED:.0%} of a rate flipped", "style.ended", speaks, flip, FLIPPED, power, 0).planned())
    mean = Drop("", "style.friendliness", friendly, shift, None, 0.0, ITEMS)
    before, after = mean.draw(np.random.default_rng(1), MANY)
    size = SHIFTED * float(np.std(after - before))
    for power in POWERS:
        found.append(replace(mean, name=f"{SHIFTED:g} sd off a mean", size=size, power=power).planned())
    for power in POWERS:
        found.append(replace(mean, name="the smallest effect off a mean", power=power))
    return found


def planted(drop: Drop, trials: int) -> dict[str, Any]:
    """How often the drop is found, by its p-value and by a gate."""
    rate = metric_named(drop.metric).rate
    gate = [GateSpec(metric=drop.metric, no_worse_by=0)]
    rng = np.random.default_rng(0)
    tested, gated = [], []
    for trial in range(trials):
        size = drop.size
        if size is None:
            size = smallest_effect(*drop.draw(rng, drop.items), power=drop.power) or 0.0
        before, after = drop.draw(rng, drop.items)
        after = drop.plant(rng, after, size)
        p = paired_p_value(before, after, rate=rate, seed=trial)
        tested.append(bool(p < 0.05 and after.mean() < before.mean()))
        old, new = evaluation({drop.metric: before}), evaluation({drop.metric: after})
        gated.append(decide(old, new, gate, confidence=0.975, seed=trial).verdict == "regress")
    print(f"{drop.name}, {drop.power:.0%}: found {sum(tested)} of {trials}", flush=True)
    return {
        "name": drop.name, "promised": drop.power, "items": drop.items, "tested": share(tested), "gate": share(gated),
    }  # fmt: skip


def main() -> None:
    options = parser("control", __doc__)
    options.add_argument("--prompts", type=int, default=64)
    options.add_argument("--answers", type=int, default=100, help="to each prompt")
    options.add_argument("--new", type=int, default=20, help="new tokens, at most")
    options.add_argument("--trials", type=int, default=1000, help="of no change, and of each planted drop")
    options.add_argument("--rows", type=int, default=256, help="answers decoded at once")
    options.add_argument("--quick", action="store_true", help="16 prompts, 20 answers, 100 trials: whether it works")
    arguments = options.parse_args()
    if arguments.quick:
        arguments.prompts, arguments.answers, arguments.trials = 16, 20, 100
    prompts = read_prompts(spec_path("concise-friendly").parent / "prompts_tuning.jsonl")[: arguments.prompts]
    seconds, made = timed(lambda: answers(arguments, prompts))
    values = scored(prompts, made)
    control = no_change(values, arguments.trials)
    found = [planted(drop, arguments.trials) for drop in drops(values)]
    rows = [["any of them", told(control["any, together"]), told(control["any, each alone"])]]
    rows += [[rule, told(gate["together"]), told(gate["alone"])] for rule, gate in control["gates"].items()]
    print(f"\n{len(prompts)} prompts, {arguments.answers} answers each, {seconds:.0f} s; {arguments.trials} trials")
    header = ["regressed though nothing changed", "decided together", "each decided alone"]
    show("The model against itself", arguments, header, rows, {"no change": control, "planted": found})
    print("\n| planted | items | power promised | p < 0.05 | gate regressed |\n|---|---:|---:|---:|---:|")
    for row in found:
        cells = row["name"], str(row["items"]), f"{row['promised']:.0%}", told(row["tested"]), told(row["gate"])
        print("| " + " | ".join(cells) + " |")
    if control["any, together"]["low"] > 1 - CONFIDENCE:
        raise SystemExit("false alarms are more frequent than promised")


if __name__ == "__main__":
    main()
