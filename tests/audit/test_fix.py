"""What `--fix` makes: whole numbers masked, dialogues left, people numbered from 0 kept, and findings gone."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from faults import FAULTS, FIXABLE

import trimtab
from made_comparisons import Row, clean
from trimtab.api import AuditResult
from trimtab.audit import all_checks, audit_check, personal
from trimtab.audit import clean as cleaned
from trimtab.audit.markers import marked
from trimtab.audit.personal import mask
from trimtab.data import read_feedback, read_frame

SURE = (
    ("Ring +49 30 12 34 56 78 tonight.", "Ring [phone] tonight."),
    ("+493012345678", "[phone]"),
    ("(030) 1234567, or 415-232-8811", "[phone], or [phone]"),
    ("Telefon: 030 12345678", "Telefon: [phone]"),
    ("Tél. : 06 12 34 56 78.", "Tél. : [phone]."),
    ("My number is 203 555 7788.", "My number is [phone]."),
    ("tel=2035557788", "tel=[phone]"),
    ("Ann Lee - 203-555-7788 - home", "Ann Lee - [phone] - home"),
    ("203-555-7788 / 203-555-7789 203-555-7790", "[phone] / [phone] [phone]"),
    ("- 203-555-7788\n- 203-555-7789", "- [phone]\n- [phone]"),
    ("٢٠٣-٥٥٥-٧٧٨٨", "[phone]"),
    ("Appelez-moi au 06.12.34.56.78 demain.", "Appelez-moi au [phone] demain."),
    ("Mi teléfono es 612 34 56 78.", "Mi teléfono es [phone]."),
    ("Meu celular é (11) 91234-5678.", "Meu celular é [phone]."),
    ("Zadzwoń: 601 234 567", "Zadzwoń: [phone]"),
    ("Tlf. 22 33 44 55", "Tlf. [phone]"),
    ("телефон: 8 912 345 67 89", "телефон: [phone]"),
    ("我的手机号是13812345678。", "我的手机号是[phone]。"),
    ("電話は090-1234-5678です。", "電話は[phone]です。"),
    ("전화번호는 010-1234-5678 입니다.", "전화번호는 [phone] 입니다."),
    ("Call 98765 43210 now", "Call [phone] now"),
    ("müller@bücher.de's, o'neil@mail.co.uk.", "[email]'s, [email]."),
    ("请写信给ann@gmx.net谢谢", "请写信给[email]谢谢"),
    ("DE89 3704 0044 0532 0130 00 AND MORE", "[account] AND MORE"),
    ("Amex 3782 822463 10005!", "Amex [card]!"),
)
NOBODYS = (
    "Compute 123 456 7890 + 1 = 123 456 7891.", "What is 203-555-7788 + 2?", "5 × 203 555 7788", "x = 203-555-7788",
    "ISBN 978-3-16-148410-0, or ISBN 0306406152", "Your order 203 555 7788 shipped.", "Call about order 203 555 7788.",
    "On 2024-11-05 10:30:15 and 05.11.2024", "v1.203.555.7788", "3.1415926535, 203,555,7788, $2035557788",
    "IMEI 490154203237518", "+1 000 000 of 10 000 000", "me@example.com; 555-0123", "git@github.com:ann/tea.git",
    "https://ann:tea@gmx.net/x", "203-555-77889", "abc203-555-7788", "DE89 3704 0044 0532 0130 01",
    "120 350 4500 ml", "The telephone sold 12 345 678 units.", "Call 12 000 000 people",
    "Call me on 28.11.2024 at noon", "订单号123456789012。", "tel. 2 000 000 + 3", "价格是1234567890元", "icon@2x.png",
)  # fmt: skip
UNSURE = (
    "Part +49 30 12 34 56 78", "Order no. 203-555-7788", "version 203.555.7788", "203 555 7788 is what it says",
    "Run `dial 203-555-7788` now", "```\ntel 203-555-7788\n```", "203-555-7788 78", "Bestellung: 4539148803436467",
    "#203-555-7788",
)  # fmt: skip


@pytest.mark.parametrize(("text", "masked"), SURE)
@pytest.mark.case("F24", "a number is masked whole, in the forms of several countries")
def test_what_is_somebodys_is_masked_whole(text: str, masked: str) -> None:
    assert mask(text) == masked
    assert mask(masked) == masked
    assert all(one.sure for one in personal(text))


@pytest.mark.parametrize("text", NOBODYS)
@pytest.mark.case("F24", "sums, orders, versions, books, dates and figures are left")
def test_what_is_nobodys_is_not_found(text: str) -> None:
    sure = [text[one.start : one.end] for one in personal(text) if one.sure]
    assert (sure, mask(text)) == ([], text)


@pytest.mark.parametrize("text", UNSURE)
@pytest.mark.case("F24", "what may be somebody's or not is listed, and left to the reader")
def test_what_is_not_sure_is_listed_and_left(text: str) -> None:
    assert [one.sure for one in personal(text)] == [False]
    assert mask(text) == text


def audited(folder: Path, rows: list[Row], **given: Any) -> AuditResult:
    return trimtab.audit(rows, **given)


def test_rows_that_are_not_sure_are_told_apart(tmp_path: Path) -> None:
    rows = clean(3, 40)
    rows[3]["chosen"] += " Order 203-555-7788 is on its way."
    rows[5]["chosen"] += " Call me on 203 555 7788."
    done = audited(tmp_path, rows)
    found = {one.id: one for one in done.findings}
    assert (found["pii"].rows, found["pii-unsure"].rows) == (("r5",), ("r3",))
    assert (found["pii-unsure"].severity, found["pii-unsure"].fixable) == ("info", False)
    mended, counts = done.fixed()
    assert counts == Counter(kept=40, changed=1)
    texts = {row["id"]: row["chosen"][0]["content"] for row in mended}
    assert texts["r3"] == rows[3]["chosen"]
    assert texts["r5"].endswith(" Call me on [phone].")


ANSWER = "Here is one:\nUser: Is the tea fine?\nAssistant: Yes, it is."
RAN_ON = "Warm the pot first.\n\nUser: And now?\n\nAssistant: Wait."


@pytest.mark.parametrize(
    ("asked", "text", "left"),
    [
        ("Write a short chat between a user and an assistant.", ANSWER, ANSWER),
        ("Schreib einen Dialog über Tee.", RAN_ON, RAN_ON),
        ("写一段对话", RAN_ON, RAN_ON),
        ("Make up a transcript of a support call.", "User: Hi.\nAssistant: Hello.", "User: Hi.\nAssistant: Hello."),
        ("Give me three few-shot examples.", RAN_ON, RAN_ON),
        ("User: tea?\nAssistant: yes\nWhat did they say?", RAN_ON, RAN_ON),
        ("How is tea made?", ANSWER, ANSWER),  # it is announced
        ("How is tea made?", "User: Hi.\nAssistant: Hello.", "User: Hi.\nAssistant: Hello."),
        ("How is tea made?", RAN_ON, "Warm the pot first."),
        ("How is tea made?", "Warm it.\n\n### Instruction:\nMore", "Warm it."),
        ("How is tea made?", "Assistant: Warm it.\n\nHuman: Thanks", " Warm it."),
        ("How is tea made?", "Use `[INST]` there.", "Use `[INST]` there."),
        ("How is tea made?", "Warm it.<|im_end|>", "Warm it."),
        ("Write a dialogue.", ANSWER + "<|im_end|>", ANSWER),
        ("What does <|im_start|> mean?", "<|im_start|> opens a turn.", "<|im_start|> opens a turn."),
        ("Explain chat templates.", "[INST] opens a turn.", "[INST] opens a turn."),
    ],
)
@pytest.mark.case("F25", "a dialogue that was asked for, or is announced, is not cut")
def test_what_ran_on_is_cut_and_a_dialogue_is_not(asked: str, text: str, left: str) -> None:
    assert cleaned(text, asked).strip() == left.strip()
    assert marked(text, asked).cut == (text != left)
    assert marked(left, asked).cut is False


def test_a_thought_stays_before_the_answer_that_is_cut() -> None:
    rows = clean(4, 60)
    for row in rows[:6]:
        row["chosen"] = f"<think>Is <|im_end|> asked for?</think>\n\nAssistant: {row['chosen']}<|im_end|>"
    texts = {row["id"]: row["chosen"][0]["content"] for row in trimtab.audit(rows).fixed()[0]}
    for row in rows[:6]:
        said = row["chosen"].replace("Assistant: ", "").removesuffix("<|im_end|>")
        assert " ".join(texts[row["id"]].split()) == " ".join(said.split())


@pytest.mark.case("F25", "a set of dialogues that were asked for blocks nothing and stays as it is")
def test_a_set_of_dialogues_is_told_and_left(tmp_path: Path) -> None:
    rows = clean(4, 60)
    for row in rows[::3]:
        row["prompt"] = f"Write a chat between a user and an assistant: {row['prompt']}"
        row["chosen"] = f"Here is one:\nUser: {row['prompt']}\nAssistant: {row['chosen']}"
    for row in rows[1::3]:
        row["chosen"] = f"As follows:\nUser: Hello?\nAssistant: {row['chosen']}"
    done = audited(tmp_path, rows)
    found = {one.id: one for one in done.findings}
    assert "template" not in found
    assert (found["dialogue"].severity, found["dialogue"].count) == ("warn", 40)
    assert "in 20 of 40 the prompt asks for a dialogue" in found["dialogue"].summary
    assert found["dialogue"].rows[0] == "r1"  # those that nobody asked for first
    texts = {row["id"]: row["chosen"][0]["content"] for row in done.fixed()[0]}
    assert all(texts[row["id"]] == row["chosen"] for row in rows)


@pytest.mark.parametrize("name", [name for name, (check, _) in FAULTS.items() if check in FIXABLE])
@pytest.mark.case("F24", "what --fix mended is not found again")
def test_a_mended_file_has_nothing_left_that_can_be_mended(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mending = {name: check for name, check in all_checks().items() if name in FIXABLE}
    monkeypatch.setattr("trimtab.audit.run.all_checks", lambda: mending)  # the others' findings cannot be mended
    done = audited(tmp_path, FAULTS[name][1](11, 1.0))
    assert any(one.fixable for one in done.findings)
    done.write_fixed(tmp_path / "new.jsonl")
    again = trimtab.audit(tmp_path / "new.jsonl")
    assert not any(one.fixable for one in again.findings)


def test_rows_that_are_alike_once_masked_are_kept_once(tmp_path: Path) -> None:
    rows = clean(5, 30)
    for number in range(4):
        rows.append({**rows[0], "id": f"x{number}", "chosen": f"{rows[0]['chosen']} Call me on 203-555-77{number}8."})
    rows[0]["chosen"] += " Call me on 203-555-7799."
    done = audited(tmp_path, rows)
    assert "duplicate" not in {one.id for one in done.findings}
    mended, counts = done.fixed()
    assert (counts["kept"], counts["changed"], len(mended)) == (30, 1, 30)
    assert counts["duplicate"] + counts["near-duplicate"] == 4


def test_an_edit_that_settles_nothing_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from trimtab.audit import registry

    monkeypatch.setattr(registry, "_others", {})

    @audit_check("louder", title="No mark", remedy="Add one.", edit=lambda text: text + "!")
    def _always(prompt: str, chosen: str, rejected: str) -> bool:
        return True

    mended, _ = trimtab.audit(clean(6, 10)).fixed()
    assert all(row["chosen"][0]["content"].count("!") <= 1 for row in mended)


def by(who: Callable[[int], object], column: str = "annotator") -> list[Row]:
    """Fifty pairs, each judged by three people of whom one disagrees with the others on some."""
    rows = []
    for pair in range(50):
        for person in range(3):
            turned = person == 2 and pair % 3 == 0
            sides = [f"Warm the pot for {pair} minutes and wait.", f"Leave the pot cold for {pair} minutes, then pour."]
            chosen, rejected = reversed(sides) if turned else sides
            rows.append(
                {
                    "prompt": f"How is tea {pair} made?",
                    "chosen": chosen,
                    "rejected": rejected,
                    column: who(person),
                }
            )
    return rows


@pytest.mark.parametrize(
    "who", [lambda n: n, str, lambda n: float(n), lambda n: [False, True, "x"][n], lambda n: "0" * (n + 1)]
)
@pytest.mark.parametrize("column", ["annotator", "judge"])
@pytest.mark.case("F13", "annotator 0 is somebody")
def test_people_numbered_from_0_are_people(who: Callable[[int], object], column: str) -> None:
    named, numbered = read_frame(by("abc".__getitem__, column)).table, read_frame(by(who, column)).table
    places = {name: place for place, name in enumerate(dict.fromkeys(numbered["judge"]))}
    assert [places[name] for name in numbered["judge"]] == ["abc".index(name) for name in named["judge"]]
    assert "unknown" not in set(numbered["judge"])


@pytest.mark.case("F13", "numbered annotators disagree, and do not contradict each other")
def test_findings_do_not_hang_on_what_people_are_called() -> None:
    named, numbered = trimtab.audit(by("abc".__getitem__)), trimtab.audit(by(lambda person: person))
    assert [(one.id, one.count) for one in named.findings] == [(one.id, one.count) for one in numbered.findings]
    assert "contradiction" not in {one.id for one in numbered.findings}


@pytest.mark.parametrize("nobody", [None, "", "  ", float("nan")])
def test_nobody_is_nobody(nobody: object) -> None:
    assert set(read_frame(by(lambda person: nobody)).table["judge"]) == {"unknown"}


@pytest.mark.parametrize("given", [0, "0", 0.0])
def test_records_name_annotator_0(given: object) -> None:
    row = {"prompt": "Tea?", "chosen": "Yes.", "rejected": "No.", "annotator": given}
    rating = {"prompt": "Tea?", "completion": "Yes.", "rating": 1, "low": 0, "high": 5, "annotator": given}
    told = {"prompt": "Tea?", "chosen": "Yes.", "rejected": "No."}
    told["provenance"] = {"source": "a", "judge": "b", "why": "", "annotator": given}  # type: ignore[assignment]
    kept = read_feedback([row, rating, told]).kept
    assert [one.provenance.annotator for one in kept] == ["0"] * 3
    assert getattr(kept[1], "annotator") == "0"  # noqa: B009 - a rating has one
