"""Answers to comparisons: the best by the rubric against the worst, and a reason wherever there is none."""

import random

import pytest

from trimtab import feedback
from trimtab.feedback import judged_candidates, strongest, summarise
from trimtab.records import Answer, Check, Comparison, Message, Policy, Prompt, Ranking, Reject, Rule, text_of
from trimtab.scorers import Criterion
from trimtab.spec import SamplingSpec

PROMPT = Prompt(id="p", messages=(Message(role="user", content="How do I boil an egg?"),))
FRIENDLY = "Pop it in boiling water for eight minutes. Enjoy your egg!"
FORMAL = (
    "The preparation of an egg necessitates the utilization of a suitable vessel. Furthermore, it is essential to "
    "ensure that a sufficient quantity of water is obtained. Subsequently, the temperature"
)


def answer(index: int, text: str, ended: bool = True) -> Answer:
    return Answer(prompt_id="p", index=index, text=text, tokens=len(text.split()), ended=ended)


def settings(**changes: object) -> SamplingSpec:
    rubric = (
        Criterion(scorer="words", weight=2, zero_below=2, full_from=6, full_to=15, zero_above=40),
        Criterion(scorer="warmth", weight=1, zero_below=0, full_from=0.5),
    )
    return SamplingSpec.model_validate({"rubric": rubric, "margin": 0.1, **changes})


def compare(
    prompt: Prompt, answers: list[Answer], given: SamplingSpec, source: str, policy: Policy | None = None
) -> Comparison | Reject:
    (found,) = judged_candidates([prompt], {prompt.id: answers}, given, policy)
    return feedback.compare(prompt, found, given, source)


def rank(
    prompt: Prompt, answers: list[Answer], given: SamplingSpec, source: str, policy: Policy | None = None
) -> Ranking | None:
    (found,) = judged_candidates([prompt], {prompt.id: answers}, given, policy)
    return feedback.rank(prompt, found, source)


def test_the_friendly_short_one_is_chosen_over_the_long_formal_one() -> None:
    made = compare(PROMPT, [answer(0, FORMAL, ended=False), answer(1, FRIENDLY)], settings(), "me")
    assert isinstance(made, Comparison)
    assert (made.chosen_text, made.rejected_text) == (FRIENDLY, FORMAL)
    assert made.prompt == PROMPT.messages
    told = made.provenance
    assert (told.judge, told.source, told.ended) == ("rubric", "me", (True, False))
    assert "answer 2 earns" in told.why
    assert told.margin is not None
    assert told.margin > 0.3
    chosen_words, rejected_words = told.scores["words"]
    assert chosen_words == len(FRIENDLY.split())
    assert rejected_words == len(FORMAL.split())


def test_an_answer_that_was_cut_is_never_chosen() -> None:
    made = compare(PROMPT, [answer(0, FRIENDLY, ended=False), answer(1, FORMAL, ended=False)], settings(), "me")
    assert isinstance(made, Reject)
    assert made.reason == "no answer ends"


def test_its_first_sentences_can_be_chosen_where_the_spec_says_so() -> None:
    cut = FRIENDLY + " And then you can"
    made = compare(PROMPT, [answer(0, cut, ended=False), answer(1, FORMAL, False)], settings(trim_to_sentences=2), "me")
    assert isinstance(made, Comparison)
    assert made.chosen_text == FRIENDLY
    assert "sentences 1 to 2" in made.provenance.why
    assert made.provenance.ended == (True, False)
    assert made.rejected_text in (cut, FORMAL)  # a whole answer, never a piece of one


def test_reasons_to_make_none() -> None:
    equal = compare(PROMPT, [answer(0, FRIENDLY), answer(1, FRIENDLY)], settings(margin=0), "me")
    narrow = compare(
        PROMPT, [answer(0, FRIENDLY), answer(1, "Boil it for eight minutes or so! Enjoy.")], settings(margin=0.9), "me"
    )
    empty = compare(PROMPT, [answer(0, ""), answer(1, " \n ")], settings(), "me")
    assert isinstance(equal, Reject)
    assert "equal" in equal.reason
    assert isinstance(narrow, Reject)
    assert "margin" in narrow.reason
    assert isinstance(empty, Reject)
    assert empty.row == "p"


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_answers_changes_nothing_but_ties(seed: int) -> None:
    texts = [FRIENDLY, FORMAL, "Boil it. Great!", "Water, egg, eight minutes, and it is ready to be eaten by you."]
    answers = [answer(i, text) for i, text in enumerate(texts)]
    first = compare(PROMPT, answers, settings(), "me")
    random.Random(seed).shuffle(answers)
    second = compare(PROMPT, answers, settings(), "me")
    assert isinstance(first, Comparison)
    assert isinstance(second, Comparison)
    assert (first.chosen, first.rejected) == (second.chosen, second.rejected)


def test_the_strongest_keep_their_order_and_all_add_up() -> None:
    made = [
        compare(PROMPT, [answer(0, FORMAL), answer(1, text)], settings(), "me")
        for text in (FRIENDLY, "Boil it well, and enjoy it!")
    ]
    both = [item for item in made if isinstance(item, Comparison)]
    margins = [item.provenance.margin or 0 for item in both]
    kept, rest = strongest(both, 1)
    assert kept == [both[margins.index(max(margins))]]
    assert len(kept) + len(rest) == len(both) == 2
    assert strongest(both, None) == (both, [])


def test_the_summary_tells_what_is_taught() -> None:
    one = compare(PROMPT, [answer(0, FORMAL, ended=False), answer(1, FRIENDLY)], settings(), "me")
    assert isinstance(one, Comparison)
    gone = [
        Reject(source="me", row="x", reason="both sides are equal"),
        Reject(source="me", row="y", reason="no answer ends"),
    ]
    told = summarise([one, one], gone, source="me", judge="rubric")
    assert (told.read, told.comparisons, told.rejected, told.duplicates) == (4, 2, 2, 1)
    assert told.reasons == {"both sides are equal": 1, "no answer ends": 1}
    assert told.longer_chosen == 0
    assert told.ended == (1.0, 0.0)
    assert told.words[0] < told.words[1]
    assert any("brevity" in note for note in told.notes)
    assert any("copies" in note for note in told.notes)
    turned = one.model_copy(update={"chosen": one.rejected, "rejected": one.chosen})
    assert any("teaches length" in note for note in summarise([turned], [], source="me", judge="r").notes)


PRICES = Policy(
    name="p",
    rules=(
        Rule(id="no-enjoying", text="Never say enjoy.", checks=(Check(contains="enjoy"),)),
        Rule(id="tell", severity="warn", text="Say water.", checks=(Check(lacks="water"),)),
    ),
)


def test_what_breaks_the_policy_is_never_the_better_side() -> None:
    kept = "Put it into boiling water for eight minutes."
    free = compare(PROMPT, [answer(0, FRIENDLY), answer(1, kept)], settings(), "me")
    ruled = compare(PROMPT, [answer(0, FRIENDLY), answer(1, kept)], settings(), "me", PRICES)
    assert isinstance(free, Comparison)
    assert isinstance(ruled, Comparison)
    assert (free.chosen_text, ruled.chosen_text) == (FRIENDLY, kept)
    assert ruled.rejected_text == FRIENDLY
    assert "answer 1 (breaks no-enjoying) earns 0.00" in ruled.provenance.why
    none = compare(PROMPT, [answer(0, FRIENDLY), answer(1, "Enjoy!")], settings(margin=0), "me", PRICES)
    assert isinstance(none, Reject)
    assert none.reason == "every answer that ends breaks the policy"
    ranking = rank(PROMPT, [answer(0, FRIENDLY), answer(1, kept), answer(2, FORMAL)], settings(), "me", PRICES)
    assert ranking is not None
    assert text_of(ranking.completions[0]) == kept


def test_any_run_of_sentences_may_be_chosen_where_the_spec_says_so() -> None:
    preamble = "Boiling an egg is a classic and cherished process of many kitchens. "
    said = preamble + "Simmer it for eight minutes. It should cool a little"
    given = settings(trim_to_sentences=2)
    beginnings = judged_candidates([PROMPT], {"p": [answer(0, said, ended=False)]}, given)[0]
    anywhere = judged_candidates(
        [PROMPT], {"p": [answer(0, said, ended=False)]}, given.model_copy(update={"trim_from": "anywhere"})
    )[0]
    assert [each.text for each in beginnings] == [said, preamble.strip(), preamble + "Simmer it for eight minutes."]
    assert [each.text for each in anywhere] == [*(each.text for each in beginnings), "Simmer it for eight minutes."]
    assert anywhere[-1].origin == "answer 1, sentences 2 to 2"


def test_the_rejected_side_may_be_of_like_length() -> None:
    echo = "Boiling an egg is a classic way of boiling one."
    said = [answer(0, f"{FRIENDLY} {echo} Egg!"), answer(1, FORMAL)]
    given = settings(trim_to_sentences=2, trim_from="anywhere", margin=0.0)
    whole = compare(PROMPT, said, given, "me")
    alike = compare(PROMPT, said, given.model_copy(update={"rejected": "alike"}), "me")
    assert isinstance(whole, Comparison)
    assert isinstance(alike, Comparison)
    assert whole.chosen_text == alike.chosen_text == FRIENDLY
    assert whole.rejected_text == FORMAL
    assert alike.rejected_text == echo
