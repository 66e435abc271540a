"""A finished run read for its diagnosis: the records, the audit of its comparisons, and with `probe` its models."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..audit import Audit, audit, builtin_items, clean, personal, refusal, should_answer
from ..data import Framed, read_frame
from ..diagnose import Facts, Seen, diagnose
from ..diagnose.facts import Trait
from ..errors import UserError
from ..records import Answer, Diagnosis, Finding, Policy, Prompt
from ..report import ReportData
from ..scorers import judge_toxicity
from ..spec import LoadedSpec, Spec
from ..store import Run, Stage
from .progress import Progress
from .publish import feedback_of, read_report
from .training import COMPARISONS

if TYPE_CHECKING:
    from .implicit import Probed


@dataclass(frozen=True)
class Diagnosed:
    """A run with its diagnosis, and what an intervention needs: its comparisons, audited, and its spec."""

    run: Run
    data: ReportData
    diagnosis: Diagnosis
    feedback: Stage
    framed: Framed
    audited: Audit
    loaded: LoadedSpec

    @property
    def path(self) -> Path:
        """The file of the comparisons."""
        return self.feedback.folder / COMPARISONS


def diagnose_run(folder: Path, progress: Progress, *, probe: bool = False) -> Diagnosed:
    """Reads, audits and weighs; `probe` loads the run's models and asks them too.

    Raises UserError where the folder is no run, the run is not finished, or it was not trained on comparisons.
    """
    run = Run.read(folder)
    data = read_report(run)
    feedback = feedback_of(run)
    path = feedback.folder / COMPARISONS
    if not path.is_file():
        raise UserError(
            f"The run is {run.folder}.",
            f"It was trained by {data.training.method} on feedback without comparisons, and a diagnosis audits those.",
            "Diagnose a run by dpo or rlhf, or one whose feedback is sampled.",
        )
    spec = {**run.info.spec, "training": {**run.info.spec["training"], "method": data.training.method}}
    loaded = LoadedSpec(Spec.model_validate(spec), Path(run.info.spec_folder or "."))
    notes: list[str] = []
    probed: Probed | None = None
    if probe:
        from .implicit import probe_models

        probed = probe_models(run, loaded, data.training.method, progress)
    else:
        notes.append("The models were not asked: --probe does it, and lets the audit count tokens.")
    framed = read_frame(path)
    against = [*builtin_items(), *(("held-out prompts", prompt.text) for prompt in data.prompts)]
    with progress.track("auditing the comparisons", 1) as tracker:
        audited = audit(
            framed.table,
            against=against,
            model=probed.start.model if probed else None,
            tokenizer=probed.start.tokenizer if probed else None,
            max_length=loaded.spec.training.max_length,
            policy=loaded.policy,
            seed=loaded.spec.seed,
            told=lambda check, done, of: tracker.step(done, check, of),
        )
    if audited.n == 0:
        raise UserError(f"The run is {run.folder}.", "Its feedback holds no comparison.", "Run it on some.")
    facts = facts_of(data, spec, audited.findings, loaded.policy, probed)
    return Diagnosed(run, data, diagnose(facts, tuple(notes)), feedback, framed, audited, loaded)


def facts_of(
    data: ReportData,
    spec: dict[str, object],
    findings: Sequence[Finding],
    policy: Policy | None,
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
        reward=probed.reward if probed else None,
        implicit=probed.implicit if probed else None,
    )


def traits(
    prompts: Sequence[Prompt], before: Sequence[Answer], after: Sequence[Answer], policy: Policy | None = None
) -> dict[Trait, Seen]:
    """Each trait of the answers, over the prompts where it means something and both answers could be judged."""
    looks: dict[Trait, Callable[[Prompt, str], bool | None]] = {
        "refusal": lambda prompt, text: refuses(prompt, text, policy) if to_answer(prompt, policy) else None,
        "toxic": lambda _, text: judge_toxicity("", text).label == "toxic",
        "marker": lambda _, text: clean(text).strip() != text.strip(),
        "personal": lambda _, text: bool(personal(text)),
    }
    old, new = ({answer.prompt_id: answer.text for answer in side} for side in (before, after))
    found: dict[Trait, Seen] = {}
    for trait, look in looks.items():
        rows = [(p.id, look(p, old[p.id]), look(p, new[p.id])) for p in prompts]
        judged = [(name, b, a) for name, b, a in rows if b is not None and a is not None]
        if judged:
            ids, b, a = zip(*judged, strict=True)
            found[trait] = Seen(ids, b, a)
    return found


def to_answer(prompt: Prompt, policy: Policy | None) -> bool:
    """Whether the policy wants a prompt answered, or says nothing of it and it is surely harmless."""
    return should_answer(prompt.text, "\n".join(message.content for message in prompt.messages), policy)


def refuses(prompt: Prompt, text: str, policy: Policy | None) -> bool | None:
    """Whether an answer refuses, fully or in part; None where nothing is said."""
    label = refusal(prompt.text, text, policy)
    return None if label is None else label != "comply"
