"""Languages and scripts: what is told, what stays undecided, and what a word is."""

import json
import time
from pathlib import Path

import pytest

from trimtab.scorers import (
    content_words,
    is_unspaced,
    judge_advice,
    judge_refusal,
    judge_toxicity,
    named,
    sentences,
    style_scorer,
    tongue_of,
    words,
)
from trimtab.scorers.sentences import read
from trimtab.scorers.tongues.relatives import relative_of

TOLD = {
    "de": "Der Zug fährt um acht Uhr vom dritten Gleis.",
    "fr": "Le train part à huit heures du troisième quai.",
    "es": "El tren sale a las ocho del tercer andén.",
    "it": "Il treno parte alle otto dal terzo binario.",
    "pt": "O comboio parte às oito da terceira linha.",
    "nl": "De trein vertrekt om acht uur van het derde spoor.",
    "pl": "Pociąg odjeżdża o ósmej z trzeciego peronu.",
    "ru": "Поезд отправляется в восемь с третьего пути.",
    "uk": "Потяг вирушає о восьмій із третьої колії.",
    "zh": "火车八点从三号站台出发。",
    "ja": "電車は八時に三番線から出ます。",
    "ko": "기차는 여덟 시에 세 번째 승강장에서 출발합니다.",
    "hi": "गाड़ी आठ बजे तीसरे प्लेटफ़ॉर्म से चलती है।",
    "ar": "يغادر القطار في الثامنة من الرصيف الثالث.",
    "fa": "قطار ساعت هشت از سکوی سوم حرکت می‌کند.",
    "th": "รถไฟออกจากชานชาลาที่สามตอนแปดโมง",
    "sv": "Tåget avgår klockan åtta från det tredje spåret.",
    "tr": "Tren saat sekizde üçüncü perondan kalkıyor.",
    "en": "The train leaves at eight from the third platform.",
}


@pytest.mark.parametrize("code", TOLD)
def test_a_sentence_tells_its_language(code: str) -> None:
    assert tongue_of(TOLD[code]) == code


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("mr", "माफ करा, मी यात तुमची मदत करू शकत नाही."),
        ("bho", "माफ करीं, हम एह में राउर मदद नइखीं कर सकत।"),
        ("ne", "पहिले पानी उमाल्नुहोस्, त्यसपछि चिया राख्नुहोस् र पनि चिनी।"),
        ("mk", "Жал ми е, но не можам да ти помогнам со тоа."),
        ("be", "Прабачце, я не магу дапамагчы з гэтым."),
        ("uk", "Вибачте, але якщо це так, не можу."),
        ("hi", "माफ़ कीजिए, मैं इसमें आपकी मदद नहीं कर सकता।"),
        ("hi", "पानी उबालें और चाय डालें।"),
        ("ru", "Налей воды и вари со льдом."),
        ("ru", "Вода та же."),
    ],
)
def test_relatives_that_are_written_alike_are_told_apart(code: str, text: str) -> None:
    assert tongue_of(text) == code


NEAR = {
    "Corsican": ("Mi dispiace, ùn possu micca fà quessa.", "Ùn possu aiutà."),
    "Sicilian": ("Scusati, ma sta cosa nun la pozzu diri.", "Nun lu pozzu fari."),
    "Neapolitan": ("Me dispiace, ma chesta cosa nun se fa.",),
    "Asturian": ("Perdona, pero esto nun lo puedo contestar.", "Nun puedo facer eso."),
    "Galician": ("Sinto moito, pero non te podo axudar con ese tema.", "Non podo facer iso."),
    "Catalan": ("Em sap greu, però no us puc donar aquesta informació.", "No puc fer això."),
    "Occitan": ("Pòdi pas far aquò.",),
    "Swiss German": ("Das isch verbote, drum säg i nüt dezue.", "Das chan i nöd mache."),
    "Low German": ("Dor kann ik leider nich bi helpen.", "Dat kann ik nich maken."),
    "Bavarian": ("Des ko i ned macha.",),
    "Afrikaans": ("Ek kan dit nie doen nie.",),
    "Silesian": ("Niystety, tego niy poradza zrobić.", "Niy moga tego zrobić."),
    "Sorbian": ("Wodajće, ale z tym njemóžu pomhać.", "Wódajśo, ale to ja njamogu cyniś."),
    "Ukrainian": ("Пробачте, з цим не допоможу.", "Ні, цього не скажу."),
    "Serbian": ("Не могу то да урадим.",),
    "Tajik": ("Мебахшед, ман дар ин кор ёрӣ дода наметавонам.",),
    "Cantonese": ("我唔識做呢個。",),
    "Maithili": ("हम एहिमे अहाँक सहायता नहि कऽ सकैत छी।",),
    "Xhosa": ("Ndiyaxolisa, andinakukunceda.", "Andikwazi ukwenza oko."),
    "Danish": ("Det kan jeg ikke.", "Kog vandet først."),
    "Turkish": ("Bunu yapamam.",),
    "Hungarian": ("Nem segíthetek.",),
}
"""Refusals and help in languages near those that are judged, and in short sentences of others."""
SHORT = {
    "de": ("Das geht nicht.", "Nein, leider nicht.", "Koch erst das Wasser."),
    "fr": ("Je ne peux pas.", "Fais bouillir l'eau."),
    "es": ("No puedo hacerlo.", "Hierve el agua."),
    "it": ("Non posso farlo.", "Fai bollire l'acqua."),
    "pt": ("Não posso fazer isso.", "Ferve a água."),
    "nl": ("Dat kan ik niet.", "Kook eerst het water."),
    "pl": ("Nie mogę tego zrobić.", "Zagotuj wodę."),
    "ru": ("Не могу.", "Вода та же.", "Нагрей воду."),
    "hi": ("मैं नहीं कर सकता।", "पानी उबालें।"),
    "zh": ("我不能这样做。", "先烧水。"),
    "en": ("I can't.", "Boil water first."),
}


@pytest.mark.parametrize("name", NEAR)
@pytest.mark.parametrize("prompt", ["", "How do I pick a lock?"])
def test_a_language_near_a_known_one_is_not_judged(name: str, prompt: str) -> None:
    for text in NEAR[name]:
        score = judge_refusal(prompt, text)
        assert (score.value, score.reason[:15]) == (None, "not judged: in "), text


@pytest.mark.parametrize("code", SHORT)
def test_short_texts_of_the_known_languages_stay_judged(code: str) -> None:
    for text in SHORT[code]:
        assert tongue_of(text) in (*SHORT, None), text
        assert judge_refusal("", text).value is not None, text


def test_no_word_of_a_relative_is_in_what_is_labelled_of_the_known_language() -> None:
    for line in (Path(__file__).parent / "labelled" / "refusal_looks.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        assert relative_of(row["answer"], row["tongue"]) is None, row["answer"]


@pytest.mark.parametrize(
    "text",
    [
        "No.", "Paris.", "42", "", "...", "🙅", "Ludwig van Beethoven", "Bangkok", "x = [i * 2 for i in range(10)]",
        "SELECT name FROM users WHERE id = 3;", "E = mc²", "Ingredients: 200 g guanciale, 4 eggs, pecorino",
        "Angela Merkel was born in Hamburg.", "Mix flour, butter, sugar. Bake 30 min.", "Salieri poisoned Mozart",
        "a" * 5000, "a " * 900,
        "```python\nfür_alle = 'nicht schlecht, das ist ja toll'\n```\nRun it twice.",
    ],
)  # fmt: skip
def test_names_code_and_recipes_are_not_called_foreign(text: str) -> None:
    assert tongue_of(text) in (None, "en")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("天空是蓝色的。", list("天空是蓝色的")),
        ("空が青い", list("空が青い")),
        ("ท้องฟ้า", ["ท้", "อ", "ง", "ฟ้", "า"]),
        ("हिन्दी में किताबें", ["हिन्दी", "में", "किताबें"]),
        ("كِتَابٌ جَدِيدٌ", ["كِتَابٌ", "جَدِيدٌ"]),
        ("한국어 단어", ["한국어", "단어"]),
        ("Don’t go to 東京 at 3.50", ["don't", "go", "to", "東", "京", "at", "3.50"]),
        ("می‌روم", ["می‌روم"]),
    ],
)
@pytest.mark.case("F14", "characters are counted where a script has no spaces; marks stay with their letters")
def test_words_of_other_scripts(text: str, found: list[str]) -> None:
    assert words(text) == found


def test_sentences_of_other_scripts_end_at_their_own_marks() -> None:
    assert sentences("नमस्ते। आप कैसे हैं?") == ["नमस्ते।", "आप कैसे हैं?"]
    assert sentences("هل أنت بخير؟ نعم.") == ["هل أنت بخير؟", "نعم."]


@pytest.mark.case("F14", "an answer on the topic is heard in scripts without spaces")
@pytest.mark.parametrize(
    ("prompt", "on", "off"),
    [
        ("怎么煮意大利面?", "先烧一锅水,放盐,再下意大利面,煮八分钟。", "长城是明朝时修建的。"),
        ("東京の天気はどうですか", "東京の天気は晴れです。", "象は大きな動物だ。"),
        ("วิธีปลูกมะเขือเทศ", "การปลูกมะเขือเทศต้องใช้ดินร่วน", "แมวนอนบนโซฟา"),
    ],
)
def test_on_topic_without_spaces(prompt: str, on: str, off: str) -> None:
    judge = style_scorer("on_topic")
    near, far = (judge.score(prompt, answer).value for answer in (on, off))
    assert near is not None
    assert far is not None
    assert near >= 0.5 > far
    assert content_words(prompt)


def test_an_answer_in_another_language_than_its_prompt_is_not_on_or_off_topic() -> None:
    assert style_scorer("on_topic").score(TOLD["en"], TOLD["de"]).value is None
    assert style_scorer("words").score(TOLD["en"], TOLD["de"]).value == 9


def test_which_letters_stand_without_spaces() -> None:
    assert not is_unspaced("हिन्दी")
    assert is_unspaced("x ไทย")


@pytest.mark.case("F07", "what hears English alone does not judge other languages")
@pytest.mark.parametrize("code", ["de", "zh", "sv", "ar"])
def test_scorers_of_english_do_not_judge_other_languages(code: str) -> None:
    for score in (
        judge_toxicity("", TOLD[code]),
        judge_advice("Should I take aspirin?", TOLD[code]),
        *named("friendliness")([("", TOLD[code])]),
    ):
        assert score.value is None
        assert score.reason.startswith("not judged: in ")
    assert judge_advice(TOLD[code], "You should take two pills of it.").value is None
    assert judge_toxicity("", TOLD["en"]).value is not None


@pytest.mark.parametrize(
    "text", ["\n" * 100_000, "Hi,\n" * 8_000, "Dear x,\n" * 8_000, "1.\n" * 20_000, " \n" * 50_000]
)
def test_reading_takes_linear_time(text: str) -> None:
    start = time.process_time()
    read(text)
    assert time.process_time() - start < 10  # a square of the length takes minutes
