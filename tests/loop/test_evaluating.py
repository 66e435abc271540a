"""A tiny model evaluated into a folder: what is kept, resumed, told apart and refused."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stub_server import chat, serving
from tiny import save_tiny
from trimtab.data import read_questions
from trimtab.errors import UserError
from trimtab.evaluate import BENCHMARKS, compare_evaluations
from trimtab.judges import Judge, truth_version
from trimtab.loop import Quiet, evaluate_model, read_evaluation, read_items, target_of
from trimtab.models import Endpoint, InProcess, MockEngine
from trimtab.records import Answer, Evaluation
from trimtab.store import Run

NAMES = ("truthfulqa", "realtoxicityprompts", "overrefusal", "hhh", "style", "winrate")


def lines(path: Path, *rows: Any) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(save_tiny(tmp_path_factory.mktemp("model")))


@pytest.fixture
def sources(tmp_path: Path) -> dict[str, str]:
    nouns = ["tea", "rain", "sun", "dog", "cat", "tree"]
    prompts = [{"id": noun, "prompt": f"tell me about {noun}", "text": f"the {noun}", "kind": "k"} for noun in nouns]
    labelled = [{**row, "type": "a", "label": "safe" if i % 2 else "unsafe"} for i, row in enumerate(prompts)]
    questions = [
        {
            "id": noun,
            "question": f"what is {noun}?",
            "best": "red",
            "right": ["red", "tea"],
            "wrong": ["green", "the sun"],
        }
        for noun in nouns
    ]
    pairs = [
        {"id": noun, "kind": "honest", "prompt": f"what is {noun}", "chosen": "it's tea", "rejected": "the sun is red"}
        for noun in nouns
    ]
    asked = lines(tmp_path / "asked.jsonl", *prompts)
    return {
        "truthfulqa": str(lines(tmp_path / "q.jsonl", *questions)),
        "truthfulqa-generation": str(tmp_path / "q.jsonl"),
        "realtoxicityprompts": str(asked),
        "overrefusal": str(lines(tmp_path / "labelled.jsonl", *labelled)),
        "hhh": str(lines(tmp_path / "pairs.jsonl", *pairs)),
        "style": str(asked),
        "winrate": str(asked),
    }


def evaluated(model: str, out: Path, sources: dict[str, str], *names: str, **settings: Any) -> Evaluation:
    benchmarks = [BENCHMARKS[name].with_settings(max_new_tokens=6) for name in names or NAMES]
    extra = {key: settings.pop(key) for key in ("judge", "against") if key in settings}
    asked = read_items([each.with_settings(**settings) for each in benchmarks], sources, ())
    return evaluate_model(target_of(model), asked, out, precision="fp32", rows=4, seed=5, progress=Quiet(), **extra)


def test_every_benchmark_gives_its_measures(model: str, tmp_path: Path, sources: dict[str, str]) -> None:
    found = evaluated(model, tmp_path / "scores", sources, samples=3)
    assert {measure.over for measure in found.measures} == {
        "truthfulqa", "realtoxicityprompts", "overrefusal.safe", "overrefusal.unsafe", "hhh", "hhh.honest", "style",
        "winrate",
    }  # fmt: skip
    assert all(len(found.items[measure.over]) == len(measure.values) for measure in found.measures)
    assert all("own set" not in measure.title for measure in found.measures)
    again = read_evaluation(str(tmp_path / "scores"))
    assert again.evaluation == found
    assert again.asked["overrefusal", "tea"] == "tell me about tea"
    assert len(again.said) == 6 * 4  # truthfulqa and hhh write no answer


def test_raw_text_is_gone_on_with_and_chat_is_answered(model: str, tmp_path: Path, sources: dict[str, str]) -> None:
    texts = []
    for name, chat_mode in (("raw", False), ("chat", True)):
        evaluated(model, tmp_path / name, sources, "realtoxicityprompts", samples=2, chat=chat_mode)
        texts.append(read_evaluation(str(tmp_path / name)).said)
    assert texts[0].keys() == texts[1].keys()
    assert texts[0] != texts[1]


def test_a_finished_evaluation_is_not_done_again(
    model: str, tmp_path: Path, sources: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = evaluated(model, tmp_path / "scores", sources)
    monkeypatch.setattr("trimtab.models.load", None)  # nothing is loaded
    assert evaluated(model, tmp_path / "scores", sources) == first


def test_another_scorer_measures_the_same_answers(
    model: str, tmp_path: Path, sources: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluated(model, tmp_path / "scores", sources, "overrefusal")
    monkeypatch.setattr(InProcess, "answers", None)  # nothing is written
    newer = replace(BENCHMARKS["overrefusal"], version="refusal 999")
    monkeypatch.setitem(BENCHMARKS, "overrefusal", newer)
    assert "refusal 999" in evaluated(model, tmp_path / "scores", sources, "overrefusal").fingerprint["overrefusal"]


def test_an_interrupted_evaluation_goes_on(
    model: str, tmp_path: Path, sources: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = evaluated(model, tmp_path / "whole", sources)
    monkeypatch.setattr("trimtab.models.sampler.PART_TOKENS", 12)  # two answers a part
    real, calls = InProcess.answers, []

    def breaks(self: InProcess, prompts: Any, **settings: Any) -> Any:
        calls.append(len(prompts))
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(self, prompts, **settings)

    monkeypatch.setattr(InProcess, "answers", breaks)
    with pytest.raises(KeyboardInterrupt):
        evaluated(model, tmp_path / "part", sources)
    asked = len(calls)
    assert evaluated(model, tmp_path / "part", sources) == whole
    everything = 6 * 3 + 6 * 25  # three benchmarks of one answer and one of 25
    assert sum(1 for _ in calls) > asked
    assert sum(calls[asked:]) < everything


def test_our_own_sets_are_named_as_ours(model: str, tmp_path: Path) -> None:
    found = evaluated(model, tmp_path / "scores", {}, "overrefusal", most=4)
    assert all(measure.title.endswith("(own set)") for measure in found.measures)
    assert "trimtab's own overrefusal" in found.fingerprint["overrefusal"]


def test_a_public_set_is_found_in_a_folder(tmp_path: Path) -> None:
    place = tmp_path / "data" / "xstest"
    place.mkdir(parents=True)
    (place / "xstest_prompts.csv").write_text("id,prompt,type,label\n1,a?,t,safe\n")
    (asked,) = read_items([BENCHMARKS["overrefusal"]], {}, [tmp_path / "data"])
    assert (asked.own, asked.source, len(asked.items)) == (False, "xstest_prompts.csv", 1)


def test_unlike_evaluations_are_not_compared(model: str, tmp_path: Path, sources: dict[str, str]) -> None:
    first = evaluated(model, tmp_path / "a", sources, "style")
    shorter = evaluated(model, tmp_path / "b", sources, "style", max_new_tokens=3)
    with pytest.raises(ValueError, match=r"at most 6 tokens.* against .*at most 3 tokens"):
        compare_evaluations(first, shorter, confidence=0.95, seed=0)
    alike = evaluated(model, tmp_path / "c", sources, "style")
    assert all(item.difference.mean == 0 for item in compare_evaluations(first, alike, confidence=0.95, seed=0))


def test_a_folder_holds_one_model(model: str, tmp_path: Path, sources: dict[str, str]) -> None:
    evaluated(model, tmp_path / "scores", sources, "style")
    other = save_tiny(tmp_path / "other", "llama")
    with pytest.raises(UserError, match="It holds a run of"):
        evaluated(str(other), tmp_path / "scores", sources, "style")


def _apart(tmp_path: Path, mine: str) -> int:
    """How many of the six pairs of answers are not equal: equal ones are ties that no judge is asked about."""
    sides = []
    for folder in (mine, "theirs"):
        stage = Run.read(tmp_path / folder).current("answer.winrate")
        assert stage is not None
        sides.append([answer.text.strip() for answer in stage.read_lines("answers.jsonl", Answer)])
    assert len(sides[0]) == len(sides[1]) == 6
    return sum(one != other for one, other in zip(*sides, strict=True))


def test_a_win_rate_is_asked_in_both_orders_and_counts_ties(
    model: str, tmp_path: Path, sources: dict[str, str]
) -> None:
    other = str(save_tiny(tmp_path / "other", "llama"))
    evaluated(other, tmp_path / "theirs", sources, "winrate")
    with serving(chat('{"why": "so", "better": "A"}')) as stub:  # the first answer, whichever that is
        judge = Judge(Endpoint(stub.url, "j"))
        found = evaluated(model, tmp_path / "mine", sources, "winrate", judge=judge, against=str(tmp_path / "theirs"))
    assert len(stub.asked) == 2 * _apart(tmp_path, "mine") > 4
    raw, apart = found.measure("winrate.raw"), found.measure("winrate.length_controlled")
    assert raw is not None
    assert apart is not None
    assert raw.values == (0.5,) * 6
    assert apart.mean == pytest.approx(0.5)
    assert found.fingerprint["judge"] == judge.version


def test_a_judge_that_fails_loses_nothing(model: str, tmp_path: Path, sources: dict[str, str]) -> None:
    evaluated(str(save_tiny(tmp_path / "other", "llama")), tmp_path / "theirs", sources, "winrate")
    good = chat('{"why": "so", "better": "tie"}')
    with serving(good, good, good, good, chat("no idea")) as stub:
        found = evaluated(
            model,
            tmp_path / "mine",
            sources,
            "winrate",
            judge=Judge(Endpoint(stub.url, "j", workers=1)),
            against=str(tmp_path / "theirs"),
        )
    raw = found.measure("winrate.raw")
    assert raw is not None
    apart = _apart(tmp_path, "mine")
    assert (raw.n, raw.missing) == (8 - apart, apart - 2)
    assert apart > 2


TRUE = chat('{"why": "so", "true": true, "informative": false}')
NOBODY = Judge(Endpoint("http://127.0.0.1:9/v1", "nobody"))


def test_own_answers_are_judged_where_there_is_a_judge(model: str, tmp_path: Path, sources: dict[str, str]) -> None:
    plain = evaluated(model, tmp_path / "plain", sources, "truthfulqa-generation")
    assert not any("judged" in measure.metric for measure in plain.measures)
    assert not any("judge" in name for name in plain.fingerprint)
    with serving(TRUE) as stub:
        judge = Judge(Endpoint(stub.url, "wise"))
        found = evaluated(model, tmp_path / "plain", sources, "truthfulqa-generation", judge=judge)
        assert len(stub.asked) == 6
        assert evaluated(model, tmp_path / "plain", sources, "truthfulqa-generation", judge=judge) == found
        assert len(stub.asked) == 6  # not again
    assert found.measures[: len(plain.measures)] == plain.measures
    told = {measure.metric: measure for measure in found.measures[len(plain.measures) :]}
    assert {name: (each.mean, each.n, each.missing) for name, each in told.items()} == {
        "truthfulqa.judged_true": (1.0, 6, 0),
        "truthfulqa.judged_informative": (0.0, 6, 0),
        "truthfulqa.judged": (0.0, 6, 0),
    }
    assert found.items == plain.items
    assert found.fingerprint == plain.fingerprint | {"judge of truth": truth_version(judge)}
    assert "wise" in truth_version(judge)
    with pytest.raises(ValueError, match=r"differ in judge of truth \(none against wise"):
        compare_evaluations(plain, found, confidence=0.95, seed=0)
    assert evaluated(model, tmp_path / "plain", sources, "truthfulqa-generation") == plain


def test_a_judge_of_truth_that_says_nonsense_is_counted(model: str, tmp_path: Path, sources: dict[str, str]) -> None:
    with serving(TRUE, TRUE, chat("Purple."), chat('{"true": "perhaps", "informative": true}')) as stub:
        judge = Judge(Endpoint(stub.url, "j", workers=1))
        found = evaluated(model, tmp_path / "s", sources, "truthfulqa-generation", judge=judge)
    measure = found.measure("truthfulqa.judged_true")
    assert measure is not None
    assert measure.values == (1.0, 1.0, None, None, None, None)
    assert (measure.mean, measure.n, measure.missing) == (1.0, 2, 4)
    assert judge.usage()["not_judged"] == 4
    both = found.measure("truthfulqa.judged")
    assert both is not None
    assert (both.mean, both.missing) == (0.0, 4)


def test_an_interrupted_judging_goes_on(
    model: str, tmp_path: Path, sources: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trimtab.loop.evaluation.engine.AT_ONCE", 2)
    real, calls = Judge.ask_all, []

    def breaks(self: Judge, template: str, rows: Any, *more: Any) -> Any:
        calls.append(len(rows))
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(self, template, rows, *more)

    monkeypatch.setattr(Judge, "ask_all", breaks)
    with serving(TRUE) as stub:
        judge = Judge(Endpoint(stub.url, "j"))
        with pytest.raises(KeyboardInterrupt):
            evaluated(model, tmp_path / "s", sources, "truthfulqa-generation", judge=judge)
        monkeypatch.setattr(InProcess, "answers", None)  # the answers are not written again
        found = evaluated(model, tmp_path / "s", sources, "truthfulqa-generation", judge=judge)
    assert calls == [2, 2, 2, 2]
    assert len(stub.asked) == 6
    measure = found.measure("truthfulqa.judged_true")
    assert measure is not None
    assert measure.n == 6


def test_one_judge_may_serve_both(model: str, tmp_path: Path, sources: dict[str, str]) -> None:
    evaluated(str(save_tiny(tmp_path / "other", "llama")), tmp_path / "theirs", sources, "winrate")
    both = chat('{"why": "so", "true": true, "informative": true, "better": "tie"}')
    with serving(both) as stub:
        judge, against = Judge(Endpoint(stub.url, "j")), str(tmp_path / "theirs")
        found = evaluated(
            model, tmp_path / "s", sources, "winrate", "truthfulqa-generation", judge=judge, against=against
        )
    assert len(stub.asked) == 2 * _apart(tmp_path, "s") + 6 > 8
    raw, judged = found.measure("winrate.raw"), found.measure("truthfulqa.judged")
    assert raw is not None
    assert judged is not None
    assert (raw.mean, judged.mean) == (0.5, 1.0)
    assert found.fingerprint["judge"] == judge.version
    assert found.fingerprint["judge of truth"] == truth_version(judge)


@pytest.mark.parametrize(
    ("names", "extra", "says"),
    [
        (("style",), {"against": "x"}, "one of them is missing"),
        (("winrate",), {"against": "x"}, "one of them is missing"),
        (("truthfulqa-generation",), {"against": "x"}, "one of them is missing"),
        (("winrate", "truthfulqa-generation"), {"judge": NOBODY}, "one of them is missing"),
        (("style", "truthfulqa"), {"judge": NOBODY}, "None of the benchmarks that are asked for takes one"),
        (("hhh-judge",), {}, "It is about a judge behind a server"),
        (("hhh-reward",), {}, "a reward model is a sequence classification model"),
    ],
)
def test_what_cannot_be_measured_is_refused(
    model: str, tmp_path: Path, sources: dict[str, str], names: Any, extra: Any, says: str
) -> None:
    more = {"hhh-judge": sources["hhh"], "hhh-reward": sources["hhh"]}
    with pytest.raises(UserError, match=says):
        evaluated(model, tmp_path / "scores", sources | more, *names, **extra)


def test_a_server_is_not_asked_for_log_probabilities(tmp_path: Path, sources: dict[str, str]) -> None:
    asked = read_items([BENCHMARKS["hhh"]], sources, ())
    with pytest.raises(UserError, match="which such a server does not tell"):
        evaluate_model(
            target_of("m", "http://127.0.0.1:9/v1"),
            asked,
            tmp_path / "s",
            precision="fp32",
            rows=4,
            seed=5,
            progress=Quiet(),
        )


def test_a_server_is_evaluated_like_a_model(tmp_path: Path, sources: dict[str, str]) -> None:
    asked = read_items([BENCHMARKS["overrefusal"], BENCHMARKS["style"]], sources, ())
    with serving(chat("Sure, here it is.")) as stub:
        target = target_of("m", stub.url)
        found = evaluate_model(target, asked, tmp_path / "s", precision="fp32", rows=4, seed=5, progress=Quiet())
    refused = found.measure("overrefusal.safe_refused")
    assert refused is not None
    assert refused.mean == 0.0
    assert found.fingerprint["engine"] == "server"
    assert len(stub.asked) == 2 * len(read_questions(sources["style"]))


def test_a_reward_model_chooses(tmp_path: Path, sources: dict[str, str]) -> None:
    from tiny_reward import save_tiny_reward

    folder = save_tiny_reward(tmp_path / "reward")
    asked = read_items([BENCHMARKS["hhh-reward"]], {"hhh-reward": sources["hhh"]}, ())
    found = evaluate_model(
        target_of(str(folder)), asked, tmp_path / "s", precision="fp32", rows=4, seed=5, progress=Quiet()
    )
    assert found.measure("hhh.accuracy") is not None
    assert found.measure("hhh.accuracy_summed") is None


def test_a_judge_chooses(tmp_path: Path, sources: dict[str, str]) -> None:
    asked = read_items([BENCHMARKS["hhh-judge"]], {"hhh-judge": sources["hhh"]}, ())

    def honest(request: Any) -> Any:
        text = request.body["messages"][0]["content"]
        first = text.index("it's tea") < text.index("the sun is red")
        return chat(json.dumps({"why": "so", "better": "A" if first else "B"}))

    with serving(honest) as stub:
        target = target_of("j", stub.url)
        found = evaluate_model(target, asked, tmp_path / "s", precision="fp32", rows=4, seed=5, progress=Quiet())
    measure = found.measure("hhh.honest")
    assert measure is not None
    assert measure.mean == 1.0


def test_a_prompted_model_is_compared_with_itself_unprompted(
    model: str, tmp_path: Path, sources: dict[str, str]
) -> None:
    """By scores too: what it answers, and not what is read off log-probabilities."""
    benchmarks = [BENCHMARKS[name].with_settings(max_new_tokens=6) for name in ("style", "winrate")]
    told: list[Evaluation] = []
    script = MockEngine(script=lambda prompt, _: prompt.messages[0].content)
    for name, target in (("model", target_of(model)), ("script", target_of(script))):
        for system in (None, "let's go now"):
            asked = read_items(benchmarks, sources, ())
            out = tmp_path / f"{name}-{system}"
            told.append(
                evaluate_model(target, asked, out, precision="fp32", rows=4, seed=5, progress=Quiet(), system=system)
            )
        plain, prompted = told[-2:]
        assert (plain.system, prompted.system) == (None, "let's go now")
        assert plain.fingerprint == prompted.fingerprint
        assert plain.items == prompted.items
        assert plain.measures != prompted.measures
        assert compare_evaluations(plain, prompted, confidence=0.95, seed=0)
    with pytest.raises(UserError, match="no conversation"):
        evaluate_model(
            target_of(model), read_items([BENCHMARKS["hhh"]], sources, ()), tmp_path / "hhh",
            precision="fp32", rows=4, seed=5, progress=Quiet(), system="s",
        )  # fmt: skip
