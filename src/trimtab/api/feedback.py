"""`audit` and `advise`: what is wrong with feedback, and what to train on it."""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..advise import CaseRead, decide, here, of_manner, read_case
from ..audit import Audit, RuleRows, builtin_items, by_rule, mend, read_items
from ..audit import audit as run_checks
from ..data import Framed, Source, read_frame, title_of, untold
from ..errors import UserError, option, worded
from ..loop import Progress
from ..records import Advice, Case, Finding, Reject, ThoughtMarks, also_thought
from .data import told_of
from .inputs import MarksLike, PolicyLike, SpecLike, is_spec, marks_from, policy_from, quiet, spec_from
from .results import Result, by_weight, frame_of

if TYPE_CHECKING:
    import polars

_SAY_EVERY = 200_000
"""Rows between two lines that say how far reading is."""


@dataclass(frozen=True, repr=False)
class AuditResult(Result):
    """What the checks found in comparisons, worst first; a row of the frame is a finding.

    `again` runs the same checks on others, which mending asks of its outcome; `thought` are the marks that were added.
    """

    audit: Audit
    data: Source
    read: Framed
    again: Callable[[Framed], Audit]
    thought: tuple[ThoughtMarks, ...] = ()

    @property
    def findings(self) -> list[Finding]:
        """The findings, worst first."""
        return self.audit.findings

    @property
    def rules(self) -> list[RuleRows]:
        """What each rule decided, where comparisons name the rule that did."""
        return by_rule(self.read.table, self.audit.found)

    @property
    def blocks(self) -> bool:
        """Whether a finding must be mended before training."""
        return self.audit.blocks

    @property
    def rejected(self) -> tuple[Reject, ...]:
        """Rows that are no comparison and make none, with the reason."""
        return self.read.rejected

    @property
    def summary(self) -> str:
        """How many comparisons, findings by weight, and rejected rows."""
        left = f"; {len(self.rejected):,} of {self.read.read:,} rows make no comparison" if self.rejected else ""
        return f"audit of {self.audit.n:,} comparisons: {by_weight(self.findings)}{left}"

    def to_frame(self) -> "polars.DataFrame":
        """A row a finding: severity, id, figure, count, summary, remedy, fixable, rows."""
        import polars as pl

        schema = {"severity": pl.String, "id": pl.String, "figure": pl.Float64, "count": pl.Int64, "summary": pl.String}
        more = {"remedy": pl.String, "fixable": pl.Boolean, "rows": pl.List(pl.String)}
        return frame_of([finding.model_dump() for finding in self.findings], {**schema, **more})

    def _shown(self) -> "polars.DataFrame":
        return self.to_frame().drop("rows", "fixable")

    def fixed(self) -> tuple[list[dict[str, Any]], Counter[str]]:
        """The data with what can be mended mended, and what became of its rows: kept, changed, left out by finding."""
        rows: list[dict[str, Any]] = []

        def kept(some: Iterable[dict[str, Any]]) -> Source:
            rows[:] = list(some)
            return list(rows)

        return rows, self._mend(kept)

    def write_fixed(self, out: str | Path) -> Counter[str]:
        """Writes the mended rows as JSON Lines to a file that must not be there yet. Raises UserError."""
        out = Path(out)
        parts = [out.with_name(f".{out.name}.part{number}.jsonl") for number in (0, 1)]

        def kept(some: Iterable[dict[str, Any]]) -> Source:
            parts.reverse()  # the one before is being read
            with parts[0].open("w", encoding="utf-8") as file:
                for row in some:
                    file.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")
            return parts[0]

        try:
            counts = self._mend(kept)
            out.hardlink_to(parts[0])  # fails where there is one already
        except OSError as error:
            why = "That file exists, and data is never written over." if out.exists() else f"{error.strerror}."
            raise UserError(f"{worded('--fix', 'The file')} is {out}.", why, "Give another file.") from None
        finally:
            for part in parts:
                part.unlink(missing_ok=True)
        return counts

    def _mend(self, kept: Callable[[Iterable[dict[str, Any]]], Source]) -> Counter[str]:
        with also_thought(self.thought):
            return mend(self.read, self.audit, self.again, kept)


def audit(
    data: Source, *, against: Sequence[str | Path] = (), model: str | None = None, policy: PolicyLike | None = None,
    max_length: int = 1024, seed: int = 0, form: str | None = None, scale: tuple[float, float] | None = None,
    columns: Mapping[str, str] | None = None, ignore: Collection[str] = (), thought: Sequence[MarksLike] = (),
    progress: Progress | None = None,
) -> AuditResult:  # fmt: skip
    """Looks for what is wrong with comparisons before anything is trained on them: those that stand in feedback of any
    type, and those that its other rows make.

    `against` are benchmarks' files whose items are looked for among the prompts, beside our own. With the `model` that
    is to be trained its tokens are counted up to `max_length`, and off-policy answers looked for. A `policy` says which
    prompts are to be declined. `form`, `scale` and `columns` say what rows do not tell, as for `convert`. `ignore`
    names columns that say nothing of an answer, `thought` pairs of marks that open and close a thought, beside those
    that are known. Raises UserError where the data cannot be read or no row is a comparison.
    """
    rules, progress = policy_from(policy), quiet(progress)
    say = progress.say
    framed = read_frame(
        data,
        lambda read: say(f"{read:,} rows read") if read % _SAY_EVERY == 0 < read else None,
        said=told_of(form, scale, columns),
        ignore=ignore,
    )
    name = title_of(data)
    say(f"read {framed.read:,} rows of {name}, {len(framed.rejected):,} rejected")
    for form in framed.forms:
        say(f"{name} was read as {form}")
    if framed.made:
        made = "comparison is" if len(framed.made) == 1 else "comparisons are"
        say(f"{len(framed.made):,} {made} made of other types of feedback")
    if framed.table.height == 0:
        first = f": {framed.rejected[0].row}: {framed.rejected[0].reason}." if framed.rejected else "."
        raise UserError(
            f"{name} was given as comparisons.",
            f"None of its {framed.read:,} rows is one or makes one{first}" if framed.read else "It holds no row.",
            "Give rows with prompt, chosen and rejected, or others that make comparisons (docs/feedback.md)"
            + (f", or tell {untold()}." if framed.read else "."),
        )
    items = [*builtin_items(), *(item for path in against for item in read_items(Path(path)))]
    loaded: Any = None
    if model is not None:
        from ..models import ModelRef, best_precision, load

        loaded = load(ModelRef(model), best_precision("auto"), say)
    run = partial(
        run_checks,
        against=items,
        model=getattr(loaded, "model", None),
        tokenizer=getattr(loaded, "tokenizer", None),
        max_length=max_length,
        policy=rules,
        seed=seed,
    )
    marks = tuple(marks_from(thought))
    with also_thought(marks), progress.track("checks", 1) as tracker:
        done = run(framed.table, told=lambda check, at, total: tracker.step(at, check, total))
    return AuditResult(done, data, framed, lambda other: run(other.table), marks)


@dataclass(frozen=True, repr=False)
class AdviceResult(Result):
    """Which method suits the case, and why; a row of the frame is a reason."""

    advice: Advice
    case: Case
    found: CaseRead

    @property
    def method(self) -> str:
        """The method: sft, dpo, kto, rlhf, or collect (gather feedback first)."""
        return self.advice.method

    @property
    def rejected(self) -> tuple[Reject, ...]:
        """Rows of no known form, with the reason."""
        return self.found.rejected

    @property
    def summary(self) -> str:
        """The method, its steps, and how sure that is."""
        steps = ", then ".join(self.advice.steps)
        other = f"; otherwise {self.advice.runner_up}" if self.advice.runner_up else ""
        first = "a system message first; then " if self.advice.prompt_first else ""
        return (
            f"{first}{self.advice.method} ({steps}; {self.advice.variant}), confidence {self.advice.confidence}{other}"
        )

    def to_frame(self) -> "polars.DataFrame":
        """A row a reason: force, favours, against, fact, source."""
        import polars as pl

        schema = {"force": pl.String, "favours": pl.String, "against": pl.List(pl.String), "fact": pl.String}
        return frame_of([each.model_dump() for each in self.advice.reasons], {**schema, "source": pl.String})


def advise(
    data: Source | SpecLike, *, refine: bool = False, verifiable: bool = False, constrained: bool = False,
    memory: float | None = None, hours: float | None = None, parameters: float | None = None,
    accelerator: bool | None = None, distance: float | None = None, model: str | None = None, goal: str | None = None,
    requests: int | None = None, form: str | None = None, scale: tuple[float, float] | None = None,
    columns: Mapping[str, str] | None = None, ignore: Collection[str] = (),
) -> AdviceResult:  # fmt: skip
    """Says which training method suits feedback, or a spec, and what would change the answer. Nothing is trained.

    `refine`: the reward will be corrected again and again; `verifiable`: a check tells right answers by itself;
    `constrained`: two sides must be kept at once, with safety at stake. `memory` (GiB) and `accelerator` are this
    machine's where they are not given, `hours` a week at most, `parameters` as the model's name tells. `distance` is by
    how many nats a token the model finds the chosen answers less likely than its own, `model` what comparisons call
    it. Where the `goal` (a spec's own if none is given) is one of manner, a prompt is to be tried first, which costs
    its tokens at so many `requests` a day. `form`, `scale` and `columns` say what the data's rows do not tell, as for
    `convert`; `ignore` names columns that say nothing of an answer. Raises UserError where the data holds no feedback.
    """
    _demand(memory=memory, hours=hours, parameters=parameters, distance=distance, requests=requests)
    source: Any = spec_from(data) if is_spec(data) else data  # type: ignore[arg-type] # as is_spec says
    found = read_case(source, model=model, told=told_of(form, scale, columns), ignore=ignore)
    facts: dict[str, Any] = {"hours": hours, "distance": distance, "refined": refine, "constrained": constrained}
    if parameters is not None:
        facts["parameters"] = round(parameters)
    if goal is not None:
        facts |= {"goal": goal, "manner": of_manner(goal), "system": None}
    if requests is not None:
        facts["requests"] = requests
    if verifiable:
        facts["reward"] = "verifiable"
    case = here(found.case.model_copy(update=facts), memory, accelerator)
    return AdviceResult(decide(case), case, found)


def _demand(**given: float | None) -> None:
    for name, value in given.items():
        if value is not None and not isfinite(value):
            raise UserError(f"{option(name)} is {value:g}.", "It must be a finite number.", f"Correct {option(name)}.")
        if value is not None and value <= 0 and name != "distance":  # answers can be likelier than the model's own
            raise UserError(f"{option(name)} is {value:g}.", "It must be above zero.", f"Correct {option(name)}.")
