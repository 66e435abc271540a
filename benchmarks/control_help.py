"""Do the metrics of help cry wolf, and do they hear a model that says less? As `control.py`, for help and open facts.

    python benchmarks/control_help.py [--quick] [--prompts 64] [--answers 40] [--trials 1000]

The model answers prompts that have points, and as many facts, `--answers` times each at temperature 1.

**No change.** The same model with itself, four gates on the limit itself.

**Planted drops.** A share of the answers, once all of them, is replaced by its question said again (an echo),
by a pleasantry, or in facts by the model's answer to another fact, so that the scorer has to hear it. How many items to
draw says `pairs_needed`; where all are replaced they are as many as the recipe holds out.
"""

import argparse
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common import MODEL, parser, show, timed

import numpy as np

from control import CONFIDENCE, MANY, Values, evaluation, no_change, share, told, two
from trimtab.data import read_facts, read_points, read_prompts
from trimtab.evaluate import FACTS_SAID, help_values, metric_named
from trimtab.gate import decide
from trimtab.models import Decoding, ModelRef, generate, load
from trimtab.recipes import spec_path
from trimtab.records import Answer, Fact, Prompt, to_jsonl
from trimtab.scorers import Points, said_right
from trimtab.spec import GateSpec
from trimtab.stats import paired_p_value, pairs_needed

HERE = spec_path("concise-friendly").parent
SUITE = tuple(GateSpec(metric=f"help.{name}", no_worse_by=0) for name in ("points", "helps", "echo"))
SUITE = (*SUITE, GateSpec(metric="facts.said", no_worse_by=0))
REPLACED, POWER = 0.4, 0.8
"""The share of answers that are made worse, and the power that is promised."""
PLEASANTRY = "I'm so glad you asked! I'm here to help you with anything you need."


@dataclass(frozen=True)
class Asked:
    """What was asked and answered: prompts or facts, and the texts, shape (items, answers)."""

    prompts: list[Prompt]
    texts: list[list[str]]


def answers(arguments: argparse.Namespace, prompts: list[Prompt], new: int) -> list[list[str]]:
    """The model's own answers; those that lie in the results' folder already are not made again."""
    decoding = Decoding(max_new_tokens=new, temperature=1.0)
    asked = f"{MODEL} {arguments.precision} {arguments.answers} {decoding} {to_jsonl(prompts)}"
    path: Path = arguments.out.parent / f"control-help-{hashlib.sha256(asked.encode()).hexdigest()[:12]}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    found = [Answer.from_json(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.is_file() else []
    done = {answer.prompt_id for answer in found}
    waiting = [prompt for prompt in prompts if prompt.id not in done]
    if waiting:
        loaded = load(ModelRef(MODEL), arguments.precision, print)
        made = generate(
            loaded.model, loaded.tokenizer, waiting, samples=arguments.answers, decoding=decoding, seed=0,
            rows=arguments.rows,
        )  # fmt: skip
        with path.open("a", encoding="utf-8") as file:
            for some in made:
                file.write(to_jsonl(some))
                file.flush()
                found += some
    by_prompt: dict[str, list[str]] = {prompt.id: [] for prompt in prompts}
    for answer in found:
        by_prompt[answer.prompt_id].append(answer.text)
    return list(by_prompt.values())


def helped(asked: Asked, points: Points) -> dict[str, Values]:
    """The values of help, shape (prompts, answers)."""
    columns = []
    for place in range(len(asked.texts[0])):
        said = [
            Answer(prompt_id=prompt.id, index=0, text=texts[place], tokens=1, ended=True)
            for prompt, texts in zip(asked.prompts, asked.texts, strict=True)
        ]
        columns.append(help_values(asked.prompts, said, points))
    return {
        gate.metric: np.array([column[gate.metric] for column in columns], dtype=float).T
        for gate in SUITE
        if gate.metric.startswith("help.")
    }


def known(facts: Sequence[Fact], texts: list[list[str]]) -> Values:
    """Whether each answer says its fact, shape (facts, answers)."""
    return np.array([[float(said_right(fact, text)) for text in said] for fact, said in zip(facts, texts, strict=True)])


@dataclass(frozen=True)
class Planted:
    """A metric's values of the answers as they are, and of what stands in their place where they are made worse."""

    name: str
    metric: str
    values: Values
    worse: Values
    replaced: float = REPLACED
    items: int | None = None

    def draw(self, rng: np.random.Generator, items: int) -> tuple[Values, Values]:
        """Before, and after with a share of answers made worse; items that cannot be judged are drawn again."""
        prompts, each = self.values.shape
        first, second = two(rng, rng.integers(prompts, size=2 * items), each)
        replaced = rng.random(2 * items) < self.replaced
        before, after = self.values[first], np.where(replaced, self.worse[second], self.values[second])
        known = ~(np.isnan(before) | np.isnan(after))
        return before[known][:items], after[known][:items]


def planted(drop: Planted, trials: int) -> dict[str, Any]:
    """How often the drop is found, over as many items as `pairs_needed` asks for."""
    rng = np.random.default_rng(0)
    before, after = drop.draw(np.random.default_rng(1), MANY)
    about = metric_named(drop.metric)
    sign = 1.0 if about.better == "higher" else -1.0
    change = after - before
    items = drop.items or pairs_needed(abs(float(change.mean())), float(change.std()), power=POWER)
    gate = [GateSpec(metric=drop.metric, no_worse_by=0)]
    tested, gated = [], []
    for trial in range(trials):
        before, after = drop.draw(rng, items)
        p = paired_p_value(before, after, rate=about.rate, seed=trial)
        tested.append(bool(p < 0.05 and sign * (after.mean() - before.mean()) < 0))
        # beside help.points, which tells that help was judged by points, whose errors are other ones
        old, new = (evaluation({"help.points": side, drop.metric: side}) for side in (before, after))
        gated.append(decide(old, new, gate, confidence=0.975, seed=trial).verdict == "regress")
    print(f"{drop.name}: found {sum(tested)} of {trials}", flush=True)
    return {
        "name": drop.name, "metric": drop.metric, "change": float(change.mean()), "items": items,
        "tested": share(tested), "gate": share(gated),
    }  # fmt: skip


def replaced(asked: Asked, by: Callable[[str], str]) -> Asked:
    """The same with one answer in place of each."""
    return Asked(asked.prompts, [[by(prompt.text)] * len(asked.texts[0]) for prompt in asked.prompts])


def main() -> None:
    options = parser("control_help", __doc__)
    options.add_argument("--prompts", type=int, default=64)
    options.add_argument("--answers", type=int, default=40, help="to each prompt and fact")
    options.add_argument("--new", type=int, default=48, help="new tokens of an answer, at most")
    options.add_argument("--trials", type=int, default=1000, help="of no change, and of each planted drop")
    options.add_argument("--rows", type=int, default=256, help="answers decoded at once")
    options.add_argument("--points", type=Path, default=HERE / "points.jsonl")
    options.add_argument("--quick", action="store_true", help="16 prompts, 8 answers, 100 trials: whether it works")
    arguments = options.parse_args()
    if arguments.quick:
        arguments.prompts, arguments.answers, arguments.trials = 16, 8, 100
    points = read_points(arguments.points)
    every = [prompt for prompt in read_prompts(HERE / "prompts_train.jsonl") if points.of(prompt.text) is not None]
    prompts = every[:: max(1, len(every) // arguments.prompts)][: arguments.prompts]
    facts = read_facts(HERE / "facts.jsonl")
    facts = facts[:: max(1, len(facts) // len(prompts))][: len(prompts)]
    seconds, texts = timed(lambda: answers(arguments, prompts, arguments.new))
    more, of_facts = timed(lambda: answers(arguments, FACTS_SAID.prompts(facts), FACTS_SAID.settings.max_new_tokens))
    asked = Asked(prompts, texts)
    values = {**helped(asked, points), "facts.said": known(facts, of_facts)}
    control = no_change(values, arguments.trials, SUITE)
    echoed = helped(replaced(asked, lambda text: f"You're asking: {text}"), points)
    empty = helped(replaced(asked, lambda text: PLEASANTRY), points)
    heldout = len(read_prompts(HERE / "prompts_heldout.jsonl"))  # its gate has room for the scorer's errors
    others = known(facts, [*of_facts[1:], of_facts[0]])
    drops = [
        *(Planted(f"{REPLACED:.0%} only echo", name, values[name], echoed[name]) for name in echoed),
        *(
            Planted(f"{REPLACED:.0%} are pleasant", name, values[name], empty[name])
            for name in ("help.points", "help.helps")
        ),
        Planted("all only echo", "help.helps", values["help.helps"], echoed["help.helps"], 1.0, heldout),
        Planted(f"{REPLACED:.0%} answer another fact", "facts.said", values["facts.said"], others),
    ]  # fmt: skip
    found = [planted(drop, arguments.trials) for drop in drops]
    rows = [["any of them", told(control["any, together"]), told(control["any, each alone"])]]
    rows += [[rule, told(gate["together"]), told(gate["alone"])] for rule, gate in control["gates"].items()]
    means = ", ".join(f"{name} {float(np.nanmean(some)):.3f}" for name, some in values.items())
    print(f"\n{len(prompts)} prompts and facts, {arguments.answers} answers each, {seconds + more:.0f} s; {means}")
    header = ["regressed though nothing changed", "decided together", "each decided alone"]
    show("Help against itself", arguments, header, rows, {"no change": control, "planted": found})
    print(f"\n| planted | metric | change | items | found at {POWER:.0%} promised | gate regressed |")
    print("|---|---|---:|---:|---:|---:|")
    for row in found:
        cells = row["name"], row["metric"], f"{row['change']:+.3f}", str(row["items"]), told(row["tested"])
        print("| " + " | ".join((*cells, told(row["gate"]))) + " |")
    if control["any, together"]["low"] > 1 - CONFIDENCE:
        raise SystemExit("false alarms are more frequent than promised")


if __name__ == "__main__":
    main()
