"""What an answer says without saying anything: pleasantries, offers, talk about itself, praise, words that fit all."""

import re
from functools import lru_cache

from ..text import content_words, listed, stem, words

_PLEASANTRY = re.compile(
    r"\W*(?:(?:oh|ah|aw|wow|well|hey|hi|hello|yes|sure|of course|certainly|absolutely)\b[,!. ]*)*"
    r"(?:"
    r"(?:i'm|i am|we're) (?:so |really |very |truly |just |always |more than )*"
    r"(?:glad|happy|sorry|excited|thrilled|delighted|pleased|honou?red|here|afraid|ready|a (?:helpful|friendly|chatbot)"
    r"|an? (?:ai|assistant|language model)|designed|not (?:sure|able|equipped|capable)|unable|smiling|still smiling)\b"
    r"|(?:i'd|i would|i'll|i will) (?:be )?(?:so |really |very |more than )*(?:happy|glad|love|like|be happy|be glad)\b"
    r"|i (?:hope|apologi[sz]e|understand|appreciate|can help|can assist|can certainly|don't have)\b"
    r"|as an? (?:ai|assistant|chatbot|language model|friendly|helpful)\b"
    r"|thank(?:s| you)\b|(?:good|great) (?:question|luck)\b|no problem\b|you're welcome\b|cheers\b|enjoy\b"
    r"|have (?:fun|a)\b"
    r"|(?:what a|how|that's (?:a |an |so |such )?(?:really |truly )?(?:great|good|nice|lovely|wonderful|fantastic"
    r"|amazing|exciting|excellent|interesting|classic|wise|tough))\b"
    r"|(?:that|this|it) sounds\b|sounds (?:like|good|great|fun)\b"
    r"|you(?:'re| are) (?:looking|asking|referring|right|welcome|so|on the right|in for|a curious|a great|talking"
    r"|interested|thinking|absolutely)\b|you(?:'ve| have) (?:come|got|asked)\b"
    r"|let me (?:know|help)\b|feel free\b|please (?:let|provide|specify|feel|tell)\b|let's (?:get started|do)\b"
    r"|(?:can|could) you (?:please |tell |provide |specify |give )"
    r"|if you (?:have|need) (?:any|help|more|further)\b"
    r"|(?:sure|of course|certainly|absolutely|okay|ok)\W*$"
    r")"
)
"""How a sentence begins that greets, thanks, regrets, praises, offers help or speaks of the assistant itself."""

_SAYS_NOTHING = listed(
    """
    able absolutely abstract aid aim amazing amount answer approach area art aspect assist available aware bad beautiful
    beauty best better big bit blessing boundless bring captivating careful case certain challenge challenging charm
    charming choice choose classic clear combination come comfortable common complete complex concept confusion consider
    cozy craft create creative crucial curious day deal delicate delicious delight delightful depend desire detail
    different difficult easy effective effort elegant endless engaging ensure enjoy enjoyable enthusiastic equal
    essential event every everyone everything exactly example excellent excited exciting experience explore express
    extra fact fair fantastic fascinating favorite feel feeling few find fit focus form friend friendly fun good
    glad great guide happy hard heart helpful hope idea ideal imagination impact important incredible inquiry inspire
    intent interest interesting journey joy key kind lead learn level life long look lot lovely magic magical main
    matter mean meaningful memorable mesmerizing method mind moment mystery natural nature need new nice number often
    option order part particular passion perfect person personal place plan pleasure point popular possible potential
    power powerful practice prepare problem process project provide purpose question quick quite really reason regular
    rely relationship remarkable remember request require right rich role sense serene set share simple situation
    skill small solution someone something sort sound special specific spirit spread start step still story strategy
    stunning style sure surprising symbol system talk task tell term testament thing think thought thriving time
    timeless tip together topic touch tough treasure tremendous true truly try turn type understand unique unlock use
    useful usual valuable variety various vibrant view vital wait warm welcome whole willing wonder wonderful word work
    world worth yes
    """
)
SAYS_NOTHING = frozenset(stem(word) for word in _SAYS_NOTHING)
"""Stems that fit every topic: they praise, announce or fill, and tell nothing by themselves."""


def pleasant(sentence: str) -> bool:
    """Whether a sentence is a pleasantry, an apology, an offer, praise, or about the assistant itself."""
    return bool(_PLEASANTRY.match(sentence.lower().replace("’", "'")))


@lru_cache(maxsize=4096)
def specifics(prompt: str, sentence: str) -> frozenset[str]:
    """The stems of a sentence that tell something: neither the prompt's own words nor such as fit every topic."""
    return content_words(sentence) - content_words(prompt) - SAYS_NOTHING


def worded(sentence: str) -> int:
    """How many words a sentence has."""
    return len(words(sentence))
