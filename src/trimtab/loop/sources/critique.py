"""The source `critique`: answers of the model's own, criticised by rules that are drawn and written anew; what is not
worse than the answer is taught. Every round of every answer is kept, with what it won and lost.

What a critic has said is kept, a server's reply by reply, so that a killed run asks for nothing that it has.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from ...feedback import (
    PROMPTS,
    Draft,
    notes_on_revisions,
)
from ...judges import open_scorers
from ...policy import policy_version
from ...records import (
    Critic,
    CriticUsage,
    Critique,
    FeedbackSource,
    Message,
    Policy,
    Provenance,
    Reject,
    Revision,
    listed_served,
    thought_version,
    to_jsonl,
)
from ...scorers import Opened
from ...spec import CritiqueSpec
from ...store import FileName, Stage, StageName, digest, round_name
from ..gather import Part
from ..kept_scorers import scored_by
from ..parts import said_in
from .base import Source, SourceKind
from .drawing import answered_by, drawn, numbered
from .revising import Revising
from .served_critic import ServedCritic
from .who_judges import prices_of, who_judges

if TYPE_CHECKING:
    from ..stages.session import Session

VERSION = "1"
"""Raised whenever the same replies make other rows."""


def _opened(session: "Session", settings: Sequence[CritiqueSpec]) -> list[Source]:
    stages = [
        _revised(session, each, place, drawn(session, each, settings, StageName.ANSWERED))
        for place, each in enumerate(settings)
    ]
    return [
        Source(
            {"critique": stage.name, "weight": each.weight},
            {stage.name: stage.outputs_under("")},
            partial(_read, session, stage, each),
        )
        for stage, each in zip(stages, settings, strict=True)
    ]


CRITIQUE = SourceKind("critique", _opened, each_round=True)


def _revised(session: "Session", given: CritiqueSpec, place: int, answers: Stage) -> Stage:
    """The revisions of a round of the run, the critiques that are taught, and the reject log."""
    policy, system = session.loaded.constitution(given), given.told(session.baseline_system)
    who = who_judges(session, given.critic)
    decoding = given.critic.model_dump(include={"max_new_tokens", "temperature", "top_p"})
    critic = Critic(model=who.name, weights=who.weights, prompt=PROMPTS, decoding=decoding)
    folder = session.path(given.constitution).parent
    checks = open_scorers((), policy=policy, policy_folder=folder, precision=session.spec.model.precision)
    name = numbered(StageName.CRITIQUE, place)
    stage = session.stage(
        round_name(name, session.round),
        {
            "version": VERSION,
            "critic": critic,
            "constitution": digest(policy.model_dump(mode="json")),
            "rules": policy_version(policy, checks),
            "scorers": scored_by([], (each.scorer for each in given.rubric), session.scorers),
            "thought": thought_version(),
            **given.model_dump(include={"rounds", "rules_per_round", "rubric", "margin", "loss", "trim_to_sentences"}),
            "named": given.rules,
            "rows": session.spec.decode_batch_size,
            **({} if system is None else {"system": system}),
            **session.ruled(),
        },
        {"answers": answers.output(FileName.ANSWERS), "train": session.inputs.hashes["train"]},
    )

    def work() -> None:
        kept = session.kept(stage)
        judged: list[tuple[Policy, Opened]] = [(policy, session.kept(stage, checks))]
        judged += [(session.policy, kept)] if session.policy is not None and session.policy != policy else []
        served, by = None, digest(critic.model_dump(mode="json"))
        if given.critic.url is not None:
            prices = prices_of(given.critic)
            limit = session.budget.left(name, given.critic.max_cost) if prices is not None else None
            served = ServedCritic(stage, who, prices, limit)
        revising = Revising(session, stage, given, policy, who, by, judged, kept, served)
        drafts, rejected = _drafts(session, answers)
        first = list(drafts)
        rounds: list[list[Revision]] = []
        for number in range(1, given.rounds + 1):
            done = revising.round(drafts, number, first)
            rounds.append(done)
            drafts = [replace(d, text=r.after) if r.kept else d for d, r in zip(drafts, done, strict=True)]
        source = answered_by(session)
        rows = [
            _row(draft, before, some, source, who.name, system, single=given.samples_per_prompt == 1)
            for draft, before, *some in zip(drafts, first, *rounds, strict=True)
        ]
        revisions = [each for done in rounds for each in done]
        taught = [row for row in rows if isinstance(row, Critique)]
        rejected += [row for row in rows if isinstance(row, Reject)]
        if served is not None:
            stage.write(FileName.SUMMARY, served.usage.to_json())
        stage.write(FileName.REVISIONS, to_jsonl(revisions))
        stage.write(FileName.CRITIQUES, to_jsonl(taught))
        stage.write(FileName.REJECTED, to_jsonl(rejected))
        session.progress.say(f"{given.constitution}: {len(taught)} of {len(drafts)} answers have a revision to teach")

    session.do(stage, work)
    session.budget.paid(name, _used(stage).cost)
    return stage


def _used(stage: Stage) -> CriticUsage:
    """What a critic behind a server used; nothing where it is none."""
    told = (stage.folder / FileName.SUMMARY).is_file()
    return stage.read(FileName.SUMMARY, CriticUsage) if told else CriticUsage()


def _drafts(session: "Session", answers: Stage) -> tuple[list[Draft], list[Reject]]:
    """The answers that can be criticised, and those that are none."""
    prompts = {prompt.id: prompt for prompt in session.inputs.train}
    drafts: list[Draft] = []
    rejected: list[Reject] = []
    source = answered_by(session)
    for answer in said_in(answers):
        prompt = prompts[answer.prompt_id]
        why = answer.withheld or ("" if answer.text.strip() else "the answer is empty")
        if why:
            rejected.append(Reject(source=source, row=prompt.id, reason=why, excerpt=prompt.text[:120]))
        else:
            drafts.append(Draft(prompt, answer.index, answer, answer.text.strip()))
    return drafts, rejected


def _row(
    draft: Draft, first: Draft, rounds: Sequence[Revision], source: str, critic: str, system: str | None, single: bool
) -> Critique | Reject:
    """What an answer's rounds teach: its last kept revision over itself, with what was said of it on the way."""
    kept = [each for each in rounds if each.kept]
    name = draft.prompt.id if single else draft.name
    if not kept:
        return Reject(source=source, row=name, reason=rounds[-1].why, excerpt=first.text[:120])
    last, before = kept[-1], kept[0]
    earned, was = last.earned[0], before.earned[1]
    assert earned is not None
    assert was is not None
    scores = {name: (last.scores[name][0], before.scores[name][1]) for name in last.scores}
    return Critique(
        id=name,
        prompt=draft.prompt.messages,
        completion=(Message(role="assistant", content=first.text),),
        critique="\n".join(each.critique for each in kept),
        revision=(Message(role="assistant", content=draft.text),),
        provenance=Provenance(
            source=source,
            judge=critic,
            why=f"the revision earns {earned:.2f}, the answer {was:.2f}",
            rule=", ".join(dict.fromkeys(rule for each in kept for rule in each.rules)),
            margin=round(earned - was, 6),
            scores=scores,
            ended=(True, first.first.ended),
            system=system,
        ),
    )


def _read(session: "Session", stage: Stage, given: CritiqueSpec) -> Part:
    """The critiques of a stage; what its revisions won and lost is told with them."""
    system = given.told(session.baseline_system)
    source = FeedbackSource(name=answered_by(session), weight=given.weight, system=system)
    revisions = stage.read_lines(FileName.REVISIONS, Revision)
    return Part(
        source,
        stage.read_lines(FileName.CRITIQUES, Critique),
        stage.read_lines(FileName.REJECTED, Reject),
        notes=[*notes_on_revisions(revisions, given.critic.model or str(session.start)), *_cost(_used(stage))],
    )


def _cost(used: CriticUsage) -> list[str]:
    if not used.calls:
        return []
    cost = "" if used.cost is None else f", which cost {used.cost:.4g}"
    told = [f"The critic answered {used.calls:,} questions with {used.tokens_in + used.tokens_out:,} tokens{cost}."]
    if used.uncounted:
        told.append(f"Its server counted no tokens of {used.uncounted:,} of {used.calls:,} answers.")
    if len(used.served) > 1:
        told.append(f"Under the critic's one name have answered {listed_served(used.served)}.")
    return told
