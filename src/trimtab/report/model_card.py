"""The model card: what a Hugging Face page needs to know about the adapter, and the evidence beside it."""

from typing import Any

import yaml

from ..methods import REWARD_MODEL
from ..models import entry
from ..records import ScorerRef, Verdict
from .data import ReportData
from .help import help_sentences
from .markdown import gates_table, line, metrics_table, worse_list
from .narrative import (
    base_models,
    baseline_told,
    kind_of_feedback,
    method_sentence,
    model_name,
    taught_sentences,
    trained_by,
    training_facts,
)
from .noted import noted
from .tables import VERDICT_WORDS, gates_met, metric_of, unjudged_sentence, verdict_sentence
from .worse import truth_note


def model_card(data: ReportData) -> str:
    """The card, with its YAML front matter (https://huggingface.co/docs/hub/model-cards)."""
    bases = [_on_the_hub(name) for name in base_models(data)]
    front: dict[str, Any] = {
        "base_model": bases if len(bases) > 1 else bases[0],
        "library_name": "peft",
        "pipeline_tag": "text-generation",
        "tags": ["trimtab", "trl", *_tags(data), "lora"],
    }
    sections = (
        ("", [f"# {line(data.info.name)}", "", *_introduction(data)]),
        ("How to load it", _loading(bases)),
        ("What it was trained for", [line(data.info.goal)]),
        ("Training data", _data(data)),
        ("Training settings", [f"- {line(name)}: {line(value)}" for name, value in training_facts(data)]),
        ("Evaluation", [_intervals(data), "", *metrics_table(data)]),
        ("What got worse", worse_list(data)[2:]),
        ("Gates", [_verdict_told(data.verdict), "", *gates_table(data.verdict)]),
        ("Limits", _limits(data)),
    )
    body = ("\n".join([*([f"## {title}", ""] if title else []), *lines]) for title, lines in sections)
    return f"---\n{yaml.safe_dump(front, sort_keys=False, allow_unicode=True)}---\n\n" + "\n\n".join(body) + "\n"


def _verdict_told(verdict: Verdict) -> str:
    told = (f"{gates_met(verdict)}.", verdict_sentence(verdict), line(unjudged_sentence(verdict)))
    return " ".join(part for part in told if part)


def _on_the_hub(name: str) -> str:
    """A known name becomes the id that Hugging Face's tools resolve."""
    known = entry(name)
    return known.hub_id if known else name


def _tags(data: ReportData) -> list[str]:
    """The names of what it was trained by; where a reward was learned, rlhf among them."""
    names = [step.name for step in trained_by(data)]
    return ["rlhf" if name == REWARD_MODEL.name else name for name in names]


def _introduction(data: ReportData) -> list[str]:
    by = method_sentence(data, lambda paper: f"[{paper.cited}]({paper.url})")
    return [
        f"A LoRA adapter for {line(model_name(data))}, trained by {by} with trimtab.",
        "",
        f"**Verdict: {VERDICT_WORDS[data.verdict.verdict].lower()}** ({gates_met(data.verdict)}).",
        "",
        f"Baseline: {line(baseline_told(data))}",
    ]


def _loading(bases: list[str]) -> list[str]:
    merged = [f"model = PeftModel.from_pretrained(model, {adapter!r}).merge_and_unload()" for adapter in bases[1:]]
    return [
        "```python",
        "from peft import PeftModel",
        "from transformers import AutoModelForCausalLM, AutoTokenizer",
        "",
        f"base = {bases[0]!r}  # the model named in the spec: a hub id, a folder or an alias of trimtab's",
        "tokenizer = AutoTokenizer.from_pretrained(base)",
        "model = AutoModelForCausalLM.from_pretrained(base)",
        *merged,
        'model = PeftModel.from_pretrained(model, "path/to/this/adapter")',
        "```",
    ]


def _data(data: ReportData) -> list[str]:
    feedback = data.feedback
    head = f"{kind_of_feedback(feedback).capitalize()} from {line(feedback.source)}, judged by {line(feedback.judge)}."
    told = [line(sentence) for sentence in (*taught_sentences(feedback), *feedback.notes)]
    return [head, "", *(f"- {sentence}" for sentence in told)]


def _intervals(data: ReportData) -> str:
    items = ", ".join(f"{len(ids):,} of {line(name)}" for name, ids in data.after.items.items())
    beside = ", and under the baseline's system message" if data.baseline is not None else ""
    return f"Means with their 95% intervals over held-out items ({items}), on the same items before and after{beside}."


def _limits(data: ReportData) -> list[str]:
    return [
        _same_words(data),
        *_overoptimized(data),
        *(f"- {line(sentence)}" for sentence in (*noted(data), *help_sentences(data), truth_note(data))),
        "- The intervals cover the choice of items only, not another training seed, other decoding settings, or "
        "another kind of prompt.",
        f"- What was not measured was not guarded: safety, truthfulness{_beyond_facts(data)}, other "
        "languages and long conversations are open unless a gate above names them.",
        "- The base model's own limits, licence and terms of use stay with the adapter.",
    ]


def _beyond_facts(data: ReportData) -> str:
    return " beyond the facts test" if data.after.measure("facts.accuracy") else ""


def _overoptimized(data: ReportData) -> list[str]:
    """One line where the reward that was trained on rose beside a fall of the one that is meant."""
    found = data.overoptimization
    return [f"- Training overoptimized its reward. {line(found.summary)}"] if found and found.alarm else []


def _same_words(data: ReportData) -> str:
    """Says where the evaluation measures with what the training data was judged by."""
    asked = "" if data.after.people else "; nobody asked people"
    told = f"- Style figures such as friendliness count words and marks{asked}. "
    sources = data.info.spec["feedback"].get("sources", ())
    sample = next((source["sample"] for source in sources if source.get("sample")), None)
    judges = [ScorerRef.model_validate(criterion["scorer"]).name for criterion in sample["rubric"]] if sample else []
    measured = {measure.metric for measure in data.after.measures}
    names = [f"{set_}{name}" for name in judges for set_ in ("style.", "score.", "") if f"{set_}{name}" in measured]
    scorers = ", ".join(metric.title for metric in map(metric_of, names) if metric is not None)
    if not scorers:
        return told + "Where like rules judged the feedback, a better figure shows only that these were learned."
    return told + (
        f"The rubric that judged the training data counts with the same scorers ({line(scorers)}), so a "
        "better figure shows that training reached what they count; it does not show that people find the "
        "answers better."
    )
