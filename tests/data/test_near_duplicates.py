"""Near-duplicates: prompts that say nearly the same are found, others are not."""

import pytest

from trimtab.data import near_duplicates
from trimtab.records import Message, Prompt


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
