"""`template` finds prompts that a chat template wrote before, and its fix reads them back: the finding is gone."""

import json
from pathlib import Path
from typing import Any

import pytest

import trimtab
from tiny import tiny_tokenizer
from trimtab.audit.checks.rendered import OWN, OwnTemplate, rendered_prompts
from trimtab.audit.view import View
from trimtab.data import read_frame
from trimtab.records import Message

NOUNS = [f"{noun} {kind}" for noun in ("tea", "rain", "bread", "wood") for kind in ("a", "b", "c", "d", "e")]
CHATML = (
    "<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nSay something of {}.<|im_end|>\n<|im_start|>assistant\n"
)


def rows(prompt: Any) -> list[dict[str, Any]]:
    return [
        {"id": noun, "prompt": prompt(noun), "chosen": f"{noun} is nice to have.", "rejected": f"No idea about {noun}."}
        for noun in NOUNS
    ]


def audited(tmp_path: Path, given: list[dict[str, Any]]) -> Any:
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in given))
    return trimtab.audit(path)


@pytest.mark.case("F15", "prompts that were rendered before block, and the fix reads them back into messages")
@pytest.mark.parametrize("as_messages", [False, True])
def test_rendered_prompts_are_a_finding_that_the_fix_mends(tmp_path: Path, as_messages: bool) -> None:
    def prompt(noun: str) -> Any:
        text = CHATML.format(noun)
        return [{"role": "user", "content": text}] if as_messages else text

    found = audited(tmp_path, rows(prompt))
    (finding,) = [one for one in found.findings if one.id == "template"]
    assert (finding.severity, finding.count, finding.fixable) == ("block", len(NOUNS), True)
    assert f"ChatML: {len(NOUNS)}" in finding.summary
    found.write_fixed(tmp_path / "mended.jsonl")
    made = [json.loads(line) for line in (tmp_path / "mended.jsonl").read_text().splitlines()]
    assert len(made) == len(NOUNS)
    assert made[0]["prompt"] == [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": f"Say something of {NOUNS[0]}."},
    ]
    assert not [one for one in trimtab.audit(tmp_path / "mended.jsonl").findings if one.id == "template"]


def test_what_people_write_is_none(tmp_path: Path) -> None:
    found = audited(tmp_path, rows(lambda noun: f"What is `<|im_start|>user` in the text about {noun}?"))
    assert not [one for one in found.findings if one.id == "template"]


def test_a_system_column_is_written_once(tmp_path: Path) -> None:
    given = [{**row, "system": "Rhyme.", "tools": [{"type": "function", "function": {"name": "f"}}]}
             for row in rows(lambda noun: f"<|user|>\nSay something of {noun}.<|end|>\n<|assistant|>\n")]  # fmt: skip
    audited(tmp_path, given).write_fixed(tmp_path / "mended.jsonl")
    made = [json.loads(line) for line in (tmp_path / "mended.jsonl").read_text().splitlines()]
    assert [message["role"] for message in made[0]["prompt"]] == ["system", "user"]
    assert made[0]["tools"] == given[0]["tools"]
    assert "system" not in made[0]
    assert not any("tools" in message for message in made[0]["prompt"])


def test_the_models_own_template_is_known_whatever_its_marks() -> None:
    tokenizer = tiny_tokenizer()
    tokenizer.chat_template = "{% for m in messages %}~{{ m.role }}~ {{ m.content }} ~.~ {% endfor %}~assistant~"
    own = OwnTemplate(tokenizer)
    text = tokenizer.apply_chat_template([{"role": "user", "content": "why?"}], tokenize=False)
    assert own.back(text) == (Message(role="user", content="why?"),)
    assert own.back("why?") is None
    frame = read_frame([{"prompt": each, "chosen": "a", "rejected": "b"} for each in (text, "why?")]).table
    found = rendered_prompts(View(frame, tokenizer=tokenizer))
    assert (found.rows.tolist(), dict(found.families)) == ([0], {OWN: 1})
    assert found.reread((Message(role="user", content=text),)) == (Message(role="user", content="why?"),)
    assert rendered_prompts(View(frame)).rows.tolist() == []


def test_what_stands_before_a_rendered_prompt_is_kept() -> None:
    frame = read_frame([{"prompt": "q", "chosen": "a", "rejected": "b"}]).table
    found = rendered_prompts(View(frame))
    written = Message(role="user", content=CHATML.format("tea"))
    system, turn = Message(role="system", content="Rhyme."), Message(role="assistant", content="Yes.")
    assert [m.content for m in found.reread((system, written))] == ["Rhyme.\n\nBe kind.", "Say something of tea."]
    before = (Message(role="user", content="a"), turn, written)
    assert found.reread(before) is None
    assert found.reread((Message(role="user", content="What is <|im_start|>user?"),)) is not None


def test_what_cannot_be_read_back_is_left_out(tmp_path: Path) -> None:
    given = rows(lambda noun: CHATML.format(noun) + ("Sure, " if noun == NOUNS[3] else ""))
    audited(tmp_path, given).write_fixed(tmp_path / "mended.jsonl")
    found = trimtab.audit(tmp_path / "mended.jsonl")
    assert found.audit.n == len(NOUNS) - 1
    assert not [one for one in found.findings if one.id == "template"]
