"""A diagnosis and its validation as an engineer's note, in Markdown that also reads well on a terminal."""

from ..records import Cause, Diagnosis, Validation

SHOWN = 5
"""Causes that are told; all stand in the JSON."""


def diagnosis_note(diagnosis: Diagnosis, name: str, likely: int) -> str:
    """Symptoms, the causes (the first `likely` of them are worth an intervention), and what to do."""
    lines = [f"# Diagnosis of {name}", "", "## Symptoms"]
    lines += [f"- {symptom.summary}" for symptom in diagnosis.symptoms] or ["- None beyond chance."]
    lines += ["", "## Causes, likeliest first"]
    if not likely:
        lines.append("No cause is likely." + (" What was looked at and weighed:" if diagnosis.causes else ""))
    for place, cause in enumerate(diagnosis.causes[: max(likely, SHOWN)]):
        if place == likely and likely:
            lines += ["", "## Less likely"]
        lines += ["", *_cause(cause, place + 1, told=place < likely)]
    if diagnosis.notes:
        lines += ["", "## Not looked at", *(f"- {note}" for note in diagnosis.notes)]
    return "\n".join(lines) + "\n"


def _cause(cause: Cause, number: int, *, told: bool) -> list[str]:
    lines = [f"{number}. **{cause.title}** (`{cause.id}`, score {cause.score:.2f})"]
    for each in cause.evidence:
        lines.append(f"   - {'+' if each.speaks == 'for' else '-'}{each.weight:.2f} {each.summary}")
    if told:
        for remedy in cause.interventions:
            how = f"intervention `{remedy.id}`" if remedy.automatic else "by hand"
            lines.append(f"   - do: {remedy.summary} ({how})")
    return lines


def validation_note(validation: Validation) -> str:
    """What came of an intervention: the new run's verdict, and the two trained models side by side."""
    lines = [f"## Validation of {validation.intervention}", ""]
    lines.append(f"New run: {validation.run}, verdict {validation.verdict.verdict}.")
    if validation.safety is not None:
        lines.append(f"Safety against the old model: {validation.safety.verdict}.")
        lines += [f"- {gate.verdict}: {gate.rule} ({gate.summary})" for gate in validation.safety.gates]
    if validation.differences:
        lines += ["", "| metric | old | new | change [95 %] | n |", "|---|---:|---:|---:|---:|"]
        lines += [
            f"| {d.metric} | {d.before:.3g} | {d.after:.3g} | {d.mean:+.3g} [{d.low:+.3g}, {d.high:+.3g}] | {d.n} |"
            for d in validation.differences
        ]
    lines += [f"- {note}" for note in validation.notes]
    return "\n".join(lines) + "\n"
