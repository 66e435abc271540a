"""The proofs of `gpu.py`: each fast path beside the plain one, on small models whose choices are sharp.

In fp32 the two must agree within a tolerance. In bf16 both round, so both are held against fp32 of the same weights:
the fast path's distance from it may be FARTHER times the plain path's.
"""

import contextlib
import random
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common import DEVICE, timed

import torch
from datasets import Dataset
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file
from torch import Tensor
from transformers import TrainerCallback
from trl import DPOConfig, DPOTrainer, RewardConfig, RewardTrainer

import gpu_made as made
from gpu_made import Scale, by, tf32
from trimtab.errors import UserError
from trimtab.evaluate import unlike
from trimtab.models import Decoding, InProcess, LoadedModel, ModelRef, answer_ids, best_precision
from trimtab.records import Evaluation
from trimtab.sharing import (
    RewardScorer,
    Scorer,
    divergence,
    forest_attention,
    lay_out,
    per_token,
    predictions,
    why_not,
)
from trimtab.spec import LoraSpec, TrainingSpec
from trimtab.train import train_dpo
from trimtab.train.rehearsal import Rehearsal
from trimtab.train.shared_dpo import SharedPrefixDPOTrainer
from trimtab.train.shared_reward import RankingRewardTrainer, SharedPrefixRewardTrainer
from trimtab.train.together import Asked

FARTHER = 1.5
"""How much farther from fp32 than the plain path's the fast path's rounding may lie."""
LOGP = 1e-4
"""Nats a token, in fp32."""
RELATIVE = 1e-4
"""Of the norm, in fp32: gradients, rewards, losses."""
SAME_LOGIT = 1e-3
"""Greedy answers may part where the plain path's two likeliest tokens lie this close, in logits."""
FLOOR = 1e-5
"""Of the norm: distances from fp32 below this are fp32's own rounding."""
UNLIKELY = 1e-4
"""A p-value below which sampled tokens do not follow the distribution."""


@dataclass(frozen=True)
class Proof:
    """One comparison: what, in which precision, how far apart, how far it may be."""

    what: str
    precision: str
    apart: str
    allowed: str
    passed: bool

    def row(self) -> list[str]:
        """As the table has it."""
        return [self.what, self.precision, self.apart, self.allowed, "proved" if self.passed else "**FAILED**"]


def near(what: str, precision: str, ours: Tensor, plain: Tensor, tolerance: float, unit: str = "") -> Proof:
    """In fp32: the greatest difference of values in nats, say."""
    apart = float((ours.double() - plain.double()).abs().max())
    return Proof(what, precision, f"{apart:.1e}{unit}", f"{tolerance:.0e}{unit}", apart <= tolerance)


def relative(what: str, precision: str, ours: Tensor, plain: Tensor, tolerance: float = RELATIVE) -> Proof:
    """In fp32: the norm of the difference, of the plain one's norm."""
    apart = float((ours.double() - plain.double()).norm() / plain.double().norm())
    return Proof(what, precision, f"{apart:.1e} of its norm", f"{tolerance:.0e}", apart <= tolerance)


def rounded(what: str, precision: str, ours: Tensor, plain: Tensor, exact: Tensor) -> Proof:
    """In bf16 (or TF32): both distances from fp32, of its norm."""
    off, allowed = (float((x.double() - exact.double()).norm() / exact.double().norm()) for x in (ours, plain))
    says = f"{off:.1e} from fp32, plain {allowed:.1e}"
    return Proof(what, precision, says, f"{FARTHER} × plain's", off <= max(FLOOR, FARTHER * allowed))


def logps_and_gradients(
    model: Any, sequences: list[list[int]], starts: list[int], *, shared: bool
) -> tuple[Tensor, Tensor]:
    """Log-probabilities of what is predicted, and the gradient of a weighted sum of them in all weights."""
    model.zero_grad(set_to_none=True)
    source = torch.Generator().manual_seed(1)
    weights = [torch.rand(len(s) - b, generator=source).to(DEVICE) for s, b in zip(sequences, starts, strict=True)]
    if shared:
        with forest_attention(model):
            forest = lay_out(sequences, starts)
            found = per_token(predictions(model, forest), forest)
            torch.stack([(w * x).sum() for w, x in zip(weights, found, strict=True)]).sum().backward()
    else:
        found = []
        for sequence, start, weight in zip(sequences, starts, weights, strict=True):
            tokens = torch.tensor([sequence], device=DEVICE)
            logits = model(input_ids=tokens, use_cache=False).logits[0, start - 1 : -1].float()
            picked = torch.log_softmax(logits, -1).gather(-1, tokens[0, start:, None]).squeeze(-1)
            (weight * picked).sum().backward()
            found.append(picked)
    gradient = torch.cat([p.grad.flatten().float() for p in model.parameters() if p.grad is not None])
    model.zero_grad(set_to_none=True)
    return torch.cat([x.detach().float() for x in found]), gradient


def _forest(scale: Scale, count: int = 4, answers: int = 4) -> tuple[list[list[int]], list[int]]:
    vocabulary = made.shape("small llama", scale)["vocab_size"]
    tokens = made.cached_tokenizer(vocabulary)
    sizes = scale.pick((150, 60), (20, 8))
    prompts, said = made.ids(tokens, made.trees(count, answers, *sizes, vocabulary, seed=3))
    sequences = [[*p, *a] for p, some in zip(prompts, said, strict=True) for a in some]
    return sequences, [len(p) for p, some in zip(prompts, said, strict=True) for _ in some]


def attention_kinds(scale: Scale, architectures: list[str], rounding: list[str]) -> Iterator[Proof]:
    """Log-probabilities and the gradients of all weights, by FlexAttention and by blocks, against one by one."""
    sequences, starts = _forest(scale)
    for name in architectures:
        exact = made.model(name, scale)
        truth = logps_and_gradients(exact, sequences, starts, shared=False)
        for precision in rounding:
            model = exact if precision != "bf16" else made.model(name, scale, "bf16")
            with tf32(precision == "fp32, TF32 on"):
                plain = truth if precision == "fp32" else logps_and_gradients(model, sequences, starts, shared=False)
                if precision == "bf16":  # against fp32 of the rounded weights
                    lifted = made.upcast(made.model(name, scale, "bf16"))
                    base = logps_and_gradients(lifted, sequences, starts, shared=False)
                for way in scale.ways:
                    with by(way):
                        ours = logps_and_gradients(model, sequences, starts, shared=True)
                    what = f"{name}, {way}"
                    if precision == "fp32":
                        yield near(f"log-probabilities: {what}", precision, ours[0], plain[0], LOGP, " nats")
                        yield relative(f"gradients: {what}", precision, ours[1], plain[1])
                    else:
                        held = base if precision == "bf16" else truth
                        yield rounded(f"log-probabilities: {what}", precision, ours[0], plain[0], held[0])
                        yield rounded(f"gradients: {what}", precision, ours[1], plain[1], held[1])


def forests(scale: Scale) -> Iterator[Proof]:
    """4 answers to each of 4 prompts through Llama's layers."""
    yield from attention_kinds(scale, ["small llama"], ["fp32", "bf16"])


def windows_and_caps(scale: Scale) -> Iterator[Proof]:
    """Sliding windows and soft caps."""
    names = ["windows (Mistral's layers)", "windows and soft caps (Gemma 2's layers)"]
    yield from attention_kinds(scale, names, ["fp32", "bf16"])


def with_tf32(scale: Scale) -> Iterator[Proof]:
    """The same with fp32 matrix products that round to TF32."""
    yield from attention_kinds(scale, ["small llama"], ["fp32, TF32 on"])


def scoring(scale: Scale) -> Iterator[Proof]:
    """The scorer, with a beginning that all prompts share held in a cache, against one by one."""
    vocabulary = made.shape("small llama", scale)["vocab_size"]
    tokens = made.cached_tokenizer(vocabulary)
    preamble = tokens(made.words(random.Random(5), scale.pick(200, 40), vocabulary))["input_ids"]
    heads, options = made.ids(tokens, made.trees(scale.pick(8, 3), 5, 14, 9, vocabulary))
    heads = [[*preamble, *head] for head in heads]
    model = made.model("small llama", scale)
    scorer = Scorer(model, print)
    plain = _flat(scorer.one_by_one(heads, options))
    for way in scale.ways:
        with by(way):
            yield Proof(f"the probe lets a forest through, {way}", "fp32", *_told(why_not(model)))
            ours = _flat(scorer(heads, options))
            yield near(f"multiple choice over a held beginning, {way}", "fp32", ours, plain, LOGP, " nats")


def _told(reason: str | None) -> tuple[str, str, bool]:
    return reason or "no obstacle", "no obstacle", reason is None


def _flat(found: list[list[list[float]]]) -> Tensor:
    return torch.tensor([x for some in found for each in some for x in each])


LORA = {"r": 8, "target_modules": "all-linear", "init_lora_weights": False}


class _Kept(TrainerCallback):  # type: ignore[misc]
    """The gradients and the loss of the first step."""

    gradient: Tensor

    def on_pre_optimizer_step(self, *_: Any, model: Any, **__: Any) -> None:
        self.gradient = torch.cat([p.grad.flatten().float() for p in model.parameters() if p.grad is not None])


def first_step(kind: type, config: type, model: Any, rows: Any, precision: str, task: str, **options: Any) -> Any:
    """Loss and gradients of a trainer's first step, as its own `train` takes it, with an adapter that is not zero."""
    vocabulary = model.config.vocab_size
    folder = tempfile.mkdtemp()
    extra = {"modules_to_save": ["score"]} if task == "SEQ_CLS" else {}
    settings = {"max_steps": 1, "gradient_checkpointing": False, "max_length": 4096, "logging_steps": 1, "seed": 3}
    arguments = config(
        output_dir=folder, bf16=precision == "bf16", use_cpu=DEVICE.type == "cpu", report_to=[], save_strategy="no",
        disable_tqdm=True, per_device_train_batch_size=len(rows), max_grad_norm=1e9, **settings,
    )  # fmt: skip
    kept = _Kept()
    torch.manual_seed(2)
    trainer = kind(
        model, args=arguments, train_dataset=Dataset.from_list(rows), callbacks=[kept],
        processing_class=made.tokenizer(vocabulary), peft_config=LoraConfig(task_type=task, **LORA, **extra), **options,
    )  # fmt: skip
    with torch.no_grad():
        for name, parameter in trainer.model.named_parameters():
            if "lora_B" in name:
                parameter.mul_(0.1)
    trainer.train()
    loss = next(row["loss"] for row in trainer.state.log_history if "loss" in row)
    return torch.tensor([loss]), kept.gradient


def _steps(what: str, scale: Scale, ways: list[tuple[str, Callable[[str], Any]]], plain: Callable[[str], Any]) -> Any:
    exact = plain("fp32")
    for precision in ("fp32", "bf16"):
        theirs = exact if precision == "fp32" else plain(precision)
        for name, work in ways:
            ours = work(precision)
            if precision == "fp32":
                yield relative(f"{what}, loss, {name}", precision, ours[0], theirs[0])
                yield relative(f"{what}, gradients, {name}", precision, ours[1], theirs[1])
            else:
                yield rounded(f"{what}, gradients, {name}", precision, ours[1], theirs[1], exact[1])


def _each_way(scale: Scale, work: Callable[[str], Any]) -> list[tuple[str, Callable[[str], Any]]]:
    def within(way: str) -> Callable[[str], Any]:
        def run(precision: str) -> Any:
            with by(way):
                return work(precision)

        return run

    return [(way, within(way)) for way in scale.ways]


def dpo(scale: Scale) -> Iterator[Proof]:
    """A DPO step with LoRA over a forest against TRL's own trainer."""
    vocabulary = made.shape("small llama", scale)["vocab_size"]
    rows = made.pairs(4, *scale.pick((150, 60), (20, 8)), vocabulary, seed=4)

    def step(kind: type) -> Callable[[str], Any]:
        return lambda precision: first_step(
            kind, DPOConfig, made.model("small llama", scale), rows, precision, "CAUSAL_LM"
        )

    yield from _steps("DPO", scale, _each_way(scale, step(SharedPrefixDPOTrainer)), step(DPOTrainer))


def rewards(scale: Scale) -> Iterator[Proof]:
    """Rewards of K answers, and a reward model's step on pairs and on rankings, over forests."""
    vocabulary = made.shape("small llama", scale)["vocab_size"]
    tokens = made.cached_tokenizer(vocabulary)
    sizes = scale.pick((150, 60), (20, 8))
    prompts, said = made.ids(tokens, made.trees(4, 6, *sizes, vocabulary, seed=6))

    def scored(model: Any, *, shares: bool) -> Tensor:
        scorer = RewardScorer(model, print)
        scorer.shares = shares and scorer.shares
        if shares and not scorer.shares:
            raise RuntimeError(f"no forest: {why_not(model)}")
        return torch.tensor([x for some in scorer(prompts, said) for x in some])

    exact, rough = (made.model("small llama", scale, precision, reward=True) for precision in ("fp32", "bf16"))
    plain, coarse = scored(exact, shares=False), scored(rough, shares=False)
    lifted = scored(made.upcast(made.model("small llama", scale, "bf16", reward=True)), shares=False)
    for way in scale.ways:
        with by(way):
            yield relative(f"rewards of 6 answers, {way}", "fp32", scored(exact, shares=True), plain)
            yield rounded(f"rewards of 6 answers, {way}", "bf16", scored(rough, shares=True), coarse, lifted)
    pairs = [{"chosen_ids": [*p, *a[0]], "rejected_ids": [*p, *a[1]]} for p, a in zip(prompts, said, strict=True)]
    ranked = [{"ranked_ids": [[*p, *a] for a in some]} for p, some in zip(prompts, said, strict=True)]

    def step(kind: type, rows: Any, **options: Any) -> Callable[[str], Any]:
        def run(precision: str) -> Any:
            fresh = made.model("small llama", scale, reward=True)
            return first_step(kind, RewardConfig, fresh, rows, precision, "SEQ_CLS", **options)

        return run

    kind = SharedPrefixRewardTrainer
    yield from _steps("reward model on pairs", scale, _each_way(scale, step(kind, pairs)), step(RewardTrainer, pairs))
    plain_step = step(RankingRewardTrainer, ranked, shares=False)
    shared = _each_way(scale, step(RankingRewardTrainer, ranked))
    yield from _steps("reward model on rankings of 6", scale, shared, plain_step)


def greedy(scale: Scale) -> Iterator[Proof]:
    """The sampler's greedy answers against `generate`, prompt by prompt, token for token."""
    vocabulary = made.shape("small llama", scale)["vocab_size"]
    tokens = made.cached_tokenizer(vocabulary)
    asked, _ = made.ids(tokens, made.trees(scale.pick(12, 5), 1, scale.pick(60, 10), 1, vocabulary, seed=7))
    most = scale.pick(40, 8)
    for name in ("small llama", "windows (Mistral's layers)"):
        model = made.model(name, scale)
        decoding, names = Decoding(max_new_tokens=most), [str(i) for i in range(len(asked))]
        rows = scale.pick(5, 3)  # fewer than prompts, so that rows leave and others join
        found = answer_ids(model, asked, names, samples=1, decoding=decoding, ends=frozenset({0}), seed=0, rows=rows)
        parted = close = same = 0
        for prompt, (answer,) in zip(asked, found, strict=True):
            ids = torch.tensor([prompt], device=DEVICE)
            whole = model.generate(
                ids, attention_mask=torch.ones_like(ids), max_new_tokens=most, do_sample=False, eos_token_id=[0],
                pad_token_id=made.PAD,
            )[0, len(prompt) :].tolist()  # fmt: skip
            at = next((i for i, (a, b) in enumerate(zip(answer, whole, strict=False)) if a != b), None)
            if at is None and len(answer) == len(whole):
                same += 1
                continue
            at = min(len(answer), len(whole)) if at is None else at
            with torch.no_grad():
                before = torch.tensor([[*prompt, *whole[:at]]], device=DEVICE)
                two = model(before).logits[0, -1].float().topk(2).values
            tie = float(two[0] - two[1]) <= SAME_LOGIT
            close, parted = close + tie, parted + (not tie)
        says = f"{same} of {len(asked)} equal, {close} part at a tie, {parted} part otherwise"
        yield Proof(f"greedy answers: {name}", "fp32", says, "none parts otherwise", parted == 0)


def sampled(scale: Scale) -> Iterator[Proof]:
    """Many samples of one token against the distribution that they are drawn from, by chi-squared."""
    from scipy.stats import chisquare

    vocabulary = made.shape("small llama", scale)["vocab_size"]
    tokens = made.cached_tokenizer(vocabulary)
    (prompt,), _ = made.ids(tokens, made.trees(1, 1, 20, 1, vocabulary, seed=8))
    count = scale.pick(16384, 1024)
    for precision in ("fp32", "bf16"):
        model = made.model("small llama", scale, precision)
        for top_p in (1.0, 0.9):
            decoding = Decoding(max_new_tokens=1, temperature=0.8, top_p=top_p)
            with torch.no_grad():
                logits = model(torch.tensor([prompt], device=DEVICE)).logits[0, -1].float()
            probs = torch.softmax(logits.double() / 0.8, -1).cpu()
            values, order = probs.sort(descending=True)
            kept = values.cumsum(0) - values < top_p
            nucleus = torch.zeros_like(probs).scatter(0, order[kept], values[kept])
            nucleus /= nucleus.sum()
            found = answer_ids(
                model, [prompt], [str(i) for i in range(count)], samples=count, decoding=decoding,
                ends=frozenset({0}), seed=1, rows=count,
            )[0]  # fmt: skip
            drawn = torch.bincount(torch.tensor([answer[0] for answer in found]), minlength=vocabulary)
            outside = int(drawn[nucleus == 0].sum())
            # rare tokens together, so that each count is expected to be at least 5
            expected = nucleus * count
            many = expected >= 5
            seen = [*drawn[many].tolist(), int(drawn[~many].sum())]
            wanted = [*expected[many].tolist(), float(expected[~many].sum())]
            pairs = [(s, w) for s, w in zip(seen, wanted, strict=True) if w > 0]
            p = float(chisquare([s for s, _ in pairs], [w for _, w in pairs]).pvalue) if len(pairs) > 1 else 1.0
            # in bf16 the batch's logits may round apart from the lone prompt's, so a token at the edge may fall in
            fine = p >= UNLIKELY and outside <= (0 if precision == "fp32" else count / 1000)
            says = f"p = {p:.2g}, {outside} outside the nucleus"
            yield Proof(f"{count} samples, top-p {top_p:g}", precision, says, f"p ≥ {UNLIKELY:g}", fine)


def kl(scale: Scale) -> Iterator[Proof]:
    """KL from the start over answers, and rehearsal's value and gradient, by forest and one by one."""
    vocabulary = made.shape("small llama", scale)["vocab_size"]
    tokens = made.cached_tokenizer(vocabulary)
    prompts, said = made.ids(tokens, made.trees(6, 1, *scale.pick((80, 40), (12, 6)), vocabulary, seed=9))
    answers = [some[0] for some in said]
    policy, start = made.model("small llama", scale), made.model("small llama", scale, seed=1)
    plain = torch.tensor(divergence(policy, start, prompts, answers, shares=False))
    texts = [[*p, *a] for p, a in zip(prompts, answers, strict=True)]
    torch.manual_seed(4)
    adapted = get_peft_model(made.model("small llama", scale), LoraConfig(task_type="CAUSAL_LM", **LORA))

    def rehearsed(*, shares: bool) -> tuple[Tensor, Tensor]:
        adapted.zero_grad(set_to_none=True)
        value = Rehearsal(texts, 1.0, len(texts)).divergence(adapted, 0, shares=shares)
        value.backward()
        return value.detach()[None], torch.cat([p.grad.flatten() for p in adapted.parameters() if p.grad is not None])

    alone = rehearsed(shares=False)
    for way in scale.ways:
        with by(way):
            ours = torch.tensor(divergence(policy, start, prompts, answers, shares=True))
            yield relative(f"KL from the start, {way}", "fp32", ours, plain)
            found = rehearsed(shares=True)
        yield relative(f"rehearsal, value, {way}", "fp32", found[0], alone[0])
        yield relative(f"rehearsal, gradient, {way}", "fp32", found[1], alone[1])


class _Killed(Exception):
    """Stands for a kill."""


def resume(scale: Scale) -> Iterator[Proof]:
    """DPO that is cut off and goes on, against one that is not; two whole ones tell what the card's own order does."""
    vocabulary = made.shape("small llama", scale)["vocab_size"]
    items = made.comparisons(made.pairs(12, *scale.pick((80, 40), (12, 6)), vocabulary, seed=10))
    settings = TrainingSpec(
        learning_rate=1e-3, batch_size=2, epochs=1, checkpoint_every=2, probe_prompts=0, rehearsal_weight=0.1,
        lora=LoraSpec(rank=8, alpha=16),
    )  # fmt: skip

    def trained(folder: Path, *, killed: bool = False) -> dict[str, Tensor]:
        def stop(step: int, _of: int, _loss: float) -> None:
            if killed and step == 5:
                raise _Killed

        start = LoadedModel(made.model("small llama", scale), made.tokenizer(vocabulary), ModelRef("made"), "fp32")
        train_dpo(start, items, settings, seed=5, work=folder / "work", adapter=folder / "adapter", on_step=stop)
        return load_file(folder / "adapter" / "adapter_model.safetensors")

    folder = Path(tempfile.mkdtemp())
    whole, again = trained(folder / "whole"), trained(folder / "again")
    with contextlib.suppress(_Killed):
        trained(folder / "cut", killed=True)
    resumed = trained(folder / "cut")

    def apart(one: dict[str, Tensor], other: dict[str, Tensor]) -> float:
        norm = torch.stack([one[name].norm() for name in one]).norm()
        return float(torch.stack([(one[name] - other[name]).norm() for name in one]).norm() / norm)

    own, off = apart(whole, again), apart(whole, resumed)
    says = f"{off:.1e} of its norm; two uninterrupted ones {own:.1e}"
    yield Proof("resume after a kill, adapter", "fp32", says, "1e-4, or as those two", off <= max(1e-4, 2 * own))


def memory(scale: Scale) -> Iterator[Proof]:
    """Peak memory of log-probabilities and their gradient in tokens: by how much it grows, against the logits alone."""
    vocabulary = scale.pick(131072, 3000)
    model = made.model("small llama", scale, "bf16", vocab_size=vocabulary)
    for parameter in model.get_output_embeddings().parameters():
        parameter.requires_grad_(False)
    peaks = []
    sizes = scale.pick((4096, 8192), (64, 128))
    for size in sizes:
        source = random.Random(size)
        sequence = [source.randrange(6, vocabulary) for _ in range(size)]
        for _ in range(2):  # the first makes kernels
            made.forget_peak()
            logps_and_gradients(model, [sequence], [1], shared=True)
            made.wait()
        peaks.append(made.held())
    growth, logits = (peaks[1] - peaks[0]) / 2**30, (sizes[1] - sizes[0]) * vocabulary * 4 / 2**30
    says = f"{sizes[1] - sizes[0]} more tokens: {growth:.2f} GiB more; their fp32 logits alone: {logits:.2f} GiB"
    yield Proof(f"memory, vocabulary of {vocabulary}", "bf16", says, "a quarter of the logits", growth <= logits / 4)


def devices(scale: Scale) -> Iterator[Proof]:
    """What is spread over devices, or comes from another, is refused in words."""
    if DEVICE.type == "cuda":
        model = made.model("small llama", scale)
        model.model.layers[1].cpu()
        reason = why_not(model)
        yield Proof(
            "a model on two devices makes no forest", "", (reason or "let through")[:90], "a reason", bool(reason)
        )
    here = InProcess(LoadedModel(made.model("small llama", scale), made.tokenizer(300), ModelRef("made"), "fp32"))
    found = [
        Evaluation.model_construct(fingerprint=told, items={"heldout": ("a", "b")})
        for told in (here.describe(), {**here.describe(), "device": "another"})
    ]
    says = unlike(*found)
    yield Proof("evaluations on two devices are not compared", "", says, "named", says.startswith("device"))
    try:
        Asked(1, "cuda", 0).demand(processes=1, device="cpu", zero=0)
        yield Proof("training on another device than asked for", "", "let through", "refused", passed=False)
    except UserError:
        yield Proof("training on another device than asked for", "", "refused", "refused", passed=True)
    if DEVICE.type == "cuda":
        best = best_precision("auto")
        yield Proof("precision `auto`", best, best, "bf16", best == "bf16")


def start_up(scale: Scale) -> Iterator[Proof]:
    """What compiling FlexAttention costs: the first forward and backward pass against the second."""
    sequences, starts = _forest(scale)
    for precision in ("bf16", "fp32"):
        model = made.model("small llama", scale, precision)
        first, _ = timed(lambda model=model: logps_and_gradients(model, sequences, starts, shared=True))
        second, _ = timed(lambda model=model: logps_and_gradients(model, sequences, starts, shared=True))
        # other sizes take the kernels that were made
        more = _forest(scale, count=7, answers=3)
        third, _ = timed(lambda model=model, more=more: logps_and_gradients(model, *more, shared=True))
        says = f"first {first:.1f} s, second {second:.2f} s, another size {third:.2f} s"
        name = f"start-up of the first forest, {scale.ways[0]}"
        yield Proof(name, precision, says, "another size compiles nothing", third < max(1.0, first / 4))


PROOFS: dict[str, Callable[[Scale], Iterator[Proof]]] = {
    "start-up": start_up,
    "forests": forests,
    "dpo": dpo,
    "scoring": scoring,
    "rewards": rewards,
    "greedy": greedy,
    "sampled": sampled,
    "kl": kl,
    "windows": windows_and_caps,
    "resume": resume,
    "memory": memory,
    "devices": devices,
    "tf32": with_tf32,
}
"""By name, in the order of their worth."""
