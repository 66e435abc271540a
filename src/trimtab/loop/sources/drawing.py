"""The stage that samples a round's answers of the model's own; sources that draw alike share them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...records import to_jsonl
from ...spec import DrawSpec
from ...store import FileName, Stage, StageName, round_name

if TYPE_CHECKING:
    from ..stages.session import Session


def sampled_answers(session: "Session", settings: DrawSpec) -> Stage:
    """Several answers to each training prompt, of the model that the round starts from."""
    every: Sequence[DrawSpec] = [
        draws for source in session.spec.feedback.sources if (draws := source.draws) is not None
    ]
    system = settings.told(session.baseline_system)

    def drawn(one: DrawSpec) -> tuple[object, ...]:
        draws = (one.samples_per_prompt, one.max_new_tokens, one.temperature, one.top_p)
        return *draws, one.told(session.baseline_system)

    place = list(dict.fromkeys(map(drawn, every))).index(drawn(settings))
    decoding = settings.model_dump(include={"max_new_tokens", "temperature", "top_p"})
    stage = session.stage(
        round_name(numbered(StageName.SAMPLE, place), session.round),
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


def answered_by(session: "Session") -> str:
    """The model whose answers a round samples: the run's own, or that with what the round before trained."""
    before = session.before
    return str(session.start) + (f" + {before.name}/{before.key}" if before is not None else "")


def numbered(stage: str, place: int) -> str:
    """The name of a stage that a run has several of in a round; the first has no number."""
    return stage if place == 0 else f"{stage}-{place + 1}"
