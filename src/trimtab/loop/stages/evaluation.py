"""The stages that measure and judge: the evaluation of a model, and the gates."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ...evaluate import TEMPLATE, differences, facts_right, kinds_of, measure, policy_values, share_values, style_values
from ...gate import VERSION as GATE_VERSION
from ...gate import decide
from ...metrics import SHARES
from ...records import Answer, Evaluation, Score, to_jsonl
from ...store import Stage
from ..parts import scores_in_parts
from .session import Session, scored_by

if TYPE_CHECKING:
    from ...models import LoadedModel

FACTS_AT_ONCE = 32
KL_AT_ONCE = 32
"""Items of a part: what a killed evaluation loses at most."""


def evaluate(session: Session, which: str, adapter: Stage | None) -> Stage:
    """The held-out answers and the facts, measured; `adapter` is the training stage, None for the start model."""
    settings = session.spec.evaluation
    hashes: dict[str, str] = {name: sha for name, sha in session.inputs.hashes.items() if name in ("heldout", "facts")}
    inputs = {"model": session.start_identity, **hashes}
    if adapter is not None:
        inputs["adapter"] = adapter.outputs_under("adapter/")
    stage = session.stage(
        f"evaluate.{which}",
        {
            "max_new_tokens": settings.max_new_tokens,
            **({"shares": settings.shares} if settings.shares else {}),
            **session.ruled(),
            "rows": session.spec.decode_batch_size,
            "precision": session.precision,
            "scorers": _scorers(session),
            "facts": TEMPLATE,
        },
        inputs,
    )

    def work() -> None:
        from ...models import Decoding
        from ...sharing import Scorer

        model = session.model() if adapter is None else session.trained(adapter)
        decoding = Decoding(max_new_tokens=settings.max_new_tokens)
        answers = session.answers(stage, model, session.inputs.heldout, 1, decoding, f"answering ({which})")
        stage.write("prompts.jsonl", to_jsonl(session.inputs.heldout))
        stage.write("answers.jsonl", to_jsonl(answers))
        values: dict[str, list[float | None]] = dict(style_values(session.inputs.heldout, answers))
        values |= share_values(session.inputs.heldout, answers, settings.shares)
        if session.policy is not None:
            values |= policy_values(session.policy, session.inputs.heldout, answers, session.kept(stage))
        scorer = Scorer(model.model, session.progress.say)
        if session.inputs.facts:
            values["facts.accuracy"] = _parts(
                session,
                stage,
                "facts",
                session.inputs.facts,
                FACTS_AT_ONCE,
                lambda some: facts_right(model, some, scorer=scorer),
                which,
            )
        values["kl.per_token"] = (
            [0.0] * len(answers)  # the start model diverges from itself by nothing
            if adapter is None
            else _divergences(session, stage, model, answers, which, scorer.shares)
        )
        asked = tuple(prompt.id for prompt in session.inputs.heldout)
        evaluation = Evaluation(
            model=str(session.start) + (" + adapter" if adapter else ""),
            fingerprint=_fingerprint(session, model, hashes),
            items={
                "heldout": asked,
                "facts": tuple(fact.id for fact in session.inputs.facts),
                **(kinds_of(session.inputs.heldout) if settings.shares else {}),
                **({"policy": asked} if session.policy is not None else {}),
            },
            measures=tuple(measure(metric, found, session.spec.seed) for metric, found in values.items()),
        )
        stage.write("evaluation.json", evaluation.to_json())

    return session.do(stage, work)


def gate(session: Session, before: Stage, after: Stage) -> Stage:
    """The paired differences and the verdict."""
    stage = session.stage(
        "gate",
        {
            "gates": [gate.model_dump() for gate in session.spec.gates],
            "confidence": session.spec.confidence,
            "version": GATE_VERSION,
        },
        {"before": before.output("evaluation.json"), "after": after.output("evaluation.json")},
    )

    def work() -> None:
        old, new = (part.read("evaluation.json", Evaluation) for part in (before, after))
        shifts = differences(old, new, confidence=0.95, seed=session.spec.seed)
        verdict = decide(old, new, session.spec.gates, confidence=session.spec.confidence, seed=session.spec.seed)
        stage.write("differences.jsonl", to_jsonl(shifts))
        stage.write("verdict.json", verdict.to_json())

    return session.do(stage, work)


def _parts(
    session: Session,
    stage: Stage,
    title: str,
    items: Sequence[Any],
    at_once: int,
    make: Callable[[Sequence[Any]], Sequence[float]],
    which: str,
) -> list[float | None]:
    """Figures of all items, a part at a time."""

    def scores(some: Sequence[Any]) -> list[Score]:
        return [Score(scorer=title, value=value) for value in make(some)]

    found = scores_in_parts(
        stage, items, at_once, scores, progress=session.progress, name=title, title=f"{title} ({which})"
    )
    return [score.value for score in found]


def _divergences(
    session: Session, stage: Stage, model: "LoadedModel", answers: Sequence[Answer], which: str, shares: bool
) -> list[float | None]:
    """The KL of each answer from the start model."""
    from ...models import prompt_ids
    from ...sharing import divergence

    start = session.model()
    asked = {prompt.id: prompt_ids(start.tokenizer, prompt.messages) for prompt in session.inputs.heldout}

    def kl(some: Sequence[Answer]) -> list[float]:
        said = [
            start.tokenizer(answer.text, add_special_tokens=False)["input_ids"]
            + ([start.tokenizer.eos_token_id] if answer.ended else [])
            for answer in some
        ]
        before = [asked[answer.prompt_id] for answer in some]
        return divergence(model.model, start.model, before, said, shares=shares)

    return _parts(session, stage, "KL", answers, KL_AT_ONCE, kl, which)


def _scorers(session: Session) -> dict[str, str]:
    """The versions of the scorers that measure; those that check the policy are told with it."""
    return scored_by(["style", *(SHARES[name].scorer for name in session.spec.evaluation.shares)])


def _fingerprint(session: Session, model: "LoadedModel", hashes: Mapping[str, str]) -> dict[str, str]:
    from ...models import InProcess

    rows = session.spec.decode_batch_size
    return {
        **{f"data.{name}": value for name, value in hashes.items()},
        **session.ruled(),
        **InProcess(model, rows).describe(),
        "decoding": f"greedy, at most {session.spec.evaluation.max_new_tokens} new tokens, {rows} rows",
        **{f"scorer.{name}": version for name, version in _scorers(session).items()},
        "facts": f"{TEMPLATE!r}, log-probability per character",
    }
