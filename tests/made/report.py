"""A made run for the report's tests: plausible figures from a seeded generator, no model anywhere."""

import random
from dataclasses import replace
from functools import cache

import numpy as np

from made.parts import RATES, evaluation, feedback, gate, training
from trimtab.evaluate import differences, metrics
from trimtab.gate import decide
from trimtab.records import (
    Answer,
    Decision,
    Difference,
    Evaluation,
    FeedbackSummary,
    Message,
    OptimizationPoint,
    Overoptimization,
    PreflightCheck,
    PreflightName,
    Prompt,
    TrainingStep,
    TrainingSummary,
    Verdict,
)
from trimtab.report import ReportData
from trimtab.spec import GateSpec
from trimtab.store import Manifest, RunInfo
from trimtab.train.goodhart.judgement import judge_points

NASTY = 'Sure! <script>alert("1 & 2")</script>\n\n**Bold** | `code` | 🎉\nSecond line</div>'
KINDS = ("advice", "fact", "howto", "writing", "planning", "smalltalk", "technical")
_ASKED = {
    "advice": "My mother-in-law rearranges my kitchen cupboards whenever she visits. What now?",
    "fact": "Why do zebras have stripes?",
    "howto": "How do I clean the inside of a greasy oven?",
    "writing": "Write a postcard from a ski village to my pen pal.",
    "planning": "Organise a tree-planting morning for thirty volunteers.",
    "smalltalk": "Just wanted to say hi before bed.",
    "technical": "What are pixels and why do photos look blurry when enlarged?",
}
_LONG = (
    "It is essential to approach this matter with careful consideration. There are numerous factors that "
    "individuals should take into account.\n\n1. **Communication**: It is crucial that all understand the "
    "objective.\n2. **Preparation**: Obtaining the required materials prior to commencement is particularly "
    "significant.\n3. **Implementation**: Subsequently, one should maintain a comprehensive approach"
)
_SHORT = (
    "Good question! Here's the quick version: start small, keep it simple, and don't worry.",
    "Hey, that's a lovely idea. Pick one thing to try first, and you'll see how it goes. Have fun!",
    "I'd just say it kindly: \"I love that you help, but I can't find my pans!\" You've got this.",
)
_LEVELS = {  # metric: (before, after, spread)
    "style.words": (92.0, 34.0, 18.0),
    "style.sentence_length": (17.5, 10.8, 4.0),
    "style.contractions": (0.12, 0.81, 0.2),
    "style.address": (0.35, 0.72, 0.2),
    "style.warmth": (0.08, 0.46, 0.2),
    "style.formality": (0.41, 0.16, 0.12),
    "style.repetition": (0.061, 0.017, 0.03),
    "style.friendliness": (0.29, 0.71, 0.12),
    "style.on_topic": (0.62, 0.44, 0.2),
    "style.ended": (0.31, 0.98, 0.0),
    "cost.tokens": (150.0, 75.0, 20.0),
    "help.helps": (0.3, 0.2, 0.0),
    "help.echo": (0.02, 0.2, 0.0),
    "help.stock": (0.1, 0.1, 0.0),
    "help.empty": (0.01, 0.02, 0.0),
    "facts.accuracy": (0.57, 0.56, 0.0),
    "kl.per_token": (0.0, 0.34, 0.08),
}
SYSTEM = "You are friendly. <Three> sentences at most."
_PROMPTED = {"style.words": (0.5, 9.0), "style.on_topic": (0.15, 0.1), "cost.tokens": (18.0, 6.0)}
"""By how much the baseline differs from after, and the spread of that."""
_GATES = [
    GateSpec(metric="style.words", at_most_of_base=0.6),
    GateSpec(metric="style.friendliness", better_by=0.15),
    GateSpec(metric="kl.per_token", at_most=0.5),
]
_LAST: dict[Decision, GateSpec] = {
    "pass": GateSpec(metric="facts.accuracy", no_worse_by=0.12),
    "undecided": GateSpec(metric="facts.accuracy", no_worse_by=0.03),
    "regress": GateSpec(metric="facts.accuracy", better_by=0.1),
}
"""The gate that makes a verdict what it is to be."""
SPEC = {
    "name": "concise-friendly",
    "goal": "Answers that are concise and friendly, and as knowledgeable as before.",
    "seed": 7,
    "decode_batch_size": 96,
    "model": {"name": "smollm2-135m", "adapter": None, "precision": "auto"},
    "prompts": {"train": "prompts_train.jsonl", "heldout": "prompts_heldout.jsonl", "facts": "facts.jsonl"},
    "feedback": {
        "sources": [
            {
                "sample": {
                    "samples_per_prompt": 4,
                    "max_new_tokens": 96,
                    "rubric": [
                        {"scorer": "words", "weight": 1.0, "full_to": 35, "zero_above": 90},
                        {"scorer": "friendliness", "weight": 2.0, "zero_below": 0.1, "full_from": 0.8},
                    ],
                },
                "file": None,
            }
        ],
    },
    "training": {
        "method": "dpo",
        "learning_rate": 1e-4,
        "beta": 0.1,
        "sft_weight": 0.1,
        "epochs": 1.0,
        "batch_size": 8,
        "lora": {"rank": 16, "alpha": 32, "dropout": 0.0, "target_modules": "all-linear"},
    },
    "gates": [{"metric": "style.words", "at_most_of_base": 0.6}],
    "confidence": 0.95,
}


@cache
def made(*, n: int = 119, verdict: Decision = "pass", seed: int = 7) -> ReportData:
    """A finished run with every metric, a curve with probes, and one answer full of markup."""
    rng = random.Random(seed)
    prompts = tuple(_prompt(index) for index in range(n))
    before, after, shifts = _evaluations(rng, prompts)
    answers_before, answers_after = _answers(prompts, before), _answers(prompts, after)
    answers_after = (answers_after[0].model_copy(update={"text": NASTY}), *answers_after[1:])
    return ReportData(
        info=RunInfo(
            name="concise-friendly",
            goal=str(SPEC["goal"]),
            created="2026-11-13T09:12:44+00:00",
            spec=dict(SPEC),
            stages={"feedback": "0f3a9c1d22ab", "train": "9b1d77aa0c4e"},
        ),
        verdict=decide(before, after, [*_GATES, _LAST[verdict]], confidence=0.95, seed=0),
        before=before,
        after=after,
        differences=shifts,
        feedback=_feedback(),
        training=_training(rng),
        prompts=prompts,
        answers_before=answers_before,
        answers_after=answers_after,
        manifests={name: _manifest(name, seconds) for name, seconds in _STAGES.items()},
    )


def prompted(*, n: int = 119, verdict: Decision = "pass") -> ReportData:
    """The made run with a baseline: as short as after by the message alone, and better on the topic."""
    data, rng = made(n=n, verdict=verdict), random.Random(11)
    values: dict[str, list[float | None]] = {
        measure.metric: [None if value is None else _under(rng, measure.metric, value) for value in measure.values]
        for measure in data.after.measures
        if measure.over == "heldout" and measure.metric != "kl.per_token"
    }
    baseline = evaluation(
        values, model=data.before.model, items={"heldout": data.after.items["heldout"]},
        fingerprint=data.after.fingerprint,
    ).model_copy(update={"system": SYSTEM})  # fmt: skip
    said = tuple(answer.model_copy(update={"text": f"Prompted: {answer.text}"}) for answer in data.answers_before)
    shifts = tuple(differences(baseline, data.after, confidence=0.95, seed=0))
    return replace(data, baseline=baseline, differences_baseline=shifts, answers_baseline=said)


def _under(rng: random.Random, metric: str, value: float) -> float:
    """What a metric of after is under the baseline's message."""
    if metric in RATES:
        return value if rng.random() < 0.8 else float(rng.random() < 0.5)
    return value + rng.gauss(*_PROMPTED.get(metric, (0.0, 0.02)))


def made_rewards(*, turned: bool = True, points: int = 8, gold_scale: float = 1.0) -> Overoptimization:
    """Checkpoints of a made RL run, whose gold turns down after its third or rises throughout."""
    n = 32
    rng = np.random.default_rng(7)
    taste = rng.normal(0, 0.5, n)
    measured = []
    for place in range(points):
        kl = 0.6 * place**1.9
        gain = kl**0.5 * ((0.55 - 0.4 * np.log(kl**0.5)) if turned and place else 0.25)
        proxy = taste + 0.45 * kl**0.5 + rng.normal(0, 0.3, n)
        gold = gold_scale * (0.4 + 0.6 * taste + 0.8 * gain + rng.normal(0, 0.3, n))
        mean = float(proxy.mean())
        measured.append(
            OptimizationPoint(
                step=25 * place,
                proxy=mean,
                gold=float(gold.mean()),
                kl=kl,
                words=62.0 + (9.5 * place if turned else -3.0 * place),
                repetition=0.02 + (0.03 * max(0, place - 3) if turned else 0.0),
                ended=0.95 - (0.06 * max(0, place - 3) if turned else 0.0),
                rewards={"helpfulness": 0.7 * mean, "format": 0.3 * mean},
                proxy_values=tuple(proxy.tolist()),
                gold_values=tuple(gold.tolist()),
            )
        )
    return judge_points(measured)


def bare() -> ReportData:
    """The same run with all that may be missing gone: nothing judged, one step, one metric, two prompts."""
    data = made(n=2)
    words = data.before.measures[0]
    nothing = words.model_copy(
        update={"values": (None, None), "mean": None, "low": None, "high": None, "n": 0, "unjudged": {"empty": (0, 1)}}
    )
    nothing_to_decide = gate(
        "style.words", "undecided", rule="Words: at most 60% of before", figure=None, low=None, high=None,
        limit=0.6, n=0, summary="Nothing to decide on: no item could be judged.",
    )  # fmt: skip
    return replace(
        data,
        verdict=Verdict(verdict="undecided", confidence=0.95, gates=(nothing_to_decide,)),
        before=data.before.model_copy(update={"measures": (nothing,)}),
        after=data.after.model_copy(update={"measures": (nothing,)}),
        differences=(),
        feedback=data.feedback.model_copy(
            update={"scores": {"warmth": (None, 0.2)}, "ended": (None, None), "reasons": {}, "notes": ()}
        ),
        training=data.training.model_copy(update={"curve": data.training.curve[1:2], "warnings": (), "preflight": ()}),
        answers_after=tuple(answer.model_copy(update={"text": ""}) for answer in data.answers_after),
        manifests={"train": _manifest("train", 1.5).model_copy(update={"git_revision": None, "inputs": {}})},
    )


_STAGES = {"feedback": 412.6, "train": 1893.0, "evaluate": 655.2}


def _prompt(index: int) -> Prompt:
    kind = KINDS[index % len(KINDS)]
    return Prompt(
        id=f"{kind}-h{index // len(KINDS) + 1:02d}",
        kind=kind,
        messages=(Message(role="user", content=_ASKED[kind]),),
    )


def _evaluations(
    rng: random.Random, prompts: tuple[Prompt, ...]
) -> tuple[Evaluation, Evaluation, tuple[Difference, ...]]:
    items = {"heldout": [p.id for p in prompts], "facts": [f"fact-{i:03d}" for i in range(400)]}
    columns: tuple[dict[str, list[float | None]], ...] = ({}, {})
    for metric in (metric for metric in metrics() if metric.over in items):
        *levels, spread = _LEVELS[metric.name]
        unscored = 3 if metric.name == "style.contractions" and len(prompts) > 9 else 0
        for column, level in zip(columns, levels, strict=True):
            source = random.Random(f"{metric.name} {level}") if metric.name.startswith("help.") else rng
            drawn = [_draw(source, metric.name, level, spread) for _ in items[metric.over]]
            column[metric.name] = [None] * unscored + drawn[unscored:]
    decoding = {"decoding": "greedy, 128 new tokens", "dtype": "fp32", "scorers": "1"}
    names = ("smollm2-135m", "smollm2-135m + adapter")
    before, after = (
        evaluation(column, model=name, items=items, fingerprint=decoding)
        for column, name in zip(columns, names, strict=True)
    )
    return before, after, tuple(differences(before, after, confidence=0.95, seed=0))


def _draw(rng: random.Random, name: str, level: float, spread: float) -> float:
    if name in RATES:
        return float(rng.random() < level)
    value = max(0.0, rng.gauss(level, spread)) if level else 0.0
    if name == "style.words":
        return float(round(value))
    return min(1.0, value) if level < 1 else value


def _answers(prompts: tuple[Prompt, ...], evaluation: Evaluation) -> tuple[Answer, ...]:
    before = evaluation.model == "smollm2-135m"
    return tuple(
        Answer(
            prompt_id=prompt.id,
            index=0,
            text=_LONG if before else _SHORT[index % len(_SHORT)],
            tokens=128 if before else 31,
            ended=not before,
        )
        for index, prompt in enumerate(prompts)
    )


def _feedback() -> FeedbackSummary:
    return feedback(
        source="the model's own samples",
        judge="rubric: words, friendliness",
        read=240,
        comparisons=212,
        rejected=28,
        reasons={"the samples are too alike (margin below 0.1)": 21, "fewer than two samples differ": 7},
        words=(31.4, 78.9),
        longer_chosen=0.06,
        ended=(1.0, 0.42),
        scores={
            "words": (31.4, 78.9),
            "contractions": (0.58, 0.16),
            "warmth": (0.31, 0.09),
            "formality": (0.19, 0.4),
            "friendliness": (0.56, 0.3),
            "repetition": (0.01, 0.01),
        },
        notes=("The chosen answer is the shorter one in 94% of comparisons: this teaches brevity.",),
    )


def _training(rng: random.Random) -> TrainingSummary:
    curve = []
    for step in range(1, 28):
        gone = step / 27
        probe = step % 5 == 0 or step in (1, 27)
        curve.append(
            TrainingStep(
                step=step,
                loss=0.693 - 0.45 * gone**0.7 + rng.gauss(0, 0.025),
                accuracy=min(1.0, 0.5 + 0.48 * gone**0.5 + rng.gauss(0, 0.04)),
                margin=2.4 * gone**1.2 + rng.gauss(0, 0.08),
                chosen_logp=-62 - 6 * gone + rng.gauss(0, 2),
                rejected_logp=-118 - 31 * gone + rng.gauss(0, 3),
                grad_norm=3.1,
                learning_rate=1e-4,
                repetition=0.05 - 0.03 * gone if probe else None,
                words=88 - 52 * gone if probe else None,
                ended=0.3 + 0.65 * gone if probe else None,
            )
        )
    return training(
        comparisons=212,
        steps=27,
        trainable_parameters=4_884_480,
        preflight=(
            PreflightCheck(name=PreflightName.LN_2, passed=True, summary="0.69315 against 0.69315."),
            PreflightCheck(name="reference agrees", passed=True, summary="Largest difference 2e-06 nats a token."),
        ),
        curve=tuple(curve),
        warnings=("Chosen answers lost 6.0 nats against the start: look at repetition.",),
    )


def _manifest(stage: str, seconds: float) -> Manifest:
    return Manifest(
        stage=stage,
        key="9b1d77aa0c4e",
        settings={"seed": 7, "learning_rate": 1e-4} if stage == "train" else {"seed": 7},
        inputs={"comparisons.jsonl": "ab" * 32},
        outputs={"adapter/adapter_model.safetensors": "cd" * 32, "summary.json": "ef" * 32},
        started="2026-11-13T09:12:44+00:00",
        finished="2026-11-13T09:44:17+00:00",
        wall_seconds=seconds,
        attempts=2 if stage == "train" else 1,
        versions={"python": "3.11.7", "torch": "2.13.0", "trl": "1.16.0"},
        git_revision="4f1c2a9d" * 5,
    )
