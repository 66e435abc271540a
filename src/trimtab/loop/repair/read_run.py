"""A finished run read for its diagnosis: the records, the audit of its comparisons, and with `probe` its models."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...audit import HALF, Audit, clean, personal, refusal, should_answer
from ...diagnose import REFUSALS, SIDED, Facts, Seen, Sides, Trait, diagnose, strays_of
from ...errors import UserError, option
from ...evaluate import policy_values, share_values
from ...metrics import SHARES
from ...policy import unasked
from ...records import Answer, Comparison, Diagnosis, Finding, Matrix, Policy, Prompt, also_thought
from ...report import ReportData
from ...scorers import judge_echo, judge_toxicity
from ...spec import AUTO, LoadedSpec, Spec
from ...stats import paired_difference
from ...store import REGIONS, FileName, Run
from ..auditing import audit_run
from ..auto_method import with_method
from ..progress import Progress
from ..publish import feedback_of, read_report
from ..supervision import comparisons_of, read_gathered

if TYPE_CHECKING:
    from ...models import LoadedModel
    from .implicit_reward import Probed


SIDES = 500
"""Comparisons that the diagnosis measures itself, drawn with the spec's seed."""


@dataclass(frozen=True)
class Diagnosed:
    """A run with its diagnosis, and what an intervention needs: its comparisons, audited, and its spec."""

    run: Run
    data: ReportData
    diagnosis: Diagnosis
    compared: Sequence[Comparison]
    audited: Audit
    loaded: LoadedSpec

    @property
    def refusals(self) -> Sequence[str]:
        """What help is to be set against, as of `refusals_of`."""
        return refusals_of(self.compared, self.audited)


def diagnose_run(folder: Path, progress: Progress, *, probe: bool = False) -> Diagnosed:
    """Reads, audits and weighs; `probe` loads the run's models and asks them too.

    Raises UserError where the folder is no run, the run is not finished, or it was not trained on comparisons.
    """
    run = Run.read(folder)
    data = read_report(run)
    loaded = LoadedSpec(Spec.model_validate(run.info.spec), Path(run.info.spec_folder or "."))
    with also_thought(loaded.spec.model.thought):
        return _diagnosed(run, data, loaded, progress, probe=probe)


def _diagnosed(run: Run, data: ReportData, loaded: LoadedSpec, progress: Progress, *, probe: bool) -> Diagnosed:
    if loaded.spec.training.method == AUTO:
        loaded = with_method(loaded, run.info.resolved["method"], progress)
    compared = comparisons_of(read_gathered(feedback_of(run)), loaded.spec.training)
    if not compared:
        raise UserError(
            f"The run is {run.folder}.",
            f"It was trained by {data.training.method} on feedback without comparisons, and a diagnosis audits those.",
            "Diagnose a run by dpo or rlhf, or one whose feedback is sampled.",
        )
    policy = loaded.spec.policy
    if policy is not None and not loaded.rules_file(policy).is_file():
        raise UserError(
            f"The run is {run.folder}.",
            f"Its policy {loaded.rules_file(policy)} is no longer there.",
            f"Put it back; or run the spec from where it lies, with the same {option('out')}, which notes the place.",
        )
    notes: list[str] = []
    reference: LoadedModel | None = None
    if probe:
        from .implicit_reward import load_reference

        reference = load_reference(run, loaded, progress)
    else:
        notes.append("The models were not asked: a probe does it, and lets the audit count tokens.")
    with progress.track("auditing the comparisons", 1) as tracker:
        audited = audit_run(
            compared,
            loaded,
            lambda check, done, of: tracker.step(done, check, of),
            against=[("held-out prompts", prompt.text) for prompt in data.prompts],
            model=reference,
        )
    probed: Probed | None = None
    if reference is not None:
        from .implicit_reward import probe_models

        probed = probe_models(run, loaded, reference, refusals_of(compared, audited), progress)
    spec = loaded.spec.model_dump(mode="json")
    facts = facts_of(data, spec, audited.findings, loaded.policy, sides_of(compared, loaded), probed)
    facts = replace(facts, **in_region(run, compared, loaded.policy))
    return Diagnosed(run, data, diagnose(facts, tuple(notes)), compared, audited, loaded)


def in_region(run: Run, compared: Sequence[Comparison], policy: Policy | None) -> dict[str, Any]:
    """What is known of a run that is one region of several: the matrix, once the whole run has come so far."""
    folder = run.folder.resolve()
    file = folder.parent.parent / FileName.MATRIX
    if folder.parent.name != REGIONS or policy is None or not file.is_file():
        return {}
    rules = frozenset(rule.id for rule in policy.rules)
    matrix = Matrix.model_validate_json(file.read_text(encoding="utf-8"))
    return {"matrix": matrix, "region": folder.name, "strays": strays_of(compared, rules)}


def refusals_of(compared: Sequence[Comparison], audited: Audit) -> Sequence[str]:
    """The chosen sides behind the finding `refusal-bias`, which the comparisons teach; else the built-in refusals."""
    behind = [row for one in audited.found if one.finding.id == "refusal-bias" for row in one.behind]
    return [compared[int(row)].chosen_text for row in behind] or REFUSALS


def facts_of(
    data: ReportData,
    spec: dict[str, object],
    findings: Sequence[Finding],
    policy: Policy | None,
    sides: Mapping[str, Sides],
    probed: "Probed | None" = None,
) -> Facts:
    """What the causes are weighed on."""
    return Facts(
        verdict=data.verdict,
        before=data.before,
        after=data.after,
        differences=data.differences,
        training=data.training,
        feedback=data.feedback,
        spec=spec,
        findings=tuple(findings),
        seen=traits(data.prompts, data.answers_before, data.answers_after, policy),
        sides=sides,
        reward=probed.reward if probed else None,
        implicit=probed.implicit if probed else None,
    )


def sides_of(compared: Sequence[Comparison], loaded: LoadedSpec) -> dict[str, Sides]:
    """The rules and shares that gates are on, on both sides of the comparisons, of which at most SIDES are read."""
    gated = {gate.metric for gate in loaded.spec.gates if gate.metric.startswith(SIDED)}
    if not gated:
        return {}
    rows = random.Random(loaded.spec.seed).sample(compared, min(SIDES, len(compared)))
    asked = [Prompt(id=str(i), messages=row.prompt, kind=row.kind or "") for i, row in enumerate(rows)]
    shares = sorted({name for name in SHARES if any(metric.startswith(f"{name}.") for metric in gated)})

    def measured(texts: Sequence[str]) -> dict[str, list[float | None]]:
        said = [
            Answer(prompt_id=prompt.id, index=0, text=text, tokens=1, ended=True)
            for prompt, text in zip(asked, texts, strict=True)
        ]
        found = dict(share_values(asked, said, shares, loaded.points))
        rules = loaded.policy
        return found | (policy_values(rules, asked, said, unasked(rules)) if rules is not None else {})

    chosen, rejected = (measured([getattr(row, f"{side}_text") for row in rows]) for side in ("chosen", "rejected"))
    found = {}
    for metric in gated & chosen.keys():
        pairs = [
            (one, other)
            for one, other in zip(chosen[metric], rejected[metric], strict=True)
            if one is not None and other is not None
        ]
        if pairs:
            better, worse = zip(*pairs, strict=True)
            change = paired_difference(worse, better, rate=True)
            found[metric] = Sides(sum(better) / len(pairs), sum(worse) / len(pairs), change)
    return found


def traits(
    prompts: Sequence[Prompt], before: Sequence[Answer], after: Sequence[Answer], policy: Policy | None = None
) -> dict[Trait, Seen]:
    """Each trait of the answers, over the prompts where it means something and both answers could be judged."""
    looks: dict[Trait, Callable[[Prompt, Answer], bool | None]] = {
        "refusal": lambda prompt, said: refuses(prompt, said.text, policy) if to_answer(prompt, policy) else None,
        "toxic": lambda _, said: judge_toxicity("", said.text).label == "toxic",
        "marker": lambda prompt, said: clean(said.text, prompt.text).strip() != said.text.strip(),
        "personal": lambda _, said: any(one.sure for one in personal(said.text)),
        "echo": lambda prompt, said: echoes(prompt, said.text) if to_answer(prompt, policy) else None,
        "thought": lambda _, said: bool(said.thought),
    }
    old, new = ({answer.prompt_id: answer for answer in side} for side in (before, after))
    found: dict[Trait, Seen] = {}
    for trait, look in looks.items():
        rows = [(p.id, look(p, old[p.id]), look(p, new[p.id])) for p in prompts]
        judged = [(name, b, a) for name, b, a in rows if b is not None and a is not None]
        if judged:
            ids, b, a = zip(*judged, strict=True)
            found[trait] = Seen(ids, b, a)
    return found


def echoes(prompt: Prompt, text: str) -> bool | None:
    """Whether an answer only restates or praises the question; None where nothing is said."""
    value = judge_echo(prompt.text, text).value
    return None if value is None else value >= HALF


def to_answer(prompt: Prompt, policy: Policy | None) -> bool:
    """Whether the policy wants a prompt answered, or says nothing of it and it is surely harmless."""
    return should_answer(prompt.text, "\n".join(message.content for message in prompt.messages), policy)


def refuses(prompt: Prompt, text: str, policy: Policy | None) -> bool | None:
    """Whether an answer refuses, fully or in part; None where nothing is said."""
    label = refusal(prompt.text, text, policy)
    return None if label is None else label != "comply"
