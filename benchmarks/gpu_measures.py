"""The measurements of `gpu.py`: trimtab beside its peers, warm, taking turns, on models of real shapes drawn at random.

Peers are given what trimtab is given: the same weights, inputs, adapter, precision and loss. Memory is what a way holds
at its peak beyond what was loaded before.
"""

import math
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from common import DEVICE, timed

import torch
from datasets import Dataset
from peft import LoraConfig
from transformers import TrainerCallback
from trl import DPOConfig, DPOTrainer, RewardConfig

import gpu_made as made
from gpu_made import PAD, Scale, Taken, by, taken
from gpu_tables import Measured
from reward import padded
from rl_made import KINDS
from rl_made import make as on_policy
from sampling import ours as our_samples
from sampling import peer as their_samples
from trimtab.evaluate import truthfulqa
from trimtab.models import LoadedModel, ModelRef, prompt_ids
from trimtab.sharing import RewardScorer, Scorer, lay_out
from trimtab.train.reward.shared import RankingRewardTrainer
from trimtab.train.shared_dpo import SharedPrefixDPOTrainer

RATIOS = {"HH-like": (90, 38), "1:4": (64, 256), "1:1": (256, 256), "8:1": (2048, 256)}
"""Tokens of a prompt, and of an answer."""


def _trainer(kind: type, config: type, model: Any, rows: Any, precision: str, task: str, **options: Any) -> Any:
    """A trainer in its first step's state, with an adapter that is not zero."""
    arguments = config(
        output_dir=tempfile.mkdtemp(), per_device_train_batch_size=len(rows), bf16=precision == "bf16",
        use_cpu=DEVICE.type == "cpu", gradient_checkpointing=False, max_length=8192, report_to=[],
    )  # fmt: skip
    extra = {"modules_to_save": ["score"]} if task == "SEQ_CLS" else {}
    torch.manual_seed(0)
    trainer = kind(
        model, args=arguments, train_dataset=Dataset.from_list(rows),
        processing_class=made.cached_tokenizer(model.config.vocab_size),
        peft_config=LoraConfig(
            r=16, lora_alpha=32, target_modules="all-linear", task_type=task, init_lora_weights=False, **extra
        ),
        **options,
    )  # fmt: skip
    for name, parameter in trainer.model.named_parameters():
        if "lora_B" in name:
            parameter.data *= 0.02
    trainer.model.train()
    trainer.current_gradient_accumulation_steps = 1
    return trainer


def _step(trainer: Any, batch: dict[str, Any]) -> float:
    trainer.model.zero_grad(set_to_none=True)
    with trainer.accelerator.autocast():  # which `train` would put around the policy
        return float(trainer.training_step(trainer.model, dict(batch)))


def _batch(trainer: Any) -> dict[str, Any]:
    return trainer.data_collator([trainer.train_dataset[i] for i in range(len(trainer.train_dataset))])


def _tokens(batch: dict[str, Any]) -> str:
    rows = [
        [token for token, seen in zip(ids, mask, strict=True) if seen]
        for ids, mask in zip(batch["input_ids"].tolist(), batch["attention_mask"].tolist(), strict=True)
    ]
    shared, whole = len(lay_out(rows, [1] * len(rows))), batch["input_ids"].numel()
    return f"{whole} → {shared} tokens ({whole / shared:.2f})"


def dpo(scale: Scale, name: str, precision: str, cases: dict[str, int]) -> Iterator[Measured]:
    """DPO steps (reference, policy, backward) against TRL's trainer, which pads and attends by SDPA.

    `cases` name ratios and pairs a batch; a ratio may be named again with a mark behind it.
    """
    vocabulary = made.shape(name, scale)["vocab_size"]
    models = [made.model(name, scale, precision) for _ in range(2)]
    for case, count in cases.items():
        ratio = case.rstrip("*")
        sizes = scale.pick(RATIOS[ratio], (max(4, RATIOS[ratio][0] // 64), max(3, RATIOS[ratio][1] // 64)))
        rows = made.pairs(scale.pick(count, 2), *sizes, vocabulary, seed=11)
        kinds = {"TRL": DPOTrainer, "trimtab": SharedPrefixDPOTrainer}
        trainers = {
            which: _trainer(kind, DPOConfig, model, rows, precision, "CAUSAL_LM")
            for (which, kind), model in zip(kinds.items(), models, strict=True)
        }
        batch = _batch(trainers["TRL"])
        ways = {which: partial(_step, trainer, batch) for which, trainer in trainers.items()}
        found = taken(ways, scale.pick(3, 1))
        work = f"DPO step, {len(rows)} pairs, {ratio}"
        note = _tokens(batch)
        yield Measured.of(work, name, precision, "TRL", found["TRL"], found["trimtab"], note)
        if len(scale.ways) > 1 and case == "8:1":
            blocks = taken({"blocks": partial(_by_blocks, trainers["trimtab"], batch)}, 2)["blocks"]
            flex = found["trimtab"]
            yield Measured.of("the same, trimtab by blocks and by flex", name, precision, "blocks", blocks, flex, "")
        models = [trainer.accelerator.unwrap_model(trainer.model).unload() for trainer in trainers.values()]
        del trainers, ways


def _by_blocks(trainer: Any, batch: dict[str, Any]) -> float:
    with by("blocks"):
        return _step(trainer, batch)


def rankings(scale: Scale, name: str, precision: str, answers: Sequence[int]) -> Iterator[Measured]:
    """Steps of a reward model on rankings of 2 to 8 answers: the same trainer, padded by TRL's path or shared."""
    vocabulary = made.shape(name, scale)["vocab_size"]
    tokens = made.cached_tokenizer(vocabulary)
    models = [made.model(name, scale, precision, reward=True) for _ in range(2)]
    for ratio, sizes in {"4:1": scale.pick((512, 128), (16, 4)), "1:1": scale.pick((128, 128), (6, 6))}.items():
        for count in answers:
            prompts, said = made.ids(tokens, made.trees(scale.pick(32 // count, 2), count, *sizes, vocabulary, seed=12))
            rows = [{"ranked_ids": [[*p, *a] for a in some]} for p, some in zip(prompts, said, strict=True)]
            trainers = [
                _trainer(RankingRewardTrainer, RewardConfig, model, rows, precision, "SEQ_CLS", shares=shares)
                for model, shares in zip(models, (False, True), strict=True)
            ]
            batch = _batch(trainers[0])
            found = taken({"padded": partial(_step, trainers[0], batch), "shared": partial(_step, trainers[1], batch)},
                          scale.pick(3, 1))  # fmt: skip
            work = f"reward model's step, {len(rows)} rankings of {count}, {ratio}"
            yield Measured.of(work, name, precision, "padded", found["padded"], found["shared"], _tokens(batch))
            models = [trainer.accelerator.unwrap_model(trainer.model).unload() for trainer in trainers]
            del trainers


def scoring(scale: Scale, name: str, precision: str) -> Iterator[Measured]:
    """Rewards of 8 answers to each of 32 prompts against padded batches of like lengths."""
    vocabulary = made.shape(name, scale)["vocab_size"]
    tokens = made.cached_tokenizer(vocabulary)
    model = made.model(name, scale, precision, reward=True)
    model.config.pad_token_id = PAD
    for ratio, sizes in {"1:1": scale.pick((128, 128), (6, 6)), "4:1": scale.pick((512, 128), (16, 4))}.items():
        prompts, said = made.ids(tokens, made.trees(scale.pick(32, 3), scale.pick(8, 3), *sizes, vocabulary, seed=13))
        whole = [[*p, *a] for p, some in zip(prompts, said, strict=True) for a in some]
        scorer = RewardScorer(model, print)
        batches, budgets = scale.pick((16, 64), (4,)), scale.pick((4096, 16384, 32768), (64,))
        ways: dict[str, Callable[[], Any]] = {f"batches of {n}": partial(padded, model, whole, n) for n in batches}
        ways |= {f"packs of {n}": partial(scorer, prompts, said, budget=n) for n in budgets}
        found = taken(ways, scale.pick(3, 1))
        best = min((n for n in found if n.startswith("batches")), key=lambda n: found[n].seconds)
        ours = min((n for n in found if n.startswith("packs")), key=lambda n: found[n].seconds)
        note = ", ".join(f"{n}: {1e3 * found[n].seconds:.0f} ms" for n in found)
        yield Measured.of(
            f"rewards of {len(whole)} answers, {ratio}, {ours}", name, precision, best, found[best], found[ours], note
        )


def choices(scale: Scale, name: str, precision: str, count: int) -> Iterator[Measured]:
    """Answers to questions of TruthfulQA's shape after a preamble of 300 words, each distinct answer once.

    Against the model class of lm-evaluation-harness, given the same requests without its tasks and their set-up; where
    it is not installed, against one pass an answer.
    """
    loaded = _loaded(name, scale, precision)
    vocabulary = loaded.model.config.vocab_size
    items, before = made.questions(scale.pick(count, 4), vocabulary), made.words(random.Random(0), 300, vocabulary)
    scorer, batch = Scorer(loaded.model), scale.pick(64, 4)
    requests = [
        (f"{before} Q: {item.question}\nA:", f" {text}")
        for item in items
        for text in dict.fromkeys((*item.mc1.texts, *item.mc2.texts))
    ]
    try:
        from lm_eval.api.instance import Instance
        from lm_eval.models.huggingface import HFLM

        called = f"lm-evaluation-harness, batches of {batch}"
        harness = HFLM(pretrained=loaded.model, tokenizer=loaded.tokenizer, batch_size=batch, backend="causal")

        def theirs(some: Sequence[tuple[str, str]]) -> list[float]:
            asked = [Instance("loglikelihood", {}, pair, i) for i, pair in enumerate(some)]
            return [logp for logp, _ in harness.loglikelihood(asked, disable_tqdm=True)]
    except ImportError:
        called, alone = "one by one (lm_eval is not here)", Scorer(loaded.model)
        alone.shares = False

        def theirs(some: Sequence[tuple[str, str]]) -> list[float]:
            parts = [loaded.tokenizer([context, context + text])["input_ids"] for context, text in some]
            return [math.fsum(alone([head], [[whole[len(head) :]]])[0][0]) for head, whole in parts]

    def ours() -> list[float]:
        found = truthfulqa(loaded, items, preamble=f"{before} ", scorer=scorer)
        return [logp for score in found for logp in score.logps.values()]

    ways = {"theirs": lambda: theirs(requests), "ours": ours}
    found = taken(ways, scale.pick(2, 1))
    apart = max(abs(a - b) for a, b in zip(theirs(requests), ours(), strict=True))
    note = f"{len(requests)} answers, log-probabilities apart by at most {apart:.1e} nats"
    work = f"multiple choice, {len(items)} questions"
    yield Measured.of(work, name, precision, called, found["theirs"], found["ours"], note)


def _loaded(name: str, scale: Scale, precision: Any) -> LoadedModel:
    model = made.model(name, scale, precision)
    return LoadedModel(model, made.cached_tokenizer(model.config.vocab_size), ModelRef("made"), precision)


def sampling(scale: Scale, name: str, precision: str, sizes: Sequence[int]) -> Iterator[Measured]:
    """Four samples of up to 100 tokens a prompt against `generate` at its best batch size; some answers end early."""
    loaded = _loaded(name, scale, precision)
    vocabulary = loaded.model.config.vocab_size
    loaded.model.generation_config.eos_token_id = list(range(0, vocabulary, 64))  # answers of about 60 tokens
    prompts = made.prompts(scale.pick(64, 3), scale.pick(90, 8), vocabulary, seed=14)
    asked = [prompt_ids(loaded.tokenizer, prompt.messages) for prompt in prompts]
    with torch.no_grad():
        loaded.model(torch.tensor([asked[0]], device=DEVICE))  # warms up; decoding makes no kernels of its own
    rates = {}
    for size in scale.pick(sizes, (2,)):
        seconds, (tokens, _answers) = timed(partial(their_samples, loaded, asked, size))
        rates[f"generate, {4 * size} rows"] = tokens / seconds
    best = max(rates, key=lambda name: rates[name])
    mine = {}
    for rows in scale.pick((256,), (8,)):
        seconds, (tokens, _answers) = timed(partial(our_samples, loaded, prompts, rows))
        mine[f"trimtab, {rows} rows"] = tokens / seconds
    ours = max(mine, key=lambda name: mine[name])
    note = ", ".join(f"{name}: {value:.0f}" for name, value in {**rates, **mine}.items())
    yield Measured(
        f"sampling 4 answers to {len(prompts)} prompts", name, precision, best, rates[best], mine[ours],
        mine[ours] / rates[best], "tokens/s", note=note,
    )  # fmt: skip


class _Clock(TrainerCallback):  # type: ignore[misc]
    """When each step ended."""

    def __init__(self) -> None:
        self.ends: list[float] = []

    def on_step_end(self, *_: Any, **__: Any) -> None:
        made.wait()
        self.ends.append(time.perf_counter())


def rloo(scale: Scale, name: str, precision: str) -> Iterator[Measured]:
    """Whole RLOO steps (answers, rewards, log-probabilities, backward, optimizer) against TRL's trainer."""
    vocabulary = made.shape(name, scale)["vocab_size"]
    tokens = made.cached_tokenizer(vocabulary)
    prompts, answers, most, steps = scale.pick((8, 8, 32, 3), (2, 2, 6, 2))
    asked = [row["prompt"] for row in made.pairs(prompts * steps, scale.pick(90, 6), 1, vocabulary, seed=15)]
    found = {}
    for which in KINDS["rloo"]:
        clock = _Clock()
        torch.manual_seed(0)
        trainer = on_policy(
            "rloo", which, made.model(name, scale, precision), tokens, asked, precision,
            at_once=prompts, answers=answers, most=most, ends=frozenset({0}), max_steps=steps,
        )  # fmt: skip
        trainer.add_callback(clock)
        made.forget_peak()
        before = torch.cuda.memory_allocated() if DEVICE.type == "cuda" else 0
        trainer.train()
        each = sorted(b - a for a, b in zip(clock.ends, clock.ends[1:], strict=False))
        found[which] = Taken(each[len(each) // 2], 0.0, (made.held() - before) / 2**30)
        del trainer
    work = f"RLOO step, {prompts} prompts × {answers} answers of {most} tokens"
    yield Measured.of(work, name, precision, "TRL", found["TRL"], found["trimtab"], "")


SMALL = {"HH-like": 8, "HH-like*": 64, "8:1": 8, "1:1": 32, "1:4": 64}
LARGE = {"HH-like": 8, "HH-like*": 48, "8:1": 5, "1:4": 32, "1:1": 20}
"""Pairs a batch by ratio: a batch of 8 as people have it, and about 20,000 to 40,000 padded tokens."""
MEASURES: dict[str, Callable[[Scale], Iterator[Measured]]] = {
    "DPO, 1.5B, bf16": lambda scale: dpo(scale, "1.5B", "bf16", LARGE),
    "rankings, 1.5B": lambda scale: rankings(scale, "1.5B", "bf16", (8, 2, 4)),
    "DPO, 135M, bf16": lambda scale: dpo(scale, "135M", "bf16", SMALL),
    "rewards, 1.5B": lambda scale: scoring(scale, "1.5B", "bf16"),
    "RLOO, 135M": lambda scale: rloo(scale, "135M", "bf16"),
    "choices, 135M": lambda scale: choices(scale, "135M", "bf16", 200),
    "sampling, 135M": lambda scale: sampling(scale, "135M", "bf16", (64,)),
    "choices, 1.5B": lambda scale: choices(scale, "1.5B", "bf16", 100),
    "RLOO, 1.5B": lambda scale: rloo(scale, "1.5B", "bf16"),
    "sampling, 1.5B": lambda scale: sampling(scale, "1.5B", "bf16", (64,)),
    "DPO, 1.5B, fp32": lambda scale: dpo(scale, "1.5B", "fp32", {"1:1": 8}),
    "DPO, 135M, fp32": lambda scale: dpo(scale, "135M", "fp32", {"HH-like": 8, "8:1": 8}),
    "rewards, 135M": lambda scale: scoring(scale, "135M", "bf16"),
}
"""By name, in the order of their worth."""
