"""Steps of RLOO and GRPO by TRL's own trainers against trimtab's, and of PPO by a plain path against trimtab's.

    python benchmarks/rl.py [--precision bf16] [--steps 3] [--algorithms rloo grpo ppo]
        [--prompts 8] [--new 48] [--clock processor] [--model NAME|DIR]

The same model, adapter (LoRA on all linear layers), prompts, cap and reward function. First both are fed the same
answers: loss and gradient must agree, as they were drawn and again after the policy has moved, within what the
preflight allows, or lie no farther from the peer's in fp64 than the peer's do. Then whole steps (answers, rewards,
log-probabilities, backward, optimizer) take turns, each way in a process of its own and drawing its own answers; a step
of one prompt warms up and is not counted. TRL samples by `generate`, and so does the plain path, whose
log-probabilities are of padded rows. A step's parts are clocked in it; a reward model's scoring and a checkpoint of the
monitor are timed by themselves, beside a step of RLOO.

The arithmetic limit is that of what no way can leave out, at the machine's own rate of matrix products: the prompts and
answers read once by the sampler, by the reference and by the policy, and once back, with the vocabulary where an answer
is predicted. Attention is not in it.

By `--clock processor` seconds are those that this process computed, for a machine that has other work: with one thread
(OMP_NUM_THREADS=1) they are about what it would take alone.

Each measurement is kept as it is made: a run that is killed goes on where it was, and one of fewer `--algorithms`
leaves what it found to the one of all, which prints the table of all and begins anew the next time.
"""

import argparse
import gc
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from common import DEVICE, MODEL, Beside, Kept, machine, parser, rate, show, table, timed

import torch
from torch import Tensor
from transformers import AutoModelForSequenceClassification

from reward import padded
from rl_made import BETA, KINDS, PARTS, fed, make, stand, step
from trimtab.data import read_prompts
from trimtab.models import LoadedModel, ModelRef, end_ids, load, prompt_ids, pull
from trimtab.recipes import spec_path
from trimtab.records import Prompt
from trimtab.sharing import RewardScorer, lay_out
from trimtab.spec import RLSpec
from trimtab.train.common import plain
from trimtab.train.goodhart.answers import Rollouts
from trimtab.train.goodhart.monitor import GoodhartMonitor
from trimtab.train.preflight import CARD_GRADIENT_TOLERANCE, CARD_TOLERANCE
from trimtab.train.rewards import Term

ANSWERS = 4
CLOCKS = {"wall": time.perf_counter, "processor": time.process_time}
NO_FARTHER = 1.2
"""Ours may lie so many times as far from fp64's gradients as the peer's: the two round in other places."""
NOTHING = 1e-9
"""A price of a KL that is computed, as PPO must, and weighs nothing."""
FEW = 2
"""Prompts of the steps that are held against each other."""
SCORING, WATCHING = "the reward model's scoring", "a checkpoint of the monitor"


class Bench:
    """What is measured: a model by name, and the prompts of each step."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.precision, self.name, self.clock = arguments.precision, arguments.model, CLOCKS[arguments.clock]
        self.at_once, self.most = arguments.prompts, arguments.new
        read = read_prompts(spec_path("concise-friendly").parent / "prompts_train.jsonl")
        self.watched, trained = read[: RLSpec().watch_prompts], read[RLSpec().watch_prompts :]
        self.steps = [trained[self.at_once * n : self.at_once * (n + 1)] for n in range(arguments.steps)]
        self.started = self.load(self.precision)

    def load(self, precision: str) -> LoadedModel:
        return load(ModelRef(self.name), precision, print)

    def trainer(self, algorithm: str, which: str) -> Any:
        """As it is before its first step, over a model of its own."""
        return self._trainer(algorithm, which, self.load(self.precision), self.precision)

    def exact(self, algorithm: str, which: str, like: Any) -> Any:
        """Such a trainer in fp64, with the weights of another."""
        loaded = self.load("fp32")
        loaded.model.double()
        found = self._trainer(algorithm, which, loaded, "fp32")
        for mine, its in zip(found.model.parameters(), like.model.parameters(), strict=True):
            mine.data.copy_(its.data)
        return found

    def _trainer(self, algorithm: str, which: str, loaded: LoadedModel, precision: str) -> Any:
        return stand(
            make(
                algorithm, which, loaded.model, loaded.tokenizer, self.plain(self.steps[0]), precision,
                at_once=self.at_once, answers=ANSWERS, most=self.most, ends=end_ids(loaded.model, loaded.tokenizer),
            )
        )  # fmt: skip

    def plain(self, prompts: Sequence[Prompt]) -> list[Any]:
        return [plain(prompt.messages) for prompt in prompts]

    def ids(self, prompts: Sequence[Prompt]) -> list[list[int]]:
        return [prompt_ids(self.started.tokenizer, prompt.messages) for prompt in prompts]


def measure(
    arguments: argparse.Namespace, bench: Bench, algorithm: str, kept: Kept, process: type[Beside] = Beside, *,
    exact: bool = True,
) -> None:  # fmt: skip
    """Equality, with `exact` against fp64 too, then the steps by turns, each way in a `process`, as far as they are not
    kept."""
    names = [f"{algorithm}/{which}/{n}" for which in KINDS[algorithm] for n in range(len(bench.steps))]
    if all(name in kept for name in [f"{algorithm}/equal", *names]):
        return
    kept.once(f"{algorithm}/equal", lambda: equality(bench, algorithm, bench.steps[0][:FEW], exact=exact))
    gc.collect()  # a trainer and its model hold each other
    ways = {which: process(_way, arguments, algorithm, which) for which in KINDS[algorithm]}
    for way in ways.values():
        way(step, bench.plain(bench.steps[0][:1]), bench.clock)  # warms up
    for number, prompts in enumerate(bench.steps):
        for which in list(ways)[:: -1 if number % 2 else 1]:
            asked = ways[which], step, bench.plain(prompts), bench.clock
            kept.once(f"{algorithm}/{which}/{number}", lambda asked=asked: asked[0](*asked[1:]))
    for way in ways.values():
        way.close()


def _way(arguments: argparse.Namespace, algorithm: str, which: str) -> Any:
    return Bench(arguments).trainer(algorithm, which)


def equality(
    bench: Bench, algorithm: str, prompts: Sequence[Prompt], *, exact: bool = True
) -> dict[str, list[float]]:  # fmt: skip
    """By how much losses and gradients of two steps lie apart, fed the same answers, with `exact` also either from the
    peer's in fp64; and the peer's losses.

    In bf16 the policy's and the reference's log-probabilities of an answer round by more than they differ, so that a KL
    in the reward makes other advantages each time, whoever computes it: there it is left out.
    """
    trainers = {which: bench.trainer(algorithm, which) for which in KINDS[algorithm]}
    peer, ours = trainers.values()
    answers = ours.sample([ids for ids in bench.ids(prompts) for _ in range(ANSWERS)])
    without = bench.precision == "bf16" and algorithm != "grpo"

    def two(trainer: Any) -> list[tuple[float, Tensor]]:
        return fed(trainer, bench.plain(prompts), answers, beta=NOTHING if without else BETA)

    theirs, mine = two(peer), two(ours)
    found = {"loss": [loss for loss, _ in theirs], **_off(theirs, mine, "apart")}
    if exact:
        base = two(bench.exact(algorithm, next(iter(trainers)), peer))
        found |= _off(base, theirs, "off, peer") | _off(base, mine, "off, trimtab")
    return found


def _off(
    base: Sequence[tuple[float, Tensor]], other: Sequence[tuple[float, Tensor]], name: str
) -> dict[str, list[float]]:
    """How far losses and gradients lie from those of a base, the latter in parts of their norm."""
    pairs = list(zip(base, other, strict=True))
    return {
        f"loss {name}": [abs(a - b) for (a, _), (b, _) in pairs],
        f"gradient {name}": [float((b - a).norm() / a.norm()) for (_, a), (_, b) in pairs],
    }


def scoring(bench: Bench) -> dict[str, float]:
    """Seconds to score a step's answers by a reward model of the same size with a fresh head: shared, and padded."""
    trainer = bench.trainer("rloo", "trimtab")
    prompts = bench.ids(bench.steps[0])
    said = trainer.sample([ids for ids in prompts for _ in range(ANSWERS)])
    answers = [said[ANSWERS * i : ANSWERS * (i + 1)] for i in range(len(prompts))]
    torch.manual_seed(0)
    where = bench.name if Path(bench.name).is_dir() else pull(bench.name, print)
    kind = AutoModelForSequenceClassification
    model = kind.from_pretrained(where, num_labels=1, dtype=bench.started.model.dtype).to(DEVICE).eval()
    model.config.pad_token_id = bench.started.tokenizer.pad_token_id
    whole = [[*prompt, *answer] for prompt, some in zip(prompts, answers, strict=True) for answer in some]
    scorer = RewardScorer(model, print)
    scorer(prompts[:1], answers[:1])  # warms up
    return {
        "shared": timed(lambda: scorer(prompts, answers), bench.clock)[0],
        "padded": timed(lambda: padded(model, whole, len(whole)), bench.clock)[0],
    }


def watching(bench: Bench) -> float:
    """Seconds of a checkpoint of the monitor, with its answers, KL and adapter; its rewards cost nothing."""
    trainer = bench.trainer("rloo", "trimtab")
    ends = end_ids(bench.started.model, bench.started.tokenizer)
    term = Term("words", 1.0, lambda answers: [float(len(said.text.split())) for said in answers])
    with tempfile.TemporaryDirectory() as folder:
        monitor = GoodhartMonitor(
            trainer, bench.started.tokenizer, bench.watched, [term], term,
            Rollouts(ends, bench.at_once * ANSWERS, 0, bench.most), every=RLSpec().watch_every, work=Path(folder),
            shares=True,
        )  # fmt: skip
        begun = SimpleNamespace(global_step=0)
        return timed(lambda: monitor.on_train_begin(None, begun, None), bench.clock)[0]


def limit(bench: Bench, tokens: float, speed: float) -> float:
    """Seconds of a step whose answers have so many tokens, were it matrix products alone at `speed` operations/s."""
    model = bench.started.model
    vocabulary = model.get_output_embeddings().weight.numel()
    inside = [module.weight for module in model.modules() if isinstance(module, torch.nn.Linear)]
    layers = sum(weight.numel() for weight in inside) - vocabulary
    adapter = sum(16 * sum(weight.shape) for weight in inside) - 16 * sum(model.get_output_embeddings().weight.shape)
    asked = statistics.mean(
        len(lay_out(rows, [1] * len(rows))) for rows in (bench.ids(prompts) for prompts in bench.steps)
    )
    read = asked + tokens
    sampler = policy = read * (layers + adapter) + tokens * vocabulary
    reference = read * layers + tokens * vocabulary
    backward = read * (layers + 2 * adapter) + tokens * vocabulary
    return float(2 * (sampler + reference + policy + backward) / speed)


def summary(bench: Bench, algorithm: str, kept: Kept) -> dict[str, Any]:
    """What was kept of an algorithm: seconds and parts by way, ratios, the limit and the equality."""
    found = {
        which: [kept.once(f"{algorithm}/{which}/{n}", dict) for n in range(len(bench.steps))]
        for which in KINDS[algorithm]
    }
    seconds = {which: [one["whole"] for one in some] for which, some in found.items()}
    tokens = {which: statistics.mean(one["tokens"] for one in some) for which, some in found.items()}
    (peer, theirs), (_, ours) = seconds.items()
    return {
        "algorithm": algorithm,
        "peer": peer,
        "seconds": seconds,
        "ratio of medians": statistics.median(theirs) / statistics.median(ours),
        "ratio of bests": min(theirs) / min(ours),
        "answers' tokens": tokens,
        "arithmetic limit, seconds a step": limit(bench, tokens["trimtab"], kept.once("rate", dict)),
        "parts": {
            which: {part: statistics.median(one[part] for one in some) for part in PARTS}
            for which, some in found.items()
        },
        "equality": kept.once(f"{algorithm}/equal", dict),
    }


def tell(arguments: argparse.Namespace, found: list[dict[str, Any]], beside: dict[str, float]) -> bool:
    """Prints the tables; whether losses and gradients agree."""
    rows, parts = [], []
    for one in found:
        theirs, ours = (one["seconds"][which] for which in (one["peer"], "trimtab"))
        most, best = one["arithmetic limit, seconds a step"], (min(theirs), min(ours))
        medians = statistics.median(theirs), statistics.median(ours)
        rows.append([
            f"{one['algorithm'].upper()} against {one['peer']}", *(f"{s:.2f}" for s in (*medians, *best)),
            f"{one['ratio of medians']:.2f}", f"{one['ratio of bests']:.2f}", f"{most:.2f}", f"{best[1] / most:.1f}",
            " / ".join(f"{count:.0f}" for count in one["answers' tokens"].values()),
        ])  # fmt: skip
        for which, spent in one["parts"].items():
            whole = statistics.median(one["seconds"][which])
            shares = [f"{seconds:.2f} ({seconds / whole:.0%})" for seconds in spent.values()]
            parts.append([f"{one['algorithm'].upper()}, {which}", *shares])
    title = (
        f"Whole steps of {arguments.prompts} prompts × {ANSWERS} answers of at most {arguments.new} tokens, "
        f"{arguments.steps} a way, {arguments.clock} seconds"
    )
    header = ["", "peer, s", "trimtab, s", "peer, best", "trimtab, best", "ratio of medians", "ratio of bests",
              "arithmetic limit, s", "trimtab's best over it", "answers' tokens"]  # fmt: skip
    show(title, arguments, header, rows, {"algorithms": found, "beside": beside}, peers=["trl", "peft"])
    print("\nA step's parts, in seconds (medians), and their share of it; where the policy reads a sample once,")
    print("that pass is among the log-probabilities\n")
    table(["", *PARTS], parts)
    if ours_rloo := next((one for one in found if one["algorithm"] == "rloo"), None):
        whole = statistics.median(ours_rloo["seconds"]["trimtab"])
        every = RLSpec().watch_every
        a_step = beside[WATCHING] / every
        with_both = whole + beside["shared"] + a_step
        print(f"\n{SCORING} of a step's answers: {beside['shared']:.2f} s, {beside['padded']:.2f} s padded")
        print(f"{WATCHING}: {beside[WATCHING]:.1f} s, {a_step:.1f} s a step at one in {every} steps")
        print(
            f"shares of trimtab's RLOO step with both: scoring {beside['shared'] / with_both:.0%}, monitor "
            f"{a_step / with_both:.0%}"
        )
    return _agree(arguments.precision, found)


def _agree(precision: str, found: list[dict[str, Any]]) -> bool:
    """Prints by how much losses and gradients lie apart; whether they agree.

    Answers of a group are weighed against each other, so that most of what their gradients have in common cancels and
    rounding does not. So either is held against the peer's in fp64 as well, from which ours may lie no farther than
    NO_FARTHER times the peer's own distance. RLOO's second gradient in bf16 is told and not judged: what it weighs an
    answer by is a ratio of whole answers' probabilities, which rounds by 0.2 to 0.6 nats on either side where it has
    moved by 0.02.
    """
    loss, gradient = CARD_TOLERANCE[precision], CARD_GRADIENT_TOLERANCE[precision]
    print(f"\nfed the same answers; allowed: losses {loss:g} apart, and gradients {gradient:g} of their norm or")
    print(f"{NO_FARTHER:g} times as far from fp64's as the peer's")
    agree = True
    for one in found:
        equality = one["equality"]
        for when, i in (("as drawn", 0), ("after the policy has moved", 1)):
            apart, off = equality["loss apart"][i], equality["gradient apart"][i]
            peer, ours = (equality[f"gradient off, {which}"][i] for which in ("peer", "trimtab"))
            rounds = precision == "bf16" and one["algorithm"] == "rloo" and i == 1
            same = apart <= loss and (rounds or off <= gradient or ours <= NO_FARTHER * peer)
            agree = agree and same
            told = "" if same else " (NOT EQUAL)"
            told += " (not judged: an answer's ratio rounds by more than it has moved)" if rounds else ""
            print(
                f"{one['algorithm'].upper()}, {when}: loss {equality['loss'][i]:.2e}, apart by {apart:.1e}; gradients "
                f"apart by {off:.1e} of their norm, from fp64's by {peer:.1e} ({one['peer']}) and {ours:.1e} "
                f"(trimtab){told}"
            )
    return agree


def main() -> int:
    options = parser("rl", __doc__)
    options.add_argument("--steps", type=int, default=3)
    options.add_argument("--algorithms", nargs="+", choices=list(KINDS), default=list(KINDS))
    options.add_argument("--prompts", type=int, default=8, help="of a step")
    options.add_argument("--new", type=int, default=48, help="tokens of an answer, at most")
    options.add_argument("--clock", choices=list(CLOCKS), default="wall")
    options.add_argument("--model", default=MODEL, help="a name, or a folder")
    arguments = options.parse_args()
    about = {"model": arguments.model, "step": [arguments.prompts, ANSWERS, arguments.new],
             "precision": arguments.precision, "clock": arguments.clock, "machine": machine(),
             "threads": torch.get_num_threads()}  # fmt: skip
    kept = Kept(arguments.out.with_suffix(".kept.jsonl"), about)
    bench = Bench(arguments)
    kept.once("rate", lambda: rate(arguments.precision, bench.clock))
    for algorithm in arguments.algorithms:
        measure(arguments, bench, algorithm, kept)
    beside: dict[str, float] = {}
    if "rloo" in arguments.algorithms:
        beside = {**kept.once(SCORING, lambda: scoring(bench)), WATCHING: kept.once(WATCHING, lambda: watching(bench))}
    same = tell(arguments, [summary(bench, algorithm, kept) for algorithm in arguments.algorithms], beside)
    if set(arguments.algorithms) == set(KINDS):
        kept.forget()
    return 0 if same else 1


if __name__ == "__main__":
    raise SystemExit(main())
