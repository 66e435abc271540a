"""The source `constitution`: two answers of the model's own to each prompt, compared by a judge and a rule drawn.

What the judge has said is kept reply by reply, so that a killed run, or one whose budget was spent, asks nothing twice.
"""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from ...calibration import fingerprint_of
from ...errors import UserError
from ...feedback import Decided, decided, decided_by_checks, paired
from ...judges import Budget, PairsAsked, RuleJudge
from ...policy import check_scorers, policy_version
from ...records import (
    AiFeedback,
    Answer,
    Comparison,
    FeedbackSource,
    JudgeFingerprint,
    JudgeReply,
    Policy,
    Reject,
    listed_served,
    thought_version,
    to_jsonl,
)
from ...spec import ConstitutionSpec
from ...store import FileName, Journal, Stage, StageName, digest, round_name
from ..gather import Part
from ..notes import same_said
from ..parts import said_in
from ..progress import Progress
from .asking import told
from .base import Source, SourceKind
from .drawing import answered_by, distilled, drawn, numbered
from .who_judges import WhoJudges, prices_of, rule_judge, who_judges

if TYPE_CHECKING:
    from ..stages.session import Session

VERSION = "2"
"""Raised whenever the same replies make other rows."""
_CHECKS = "the rules' checks"
"""What rows say judged them then."""
_ASKED = "asked.jsonl"
"""In the stage's work: every reply, from the moment that it came."""


def _opened(session: "Session", settings: Sequence[ConstitutionSpec]) -> list[Source]:
    for each in settings:
        _hold(session, each)
    stages = [
        (_checked if each.judge.by_checks else _judged)(
            session, each, place, drawn(session, each, settings, StageName.DRAWN)
        )
        for place, each in enumerate(settings)
    ]
    return [
        Source(
            {"constitution": stage.name, "weight": each.weight},
            {stage.name: stage.outputs_under("")},
            partial(_read, session, stage, each),
        )
        for stage, each in zip(stages, settings, strict=True)
    ]


CONSTITUTION = SourceKind("constitution", _opened, each_round=True)


def _hold(session: "Session", given: ConstitutionSpec) -> None:
    """Whether the judge may decide for each rule of the constitution. Raises UserError where not."""
    policy = session.loaded.constitution(given)
    if given.judge.by_checks:
        _hold_checks(session, given, policy)
        return
    judge = rule_judge(session, given.judge, who_judges(session, given.judge))
    for rule in policy.rules:
        session.judges.hold(judge.name, fingerprint_of(judge), "pairs", rule.id, f"Training data ({given.path})")


def _judged(session: "Session", given: ConstitutionSpec, place: int, sample: Stage) -> Stage:
    """The comparisons of a round's pairs, the reject log, the pairs for people, and what it came to."""
    policy, system = session.loaded.constitution(given), given.told(session.baseline_system)
    who = who_judges(session, given.judge)
    judge = rule_judge(session, given.judge, who)
    name = numbered(StageName.CONSTITUTION, place)
    stage = session.stage(
        round_name(name, session.round),
        {
            "version": VERSION,
            "judge": judge.fingerprint,
            "constitution": digest(policy.model_dump(mode="json")),
            "rules": given.rules,
            "margin": given.margin,
            "thought": thought_version(),
            **({} if system is None else {"system": system}),
        },
        {"answers": sample.output(FileName.ANSWERS), "train": session.inputs.hashes["train"]},
    )

    def work() -> None:
        source, seed = answered_by(session), session.spec.seed + session.round - 1
        found = paired(session.inputs.train, _answers(sample), policy, given.rules, source, seed)
        journal = Journal(stage.work / _ASKED, JudgeReply, lambda reply: reply.key)
        asked = PairsAsked(judge, found.pairs, journal, seed)
        prices = prices_of(given.judge)
        limit = session.budget.left(name, given.judge.max_cost) if prices is not None else None
        budget = Budget(prices, limit, ((question.letters, reply) for question, reply in asked.replies))
        _ask(asked, who, judge, budget, session.progress, f"{given.path}: {len(found.pairs)} pairs")
        made = decided(
            found.pairs,
            asked.verdicts(),
            source=source,
            judge=f"{policy.name} by {judge.name}",
            fingerprint=judge.fingerprint,
            margin=given.margin,
        )
        shares = [share for verdict in asked.verdicts() for share in verdict.shown_first]
        letters = [sum(said.letters) for _, said in asked.replies if said.letters is not None]
        summary = _summary(policy, judge.fingerprint, made, len(found.rejected)).model_copy(
            update={
                "calls": budget.answered,
                "tokens_in": budget.tokens_in,
                "tokens_out": budget.tokens_out,
                "cost": budget.spent,
                "uncounted": budget.uncounted,
                "notes": _of_votes(asked, judge),
                "first_share": _mean(shares),
                "letters": _mean(letters),
                "served": tuple(sorted({said.served for _, said in asked.replies if said.served is not None})),
            }
        )
        _write(stage, made, found.rejected, summary, system)

    session.do(stage, work)
    session.budget.paid(name, stage.read(FileName.SUMMARY, AiFeedback).cost)
    return stage


def _checked(session: "Session", given: ConstitutionSpec, place: int, sample: Stage) -> Stage:
    """As `_judged`, by the checks of the rules alone: nobody is asked."""
    policy, system = session.loaded.constitution(given), given.told(session.baseline_system)
    opened = session.opened(check_scorers(policy))
    fingerprint = JudgeFingerprint(
        model=_CHECKS, weights=policy_version(policy, opened), prompt="", labels="checks", decoding=""
    )
    stage = session.stage(
        round_name(numbered(StageName.CONSTITUTION, place), session.round),
        {
            "version": VERSION,
            "judge": fingerprint,
            "rules": given.rules,
            "thought": thought_version(),
            **({} if system is None else {"system": system}),
        },
        {"answers": sample.output(FileName.ANSWERS), "train": session.inputs.hashes["train"]},
    )

    def work() -> None:
        source, seed = answered_by(session), session.spec.seed + session.round - 1
        answers, told = _answers(sample), session.kept(stage, opened)
        found, verdicts = decided_by_checks(session.inputs.train, answers, policy, given.rules, told, source, seed)
        judge = f"{policy.name} by {_CHECKS}"
        made = decided(found.pairs, verdicts, source=source, judge=judge, fingerprint=fingerprint, margin=given.margin)
        _write(stage, made, found.rejected, _summary(policy, fingerprint, made, len(found.rejected)), system)

    return session.do(stage, work)


def _hold_checks(session: "Session", given: ConstitutionSpec, policy: Policy) -> None:
    """Whether the rules have checks, and the models that these ask may decide. Raises UserError where not."""
    rules = [rule for rule in policy.rules if not given.rules or rule.id in given.rules]
    if not any(rule.checks for rule in rules):
        raise UserError(
            f"A source of the feedback judges by the checks of {given.path}.",
            f"None of its rules has one: {', '.join(rule.id for rule in rules)}.",
            "Give the rules checks (docs/policy.md), or let a judge compare.",
        )
    opened = session.opened(check_scorers(policy))
    for rule in rules:
        for ref in (check.scorer for check in rule.checks if check.scorer is not None and not check.scorer.registered):
            use = f"Training data ({given.path})"
            session.judges.hold(ref.name, fingerprint_of(opened[ref]), "answers", rule.id, use)


def _answers(sample: Stage) -> dict[str, list[Answer]]:
    """The answers that were drawn, by prompt."""
    found: dict[str, list[Answer]] = {}
    for answer in said_in(sample):
        found.setdefault(answer.prompt_id, []).append(answer)
    return found


def _summary(policy: Policy, fingerprint: JudgeFingerprint, made: Decided, unasked: int) -> AiFeedback:
    """What verdicts came to, where nobody was asked for them."""
    counts = {kind: sum(getattr(each, kind) for each in made.rules.values()) for kind in _COUNTED}
    return AiFeedback(
        fingerprint=fingerprint, constitution=policy.name, **counts, equal=made.equal, unasked=unasked, calls=0,
        tokens_in=0, tokens_out=0, cost=None, first_share=None, letters=None, rules=made.rules,
    )  # fmt: skip


def _write(stage: Stage, made: Decided, unasked: Sequence[Reject], summary: AiFeedback, system: str | None) -> None:
    stage.write(FileName.COMPARISONS, to_jsonl(distilled(row, system) for row in made.comparisons))
    stage.write(FileName.REJECTED, to_jsonl((*unasked, *made.rejected)))
    stage.write(FileName.TIES, to_jsonl(distilled(row, system) for row in made.for_people))
    stage.write(FileName.SUMMARY, summary.to_json())


_COUNTED = ("decided", "flips", "ties", "not_judged")


def _ask(asked: PairsAsked, who: WhoJudges, judge: RuleJudge, budget: Budget, progress: Progress, title: str) -> None:
    every, waiting, room = len(asked.every), asked.open, judge.decoding.max_new_tokens
    if waiting:
        title, bar = f"{title}, {every} questions in both orders", "comparing by the constitution"
        with told(progress, budget, waiting, every, room, judge.name, title, bar) as step:
            asked.ask(who.chat, budget, step)


def _of_votes(asked: PairsAsked, judge: RuleJudge) -> tuple[str, ...]:
    """That votes which were drawn are the same, if they are."""
    votes: dict[tuple[str, bool], list[str]] = {}
    for question, said in asked.replies:
        if said.outcome is None and not said.refused:
            votes.setdefault((question.pair.id, question.swapped), []).append(said.text)
    same = same_said(votes.values(), judge.decoding.temperature, "question")
    return (same,) if same else ()


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None


def _read(session: "Session", stage: Stage, given: ConstitutionSpec) -> Part:
    came = stage.read(FileName.SUMMARY, AiFeedback)
    source = FeedbackSource(name=given.path, weight=given.weight, system=given.told(session.baseline_system))
    rows = stage.read_lines(FileName.COMPARISONS, Comparison)
    return Part(source, rows, stage.read_lines(FileName.REJECTED, Reject), notes=_notes(came, stage))


def _notes(came: AiFeedback, stage: Stage) -> list[str]:
    """What a reader should know of it: how many are ties, whether the place decides, and where people's pairs are."""
    asked = came.pairs + came.not_judged
    if came.fingerprint.labels == "checks":
        by_rule = ", ".join(f"{rule} {each.decided}" for rule, each in came.rules.items() if each.decided)
        notes = [
            f"AI feedback by {came.constitution}: {_CHECKS} decided {came.decided} of {asked} pairs"
            f"{f' ({by_rule})' if by_rule else ''}; {came.ties} are ties because no check tells the answers apart, "
            f"{came.equal} have equal answers."
        ]
    else:
        notes = [
            f"AI feedback by {came.constitution}: {came.fingerprint.model} decided {came.decided} of {asked} pairs; "
            f"{came.flips} are ties because it said otherwise when the answers changed places, {came.ties} other ties, "
            f"{came.equal} with equal answers, {came.not_judged} without a verdict."
        ]
    if came.first_share is not None and came.flips:
        notes.append(f"The answer shown first got {came.first_share:.0%} of its preference on average.")
    if came.letters is not None:
        notes.append(f"The two letters had {came.letters:.0%} of its probability together.")
    notes += [f"Of the judge's votes: {each}." for each in came.notes]
    if len(came.served) > 1:
        notes.append(f"Under the judge's one name have answered {listed_served(came.served)}.")
    if came.uncounted:
        notes.append(f"Its server counted no tokens of {came.uncounted:,} of {came.calls:,} answers.")
    if left := came.flips + came.ties + came.not_judged:
        place = f"RUN/stages/{stage.name}/{stage.key}/{FileName.TIES}"
        notes.append(
            f"{left} pairs are for people: `trimtab review {place} --room people.db`, then a source "
            f"`review: {{room: people.db, need: {left}}}`."
        )
    return notes
