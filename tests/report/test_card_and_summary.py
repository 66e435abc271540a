"""The model card and the Markdown summary: what they must say, and how figures become text."""

import re
import subprocess
import sys
from dataclasses import replace

import pytest
import yaml

from made.report import made
from trimtab.report import model_card, render_html, render_markdown
from trimtab.report.format import duration, number, plain, signed, span


def test_card_names_every_scorer_that_judged_and_measured_and_no_test_that_was_not_run() -> None:
    data = made()
    criteria = [{"scorer": name, "weight": 1} for name in ("words", "toxicity", "policy.no-tea", "warmth", "advice")]
    asked = {"policy": "p.yaml", "feedback": {"sources": [{"sample": {"rubric": criteria}}]}}
    words = data.after.measure("style.words")
    assert words is not None
    measured = (words, *(words.model_copy(update={"metric": name}) for name in ("score.toxicity", "policy.no-tea")))
    after = data.after.model_copy(update={"measures": measured})
    info = data.info.model_copy(update={"spec": {**data.info.spec, **asked}})
    card = model_card(replace(data, after=after, info=info))
    assert "same scorers (Words, Toxicity, Rule no-tea broken)" in card
    assert "safety, truthfulness, other" in card


def test_card_has_front_matter_and_names_its_limits() -> None:
    data = made()
    card = model_card(data)
    _, front, body = card.split("---\n", 2)
    assert yaml.safe_load(front) == {
        "base_model": "HuggingFaceTB/SmolLM2-135M-Instruct",
        "library_name": "peft",
        "pipeline_tag": "text-generation",
        "tags": ["trimtab", "trl", "dpo", "lora"],
    }
    assert "same scorers (Words, Friendliness)" in body
    assert "truthfulness beyond the facts test, other" in body
    assert "PeftModel.from_pretrained" in body
    spec = {**data.info.spec, "model": {"name": "org/base: 1", "adapter": "runs/first"}}
    stacked = model_card(replace(data, info=data.info.model_copy(update={"spec": spec})))
    assert yaml.safe_load(stacked.split("---\n", 2)[1])["base_model"] == ["org/base: 1", "runs/first"]
    assert "'runs/first').merge_and_unload()" in stacked


_RL = {"rewards": [{"model": "trained"}], "steps": 24}
_COMPUTED = {"rewards": [{"scorer": "toxicity"}], "steps": 24}
METHODS_TOLD = {
    "dpo": ("dpo", False, {}, "DPO ([Rafailov et al. 2023](https://arxiv.org/abs/2305.18290))", "DPO", ["dpo"]),
    "kto": ("kto", False, {}, "KTO ([Ethayarajh et al. 2024](https://arxiv.org/abs/2402.01306))", "KTO", ["kto"]),
    "sft": ("sft", False, {}, "SFT ([Ouyang et al. 2022](https://arxiv.org/abs/2203.02155))", "SFT", ["sft"]),
    "sft then dpo": (
        "dpo", True, {}, "SFT ([Ouyang et al. 2022](https://arxiv.org/abs/2203.02155)), then DPO "
        "([Rafailov et al. 2023](https://arxiv.org/abs/2305.18290))", "SFT, then DPO", ["sft", "dpo"],
    ),
    "rloo": (
        "rloo", True, _RL, "then RLOO ([Ahmadian et al. 2024](https://arxiv.org/abs/2402.14740)) with a reward model "
        "([Ouyang et al. 2022](https://arxiv.org/abs/2203.02155))", "SFT, then RLOO with a reward model",
        ["sft", "rlhf", "rloo"],
    ),
    "grpo": ("grpo", False, _COMPUTED, "GRPO ([Shao et al. 2024](https://arxiv.org/abs/2402.03300))", "GRPO", ["grpo"]),
    "ppo": (
        "ppo", False, _RL, "PPO ([Schulman et al. 2017](https://arxiv.org/abs/1707.06347)) with a reward model",
        "PPO with a reward model", ["rlhf", "ppo"],
    ),
    "of another version": ("ipo", False, {}, "IPO with trimtab", "IPO", ["ipo"]),
}  # fmt: skip


@pytest.mark.parametrize("case", METHODS_TOLD)
def test_card_and_reports_name_the_method_that_trained(case: str) -> None:
    method, first, rl, cited, told, tags = METHODS_TOLD[case]
    data = made()
    training = data.training.model_copy(update={"method": method})
    named = "rlhf" if rl else method
    given = {"method": named, "reward": {}, "rl": rl, "sft_first": {"epochs": 2.0}}
    spec = {**data.info.spec, "training": {**data.info.spec["training"], **given}}
    data = replace(
        data,
        training=training,
        info=data.info.model_copy(update={"spec": spec}),
        sft=training.model_copy(update={"method": "sft"}) if first else None,
    )
    card = model_card(data)
    assert f"trained by {cited}" in card or (first and cited in card)
    assert yaml.safe_load(card.split("---\n", 2)[1])["tags"] == ["trimtab", "trl", *tags, "lora"]
    assert f"- method: {told}\n" in card
    assert f"Trained by: {told}  \n" in render_markdown(data)
    assert f"<dt>Trained by</dt><dd>{told}</dd>" in render_html(data)
    assert ("- beta: 0.1\n" in card) == (method in ("dpo", "kto", "ipo"))
    assert ("- sft weight: 0.1\n" in card) == (method in ("dpo", "ipo"))
    assert ("- rl steps: 24\n" in card) == bool(rl)
    assert ("- sft first epochs: 2\n" in card) == first  # a fine-tuning that was set and not run is not told
    again = replace(data, info=data.info.model_copy(update={"spec": {**spec, "rounds": 2}}))
    assert f"- method: {told}, in 2 rounds\n" in model_card(again)


def test_markdown_cells_cannot_break_the_table() -> None:
    data = made()
    gate = data.verdict.gates[0].model_copy(update={"summary": "**a** | b\nc <i>"})
    summary = render_markdown(replace(data, verdict=data.verdict.model_copy(update={"gates": (gate,)})))
    row = next(line for line in summary.splitlines() if line.startswith("| **Pass**"))
    assert len(re.findall(r"(?<!\\)\|", row)) == 12
    assert row.endswith(r"| \*\*a\*\* \| b c \<i\> |")


def test_figures_as_text() -> None:
    assert number(None) == number(float("nan")) == "–"
    assert number(-0.0001, 2) == "0.00"
    assert number(-1234.5, 1) == "−1,234.5"
    assert (signed(0.5, 1), signed(0.0, 1), signed(-0.5, 1), signed(0.0001, 2)) == (
        "+0.5",
        "0.0",
        "−0.5",
        "0.00",
    )
    assert span(-1.0, None) == "–"
    assert span(-1.0, 2.0, 1) == "−1.0 to 2.0"
    assert (plain(0.6), plain(-0.03)) == ("0.6", "−0.03")
    assert (duration(0.42), duration(192.0), duration(7500.0)) == ("0.4 s", "3 min 12 s", "2 h 05 min")


def test_import_is_light() -> None:
    heavy = ("torch", "altair", "vl_convert", "jinja2")
    code = f"import sys, trimtab.report; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
