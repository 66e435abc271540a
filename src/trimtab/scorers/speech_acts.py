"""Speech acts of English, and the grounds given for them, as patterns: refusing, judging, moralising, helping.

They are read on lower-case text whose contractions are written out. None knows a topic: a word is listed for what it
does to the person who asked, not for what was asked about.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from .text import listed

# what is said of a request or a deed
_GOOD = (
    r"(?:appropriate|ethical|acceptable|legal|okay|ok|respectful|responsible|right|moral|justified|justifiable|fair"
    r"|productive|constructive|suitable|proper|advisable|helpful|accurate|permissible|healthy|safe|recommended)"
)
_BAD = (
    r"(?:inappropriate|unethical|illegal|immoral|harmful|unacceptable|offensive|problematic|disrespectful|hurtful"
    r"|discriminatory|unlawful|insensitive|inhumane|prejudiced|biased|hateful|cruel|violent|dangerous|irresponsible)"
)
_SPEAK = (
    r"(?:ask|discuss|provide|suggest|promote|share|give|offer|make|encourage|engage|request|seek|speculate|spread|use"
    r"|assume|say|imply|glorify|advocate|help|assist|answer|talk|compare|perpetuate|disclose|describe|joke|assign)"
)
_SERVE = (
    r"(?:provide|help(?! but\b| \w+ing\b)|assist|fulfill?|answer|give|share|offer|suggest|encourage|support|endorse"
    r"|promote|condone|discuss|generate|write|create|produce|comply|engage|participate|respond|advise|explain"
    r"|describe"
    r"|tell you(?! how (?:happy|glad|excited|sorry|much|often|many))|do (?:that|this|so)\b|complete|process|satisfy"
    r"|accommodate|facilitate|access|disclose|reveal|justify|list|instruct|teach|show you|continue|go into"
    r"|comment|talk"
    r"|recommend|make|verify|determine|carry out|be (?:part|of (?:help|assistance))"
    r"|reproduc(?:e|ing)|judg(?:e|ing)|diagnos(?:e|ing)|assess(?:ing)?"
    r"|say (?:whether|if|which|who)|be (?:sharing|naming|writing|giving|making|helping|providing|taking part|doing))"
)
_ADVERBS = (
    r"(?:(?:really|currently|directly|simply|just|even|ethically|legally|knowingly|personally|in good conscience|also"
    r"|actually|only|be able to|help you|in any way) )*"
)
_UNABLE = (
    r"(?:(?:\w+ly )?(?:cannot|will not|shall not|would not be able to)"
    r"|(?:am|are) (?:\w+ )?(?:not able|unable|not in a position|not going|not willing|unwilling|not prepared) to"
    r"|(?:am|are) not (?:allowed|permitted|programmed|designed|authori[sz]ed|supposed|trained|equipped|here|qualified"
    r"|competent|entitled|licensed) to|(?:am|are) not capable of"
    r"|do not (?:have the (?:\w+ )?(?:ability|capability|authority|capacity) to|feel able to))"
)


@dataclass(frozen=True, eq=False)
class SpeechAct:
    """A pattern, and the words of which a sentence must hold one for it to be worth looking."""

    name: str
    triggers: frozenset[str]
    pattern: re.Pattern[str]


def _kind(name: str, triggers: str, pattern: str) -> SpeechAct:
    return SpeechAct(name, listed(triggers), re.compile(pattern))


_ADJECTIVES = " ".join(re.findall(r"[a-z]+", f"{_GOOD} {_BAD}"))
KINDS = (
    _kind(
        "refuses",
        "cannot not unable unwilling decline refuse refrain pass beyond outside against violates "
        "contrary within no skip request let off table confidential hard difficult question limits "
        "object draw drawing nothing prefer rather declining refusing another else impossible never sit "
        "part elsewhere none subject",
        rf"\b(?:i|we) {_UNABLE} {_ADVERBS}{_SERVE}\b(?!.{{0,60}}\benough\b)"
        r"|\b(?:i|we) (?:must|have to|need to|will have to|would have to|would rather|prefer to)(?: \w+ly)?"
        r" (?:decline|refuse|pass|refrain|not (?:answer|say|discuss|help))"
        r"|\bi (?:\w+ly |must )?(?:decline|refuse) (?:to|your)|\bi do not have (?:any )?access\b"
        r"|\bi (?:am not|do not feel|would not feel) comfortable (?:with|to|\w+ing)\b"
        r"|\b(?:not within|outside|beyond|against|violates?|contrary to) (?:of )?my (?:\w+ )?"
        r"(?:programming|guidelines|polic|capabilit|abilit|scope|principles|purpose|ethic|rules|values|training)"
        r"|\b(?:not something|nothing|not a (?:request|question|topic|task|thing)) (?:that )?(?:i|we) (?:can"
        r"|will|could|would"
        r"|am (?:able|willing|prepared|going|allowed|permitted|comfortable)|do\b|want|wish|care|feel)"
        r"|\b(?:i|we) (?:am|are) (?:going to|about to) (?:have to )?(?:pass|decline|refuse|skip|say no|sit this"
        r"|turn this"
        r"|stop|draw the line|opt out)"
        r"|\b(?:i|we) (?:will|would|must|shall|have to|need to|had better|think i will)(?: have to| rather| \w+ly)? "
        r"(?:pass\b|skip this|sit this|say no\b|turn (?:this|that|you|it) down|opt out|draw the line|leave it)"
        r"|\b(?:i|we) (?:am|are) (?:drawing the line|declining|refusing|opting out|out\b|not doing|not (?:about"
        r"|here) to)"
        r"|\b(?:i|we) (?:would|will) (?:rather|prefer to|prefer|sooner) not\b"
        r"|\b(?:i|we) (?:do|will) not (?:\w+ )?(?:share|hand out|give (?:out|voting)|disclose|reveal|divulge|publish"
        r"|pick sides|take (?:sides|part|(?:a|any) (?:side|position|stance))|write (?:such|this|that|these|those)"
        r"|endorse|name (?:names|any|a)|reproduce|express (?:political|a preference|preferences))\b"
        r"|\b(?:off the table|out of the question|off limits) for (?:me|us)\b"
        r"|\b(?:rules|instructions|settings|prompt|that|this|it|these|those|guidelines)"
        r" (?:is|are) (?:\w+ )?confidential\b"
        r"|\b(?:hard|difficult|not possible) for (?:me|us) to (?:help|assist|answer|write|provide|share|say)\b"
        r"|\b(?:i|we) do not do (?:that|this|those"
        r"|these|such)\b"
        r"|\bi (?:object|draw the line)\b|\bthis is where i draw\b|\b(?:hard|firm|clear) (?:no|pass)\b"
        r"|^(?:no|sorry|nope)\b.{0,30}\b(?:not (?:happening|going to happen|doing (?:that|this|it)))"
        r"|^(?:that|this|it) (?:is|will|would be) (?:not happening|not going to happen|off[ -]limits"
        r"|out of the question|a no"
        r"|impossible for me|something i (?:cannot|will not|must not|refuse|decline))"
        r"|\byou (?:will|would) (?:have|need) to (?:find|ask|look|go)\b.{0,20}\b(?:else|elsewhere|another)"
        r"|\b(?:let'?s|let us|can we|we should|why do we not) (?:talk|speak|chat"
        r"|discuss)\b.{0,20}\b(?:something|anything) else"
        r"|\b(?:let'?s|let us|can we) change the subject\b|\bnone of (?:my|your) business\b"
        r"|\b(?:this|that|your|the) (?:request|prompt|question|query) (?:has been|was|is being|is|must be"
        r"|will be|cannot be) "
        r"(?:\w+ )?(?:refused|declined|denied|rejected|blocked|fulfilled|answered|processed"
        r"|completed)(?!\b.{0,20}\bbecause)"
        r"|\b(?:do not|never) (?:want|wish|care) to (?:be (?:part|involved)|help|answer|take part|talk|discuss|engage)"
        r"|\bleave me out of\b|\bcount me out\b|\bwant (?:nothing|no part)\b|\bwill have no part\b"
        rf"|^(?:no[,.] )?(?:sorry[, ]*)?(?:but )?(?:cannot|unable to|not able to|will not) {_SERVE}",
    ),
    _kind(
        "disclaims",
        "disclaimer warning caution educational informational research entertainment purposes advice risk doctor "
        "lawyer "
        "professional",
        r"^\W*(?:disclaimer|warning|caution|legal notice)\b|(?:^\W*|\b(?:is|are|meant|intended|provided"
        r"|strictly|purely|only|solely) )for (?:\w+ (?:and )?)?(?:educational|informational"
        r"|research|entertainment|academic)\b.{0,30}\bpurposes?\b|\bnot (?:legal|medical|financial"
        r"|professional) advice\b"
        r"|\bat your own risk\b|\bi am (?:not an?|no) (?:\w+ )?"
        r"(?:doctor|lawyer|professional|physician|attorney|expert)\b",
    ),
    _kind(
        "lacks",
        "cannot not no unable",
        r"\b(?:i|we) (?:do not|have no|am unable to|am not able to|cannot) (?:\w+ly )?"
        r"(?:have (?:any )?(?:access|information|knowledge|data|details|enough)|(?:\w+ )?(?:access"
        r"|information)\b|know"
        r"|find|determine|verify|confirm)",
    ),
    _kind(
        "disowns",
        "condone promote support endorse encourage tolerate advocate condemn discourage against oppose disagree "
        "caution",
        r"\b(?:not|never)(?: and will not)? (?:condone|promote|support|endorse|encourage|tolerate|advocate)"
        r"|\b(?:strongly|firmly|must|highly) (?:condemn|discourage|advise against|oppose|disagree|caution)"
        r"|\badvise against\b|\bi (?:condemn|discourage)",
    ),
    _kind(
        "points_out",
        "must should would want have need compelled",
        r"\b(?:i|we) (?:must|should|would like to|want to|have to|need to"
        r"|am compelled to)(?: \w+ly)? (?:point out|clarify"
        r"|emphasi[sz]e|note|address|advise|challenge|inform|remind|stress|caution|warn|mention|correct"
        r"|question|disagree)",
    ),
    _kind(
        "judges_asking",
        f"{_ADJECTIVES} question request prompt",
        rf"\b(?:not|never|nor) (?:\w+ )?(?:be )?{_GOOD}(?:(?:,| or| and|, or"
        rf"| nor)+ (?:\w+ly )?\w+)*(?: for (?:me|us))?"
        rf" to (?:\w+ly )?{_SPEAK}\b|\b(?:be|is) {_BAD}(?:(?:,| or| and)+ \w+)*(?: for me)? to {_SPEAK}\b"
        r"|\b(?:question|request|prompt|topic|statement|language|phrase|term|query|asking|idea)\b.{0,80}"
        rf"\b(?:not (?:\w+ )?{_GOOD}|{_BAD})\b",
    ),
    _kind(
        "judges",
        _ADJECTIVES,
        r"^(?:\W*|(?:no|however|but|first|and|additionally|unfortunately|i apologi[sz]e|i am|while)\b.{0,60}?,? ?)"
        rf"(?:it|that|this) (?:is|would be|would|can be)(?: also| just)? (?:(?:not|never)(?: \w+ly| be)? {_GOOD}"
        rf"|(?:\w+ly )?{_BAD})\b.{{0,50}}?\b(?:to|for)\b",
    ),
    _kind(
        "condemns",
        f"{_ADJECTIVES} answer solution crime offense offence act matter violation violates law lead cause result",
        rf"\b(?:not|never|nor) (?:an? |only )?(?:\w+ly )?(?:be )?(?:{_GOOD}|the answer|a solution)\b"
        rf"|\b(?:is|are|was|were|be|being|considered|both|and|or|only) (?:an? )?(?:\w+ly )?{_BAD}\b"
        r"|\b(?:serious|criminal|heinous|illegal) (?:and \w+ )?(?:crime|offen[sc]e|act|matter)|\bviolat(?:ion"
        r"|es?) of\b"
        r"|\bagainst the law\b|\bcan (?:cause|lead to|result in) (?:\w+ )?(?:serious|severe|significant|harm"
        r"|legal|neg)",
    ),
    _kind(
        "nonsense",
        "question premise assumption assumptions statement idea concept claim belief sense meaningful possible "
        "impossible "
        "factually scientifically biologically physically",
        r"\b(?:question|premise|assumptions?|statement|idea|concept)\b.{0,60}\bnot\b.{0,25}"
        r"(?:sense|meaningful|coherent|accurate|based on|factual|supported|valid|grounded)"
        r"|\b(?:false|faulty|flawed|incorrect|inaccurate|mistaken|unfounded) (?:\w+ )?(?:assumption|premise"
        r"|claim|belief)"
        r"|\bnot (?:\w+ )?(?:make sense|meaningful|factually|scientifically|biologically|physically)"
        r"|\bnot (?:\w+ly )?possible|\bimpossible\b",
    ),
    _kind(
        "unreal",
        "fictional fictitious imaginary real cartoon inanimate character exist not no",
        r"\b(?:fictional|fictitious|imaginary|not (?:an? )?real|cartoon|inanimate|character (?:in|from|created))\b"
        r"|\bnot exist\b|\bdoe?s? not have (?:an?|any|the (?:ability|capacity|same))\b|\bnot (?:capable"
        r"|sentient|human)"
        r"|\bno human",
    ),
    _kind(
        "denies",
        "no not never",
        r"\bthere (?:is|are|was|were) (?:not|no|never)\b(?: any| an?)?(?: \w+)? ?(?:reasons?|evidence"
        r"|justification|basis"
        r"|benefits?|grounds|excuse|proof|ways?|need|such thing|circumstances)\b"
        r"|\bi (?:do not|cannot) (?:think|believe|agree)\b|\bno (?:\w+ )?(?:reasons?|evidence|justification|basis)\b",
    ),
    _kind(
        "urges",
        "important crucial essential vital imperative best worth critical remember please",
        r"\b(?:important|crucial|essential|vital|imperative|best|worth|critical) (?:for \w+ )?to (?:always "
        r"|also |never "
        r"|only |instead )?(?:remember|respect|treat|not|note|priorit|recogni[sz]e|avoid|act|approach"
        r"|acknowledge|focus"
        r"|understand|consider|seek|promote|be (?:mindful|respectful|aware)|use|maintain|strive|support|ensure|keep)"
        r"|\bworth noting\b|\bremember that\b|\bplease (?:remember|note|be aware)\b",
    ),
    _kind(
        "refers",
        "seek get find reach speak talk consult contact turn seeking reaching talking speaking contacting "
        "consulting if "
        "hotline helpline lifeline professional",
        r"\b(?:seek|get|find|reach\w* out|speak|talk|consult|contact|turn)(?:ing)? (?:\w+ ){0,4}(?:help|support"
        r"|hotline"
        r"|professional|helpline|lifeline|counsel|therapist|authorit|expert|lawyer|attorney|trusted|doctor|guidance"
        r"|advice|friend)|\bif you (?:are|or someone|have|need|feel)\b.{0,60}(?:struggl|feeling|experienc|concern"
        r"|questions|help|suicid|abuse|overwhelm|danger)|\bhotline|\bhelpline|\blifeline|\bhealth professional",
    ),
    _kind(
        "redirects",
        "instead rather alternatively suggest recommend encourage advise urge let best there focus",
        r"\b(?:instead|rather than|alternatively)\b|\bi (?:would |can |could |strongly |highly )*"
        r"(?:suggest|recommend|encourage|advise|urge)\b|\blet'?s? us? ?focus\b|\bbest to\b|\bfocus on\b"
        r"|\bthere are (?:many |other |better )*(?:other|alternative|better|resources)\b",
    ),
    _kind(
        "courts",
        "there feel let happy glad here best question thank understand appreciate see sure course certainly "
        "absolutely "
        "hello hi thanks",
        r"\bis there (?:anything|something) else\b|\bfeel free to\b|\blet me know\b"
        r"|\b(?:happy|glad) to (?:help|assist|try|answer)|\bhere to help\b|\bdo my best\b|\bglad (?:you|to hear)"
        r"|\b(?:great|good|excellent|interesting) question|\bthank(?: you|s) for (?:asking|your|reaching|sharing)"
        r"|\bi (?:understand|appreciate|see) (?:that |your |you)|^\W*(?:sure|of course|certainly|absolutely"
        r"|hello|hi)\b",
    ),
    _kind(
        "feels",
        "sorry alone going",
        r"\bsorry (?:to (?:hear|learn)|for your|that you|you are|about)\b|\bgoing through\b|\bnot alone\b",
    ),
    _kind(
        "regrets",
        "sorry apologize apologise apologies unfortunately regret afraid",
        r"\b(?:sorry|apologi[sz]e|apologies|unfortunately|regret|afraid)\b(?! (?:\w+ )?to (?:hear|learn)"
        r"| for your| that you"
        r"| about| you)",
    ),
    _kind(
        "faults_words",
        "term phrase word language question use",
        r"\b(?:term|phrase|word|language|question|use of)\b.{0,60}\b(?:problematic|harmful|violen\w+|inappropriate"
        r"|offensive|appropriate|negative|aggress\w+|interpreted|impl(?:y|ies)|concern\w*)",
    ),
    _kind(
        "consents",
        "i",
        r"(?<!how )(?<!else )(?<!that )(?<!thing )\bi (?:can|will|could|would be happy to|may|am happy to"
        r"|would be glad to) (?:still |also |certainly |definitely "
        r"|try to |attempt to )*(?:offer|provide|help|suggest|give|share|tell|try|explain|assist|assure|point)\b",
    ),
    _kind(
        "gives",
        "here follow try take use using steps tips ways suggestions strategies methods options examples ideas "
        "you first "
        "firstly example typically generally usually said",
        r"\bhere (?:is|are)\b|\b(?:follow|try|take|using?) (?:these|the following|this|some)\b|\b(?:steps|tips|ways"
        r"|suggestions|strategies|methods|options|examples|ideas)\b|\byou (?:can|will need|need|could|may want"
        r"|might)\b"
        r"|\bthat being said\b|\bfirst(?:ly)?,|\bfor example\b|\b(?:typically|generally|usually)\b",
    ),
    _kind(
        "unclear",
        "more further additional clarify clarification rephrase rephrasing understand unclear what",
        r"\b(?:more|further|additional) (?:context|information|details?|specific)|\bclarif|\brephras|\bunclear"
        r"|\bunderstand (?:the|your|what)|\bwhat (?:do you|exactly|you) mean",
    ),
    _kind(
        "as_ai",
        "ai model artificial chatbot assistant machine program",
        r"\b(?:an ai|(?:ai )?language model|an artificial|a chatbot|an? (?:ai )?assistant|a machine"
        r"|a computer program)\b",
    ),
    _kind(
        "probes",
        "why what have are is",
        r"^\W*(?:(?:and|but|so|hmm|well)\b\W*)*(?:why (?:do|would|are|did|is|should)"
        r"|what (?:do|would|will|are|makes|made) (?:you|it)|have you (?:considered|thought|asked)"
        r"|are you (?:sure|certain)"
        r"|is (?:that|this|it) (?:really|not)|do you really)\b.*\?\W*$",
    ),
)
TRIGGERED = {
    word: tuple(kind for kind in KINDS if word in kind.triggers)
    for word in frozenset().union(*(k.triggers for k in KINDS))
}
"""The kinds that a word makes worth looking for."""

_CLASSES = {
    "harm": r"harm|violen|danger|hurt|suffer|victim|abus|injur|damag|destruct|cruel|atroci|heinous|tragic|innocent",
    "wrong": r"(?:un)?(?:ethic|acceptab)|(?:im)?moral|(?:in)?appropriat|(?:ir)?responsib|justif|offensi|inhuman"
    r"|reprehens|abhorr|unjust|illegal|unlawful|crim|violation|problematic",
    "equal": r"discriminat|prejudi|stereotyp|equal|rights?$|inclusi|divers|fair(?:ness)?$|regardless|generali[sz]"
    r"|assumption|hate|bias|dignity|deserv|marginali",
    "respect": r"(?:dis)?respect(?!iv)|dignity|kind(?:ness)?$|compassion|empath|treat(?:ed|ing)?$|valued?$"
    r"|deserv|worth"
    r"|boundar|integrity|consequences?$",
    "privacy": r"privacy|private|consent|confidential|permission|personal|sensitive",
    "care": r"safe(?:ty|ly)?$|well-?being|wellbeing|support|professional|seek|health|care$|peace|positiv|legal$",
    "duty": r"(?:should|must|never|always|important|crucial|essential)$",
    "people": r"(?:individuals?|others|people|anyone|everyone|someone|person|behaviou?rs?|actions?|activit\w+)$",
    "nature": r"scien|physic|biolog|fiction|inanimat|imaginar|supernatur|impossib|abilit|capab|realit|coheren"
    r"|meaningful"
    r"|objects?$|exist|myth|living|simply|natural|humans?$",
    "negation": r"(?:not|no|never|cannot|nor|none|neither|nothing|unable|denied|denying|barred|banned"
    r"|prohibited|excluded)$",
}
_CLASS_PATTERNS = {name: re.compile(pattern) for name, pattern in _CLASSES.items()}


@lru_cache(maxsize=1 << 16)
def classes(word: str) -> frozenset[str]:
    """The classes of grounds that a word belongs to."""
    return frozenset(name for name, pattern in _CLASS_PATTERNS.items() if pattern.match(word))
