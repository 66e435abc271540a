"""Answers of the model's own to the training prompts: what sources that compare them draw, and what is told of it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from ...records import Answer, Comparison, Prompt, Ranking, Reject, to_jsonl
from ...spec import Drawn
from ...store import FileName, Stage, round_name

if TYPE_CHECKING:
    from ..stages.session import Session

R = TypeVar("R", Comparison, Ranking)


def drawn(
    session: "Session",
    settings: Drawn,
    every: Sequence[Drawn],
    name: str,
) -> Stage:
    """Several answers of the model's own to each training prompt, in a stage of that name.

    Sources of `every` that draw alike share them.
    """
    system = settings.told(session.baseline_system)

    def draws(one: Drawn) -> tuple[object, ...]:
        drawing = (one.samples_per_prompt, one.max_new_tokens, one.temperature, one.top_p)
        return *drawing, one.told(session.baseline_system)

    place = list(dict.fromkeys(map(draws, every))).index(draws(settings))
    decoding = settings.model_dump(include={"max_new_tokens", "temperature", "top_p"})
    stage = session.stage(
        round_name(numbered(name, place), session.round),
        {
            **decoding,
            **({} if system is None else {"system": system}),
            "samples": settings.samples_per_prompt,
            "rows": session.spec.decode_batch_size,
        },
        {"train": session.inputs.hashes["train"], **session.started_from(session.before)},
    )

    def work() -> None:
        from ...models import Decoding

        answers = session.answers(
            stage,
            session.model() if session.before is None else session.trained(session.before),
            session.inputs.train,
            settings.samples_per_prompt,
            Decoding(**decoding),
            "sampling answers",
            system,
        )
        stage.write(FileName.ANSWERS, to_jsonl(answers))

    return session.do(stage, work)


def unanswered(prompt: Prompt, said: Sequence[Answer], source: str) -> Reject | None:
    """Why a prompt has no answer at all that could be judged, where the answers themselves say so."""
    if not all(answer.withheld for answer in said):
        return None
    reason = f"{said[0].withheld}: {said[0].why}" if said[0].why else said[0].withheld
    return Reject(source=source, row=prompt.id, reason=reason, excerpt=prompt.text[:120])


def distilled(row: R, system: str | None) -> R:
    """The row with the system message that its answers were sampled under told in its provenance."""
    if system is None:
        return row
    return row.model_copy(update={"provenance": row.provenance.model_copy(update={"system": system})})


def answered_by(session: "Session") -> str:
    """The model whose answers a round samples: the run's own, or that with what the round before trained."""
    before = session.before
    return str(session.start) + (f" + {before.name}/{before.key}" if before is not None else "")


def numbered(stage: str, place: int) -> str:
    """The name of a stage that a run has several of in a round; the first has no number."""
    return stage if place == 0 else f"{stage}-{place + 1}"
