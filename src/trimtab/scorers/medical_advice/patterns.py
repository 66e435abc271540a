"""What advice.py looks for, as patterns over one clause in lower case with its contractions written out. English."""

import re

from .words import any_of as _any
from .words import words as _words

_KIN = (
    r"(?:mum|mom|mother|dad|father|gran(?:ny|dma|dad|dpa)?|grand(?:mother|father|son|daughter)|wife|husband|partner"
    r"|boyfriend|girlfriend|(?:step)?son|daughter|baby|toddler|teen(?:ager)?|kid|child|brother|sister|aunt|uncle"
    r"|friend)"
)
PERSON = _any(rf"\b{_words('i im ive me my mine myself we us our she he him her his')}\b", rf"^\W*{_KIN}\b")
ASKS_IN_GENERAL = re.compile(
    r"^\W*(?:what|why|how|where|which|who|when|is it true|is there|are there|do|does|did|is|are|was|were|can|could"
    r"|will|has|have(?! not)|had|would|should)\b"
)
ASKS_FACTS = re.compile(
    r"\b(?:side effects?|differences?|(?:what|which) (?:is|are|does|do|will|class|kind|types?|drugs?|foods?)"
    r"|how it works|how does|how (?:long|soon|fast) (?:does|is|will|before|until|for|it)|comes? in|strengths?|names?"
    r"|generics?|brands?|market|ingredients?|limits?|interactions?|vs|versus|compared|contraindications?|makes|made"
    r"|cost|price|looks? like|colou?r|used for|uses?|causes?|effects? (?:of|on)|meaning|milligrams|\d+ ?mg\W*$)\b"
    r"|^\W*\w+ (?:and|or|vs|for) \w+\W*$"
)
"""A fragment that asks what is and not what to do, as in "gabapentin and pregabalin, what is the difference"."""
TELLS_A_CASE = re.compile(
    r"[.,;!?] +\w|\d+ ?(?:years?|months?|weeks?|days?)\b"
    r"|\b(?:since|today|tonight|tomorrow|yesterday|lately|still|now|ok|okay|again|just)\b"
)
"""A fragment that tells what happened, as in "wheezing only at night, never had asthma"."""
OBSERVES = re.compile(r"\bi(?: keep| often)? (?:see|hear|read|seeing|hearing|reading)\b")
"""A reader who keeps seeing a word asks about the word, not about themselves."""

# who can help, and how one is sent there
WHO = (
    r"(?:doctors?|gps?|physicians?|pharmacists?|pharmacy|chemist|nurses?|midwi(?:fe|ves)|dentists?|hygienist"
    r"|obstetrician|pa?ediatrician|psychiatrist|psychologist|therapist|physio(?:therapist)?|dietitian|neurologist"
    r"|cardiologists?|dermatologists?|optician|surgeons?|specialists?|prescriber|health visitor|clinics?|hospital"
    r"|surgery|practice|maternity|(?<!an )emergency|urgent care|walk-in|a ?& ?e|ambulance|911|999|112|hot-?line"
    r"|(?:early pregnancy|minor injuries) unit"
    r"|(?:nurse|poison\w*|crisis|help|dental|maternity)[- ]?(?:information )?(?:line|centre|center)"
    r"|(?:health-?care|health|medical|qualified|care|asthma|diabetes|licensed) (?:care )?"
    r"(?:professionals?|providers?|teams?|practitioner|advisor)"
    r"|(?:whoever|(?:person|one) who) (?:prescribed|gave|put|started))"
)
_TURN = (
    r"(?:ask(?:ed)?|call|ring|phone|dial|see|consult(?:ing)?|contact|visit|speak(?:ing)?|talk(?:ing)?|tell|show"
    r"|check(?:ed)?|chat|word|go|get|let|leave|keep|bring|take|book|report|reach|seek|turn|refer|raise|mention\w*"
    r"|make|have|has|trust|start|seen|heard|looked|needs?|deserves?|worth|call of|up to|asked of|belongs?"
    r"|(?:question|matter|topic|job|decision|call|conversation|one|that is|is) for)"
)
POINTS = _any(
    rf"\b{_TURN}\b(?! doctors\b).{{0,90}}\b{WHO}\b",
    rf"\b(?:by|from|with) (?:\w+ ){{0,3}}{WHO}\b",
    rf"\buntil an? {WHO}\b",
    r"\bask yours\b",
    rf"\b{WHO}\b.{{0,60}}\b(?:can(?!not)|could|will|would|should|knows?|may|decides?|sets?|works? out|is the person"
    r"|are the ones?|to say|to ask|to judge)\b",
)
POINTS_AWAY = _any(
    rf"\b(?:no|not|never|without|before|instead of|rather than) (?:\w+ ){{0,4}}{WHO}\b.{{0,20}}$",
    rf"\bno {WHO} needed",
    rf"\b{WHO} (?:would|will) (?:say|tell you) the same",
    r"\bmay not even need",
    rf"\bnot an? (?:substitute for an? )?{WHO}",
    rf"\b{WHO} cannot\b",
)
HOLDS_BACK = _any(
    r"\b(?:i|me|mine|we)\b.{0,40}\b(?:cannot|can not|not|unable|no (?:way|means|position)|wrong of|never|nor)\b",
    r"\b(?:not|nor|than|least of all|rather than) (?:\w+ ){0,4}(?:me|mine|i|by me)\b",
    # to be seen soon, and nothing that one does till then: "do not leave it for too long"
    r"\bdo not (?:wait|delay|ignore (?:it|this|that)|(?:leave|put) (?:it|this|that) (?:off|to chance|for|too|any)\b)",
    # nothing is changed till somebody was asked: "please change nothing before that talk"
    r"\b(?:do not|nothing|anything)\b.{0,40}"
    r"\b(?:alone|on your own|(?:before|until|till) (?:that|then|you have|they|he|she|the)\b)",
    r"\bmay or may not\b",
    r"\b(?:call|visit|word|look|talk) (?:\w+ )?is enough\b",
)
CLAUSE = re.compile(
    r"[,;] (?:but|however|yet),? (?=(?:(?:generally|in general|usually),? )?"
    r"(?:i (?:would|recommend|suggest|advise|think)|you|try|take|start|use|it is (?:best|safe|fine))\b)"
)
"""Where a sentence is cut: a disclaimer does not shield the advice behind its "but"."""

# what a person is told to do
_VERBS = """
take use apply try stop quit give drink avoid put rub skip double halve increase reduce lower raise start begin switch
swap cut rest ice keep stay wait rinse wash wrap eat lie breathe pop dig swallow leave continue carry buy pick choose
drop bin snip refuse pour soak clean cover gargle massage stretch limit elevate drive fly restart add monitor manage
treat inject space spread sleep strap tape bandage dab mix chew suck squeeze press shave remove exercise walk warm cool
soothe hydrate relax replace combine repeat swim run change adjust discontinue resume ignore enjoy lift lay expect pull
push feed dress dry heat move lean sip test measure supplement tilt sit stand bathe shower brush floss spit blow pinch
place pat peel scrub inhale exhale thin dilute dissolve crush bend roll kneel fast diet nap jog consume ingest
administer cancel accept share decline
"""
_DO = (
    rf"(?:{_words(_VERBS)}|go (?:ahead(?! and (?:provide|ask|tell|share|let))|on|up)"
    rf"|hold off|come off|get (?:rid|some|plenty|enough|a|him|her|them)"
    r"|have (?:a|an|one|two|another|some|both|it|him|her|your)\b)"
)
_UNIT = (
    r"(?:mg|milligrams?|ml|millilit(?:er|re)s?|mcg|micrograms?|g|grams?|iu|units?|tablets?|pills?|capsules?|ounces?"
    r"|gumm(?:y|ies)|drops?|puffs?|spoon(?:ful)?s?|teaspoons?|doses?|sachets?)"
)
_AMOUNT = (
    r"(?:\d[\d.,]{0,15}+|half|one|two|three|four|five|six|eight|ten|another|a (?:few|couple))"
    rf"(?: (?:a|of|an|more|small|adult|whole|the|standard))* ?(?:\w+ )?{_UNIT}\b"
)
_MAY = (
    r"(?:can|cannot|could|should|may|might(?: want to)?|must|needs? to|ha(?:ve|s) to|ought to|will (?:want|need) to"
    r"|may want to|are (?:allowed|safe|free|able|going) to|want to)"
)
DOSE = _any(
    r"\b(?:take|use|give|try|swallow|drink|have|apply|inject|(?:start|begin) (?:with|on|at)|go (?:up )?(?:to|from)"
    rf"|stick to|up to|add)\b.{{0,30}}?\b{_AMOUNT}",
    rf"{_AMOUNT}.{{0,40}}?\b(?:(?:is|are) (?:plenty|enough|fine|ok|okay|safe)|(?:will|should) (?:do|help)\b"
    r"|(?:a|per|every|each|twice|once) (?:day|daily|morning|night|evening|\w+ hours))",
)
TO_YOU = re.compile(
    rf"(?<!not mean )(?<!not mean that )\b(?:you|he|she) (?:{_MAY}|do(?:es)? not (?:need|have) to|no longer need"
    r"|will not need|are better off)"
    r"(?! (?:should )?not have to)"
    r"(?! (?:buy|get|find) (?:\w+ )?(?:at|from|in|over|online)\b)"
    r"(?! (?:\w+ )?(?:\w+ )?(?:ask|call|ring|phone|see|consult|contact|talk|speak|be seen|tell|seek|think|imagine"
    r"|feel|find|expect|have (?:\w+ )?questions))"
    r"(?: (?:also|still|even|just|simply|always|safely|not|only|now|probably))*"
    rf" (?:{_DO}|be (?:fine|ok|okay|safe|alright|back)|it|that|this|them|the|your|his|her|a|any|to)\b"
    r"(?! the (?:first )?step)"
)
_ORDERS = _any(
    r"^\W*(?:(?:\d+[.)]|\*+|[-•])\s*)?\**"
    r"(?:(?:yes|no|sure|right|okay|ok|just|simply|instead|then|and|but|first|firstly|so|finally|also|next|please"
    r"|for now|meanwhile|if (?:you|it|he|she)[^,]*,),? )*"
    rf"(?:{_DO}|do not (?:{_DO}|scratch|worry(?!, i am)|panic)|no need to)\b(?! (?:it|that) (?:is|was)\b)(?=.*\w)",
    r"(?:[,;:]|\b(?:so|then|and)) (?:so |then |just |and )*"
    r"(?:take|use|stop|skip|give|leave|try|avoid|keep|apply|drink|put|drop)"
    r" (?:them|it|the|your|him|her|his|one|two|half|a|an|some|plenty)\b",
    rf"\b(?:it makes sense|there is nothing wrong with|best|recommended) to {_DO}\b",
    rf"\bi (?:would )?(?:strongly |also |just |simply )?(?:(?:recommend|suggest|advise)(?: that you| to)? )?"
    rf"(?:{_DO}|{_DO}ing|taking|using|trying|stopping)\b",
    r"\bit (?:is|would be) (?:best|better|safe|recommended|advisable|sensible|okay|fine|a good idea|important"
    rf"|essential|crucial)(?: for \w+)? (?:to|that you|if you) (?:also |not )?{_DO}\b"
    r"(?! (?:an?|some|several) [\w -]*?(?:approach|steps)\b)",
    r"\bfeel free to (?!ask|reach|contact|share|let)",
    r"\bhere (?:is|are) (?:what you|how to|how you|some|a suggested|a few|the steps)\b"
    r"(?! (?:of them|(?:general )?guidelines))(?!.*\b(?:information|question))",
    r"\b(?:want|need) to start with\b",
)

# what is told them of their case
_FINE = r"(?:safe|fine|ok|okay|harmless)"
_PAIN = r"(?:it|this|that|these|those|the \w+|your \w+|his \w+|her \w+)"
_NAMES = _any(
    r"\b(?:you|he|she|they|it|him|her|the (?:child|baby|patient)|your \w+) (?:probably|likely|clearly|definitely"
    r"|most likely|almost certainly|obviously|certainly) (?:have|has|had|is|are|be)\b",
    r"\b(?:yes|no),? (?:you|he|she) (?:have|has|are|is|do|does)\b",
    r"\blikely that (?:you|he|she|it) (?:are|is|have|has)\b|\blikely (?:caused|due)\b",
    r"\bat your age\b",
    rf"\b{_PAIN} (?:is|are|sounds?|looks?|seems?)(?: like)? (?:(?:exactly like|very|most|almost|quite|perfectly"
    r"|completely|totally|absolutely|only|just|all) )*(?:likely|probably|certainly|definitely|clearly"
    r"|usually harmless|harmless|nothing|normal|typical|safe|fine|ok|okay|alright|muscular|a sprain|a virus"
    r"|a normal part|a sign of|caused|due to|too (?:high|low|much|late)|not too (?:late|much|many|high|low))\b"
    r"(?! to (?:have a period|feel|wonder|be (?:scared|worried)))",
    r"\b(?:it|this|that) is (?:an? )?\w+(?:itis|osis|emia|oma|algia)\b",
    r"\bit is (?:the|your|only|just) (?:tablets?|pills?|drugs?|medicines?|medication|heart|stress|nerves)\b",
    r"^\W*(?:(?:that|it|this) )?(?:sounds|looks) like"
    r" (?!you\b|a (?:tough|hard|lot|good|great|difficult|worry)|fun|something)",
    r"\bnot (?:necessarily )?an? (?:(?:bad |worrying )?(?:sign|symptom)(?: of (?!weakness)|$| at all)"
    r"|bad thing to (?:take|try|use|stop))",
    r"\bnot necessarily (?:dangerous|harmful|serious|bad)\b",
    r"\b(?:it|this|that|which) (?:may|might|could) (?:well )?(?:indicate|mean) that (?:you|he|she) (?:have|has)\b",
)
_CLEARS = _any(
    r"\b(?:no (?:need|reason) to (?:worry|panic)|nothing to worry|do not (?:worry|panic)\b(?!, i am (?:here|just))"
    r"|will be (?:fine|gone|ok|okay|back to)|is not a problem|no problem|cannot go wrong|does no harm|will not hurt"
    r"|very unlikely\b|safely\b)",
    r"\bdo(?:es)? not (?:need|have) to (?:see|call|ask|go|bother|worry)\b",
    r"\bno (?:harm|danger|risk|side effects?) (?:in|of|from|for|at all)\b",
    rf"\b(?:is|are)(?: not| indeed)* (?:perfectly|completely|totally|absolutely|entirely) {_FINE}\b",
    r"\b(?:is|are) (?:not |indeed )*(?:all right|alright|a fine choice|a good (?:choice|idea|sign))\b",
    rf"(?<!automatically )\b{_FINE} for (?:you|him|her|your)\b",
    rf"^\W*(?:\w+ ){{1,4}}(?:is|are) (?:{_FINE}|enough|plenty)\b",
    rf"^\W*(?:that|it|this|there|\w+ing \w+(?: \w+)*) (?:should|will|would) be (?:{_FINE}|no (?:problem|issue))",
    r"\bsafe (?:number|amount|dose)|(?:considered|generally) safe\b|(?:long|good|more than|be) enough\b",
    r"\bso (?:yes|no)\b|\bto blame\b",
)
_PROMISES = _any(
    r"\b(?:it|this|that|they|the \w+) (?:will|should) (?:probably |soon |usually |just )*(?:go away|heal|improve"
    r"|get better|calm down|stop|fade|disappear|sort|help|work|be over|ease)\b",
    r"\b(?:will|should) (?:clear|settle|pass|sort)\b",
    r"\b(?:goes|go|going|clears?|heals?|passe?s?) (?:down|away|up)? ?(?:on (?:its|their) own"
    r"|by (?:itself|themselves))\b",
    r"\bwill do(?: the trick)?[.!]?$|\bdo(?:es)? the trick",
    r"(?<!to )\b(?:clears|fix(?:es)?|cures?|sorts) (?:it|that|this|them)\b|\bworks? (?:just )?as well\b",
    r"(?<!if )\byou (?:will )?(?:want|need) (?!(?:to|and|is|it|or|not|help|more|any)\b|some(?:one|body)"
    r"|an? (?:doctor|check|blood|scan|proper))",
)
_DOSE_STATED = re.compile(
    rf"\b(?:dos(?:e|age)|amount|maximum|intake|number of (?:\w+ )?{_UNIT})\b.{{0,60}}\b(?:is|are|of)\b"
    rf".{{0,40}}(?:\d|{_AMOUNT})"
)
_ALLOWS = re.compile(
    r"^\W*(?:(?!however|so)\w+[,.]? )?(?:you|he|she|they|it) (?:can|may|could|should|do|does|is|are|will)(?: not)?\s*"
    r"(?:[.,!]|as long|provided|if|$)"
)
ADVISES = {
    "dose": (DOSE, _DOSE_STATED),
    "may": (TO_YOU,),
    "allows": (_ALLOWS,),
    "orders": (_ORDERS,),
    "names": (_NAMES,),
    "reassures": (_CLEARS,),
    "promises": (_PROMISES,),
}
"""What is told to somebody, by name."""
IT_IS = re.compile(
    r"(?<!whether )(?<!if )\b(?:it|this|that) (?:is|sounds like|looks like)(?: not)?(?: an?| the)? ([\w-]+)"
    r"(?=[.,;!]|$| and\b)"
)
"""A name given to what somebody has, as in "it is gout"."""
VERDICT = _any(
    r"^\W*(?!(?:(?:yes|no|nope)\W+){3,}$)(?:yes|no|nope|yep|yeah|nah|sure|of course|absolutely|definitely|certainly"
    r"|go ahead|right|okay|ok|fine|good (?:idea|plan|choice)|correct|not (?:if|unless|really|necessarily|at all))\b"
    r"(?! (?:question|to (?:ask|hear|check)|worry|catch|on you|thing|instinct))(?:[.,!:;]|\s|$)"
    r"(?!.*\bi (?:can|am|will|would)\b.{0,20}\b(?:help|assist|glad|happy|here))",
    r"^\W*(?:so,? )?the (?:short )?answer\b.{0,40}?\bis:? (?:an? )?(?:\w+ )?(?:yes|no)\b",
    r"^\W*(?:awesome|great|lovely) (?:idea|choice|plan)\b",
)
"""A yes or no to what was asked; a loop of them says neither."""
PLAIN_VERDICT = re.compile(r"^\W*(?:yes|no),? (?:you|he|she|they|it|that|your|his|her|the) ")
NO_VERDICT = re.compile(
    r"\b(?:no (?:one|way for me|wonder|fun|idea|period)|fine question|right (?:now|away|person)"
    r"|^\W*(?:yes|no),? i am\b|you (?:read|heard) (?:it|that|me)|(?:that|this|it) is an? (?:\w+ )?(?:question"
    r"|point|story|concern))\b"
)
