"""The mock engine: what its script says, the same however it is asked; and an evaluation of it without torch."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cli_runner import trimtab
from trimtab.models import Decoding, Endpoint, MockEngine
from trimtab.records import Message, Prompt

LONG = Decoding(max_new_tokens=50)


def prompts(count: int) -> list[Prompt]:
    return [Prompt(id=f"p{i}", messages=(Message(role="user", content=f"question {i}"),)) for i in range(count)]


def said(engine: MockEngine, some: list[Prompt], samples: int = 1, seed: int = 0) -> list[str]:
    return [answer.text for answer in engine.answers(some, samples=samples, decoding=LONG, seed=seed)]


def test_each_form_of_a_script() -> None:
    asked = prompts(2)
    assert said(MockEngine("yes"), asked) == ["yes", "yes"]
    assert said(MockEngine({"question 0": "a", "question 1": "b"}), asked[::-1]) == ["b", "a"]
    by_function = MockEngine(lambda prompt, index: f"{prompt.id}/{index}")
    assert said(by_function, asked, samples=2) == ["p0/0", "p0/1", "p1/0", "p1/1"]
    with pytest.raises(KeyError):
        said(MockEngine({"question 0": "a"}), asked)


def test_a_drawn_answer_hangs_on_prompt_sample_and_seed_alone() -> None:
    engine, asked = MockEngine(["one", "two", "three"]), prompts(60)
    whole = said(engine, asked, samples=2)
    assert set(whole) == {"one", "two", "three"}
    assert said(engine, asked[20:], samples=2) == whole[40:]  # as after a kill
    assert said(engine, asked, samples=2, seed=1) != whole
    parts = engine.parts(asked, 2, LONG, chat=True)
    assert [place for part in parts for place in part] == list(range(60))
    assert len(parts) == 2


def test_a_long_answer_is_cut_and_has_not_ended() -> None:
    (cut,) = MockEngine("one two three").answers(prompts(1), samples=1, decoding=Decoding(2), seed=0)
    (whole,) = MockEngine("one two three").answers(prompts(1), samples=1, decoding=Decoding(3), seed=0)
    assert (cut.text, cut.tokens, cut.ended) == ("one two", 2, False)
    assert (whole.text, whole.tokens, whole.ended) == ("one two three", 3, True)


def test_another_script_is_another_model() -> None:
    assert MockEngine("a").identity() != MockEngine("b").identity()
    assert MockEngine("a").describe() == MockEngine("b").describe()  # so that two can be compared
    assert MockEngine("a").identity() == MockEngine("a").identity()
    function = MockEngine(lambda prompt, index: "a", name="first")
    assert function.identity() != MockEngine(lambda prompt, index: "a", name="second").identity()
    assert Endpoint("http://a/v1", "m").identity() != Endpoint("http://b/v1", "m").identity()


def test_it_is_evaluated_without_torch(tmp_path: Path) -> None:
    code = """
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("torch", "transformers", "trl", "peft"):
            raise ImportError(name)
sys.meta_path.insert(0, Blocker())
from trimtab.cli import main
sys.argv = ["trimtab", "eval", "mock", "--suite", "overrefusal", "--json"]
main()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr
    scores = json.loads(done.stdout)["scores"]
    assert 0.1 < scores["overrefusal.safe_refused"]["mean"] < 0.5  # one of its four answers refuses


def test_what_it_cannot_do_is_refused(tmp_path: Path) -> None:
    for suite, says in (("truthfulqa", "a script does not tell"), ("hhh-judge", "about a judge behind a server")):
        done = trimtab("eval", "mock", "--suite", suite, cwd=tmp_path)
        assert done.returncode == 2
        assert says in done.stderr
