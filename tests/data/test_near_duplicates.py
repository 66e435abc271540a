"""Near-duplicates: prompts that say nearly the same are found, others are not."""

import random

import pytest

from trimtab.data import near_duplicates, overlap, runs_of
from trimtab.data.near import CONTENT_OVERLAP, SHARED_RUN
from trimtab.records import Message, Prompt
from trimtab.scorers import content_words


def prompt(text: str, name: str = "a") -> Prompt:
    return Prompt(id=name, messages=(Message(role="user", content=text),))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("How do I bake bread at home?", "How do I bake bread at home?"),
        ("How do I bake bread at home?", "how DO i bake BREAD"),
        (
            "Tell me how to keep bees in a city.",
            "My aunt asked me how to keep bees in her garden.",
        ),  # a shared run of five
        ("Which bikes are good for commuting?", "What bike is good for a commute?"),  # the same content words
        ("Don’t my cat's claws hurt?", "Don't my cat's claws hurt?"),
        ("Hello", "Hello!"),
        ("Как испечь хлеб?", "Как испечь хлеб"),
    ],
)
def test_found_both_ways(first: str, second: str) -> None:
    a, b = prompt(first, "a"), prompt(second, "b")
    assert near_duplicates([a], [b]) == [(a, b)]
    assert near_duplicates([b], [a]) == [(b, a)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("How do I bake bread at home?", "How do I fix my car at home?"),
        ("Should I buy a car?", "Should I take care of it?"),
        ("What is it?", "Who was that?"),
        ("Hello", "Goodbye"),
        ("!!!", "???"),
        ("Как испечь хлеб?", "Где купить молоко?"),
    ],
)
def test_not_found(first: str, second: str) -> None:
    assert near_duplicates([prompt(first)], [prompt(second)]) == []


def test_pairs_are_of_one_from_each_set() -> None:
    train = [prompt("How do I bake bread at home?", "t1"), prompt("Why is the sky blue today?", "t2")]
    held = [prompt("Why is the sky blue at noon?", "h1"), prompt("Name three birds.", "h2")]
    assert [(a.id, b.id) for a, b in near_duplicates(train, held)] == [("t2", "h1")]
    assert near_duplicates([], held) == near_duplicates(train, []) == []


def test_the_pairs_are_those_of_holding_every_one_against_every_other() -> None:
    rng = random.Random(1)
    said = ["tea", "rain", "teas", "dog", "house", "bread", "bike", "of", "how", "the", "茶", "水", "热"]

    def some(words: list[str]) -> list[Prompt]:
        return [prompt(" ".join(rng.choices(words, k=rng.randint(0, 8))) or "!", f"p{i}") for i in range(12)]

    def near(one: Prompt, other: Prompt) -> bool:
        shared = runs_of(one.text, SHARED_RUN) & runs_of(other.text, SHARED_RUN)
        return bool(shared) or overlap(content_words(one.text), content_words(other.text)) >= CONTENT_OVERLAP

    count = 0
    for size in (5, 8, len(said)) * 8:
        first, second = some(said[:size]), some(said[-size:])
        pairs = [(one, other) for one in first for other in second if near(one, other)]
        assert near_duplicates(first, second) == pairs
        count += len(pairs)
    assert 100 < count < 2500  # some are, and most are not
