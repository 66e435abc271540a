"""How much better an answer is, in a reason's words, and read back from them."""

_WORDS = ("Better slightly", "Better clearly", "Better by far")


def with_strength(why: str, strength: int) -> str:
    """A reason that ends with how much better it is, 1 to 3."""
    return ". ".join(filter(None, [why, _WORDS[strength - 1]]))


def strength_in(why: str) -> tuple[str, int | None]:
    """The reason without what `with_strength` puts at its end, and that as a figure."""
    for strength, words in enumerate(_WORDS, 1):
        if why == words or why.endswith(f". {words}"):
            return why[: -len(words)].removesuffix(". "), strength
    return why, None
