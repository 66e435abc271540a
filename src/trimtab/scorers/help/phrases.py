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
    able absolutely abstract accomplish achieve action actually additional adventure affect aid aim allow alone
    amazing amount answer approach area art aside ask aspect aspire assist attention attitude available award aware
    bad beautiful beauty best better big bit blessing both bound boundless bring calm captivating capture care
    careful case caution certain challenge challenging chance character charm charming choice choose chore
    circumstance classic clear combination come comfortable commit commitment common complete complex concept concern
    confusion consider conundrum conversation courage cozy craft crave create creative crucial curiosity curious
    custom day deal dear decide dedicate dedication delicate delicious delight delightful demand depend describe
    desire detail determine develop different difficult discover discovery dream eager ease easy educate effective
    effort effortless elegant embark emotion encourage endeavor endless engaging enhance enigma enjoy enjoyable
    enough enrich ensure enthusiastic equal essential event every everyone everything exactly example excellent
    excited exciting execute exercise experience expert expertise explore express extra extraordinary fabulous face
    fact factor fair famous fantastic fascinating fascination favorite feel feeling few figure find fit focus form
    friend friendly fulfill fun future gem gentle genuine glad goal good great guide handle handy happy hard hear
    heart heartfelt helpful hold honest hope humble idea ideal identify imagination imagine impact important
    incorporate incredible individual inquiry inspire instance intent interest interesting intricate invaluable
    invite involve issue journey joy keep key kind kindness knowledge lack last lasting lead learn level life list
    long look lot lovely loyal luck magic magical main maintain majestic manage manner marvel masterpiece matter mean
    meaningful memorable mention mesmerizing method might mind mistake misunderstanding mix moment moreover motivate
    must mystery name natural nature need never new nice note notice now number obvious offer often opportunity
    option order original outcome overall own part particular passion passionate past patience peaceful perfect
    perfectly perhaps person personal place plan planning playful pleasant please pleasure point popular possible
    potential power powerful practice precious precision preparation prepare present pride probably problem process
    product project proper proud provide purpose question quick quite rare reach ready really realm reason receive
    reflect reflection refresh regular relationship relax rely remarkable remember remind reminder request require
    result reward rich right role secret seem seemingly sense serene serious set several share side sign significance
    similar simple simply single situation skill small solution someone something sometimes sorry sort soul sound
    source special specific spirit splendid spread standard start step still story strategy structured struggle study
    stunning style subject success suggest suggestion support sure surprising sweet symbol system take tale talk task
    tedious tell term testament therefore thing think thought thriving time timeless tip tireless title together
    topic totally touch tough tradition traditional treasure treat tremendous trick true truly try turn type
    understand unfortunate unique unlock use useful useless usual usually valuable variety various vast very vibrant
    view vital vivid wait warm warmth wealth weird welcome well whole willing wise wish wonder wonderful wondrous
    word work world worth yes yet
    """
)
SAYS_NOTHING = frozenset(stem(word) for word in _SAYS_NOTHING)
"""Stems that fit every topic: they praise, announce or fill, and tell nothing by themselves."""


_APOLOGY = re.compile(
    r"\b(?:sorry|apologi[sz]e|unable|not able|can't|cannot|misunderstanding|as an? (?:ai|assistant|chatbot))\b"
)
_VERDICT = re.compile(
    r"\W*(?:(?:yes|no|yeah|nope|sure|definitely|absolutely|not (?:always|really|necessarily|at all))\b"
    r"|(?:it|that|this|they|you|i)(?:'s| is| isn't|'re| are| aren't| can| can't| do| don't| should| shouldn't) "
    r"(?:not|always|never|often|usually|fine|okay|ok|rude|too)\b)"
)


def apologises(text: str) -> bool:
    """Whether an answer apologises or says what it cannot do."""
    return bool(_APOLOGY.search(text.lower().replace("’", "'")))


def gives_verdict(text: str) -> bool:
    """Whether an answer begins with a yes, a no or the like, which answers a question in few words."""
    return bool(_VERDICT.match(text.lower().replace("’", "'")))


@lru_cache(maxsize=4096)
def pleasant(sentence: str) -> bool:
    """Whether a sentence is a pleasantry, an apology, an offer, praise, or about the assistant itself."""
    return bool(_PLEASANTRY.match(sentence.lower().replace("’", "'")))


@lru_cache(maxsize=4096)
def specifics(asked: frozenset[str], sentence: str) -> frozenset[str]:
    """The stems of a sentence that tell something: neither among those that the prompt has nor such as fit every
    topic."""
    return content_words(sentence) - asked - SAYS_NOTHING


@lru_cache(maxsize=4096)
def worded(sentence: str) -> int:
    """How many words a sentence has."""
    return len(words(sentence))
