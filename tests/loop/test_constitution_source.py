"""AI feedback as a source of a run: what stands in its rows, what is for people, kills, budgets, and other sources."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from scripted_chat import ScriptedChat
from tiny import save_tiny, tiny_spec
from trimtab.errors import UserError
from trimtab.judges import BudgetSpent
from trimtab.loop import Quiet
from trimtab.loop import run as run_module
from trimtab.loop.inputs import read_inputs
from trimtab.loop.sources import constitution
from trimtab.loop.sources.who_judges import WhoJudges
from trimtab.loop.stages import Session, feedback
from trimtab.records import AiFeedback, Answer, Comparison, FeedbackSummary, JudgeReply, Ranking, Reject, SourcedRow
from trimtab.review import read_items
from trimtab.spec import load_spec
from trimtab.store import FileName, Run, Stage

RULES = {
    "name": "ours",
    "rules": [
        {"id": name, "text": f"The answer is {name}.", "checks": [{"contains": "fool"}]} for name in ("kind", "plain")
    ],
}


class Said(Quiet):
    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, text: str) -> None:
        self.lines.append(text)


class Made:
    """A spec whose answers are given and whose judge is a script."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, **judge: object) -> None:
        self.folder, self.monkeypatch = folder, monkeypatch
        save_tiny(folder / "model")
        (folder / "rules.yaml").write_text(yaml.safe_dump(RULES))
        source = {"constitution": {"path": "rules.yaml", "judge": judge, "max_new_tokens": 12}}
        self.spec = tiny_spec(folder, feedback={"sources": [source]})

        def answers(session: Session, stage: Stage, model: object, prompts: object, *_: object) -> list[Answer]:
            texts = {3: ("Same.", "Same."), 5: ("No end", "none"), 7: ("", "")}
            return [
                Answer(prompt_id=p.id, index=i, text=text, tokens=3, ended=n != 5)
                for n, p in enumerate(session.inputs.train)
                for i, text in enumerate(texts.get(n, (f"One is {n}.", f"Two is {n}.")))
            ]

        monkeypatch.setattr(Session, "answers", answers)
        monkeypatch.setattr(Session, "model", lambda self: None)

    def feedback(self, out: str, chat: ScriptedChat, max_cost: float | None = None) -> tuple[Stage, list[str]]:
        """The feedback stage of a run, and what was said."""
        self.monkeypatch.setattr(
            constitution, "who_judges", lambda session, given: WhoJudges("script", "0" * 8, lambda: chat)
        )
        loaded, said = load_spec(self.spec), Said()
        spec = loaded.spec
        plain = spec.model_dump(mode="json")
        with Run.open(self.folder / out, name="n", goal="g", spec=plain, spec_folder=loaded.folder) as run:
            session = Session(run, loaded, read_inputs(loaded), said, max_cost=max_cost)
            return feedback(session), said.lines

    def judged(self, out: str) -> Stage:
        stage = Run.read(self.folder / out).current("feedback.constitution")
        assert stage is not None
        return stage


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Made:
    return Made(tmp_path, monkeypatch)


def likes_one(content: str, a: str, b: str) -> object:
    if " is 2." in a:
        return 0.9  # whatever is first
    if " is 4." in a:
        return ""
    return 0.9 if a.startswith("One") else 0.2


def hashes(stage: Stage) -> dict[str, str]:
    assert stage.manifest is not None
    return stage.manifest.outputs


def test_rows_tell_rule_judge_and_soft_label_and_everything_is_counted(made: Made, tmp_path: Path) -> None:
    chat = ScriptedChat(likes_one)
    stage, said = made.feedback("out", chat)
    rows = [each.row for each in stage.read_lines(FileName.SUPERVISION, SourcedRow)]
    assert [row.id for row in rows] == ["t0", "t1", "t6", "t8", "t9"]
    for row in rows:
        assert isinstance(row, Comparison)
        assert row.chosen_text.startswith("One")
        assert row.provenance.rule in ("kind", "plain")
        assert row.provenance.probability == pytest.approx(0.85)
        assert row.provenance.fingerprint is not None
        assert row.provenance.fingerprint.model == "script"
        assert row.provenance.fingerprint.orders == "both"
    assert {row.provenance.rule for row in rows} == {"kind", "plain"}
    judged = made.judged("out")
    came = judged.read(FileName.SUMMARY, AiFeedback)
    assert (came.decided, came.flips, came.ties, came.equal, came.not_judged, came.unasked) == (5, 1, 0, 1, 1, 2)
    rejected = judged.read_lines(FileName.REJECTED, Reject)
    assert len(rejected) + came.decided == 10
    assert len(chat.asked) == came.calls + 1  # the first is the trial of its letters
    summary = stage.read(FileName.SUMMARY, FeedbackSummary)
    assert any("1 are ties because it said otherwise" in note for note in summary.notes)
    people = judged.read_lines(FileName.TIES, Ranking)
    assert [row.id for row in people] == ["t2", "t4"]
    shown = read_items([str(judged.folder / FileName.TIES)], 2)
    assert [{side.text for side in item.sides} for item in shown.items] == [
        {"One is 2.", "Two is 2."},
        {"One is 4.", "Two is 4."},
    ]
    assert any("14 questions in both orders" in line for line in said)
    assert any("answered 14 questions in" in line for line in said)


@pytest.mark.parametrize("dies_at", [3, 9])
def test_a_run_killed_while_it_judges_gives_the_same_bytes_and_asks_nothing_twice(made: Made, dies_at: int) -> None:
    whole = ScriptedChat(likes_one)
    plain, _ = made.feedback("plain", whole)
    dying, after = ScriptedChat(likes_one, dies_at), ScriptedChat(likes_one)
    with pytest.raises(KeyboardInterrupt):
        made.feedback("killed", dying)
    resumed, said = made.feedback("killed", after)
    assert hashes(resumed) == hashes(plain)
    assert hashes(made.judged("killed")) == hashes(made.judged("plain"))
    assert len(dying.asked) - 1 + len(after.asked) == len(whole.asked)
    assert not set(dying.asked[:-1]) & set(after.asked)
    assert any(f"{dies_at - 2} of them answered before" in line for line in said)
    third = ScriptedChat(likes_one)
    made.feedback("killed", third)
    assert third.asked == []


def test_a_budget_stops_the_run_and_more_money_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Made(tmp_path, monkeypatch, url="http://x", model="m", prices=[1000.0, 0.0], labels="log-probabilities")
    plain, said = made.feedback("plain", ScriptedChat(likes_one))
    cost = made.judged("plain").read(FileName.SUMMARY, AiFeedback).cost
    assert cost is not None
    assert any("likely to cost up to" in line for line in said)
    first, second = ScriptedChat(likes_one), ScriptedChat(likes_one)
    with pytest.raises(BudgetSpent) as stopped:
        made.feedback("short", first, max_cost=cost / 2)
    assert 0 < stopped.value.spent <= cost / 2
    assert 0 < len(first.asked) < 14
    resumed, _ = made.feedback("short", second, max_cost=2 * cost)
    assert hashes(resumed) == hashes(plain)
    assert len(first.asked) + len(second.asked) == 14


def test_a_limit_without_prices_is_refused_before_anything_starts(made: Made, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="max_cost"):
        run_module.run_loop(load_spec(made.spec), tmp_path / "out", Quiet(), max_cost=1.0)
    assert not (tmp_path / "out").exists()


def test_a_rule_that_is_not_there_and_a_file_that_is_not_there_are_named(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(RULES))
    source = {"path": "rules.yaml", "rules": ["brave"]}
    loaded = load_spec(tiny_spec(tmp_path, feedback={"sources": [{"constitution": source}]}))
    with pytest.raises(UserError, match="brave"):
        read_inputs(loaded)
    with pytest.raises(UserError, match="no file"):
        load_spec(tiny_spec(tmp_path, feedback={"sources": [{"constitution": {"path": "none.yaml"}}]}))


@pytest.mark.parametrize(
    ("judge", "says"),
    [
        ({"url": "http://x"}, "give both"),
        ({"prices": [1, 2]}, "no `url`"),
        ({"url": "http://x", "model": "m", "max_cost": 1}, "needs `prices`"),
        ({"url": "http://x", "model": "m", "max_cost": 1, "prices": [0, 0]}, "costs nothing"),
        ({"url": "http://x", "model": "m", "prices": [-1, 0]}, "below zero"),
        ({"votes": 3}, "one vote"),
        ({"labels": "log-probabilities", "temperature": 1.0}, "read once"),
        ({"url": "server:8000", "model": "m"}, "url"),
        ({"labels": "checks", "model": "m"}, "remove `model`"),
    ],
)
def test_what_a_judge_cannot_be_is_refused_with_its_reason(tmp_path: Path, judge: dict[str, object], says: str) -> None:
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(RULES))
    spec = tiny_spec(tmp_path, feedback={"sources": [{"constitution": {"path": "rules.yaml", "judge": judge}}]})
    with pytest.raises(UserError, match=says):
        load_spec(spec)


def test_votes_that_are_drawn_and_are_the_same_are_told() -> None:
    def of_votes(texts: list[str], temperature: float) -> tuple[str, ...]:
        question = SimpleNamespace(pair=SimpleNamespace(id="p"), swapped=False)
        replies = [(question, JudgeReply(key=str(n), text=text)) for n, text in enumerate(texts)]
        judge = SimpleNamespace(decoding=SimpleNamespace(temperature=temperature))
        return constitution._of_votes(SimpleNamespace(replies=replies), judge)  # type: ignore[arg-type]

    assert "are the same, for 1 of 1 questions, at temperature 0.7" in of_votes(["A"] * 5, 0.7)[0]
    assert of_votes(["A"] * 5, 0.0) == of_votes(["A"] * 4 + ["B"], 0.7) == ()
