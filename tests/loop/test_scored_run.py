"""Runs whose rubric asks any scorer: a judge behind a server, a classifier, a policy's rule, one of another package."""

import json
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForSequenceClassification, BertConfig

from killing import RunKilled
from stub_server import Asked, Says, Stub, chat, serving
from tiny import save_tiny, tiny_spec, tiny_tokenizer
from tiny_reward import save_tiny_reward
from trimtab.api import calibrate
from trimtab.errors import UserError
from trimtab.evaluate import unlike
from trimtab.loop import Quiet, run_loop
from trimtab.records import Answer, Comparison, Evaluation, TrainingSummary
from trimtab.scorers import REFUSAL_VERSION, SCORERS, complete_prefixes, scorer
from trimtab.scorers import VERSION as STYLE_VERSION
from trimtab.spec import load_spec
from trimtab.store import Run

POLICY = "name: p\nrules: [{id: no-tea, severity: warn, text: Never tea., checks: [{contains: '\\btea\\b'}]}]\n"
SHORT = {"learning_rate": 1e-3, "batch_size": 2, "checkpoint_every": 9, "epochs": 1, "probe_prompts": 0}


def sampling(rubric: list[dict[str, Any]]) -> dict[str, Any]:
    told = {"samples_per_prompt": 3, "max_new_tokens": 24, "temperature": 1.0, "top_p": 1.0, "trim_to_sentences": 2}
    return {"sample": {**told, "margin": 0.0, "rubric": rubric}}


def grading(asked: Asked) -> Says:
    """A judge that likes questions."""
    text = asked.body["messages"][0]["content"]
    answer = text[text.index("<<<ANSWER") : text.index("<<<END OF ANSWER")]
    return chat(json.dumps({"grade": 10 if "?" in answer else 4 if "!" in answer else 1, "why": "asks"}))


def judged_by(url: str, **changes: object) -> dict[str, Any]:
    """A rubric that asks a judge, and a rule that asks the same."""
    judge = {"scorer": {"judge": "j", "url": url, **changes}, "weight": 1, "zero_below": 0, "full_from": 1}
    return sampling([judge, {"scorer": "policy.asks", "weight": 1, "full_to": 0, "zero_above": 1}])


def asked_in_training(stub: Stub) -> list[str]:
    """What the judge was asked of answers to training prompts."""
    asked = [request.body["messages"][0]["content"] for request in stub.asked]
    return [content for content in asked if "tell me about" in content]


def comparisons(out: Path) -> list[Comparison]:
    stage = Run.read(out).current("feedback.judge")
    assert stage is not None
    return stage.read_lines("comparisons.jsonl", Comparison)


def rows_to_judge(out: Path) -> set[tuple[str, str]]:
    """What a rubric has to judge: answers and their first sentences."""
    stage = Run.read(out).current("feedback.sample")
    assert stage is not None
    answers = stage.read_lines("answers.jsonl", Answer)
    texts = {(a.prompt_id, text) for a in answers for text in (a.text, *complete_prefixes(a.text, 2))}
    return {row for row in texts if row[1].strip()}


LABELS = [
    {"prompt": f"q {at}", "answer": "so ?" if at % 2 else "so .", "label": at % 2 == 1, "rule": "asks"}
    for at in range(30)
]


def test_a_judges_grades_make_the_comparisons_and_a_kill_asks_none_again(tmp_path: Path, run: RunKilled) -> None:
    folder, out = tmp_path / "spec", tmp_path / "out"
    save_tiny(folder / "model")
    with serving(grading) as stub:
        check = f"scorer: {{judge: j, url: '{stub.url}'}}, at_most: 0.2"
        rule = f"{{id: asks, text: Ask., checks: [{{{check}}}]}}"
        (folder / "policy.yaml").write_text(f"name: p\nrules: [{rule}]\n")
        gates = [{"metric": "policy.asks", "at_most": 1}]
        spec = tiny_spec(folder, feedback=judged_by(stub.url), training=SHORT, policy="policy.yaml", gates=gates)
        for moment in ("part:feedback.judge:1", "part:feedback.judge:3"):
            assert run(spec, out, moment) == -signal.SIGKILL
        asked = len(asked_in_training(stub))
        run_loop(load_spec(spec), out, Quiet())
        rows = rows_to_judge(out)
        assert 0 < asked < len(rows) == len(asked_in_training(stub))

        kept = comparisons(out)
        assert kept
        grades = [row.provenance.scores["judge:j"] for row in kept]
        assert all((best or 0) > 0.2 and (best or 0) >= (worst or 0) for best, worst in grades)
        assert any("?" in row.chosen_text and "?" not in row.rejected_text for row in kept)
        measured = Run.read(out).current("evaluate.after")
        assert measured is not None
        broken = measured.read("evaluation.json", Evaluation).measure("policy.asks")
        answers = measured.read_lines("answers.jsonl", Answer)
        assert broken is not None
        assert broken.values == tuple(float(not {"?", "!"} & set(answer.text)) for answer in answers)

        assert "by the judge j: raw, not calibrated" in (out / "report.md").read_text()
        calibrate("judge", LABELS, judge_url=stub.url, judge_model="j", verdicts=tmp_path / "v").write(
            folder / "cal.json"
        )
        heard, trusted = len(stub.asked), {"untrusted": "told", "calibrations": ["cal.json"]}
        sections = {"training": SHORT, "policy": "policy.yaml", "gates": gates, "judges": trusted}
        run_loop(load_spec(tiny_spec(folder, feedback=judged_by(stub.url), **sections)), out, Quiet())
        assert len(stub.asked) == heard  # labels correct a rate without the judge
        assert "corrected by how it errs on 30 that people labelled elsewhere" in (out / "report.md").read_text()

        (folder / "rubric.txt").write_text("Ten is a question.")
        before = Run.read(out).info.stages
        tiny_spec(
            folder, feedback=judged_by(stub.url, rubric="rubric.txt"), training=SHORT, policy="policy.yaml", gates=gates
        )
        run_loop(load_spec(spec), out, Quiet())
        again = asked_in_training(stub)[len(rows) :]
        assert len(again) == 2 * len(rows)  # the rule's judge still grades by the old rubric
        assert sum("Ten is a question." in content for content in again) == len(rows)
        after = Run.read(out).info.stages
        assert {name for name in after if after[name] != before[name]} >= {"feedback.judge"}
        assert after["feedback.sample"] == before["feedback.sample"]


def save_classifier(folder: Path) -> None:
    """A random classifier whose probabilities differ from text to text."""
    torch.manual_seed(0)
    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}
    config = BertConfig(**sizes, vocab_size=len(tiny_tokenizer()), pad_token_id=1)
    model = AutoModelForSequenceClassification.from_config(config)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim == 2:
                parameter.mul_(8.0)
    model.save_pretrained(folder)
    tiny_tokenizer().save_pretrained(folder)


@pytest.fixture
def green() -> Iterator[None]:
    """A scorer as another package adds one."""

    @scorer("green", version="1", unit="share", better="higher")
    def green(prompt: str, answer: str) -> float | None:
        """How much of the answer is green."""
        said = answer.split()
        return said.count("green") / len(said) if said else None

    yield
    del SCORERS["green"]


def test_rule_classifier_and_another_packages_scorer_judge_together(tmp_path: Path, green: None) -> None:
    folder, out = tmp_path / "spec", tmp_path / "out"
    save_tiny(folder / "model")
    save_classifier(folder / "classifier")
    rubric = [
        {"scorer": "policy.no-tea", "weight": 3, "full_to": 0, "zero_above": 1},
        {"scorer": {"classifier": "classifier"}, "weight": 1, "zero_below": 0, "full_from": 1},
        {"scorer": "green", "weight": 1, "zero_below": 0, "full_from": 0.2},
    ]
    evaluation = {"max_new_tokens": 24, "shares": ["refused"], "scorers": ["green", "classifier:classifier"]}
    gates = [{"metric": "score.green", "at_least": 0}, {"metric": "score.classifier:classifier", "at_most": 1}]
    spec = tiny_spec(
        folder, feedback=sampling(rubric), training=SHORT, policy="policy.yaml", evaluation=evaluation, gates=gates
    )
    (folder / "policy.yaml").write_text(POLICY)
    run_loop(load_spec(spec), out, Quiet())
    kept = comparisons(out)
    assert kept
    for row in kept:
        assert list(row.provenance.scores) == ["policy.no-tea", "classifier:classifier", "green"]
        tea, _ = row.provenance.scores["policy.no-tea"]
        assert tea == float("tea" in row.chosen_text.split())
        for place, text in enumerate((row.chosen_text, row.rejected_text)):
            assert row.provenance.scores["green"][place] == pytest.approx(
                text.split().count("green") / len(text.split())
            )
        one, other = row.provenance.scores["classifier:classifier"]
        assert one is not None
        assert 0 <= one <= 1
        assert one != other

    run = Run.read(out)
    keys, first = dict(run.info.stages), run.current("evaluate.before")
    assert first is not None
    old = first.read("evaluation.json", Evaluation)
    judged_by = {"green 1", f"refusal {REFUSAL_VERSION}", f"style {STYLE_VERSION}"}
    assert judged_by <= set(old.fingerprint["heldout"].split(", "))
    answers = first.read_lines("answers.jsonl", Answer)
    share = [answer.text.split().count("green") / len(answer.text.split()) for answer in answers if answer.text.split()]
    measure = old.measure("score.green")
    assert measure is not None
    assert [value for value in measure.values if value is not None] == pytest.approx(share)
    assert measure.better == "higher"
    assert old.measure("score.classifier:classifier") is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(SCORERS, "green", replace(SCORERS["green"], version="2"))  # type: ignore[type-var]
        patch.setitem(SCORERS, "refusal", replace(SCORERS["refusal"], version="next"))  # type: ignore[type-var]
        run_loop(load_spec(spec), out, Quiet())
    changed = {name for name, key in Run.read(out).info.stages.items() if key != keys[name]}
    assert changed >= {"feedback.judge", "evaluate.before", "evaluate.after"}
    assert not changed & {"feedback.sample", "answer.heldout.before", "train"}  # the same comparisons came of it
    again = Run.read(out).current("evaluate.before")
    assert again is not None
    new = again.read("evaluation.json", Evaluation)
    assert {"green 2", "refusal next", f"style {STYLE_VERSION}"} <= set(new.fingerprint["heldout"].split(", "))
    assert unlike(old, new).startswith("heldout (")


RL = {
    "steps": 4, "prompts_per_step": 2, "samples_per_prompt": 2, "max_new_tokens": 8, "watch_prompts": 8,
    "watch_every": 2, "learning_rate": 1e-3,
}  # fmt: skip


def test_rl_is_rewarded_by_a_judge_and_a_reward_model_and_watched_by_a_rule(tmp_path: Path, run: RunKilled) -> None:
    """Killed between two checkpoints, it samples the same answers again, and asks the judge of none of them again."""
    folder = tmp_path / "spec"
    save_tiny(folder / "model")
    save_tiny_reward(folder / "reward")
    (folder / "policy.yaml").write_text(POLICY)
    rubric = [{"scorer": "words", "weight": 1, "full_to": 2, "zero_above": 30}]
    asked, rewards = [], []
    for moments in ([], ["step:3"]):
        with serving(grading) as stub:
            terms = [{"scorer": {"judge": "j", "url": stub.url}}, {"scorer": "reward:reward", "weight": 0.5}]
            rl = {**RL, "rewards": terms, "gold": {"scorer": "policy.no-tea", "weight": -1}}
            training = {**SHORT, "method": "rlhf", "rl": rl}
            spec = tiny_spec(folder, feedback=sampling(rubric), training=training, policy="policy.yaml")
            out = tmp_path / f"out-{len(moments)}"
            for moment in moments:
                assert run(spec, out, moment) == -signal.SIGKILL
                assert stub.asked
            run_loop(load_spec(spec), out, Quiet())
            asked.append(len(stub.asked))
        stage = Run.read(out).current("train")
        assert stage is not None
        assert stage.manifest is not None
        versions = stage.manifest.settings["scorers"]
        assert versions.keys() == {"judge:j", "style", "words", "policy.no-tea", "reward:reward"}
        rewards.append(stage.read("summary.json", TrainingSummary).rl)
    assert asked[0] == asked[1]
    assert rewards[0] == rewards[1]
    assert rewards[0][0].rewards.keys() == {"judge:j", "reward:reward", "unended"}


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "a rule without a policy": ({"scorer": "policy.no-tea"}, "names no policy"),
    "no such scorer": ({"scorer": "grene"}, "it must be 'advice'"),
    "a judge without a server": ({"scorer": {"judge": "j"}}, "needs `url`"),
    "two at once": ({"scorer": {"judge": "j", "url": "http://x", "classifier": "c"}}, "exactly one"),
    "an option of another": ({"scorer": {"classifier": "c", "rubric": "r"}}, "`rubric` goes with `judge`"),
    "a rubric that is no file": ({"scorer": {"judge": "j", "url": "http://x", "rubric": "r.txt"}}, "There is no file"),
    "the run's own reward model": ({"scorer": "reward:trained"}, "trained on this feedback"),
    "no name": ({"scorer": 3}, "write a scorer's name"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_scorer_that_cannot_work_is_told_with_its_line(case: str, tmp_path: Path) -> None:
    criterion, says = BAD[case]
    spec = tiny_spec(tmp_path, feedback=sampling([{**criterion, "weight": 1, "zero_below": 0, "full_from": 1}]))
    with pytest.raises(UserError) as error:
        load_spec(spec)
    assert says.lower() in f"{error.value.given} {error.value.why}".lower()
    assert "spec.yaml line" in error.value.given


def test_a_classifier_that_is_not_there_stops_before_anything_is_sampled(tmp_path: Path) -> None:
    folder = tmp_path / "spec"
    save_tiny(folder / "model")
    nowhere = {"scorer": "classifier:nowhere", "weight": 1, "zero_below": 0, "full_from": 1}
    with pytest.raises(UserError, match="nowhere"):
        run_loop(load_spec(tiny_spec(folder, feedback=sampling([nowhere]))), tmp_path / "out", Quiet())
    assert not (tmp_path / "out" / "stages").exists()
