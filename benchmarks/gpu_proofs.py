"""The proofs of `gpu.py`: each fast path beside the plain one, on small models whose choices are sharp."""

import random
from collections.abc import Callable, Iterator
from typing import Any

from common import DEVICE, timed

import torch
from torch import Tensor

import gpu_made as made
from gpu_made import Scale, by, tf32
from gpu_ranks import processes
from gpu_tables import LOGP, SAME_LOGIT, UNLIKELY, Proof, near, relative, rounded
from gpu_training import dpo, kl, resume, rewards
from trimtab.errors import UserError
from trimtab.evaluate import unlike
from trimtab.models import Decoding, InProcess, LoadedModel, ModelRef, answer_ids, best_precision
from trimtab.records import Evaluation
from trimtab.sharing import (
    Scorer,
    forest_attention,
    lay_out,
    per_token,
    predictions,
    why_not,
)
from trimtab.train.launch.ranks import LaunchRequest


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
        LaunchRequest(1, "cuda", 0).demand(processes=1, device="cpu", zero=0)
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
    "processes": processes,
}
"""By name, in the order of their worth."""
