"""`trimtab judge calibrate`: a scorer, a model behind a server that is asked nothing twice, and what is written."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from cli_runner import trimtab
from stub_server import Asked, Says, chat, serving
from trimtab.records import Calibration

ROWS = [
    {"id": f"r{at}", "prompt": f"Tell me about plum {at}.", "kind": "fruit", "person": "eva"}
    | ({"answer": "I'm sorry, but I can't help with that.", "label": True} if at % 2 else {})
    | ({} if at % 2 else {"answer": f"Plum {at} is a fruit with a stone.", "label": False})
    for at in range(16)
]


def written(folder: Path, rows: list[dict[str, object]]) -> Path:
    path = folder / "people.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_a_scorer_is_held_against_labels_and_a_report_written(tmp_path: Path) -> None:
    labels, page = written(tmp_path, ROWS), tmp_path / "r.html"
    done = trimtab("judge", "calibrate", "refusal", "--labels", str(labels), "--out", str(page), "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["parts"][0]["accuracy"]["estimate"] == 1
    assert {each["part"] for each in told["parts"]} == {"all", "kind", "refusals"}
    assert told["trust"][0]["state"] == "undecided"  # of so few labels
    record = Calibration.from_json((tmp_path / "r.json").read_text())
    assert record.fingerprint["scorer"] == "refusal"
    assert "refusal against people" in page.read_text()
    assert "<script" not in page.read_text()


def test_a_mean_of_the_same_answers_is_told_raw_and_corrected(tmp_path: Path) -> None:
    labels, record = written(tmp_path, ROWS), tmp_path / "r.json"
    trimtab("judge", "calibrate", "refusal", "--labels", str(labels), "--out", str(record), cwd=tmp_path)
    asked = [{"prompt": row["prompt"], "response": row["answer"]} for row in ROWS]
    more = [{"prompt": f"Another {at}?", "response": "A plum is a fruit."} for at in range(16)]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in (*asked, *more)))
    words = ("score", "a.jsonl", "--scorer", "refusal,words", "--calibration", "r.json")
    done = trimtab(*words, "--json", cwd=tmp_path)
    (one,) = json.loads(done.stdout)["corrected"]
    assert (one["metric"], one["items"], one["labelled"]) == ("refusal", 32, 16)
    assert one["corrected"]["low"] <= 0.25 <= one["corrected"]["high"]
    assert "corrected by people's labels of 16 of these 32 answers" in trimtab(*words, cwd=tmp_path).stdout
    other = trimtab("score", "a.jsonl", "--scorer", "words", "--calibration", "r.json", cwd=tmp_path)
    assert "speaks of none of these scorers" in other.stderr


def better(asked: Asked) -> Says:
    first, second = re.findall(r"<<<ANSWER [AB] \w+>>>\n(.*?)\n<<<END", str(asked.body["messages"][-1]["content"]))
    return chat(json.dumps({"why": "it is longer", "better": "A" if len(first) > len(second) else "B"}))


def test_a_model_behind_a_server_is_asked_in_both_orders_twice_and_never_again(tmp_path: Path) -> None:
    pytest.importorskip("openai")
    pair = {"first": "Short.", "second": "A longer one.", "first_source": "tiny", "second_source": "other"}
    rows = [{"id": f"r{at}", "prompt": f"q {at}", "preference": "second", **pair} for at in range(12)]
    labels = written(tmp_path, rows)
    with serving(better) as stub:
        server = ("--judge-url", stub.url, "--judge-model", "tiny")
        done = trimtab("judge", "calibrate", "judge", "--labels", str(labels), *server, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert len(stub.asked) == 36
        assert "what is shown first is preferred 0%" in done.stdout
        again = trimtab("judge", "calibrate", "judge", "--labels", str(labels), *server, cwd=tmp_path)
        assert len(stub.asked) == 36
    assert again.stdout.splitlines()[:3] == done.stdout.splitlines()[:3]
    assert (tmp_path / "people.tiny.verdicts.jsonl").is_file()


@pytest.mark.parametrize(
    ("judge", "more", "why"),
    [
        ("judge", (), "It needs a server and a model"),
        ("style", (), "That is 9 scorers"),
        ("nobody", (), "There is no such scorer"),
        ("words", (), "From which of them on it says yes is not known"),
        ("refusal", ("--out", "r.txt"), "neither a page nor a record"),
        ("refusal", ("--max-cost", "1"), "is no model behind a server, and costs nothing"),
        ("refusal", ("--data", "x.csv"), "takes no references"),
        ("judge", ("--judge-url", "http://127.0.0.1:9/v1", "--judge-model", "m", "--max-cost", "1"), "is not known"),
    ],
)
def test_what_cannot_be_is_one_message(tmp_path: Path, judge: str, more: tuple[str, ...], why: str) -> None:
    done = trimtab("judge", "calibrate", judge, "--labels", str(written(tmp_path, ROWS)), *more, cwd=tmp_path)
    assert done.returncode == 2
    assert why in done.stderr


def test_asking_costs_no_more_than_it_may_and_goes_on_from_there(tmp_path: Path) -> None:
    """Each question is a million's tenth of a unit at most: what is kept is not asked again, and the rest is next."""
    pytest.importorskip("openai")
    rows = [
        {"id": f"r{at}", "prompt": f"q {at}", "first": "Short.", "second": "A longer one.", "preference": "second"}
        for at in range(12)
    ]
    labels = written(tmp_path, rows)
    said = lambda asked: replace(better(asked), body={**better(asked).body, "usage": COUNTED})  # noqa: E731
    with serving(said) as stub:
        words = ("judge", "calibrate", "judge", "--labels", str(labels), "--judge-url", stub.url, "--judge-model", "m")
        words += ("--prices", "1,1", "--max-cost", "0.012", "--json")
        answered = []
        for _ in range(9):
            done = trimtab(*words, cwd=tmp_path)
            answered.append(len(stub.asked))
            if done.returncode != 5:
                break
            told = json.loads(done.stdout)
            assert told["state"] == "budget spent"
            assert told["spent"] <= 0.012
        assert done.returncode == 0, done.stderr
        assert answered[-1] == len(stub.asked) == 36  # nothing twice
        assert len(answered) > 2
        assert 0 < json.loads(done.stdout)["usage"]["cost"] <= 0.012
    assert "likely to cost" in done.stderr


COUNTED = {"prompt_tokens": 600, "completion_tokens": 400, "total_tokens": 1000}


def test_the_judge_of_truth_is_held_by_its_references_and_a_labels_rule_names_the_part(tmp_path: Path) -> None:
    pytest.importorskip("openai")
    questions = [{"id": f"q{at}", "question": f"Is {at} a number?", **REFERENCES} for at in range(12)]
    (tmp_path / "data.jsonl").write_text("".join(json.dumps(row) + "\n" for row in questions))
    rows = [
        {"prompt": f"Is {at} a number?", "answer": "Yes, it is.", "label": label, "rule": rule}
        for at in range(12)
        for rule, label in (("true", True), ("informative", at % 2 == 0))
    ]
    verdict = chat(json.dumps({"why": "", "true": True, "informative": False}))
    with serving(lambda asked: verdict) as stub:
        done = trimtab(
            "judge", "calibrate", "truth", "--labels", str(written(tmp_path, rows)), "--judge-url", stub.url,
            "--judge-model", "m", "--data", "data.jsonl", "--json", cwd=tmp_path,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["fingerprint"]["judge of truth"].startswith("m, truth rubric")
    assert {each["name"]: each["accuracy"]["estimate"] for each in told["parts"] if each["part"] == "rule"} == {
        "true": 1.0,
        "informative": 0.5,
    }


REFERENCES = {"best": "Yes.", "right": ["Yes."], "wrong": ["No."]}
