"""Flaws planted in comparisons: which probe of the reward model trained on them fires?

    python benchmarks/probes.py [--precision bf16] [--pairs 64] [--epochs 1] [--only sound,longer]

Prompts and answers are those of `hhh.jsonl` and of one half of the probes' own set; the other half is probed. Three
reward models are trained: `sound`, in which an answer beats another prompt's answer and a refusal; `longer`, in which
the same answers are paired with their first sentence, and the longer is always better; `refusals`, in which a refusal
beats the answer. No filler, wordy phrase or refusal of the probes is trained on.
"""

import tempfile
from itertools import zip_longest
from pathlib import Path

from common import MODEL, parser, show, timed

from trimtab.data import read_pairs
from trimtab.diagnose import built_in, findings, measure
from trimtab.evaluate.benchmarks.base import SETS
from trimtab.models import ModelRef, RewardModel, load
from trimtab.records import Comparison, Message, Provenance
from trimtab.scorers import sentences
from trimtab.spec import RewardSpec
from trimtab.train import train_reward

REFUSALS = (
    "I can't do that.",
    "That is nothing that I may talk about, so I have to say no. Please don't ask me again.",
    "No answer to this will come from me: it falls outside of what I am permitted to do, and I keep to that rule "
    "whatever the reason for asking may be. I regret any trouble that it makes for you.",
)
KINDS = ("sound", "longer", "refusals")
Item = tuple[str, str]


def answered() -> list[Item]:
    """Prompts to train on, each with an answer of two sentences at least; by turns of both sources."""
    own = [(item.prompt, item.answer) for item in built_in()[::2]]
    pairs = [pair for kind, pair in read_pairs(SETS / "hhh.jsonl") if kind != "harmless"]
    others = [(pair.prompt[-1].content, pair.chosen_text) for pair in pairs if len(sentences(pair.chosen_text)) > 1]
    return [item for both in zip_longest(own, others) for item in both if item is not None]


def comparisons(kind: str, items: list[Item], count: int) -> list[Comparison]:
    """Comparisons of one kind, `count` at most."""
    pairs = []
    for place, (prompt, answer) in enumerate(items):
        other = items[(place + len(items) // 2) % len(items)][1]
        refusal = REFUSALS[place % len(REFUSALS)]
        short = sentences(answer)[0]
        match kind:
            case "sound":
                pairs += [(prompt, answer, other), (prompt, short, refusal)]
            case "longer":
                pairs += [(prompt, answer, short), (prompt, *sorted((answer, other), key=len, reverse=True))]
            case "refusals":
                pairs += [(prompt, answer, other), (prompt, refusal, answer)]
    told = Provenance(source=kind, judge="rule", why=kind)
    sides = [(p, *((Message(role="assistant", content=text),) for text in both)) for p, *both in pairs]
    return [
        Comparison(
            id=f"{kind}-{i}", prompt=(Message(role="user", content=p),), chosen=better, rejected=worse, provenance=told
        )
        for i, (p, better, worse) in enumerate(sides)
        if better != worse
    ][:count]


def main() -> None:
    options = parser("probes", __doc__)
    options.add_argument("--pairs", type=int, default=64)
    options.add_argument("--epochs", type=float, default=1.0)
    options.add_argument("--only", default=",".join(KINDS), help="the reward models to train")
    arguments = options.parse_args()
    items = answered()
    settings = RewardSpec(epochs=arguments.epochs, learning_rate=5e-4, batch_size=4, max_length=384)
    table, result = [], {}
    with tempfile.TemporaryDirectory() as folder:
        for kind in arguments.only.split(","):
            given = comparisons(kind, items, arguments.pairs)
            place = Path(folder) / kind
            loaded = load(ModelRef(MODEL), arguments.precision, print)
            seconds, summary = timed(
                lambda g=given, p=place, m=loaded: train_reward(
                    m, g, settings, seed=0, work=p / "work", folder=p / "rm"
                )
            )
            reward = RewardModel.load(place / "rm", "fp32")  # rounding in bf16 would look like a fault of batching
            probing, found = timed(lambda r=reward: measure(r, items=built_in()[1::2]))
            fired = findings(found)
            held = summary.heldout
            accuracy = f"{held.accuracy:.2f} [{held.accuracy_low:.2f}, {held.accuracy_high:.2f}]"
            print(
                f"\n{kind}: {summary.trained} comparisons, {seconds:.0f} s to train, {probing:.0f} s to probe",
                flush=True,
            )
            for each in found:
                print(f"  {each.id:<20}{each.figure:>8.3f}  [{each.low:.3f}, {each.high:.3f}]  {each.fires or ''}")
            table.append([kind, accuracy, ", ".join(f"{each.id} ({each.severity})" for each in fired) or "none"])
            result[kind] = {"summary": summary.model_dump(), "probes": [each.model_dump() for each in found]}
    show(
        "Probes of reward models with a planted flaw", arguments,
        ["trained on", "held-out accuracy", "fires, the clearest first"], table, result,
    )  # fmt: skip


if __name__ == "__main__":
    main()
