"""The minute of checks before hours of training: the spec, its files, and each fast path on the user's own model."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UserError
from ..models import NotTaken
from ..policy import unasked
from ..records import (
    Answer,
    Comparison,
    Demonstration,
    FeedbackSource,
    Labels,
    Message,
    PreflightCheck,
    PreflightName,
    Prompt,
    Provenance,
    Reject,
    Thumb,
    also_thought,
)
from ..spec import AUTO, AskedModelSpec, LoadedSpec, RuleJudgeSpec, TrainingSpec
from .auto_method import advised, with_method
from .budgets import asked_models
from .gather import Part, gather, read_part
from .inputs import Inputs, notes_on, read_inputs
from .memory import memory_check
from .progress import Progress
from .sources.review import read_now
from .stages import start_ref
from .supervision import demand_something, rows_before, training_rows

if TYPE_CHECKING:
    from ..models import LoadedModel

Rows = Sequence[Comparison] | Sequence[Demonstration] | Sequence[Thumb] | Sequence[Prompt]

PROMPTS = 4
"""Prompts that the checks look at."""
TOKENS = 24
"""New tokens of each answer they make."""
LOGP_TOLERANCE = {"fp32": 1e-4, "bf16": 0.1}
"""Nats a token by which the fast scorer may differ from a plain pass over one sequence."""


def run_preflight(loaded: LoadedSpec, progress: Progress) -> list[PreflightCheck]:
    """Runs every check; trains and keeps nothing. Raises UserError where the spec, a file or the model cannot work."""
    with also_thought(loaded.spec.model.thought):
        return _checked(loaded, progress)


def _checked(loaded: LoadedSpec, progress: Progress) -> list[PreflightCheck]:
    from ..models import best_precision, load

    inputs = read_inputs(loaded)
    for note in notes_on(loaded, inputs):
        progress.say(f"note: {note}")
    if loaded.spec.training.method == AUTO:
        loaded = with_method(loaded, advised(loaded, progress), progress)
    ref, settings = start_ref(loaded), loaded.spec.training
    start = load(ref, best_precision(loaded.spec.model.precision), progress.say)
    some = _some(inputs, start)
    answers = _greedy(start, some)
    checks = [memory_check(loaded, start.precision), _sampling(start, some, answers), _scoring(start, some, answers)]
    if _told_under(loaded):
        checks.append(_under_system(start))
    checks += [_asked_reads(loaded, one, start, progress) for one in asked_models(loaded.spec)]
    for check in checks:
        progress.say(f"preflight: {check.outcome}  {check.name}: {check.summary}")
    taught, shown = _rows(inputs, start, settings, loaded)
    if settings.first is not None:
        checks += _training(start, shown, settings.first_training, loaded.spec.seed, progress)
        start = load(ref, start.precision, progress.say)  # the preparation wrapped its layers
    return [*checks, *_training(start, taught, settings, loaded.spec.seed, progress)]


def _training(
    start: "LoadedModel", rows: Rows, settings: TrainingSpec, seed: int, progress: Progress
) -> tuple[PreflightCheck, ...]:
    """The checks of a training stage on its first rows. `start` is changed."""
    from ..models import entry
    from ..train import Prepared, rows_in_order, training_told

    method, known = settings.method_row, entry(start.ref.base)
    order, left = rows_in_order(start, method, rows, settings, seed)
    checks = [_left_out(len(rows), left)] if left else []
    for check in checks:
        progress.say(f"preflight: not used  {check.name}: {check.summary}")
    with tempfile.TemporaryDirectory() as scratch:
        with training_told(method, start.model, settings, start.precision):
            prepared: Prepared = method.preparer()(
                start,
                order,
                settings,
                seed=seed,
                checkpoints=Path(scratch),
                base_name=known.hub_id if known else None,
                say=progress.say,
            )
        return (*checks, *prepared.checks)


def _left_out(given: int, left: Sequence[Reject]) -> PreflightCheck:
    """The rows that training will leave out, and why."""
    from ..train import reasons_of

    says = f"{len(left)} of {given} rows cannot be trained on: {reasons_of(left)}."
    return PreflightCheck(name=PreflightName.ROWS, passed=False, summary=says, required=False)


def _some(inputs: Inputs, start: "LoadedModel") -> list[Prompt]:
    """The first prompts that the model can read, with room for an answer. Raises UserError where it can read none."""
    from ..models import prompt_ids
    from ..sharing import unreadable

    found: list[Prompt] = []
    for prompt in inputs.train:
        if unreadable(start.model, [*prompt_ids(start.tokenizer, prompt.messages), *[0] * TOKENS]) is None:
            found.append(prompt)
            if len(found) == PROMPTS:
                break
    if inputs.train and not found:
        raise UserError(
            f"{len(inputs.train)} prompts are to be trained on.",
            f"The model reads none of them with room for {TOKENS} more tokens: its positions end before.",
            "Shorten them, or take a model with more positions.",
        )
    return found


def _greedy(start: "LoadedModel", prompts: Sequence[Prompt]) -> list[Answer]:
    from ..models import Decoding, sample_batch

    return sample_batch(
        start.model, start.tokenizer, prompts, samples=1, decoding=Decoding(max_new_tokens=TOKENS), seed=0
    )


def _sampling(start: "LoadedModel", prompts: Sequence[Prompt], answers: Sequence[Answer]) -> PreflightCheck:
    """Greedy answers against transformers' own, token for token."""
    import torch

    from ..models import end_ids, prompt_ids, said, thought_tokens

    apart, marks, ends = 0, thought_tokens(start.tokenizer), end_ids(start.model, start.tokenizer)
    for prompt, answer in zip(prompts, answers, strict=True):
        ids = torch.tensor([prompt_ids(start.tokenizer, prompt.messages)], device=start.model.device)
        out = start.model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            do_sample=False,
            max_new_tokens=TOKENS,
            pad_token_id=start.tokenizer.pad_token_id,
        )
        apart += said(start.tokenizer, out[0, ids.shape[1] :].tolist(), marks, ends) != answer.text
    return PreflightCheck(
        name=PreflightName.SAMPLER,
        passed=apart == 0,
        summary=f"{len(answers) - apart} of {len(answers)} greedy answers of {TOKENS} tokens are the same"
        + (
            "." if apart == 0 else ": near-ties are told apart by rounding, or the model is one the sampler gets wrong."
        ),
        required=start.precision == "fp32",
    )


def _told_under(loaded: LoadedSpec) -> bool:
    """Whether anything in the run is asked under a system message."""
    return loaded.spec.baseline is not None or any(each.system is not None for each in loaded.spec.feedback.drawn)


def _under_system(start: "LoadedModel") -> PreflightCheck:
    """Where the chat template puts a system message."""
    from ..models import takes_system

    says = "the chat template has a place for it."
    if not takes_system(start.tokenizer):
        says = "the chat template takes none: it is put at the head of the first message of the user."
    return PreflightCheck(name=PreflightName.SYSTEM, passed=True, summary=says, required=False)


def _asked_reads(loaded: LoadedSpec, given: AskedModelSpec, start: "LoadedModel", progress: Progress) -> PreflightCheck:
    """Whether the words of a question reach the tokens of the model that is to judge or to criticise, and no mark in
    them works."""
    from ..feedback import probed_critique
    from ..judges import RuleJudge, probed
    from ..models import LocalChat, ModelRef, load

    judges = isinstance(given, RuleJudgeSpec)
    name = PreflightName.JUDGE if judges else PreflightName.CRITIC
    if given.url is not None:
        says = f"{given.model} is behind a server: what it read is told by the tokens that it counts, when it is asked."
        return PreflightCheck(name=name, passed=True, summary=says, required=False)
    if given.model is not None:
        place = loaded.path(given.model)
        start = load(ModelRef(str(place) if place.is_dir() else given.model), start.precision, progress.say)
    chat = LocalChat(start)
    if isinstance(given, RuleJudgeSpec):
        labels: Labels = "votes" if given.labels == "votes" else "log-probabilities"
        messages = probed(RuleJudge(lambda: chat, str(start.ref), "", labels)).messages
    else:
        messages = probed_critique(chat.marks).messages
    try:
        every, words = chat.reads(messages)
    except NotTaken as error:
        return PreflightCheck(name=name, passed=False, summary=f"{start.ref}: {error.why}", required=True)
    says = f"{words} of a question's {every} tokens are its words, and {start.ref} is given all of them."
    return PreflightCheck(name=name, passed=True, summary=says, required=True)


def _scoring(start: "LoadedModel", prompts: Sequence[Prompt], answers: Sequence[Answer]) -> PreflightCheck:
    """Log-probabilities by shared prefixes against plain passes, on the model's own answers."""
    from ..models import prompt_ids
    from ..sharing import Scorer

    asked = [prompt_ids(start.tokenizer, prompt.messages) for prompt in prompts]
    said = [start.tokenizer(answer.text, add_special_tokens=False)["input_ids"] for answer in answers]
    options = [[other for other in said if other] for _ in asked]
    told: list[str] = []
    scorer = Scorer(start.model, told.append)
    name = PreflightName.SCORER
    if not scorer.shares:
        return PreflightCheck(name=name, passed=False, summary=f"{told[0]}.", required=False)
    fast = scorer(asked, options)
    plain = scorer.one_by_one(asked, options)
    worst = max(
        abs(a - b)
        for fast_options, plain_options in zip(fast, plain, strict=True)
        for ours, theirs in zip(fast_options, plain_options, strict=True)
        for a, b in zip(ours, theirs, strict=True)
    )
    tolerance = LOGP_TOLERANCE[start.precision]
    return PreflightCheck(
        name=name,
        passed=worst <= tolerance,
        summary=f"log-probabilities are apart by at most {worst:.1e} nats a token (tolerance {tolerance:g}).",
        required=True,
    )


def _rows(inputs: Inputs, start: "LoadedModel", settings: TrainingSpec, loaded: LoadedSpec) -> tuple[Rows, Rows]:
    """What the method trains on, and what an SFT before it does.

    Pairs of the model's own answers stand for a source that samples.
    """
    seed, parts = loaded.spec.seed, [read_part(*file) for file in inputs.files]
    reviewed = [one.review for one in loaded.spec.feedback.sources if one.review is not None]
    parts += [read_now(loaded, review) for review in reviewed if review.sample is None]
    if loaded.spec.feedback.drawn:
        parts.append(Part(FeedbackSource(name=str(start.ref), sampled=True), _own_pairs(inputs, start), ()))
    rules = loaded.policy
    found = gather(parts, rules, unasked(rules) if rules is not None else None)
    demand_something(found, settings, seed)
    shown = rows_before(found, settings, seed).rows
    return inputs.train if settings.method_row.on_policy else training_rows(found, settings, seed).rows, shown


def _own_pairs(inputs: Inputs, start: "LoadedModel") -> list[Comparison]:
    """Pairs of the model's own answers: what they prefer does not matter to the checks."""
    from ..models import Decoding, sample_batch

    prompts = _some(inputs, start)
    decoding = Decoding(max_new_tokens=TOKENS, temperature=1.0)
    answers = sample_batch(start.model, start.tokenizer, prompts, samples=2, decoding=decoding, seed=0)

    def side(text: str) -> tuple[Message, ...]:
        return (Message(role="assistant", content=text),)

    return [
        Comparison(
            id=prompt.id,
            prompt=prompt.messages,
            chosen=side(answers[2 * i].text),
            rejected=side(answers[2 * i + 1].text),
            provenance=Provenance(source=str(start.ref), judge="none", why="made for the preflight"),
        )
        for i, prompt in enumerate(prompts)
        if answers[2 * i].text.strip() and answers[2 * i + 1].text.strip()
    ]
