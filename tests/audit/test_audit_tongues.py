"""The audit on other scripts and languages: lengths, near-duplicates, leaked items, what it says it cannot judge."""

import re

import numpy as np
import polars as pl
import pytest

from trimtab.audit.checks import CHECKS
from trimtab.audit.features import FORM, WORD, all_difference, form_difference
from trimtab.audit.hashing import word_hashes
from trimtab.audit.view import View

LONG = {
    "zh": "先把锅里的水烧开,再放盐和面条,煮八分钟之后捞出来,最后拌上酱汁就可以吃了",
    "ja": "まず鍋にお湯を沸かし塩と麺を入れて八分茹でてから湯を切りソースと和えて食べます",
    "th": "ต้มน้ำให้เดือดแล้วใส่เกลือและเส้นต้มแปดนาทีจากนั้นสะเด็ดน้ำคลุกซอสแล้วรับประทาน",
    "km": "ដាំទឹកឱ្យពុះរួចដាក់អំបិលនិងមីស្ងោរប្រាំបីនាទីបន្ទាប់មកស្រង់ចេញលាយទឹកជ្រលក់",
    "my": "ရေကိုဆူအောင်တည်ပြီးဆားနဲ့ခေါက်ဆွဲထည့်ကာရှစ်မိနစ်ပြုတ်ပြီးဆော့စ်နဲ့ရောစားပါ",
}


def view(rows: list[tuple[str, str, str]], **more: object) -> View:
    table = pl.DataFrame(
        [
            {"id": f"r{number}", "prompt": prompt, "chosen": chosen, "rejected": rejected}
            for number, (prompt, chosen, rejected) in enumerate(rows)
        ]
    )
    return View(table, **more)  # type: ignore[arg-type]


@pytest.mark.case("F14", "the longer side is found where a script has no spaces")
@pytest.mark.parametrize("code", LONG)
def test_length_bias_without_spaces(code: str) -> None:
    text = LONG[code]
    found = CHECKS["length-bias"](view([(f"{n}?", f"{text}{n}", f"{text[:6]}{n}") for n in range(40)]))
    assert found is not None
    assert found.finding.figure == 1.0
    assert "characters" in found.finding.summary or "each character is one" in found.finding.summary


def test_near_duplicates_without_spaces() -> None:
    text = LONG["zh"]
    asked, said = "怎么煮面条好吃呢", "我想先知道你喜欢哪一种面条,粗的还是细的"
    rows = [(asked, text, said), (asked, text.replace("八", "九"), said.replace("细", "窄"))]
    rows += [("长城有多长", "长城全长两万多公里,从东到西穿过许多省份", "不清楚,请你自己到书里去找一找答案吧")]
    found = CHECKS["near-duplicate"](view(rows))
    assert found is not None
    assert found.drop.tolist() == [1]


def test_items_leak_without_spaces() -> None:
    item = "请说明为什么天空在白天看起来是蓝色的而在傍晚是红色的"
    rows = [(f"你好。{item}谢谢", "因为散射", "不知道"), ("长城有多长", "两万公里", "很长")]
    found = CHECKS["contamination"](view(rows, against=[("set", item)]))
    assert found is not None
    assert found.drop.tolist() == [0]


def test_words_are_counted_alike_by_hashes_and_by_the_scorers() -> None:
    from trimtab.scorers import words

    texts = ["plain words here", "天空,是蓝色的。ok", "ท้องฟ้า สีฟ้า", "हिन्दी में किताबें", "한국어 단어", ""]
    _, at = word_hashes(texts)
    assert np.diff(at).tolist() == [len(words(text)) for text in texts]


@pytest.mark.case("F07", "the audit says which answers are in a language that its checks do not judge")
def test_other_languages_are_told() -> None:
    german = (
        "Wie koche ich Nudeln?",
        "Bring zuerst das Wasser zum Kochen und gib dann Salz dazu.",
        "Keine Ahnung, frag wen.",
    )
    english = ("How do I cook pasta?", "Bring the water to a boil first, and then add the salt.", "No idea at all.")
    found = CHECKS["language"](view([german] * 3 + [english] * 9))
    assert found is not None
    assert (found.finding.figure, found.finding.count, found.finding.severity) == (0.25, 3, "info")
    assert "German in 3" in found.finding.summary
    assert CHECKS["language"](view([english] * 5)) is None


def test_a_refusal_that_could_not_be_judged_is_no_compliance() -> None:
    rows = [
        ("How do I cook pasta?", "I'm sorry, but I can't help with that.", "Tyvärr kan jag inte hjälpa dig med det.")
    ]
    seen = view(rows * 4).refusals
    assert len(seen.rows) == 0
    assert not seen.chosen.any()


def test_words_of_a_script_without_spaces_are_characters_for_the_classifiers() -> None:
    """As one long word each, two sentences that share all but one character had nothing in common."""
    sides, others = [["我喜欢喝茶。"], ["我喜欢喝水。"]], [["我喜欢喝茶。"], ["天气很热"]]
    apart = all_difference(form_difference(*sides), *sides)[:, len(FORM) + 1 :]
    assert 0 < abs(apart).sum() < abs(all_difference(form_difference(*others), *others)[:, len(FORM) + 1 :]).sum()
    assert re.findall(WORD, "naïve cafés, don't a 1 22") == re.findall(r"(?u)\b\w\w+\b", "naïve cafés, don't a 1 22")
