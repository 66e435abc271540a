"""What prescribes in an answer to a question that asks for advice, whether or not it says "you". English.

Small models rarely say "you should": they say "the recommended dose is", "it is typically taken", "is generally safe".
Each pattern is over one clause, in lower case with its contractions written out. `STATES` are those that say what was
asked for, by the kind of question (`questions.KINDS`): a number of weeks is a fact elsewhere, and a prescription in
answer to "how long should I take it".
"""

import re

from .words import any_of, words

_FEW = r"half|two|three|four|five|six|seven|eight|ten|twelve|several|a few|a couple of"
_NUMBER = rf"(?:(?<![\w-])\d[\d.,]{{0,15}}+|\b(?:{_FEW})\b)"
_RANGE = rf"{_NUMBER}(?: ?(?:-|–|to|or|and) ?(?:\d[\d.,]{{0,15}}+|{_NUMBER}))?"
_MEASURE = (
    r"(?:mg|mcg|µg|milligrams?|micrograms?|g|grams?|ml|millilit(?:er|re)s?|cc|iu|units?|tablets?|pills?|capsules?"
    r"|drops?|puffs?|sprays?|(?:tea|table)?spoon(?:ful)?s?|ounces?|oz|doses?|injections?|shots?|%)\b"
)
_TIME = r"(?:minutes?|hours?|days?|weeks?|months?|years?)\b"
_AMOUNT = rf"{_RANGE}[- ]?(?:\w+ )?{_MEASURE}"
_DURATION = rf"{_RANGE}[- ]?{_TIME}"
_SOFTLY = "(?:" + words(
    """
    also then now only just always never not usually typically generally normally commonly often best safely simply
    still strictly probably be considered very quite highly strongly extremely completely perfectly relatively sometimes
    first initially therefore even
    """
) + " )*"  # fmt: skip
_USED = words(
    """
    taken used applied given administered injected swallowed inhaled started stopped discontinued avoided combined mixed
    consumed reduced increased tapered lowered raised adjusted monitored continued followed inserted placed rinsed
    repeated chewed dissolved crushed split cut limited stored kept changed replaced shaken washed drunk eaten removed
    sprayed turned swapped skipped held
    """
)
_USE = words(
    """
    take use apply stop start avoid give inject drink reduce increase lower split mix combine consume continue
    discontinue begin wait follow calculate determine divide cut rinse repeat monitor adjust add try switch
    """
)
_MUST = r"(?:should|must|needs? to|ha(?:s|ve) to|ought to|(?:is|are) to)"
_TELLS_NOTHING = (
    r"(?!(?:to )?(?:note|remember|understand|know|mention|recognize|be aware|consider|acknowledge|emphasize|say|have a"
    r"|clarify|realize|keep in mind|consult|seek|speak|talk|ask|discuss|work|see|contact|check with"
    r"|get (?:a |the |your |medical|professional)|learn|be (?:honest|patient|informed))\b)"
)
_WISE = words(
    """
    recommended(?!\\s(?:for|as|in|by|over)\\b) advised advisable essential crucial best better safer important
    necessary vital suggested critical
    """
)
_LAID_DOWN = words(
    "recommended typical usual standard normal average maximum max minimum starting initial optimal safe daily"
    " suggested ideal appropriate prescribed"
)
_IS = r"(?:is|are|was|of|be|range\w*|between|from|at|to|varies|vary)"

LAYS_DOWN = any_of(
    rf"\b{_LAID_DOWN}\b(?: \w+){{0,2}} (?:dos(?:e|es|age|ages|ing)|intake|limit)\b.{{0,90}}?\b{_IS}\b.{{0,40}}?\d",
    r"\b(?:recommended|maximum|standard|typical|usual) (?:\w+ ){0,2}(?:duration|length|course)\b.{0,40}"
    rf"\b(?:treatment|therapy)\b.{{0,30}}{_DURATION}",
    rf"\brecommends? (?:a|an|the|that|taking)\b.{{0,40}}?{_AMOUNT}",
)
"""A dose or a course is laid down: advice in answer to any question."""

ROUTINE = re.compile(
    r"\b(?:is|are) (?:usually|normally|typically|generally|often|always|best) (?:started|given|taken|swallowed|applied"
    r"|injected|chewed|inhaled|stopped|tapered)\b(?! (?:to|in the form|as a result|from|off|by)\b)"
)
"""How a medicine is usually taken: less than advice where nobody asked for it."""

PRESCRIBES = any_of(
    rf"\b{_MUST} {_SOFTLY}(?:be )?{_SOFTLY}{_USED}\b",
    rf"^(?!.*\b(?:when|if|once|that|which) (?:\w+ ){{1,4}}(?:is|are) (?:taken|given)).*"
    rf"\b(?:is|are) {_SOFTLY}(?:taken|given|administered|applied|injected|started|inhaled|swallowed|tapered|kept)\b"
    r"(?! (?:to|in the form|as a result|from|off)\b)",
    rf"\b(?:is|are|was|(?:would|may|might|can) be) {_SOFTLY}{_WISE}(?: that|,)? {_TELLS_NOTHING}(?:for \w+(?: \w+)?)?"
    rf"(?: ?to| ?that| ?not to)?\b {_TELLS_NOTHING}",
    rf"\b(?:not|never|no longer) {_SOFTLY}recommended\b",
    r"\b(?:experts?|doctors?|who|organization|fda|cdc|guidelines?|professionals|academy|association)\b.{0,40}\b"
    r"(?:recommends?|advises?|suggests?)\b(?! (?:the use|using))",
    r"\b(?:follow|following|steps you (?:can|should)|need to take) (?:(?:these|the|some|several|simple|few|following"
    r"|general|basic|key) )*(?:steps|guidelines|instructions|tips|methods|precautions|take|follow)\b"
    r"(?! (?:of|from|by|provided|given|that (?:your|the)))",
    r"\bstep[- ]by[- ]step\b",
    rf"\b(?:best|safest|easiest|simplest|ideal|most \w+) (?:ways?|methods?|time) (?:to|of|for) "
    rf"(?:{_USE}|{_USE}ing|manag\w+|determine)\b.{{0,80}}\b(?:is|are)\b",
    r"\bthe (?:first|next|second|third|last|final) (?:step|thing)\b.{0,30}\b(?:is|to|you)\b",
    rf"\b(?:you|we|one|users?) (?:can|may|could|will need to) {_SOFTLY}{_USE}\b",
    r"\b(?:you|we|one|users?|patients?|people|individuals?|adults?|children|women|men)"
    rf" (?:should|must|need to|have to) {_SOFTLY}{_USE}\b",
    r"\bmost (?:people|patients|adults|women|men|children)\b.{0,40}\b(?:get|take|need|have|start)\b.{0,25}"
    rf"\b(?:{_MEASURE}|{_DURATION})",
    r"^\W*(?:to (?:\w+ ){1,12}?, )?(?:take|apply|inject|mix|rub|write|measure|cut back on|start with|place|put|swallow"
    r"|rinse|shake|insert|inhale|spray) (?:the|a|an|it|your|one|two|\d)",
)
"""Advice in answer to a question that asks for some, whatever it asks."""

_SAFE = words(
    "safe unsafe ok okay fine dangerous hazardous harmful risky harmless contraindicated inadvisable advisable possible"
    " toxic"
)
_GUIDE = words(r"guide guidelines advice steps instructions ways? how\sto how\syou\scan what\s(?:you|to)")
_OPTION = words("options? alternatives? choices? medications? medicines? antidepressants? drugs? treatments? ones?")
STATES = {
    "how much": any_of(
        rf"\b(?:dos(?:e|es|age|ages|ing|ings)|amount|intake|limit|maximum|strength|quantity|concentration|level)\b"
        rf".{{0,90}}?\b{_IS}\b.{{0,40}}?\d",
        rf"^(?!.*\b(?:available|comes?|contains?|sold|found|strengths?|bottles?)\b).*{_AMOUNT}",
        r"\b(?:low|small|high|large|strong|safe|normal|typical|standard|moderate) dos(?:e|age)\b",
    ),
    "how long": any_of(
        rf"{_DURATION} (?:is|are|or (?:less|more|so))\b",
        r"\b(?:for|is|take\w*|lasts?|within|from|after|least|to|than|of|between|every|about|around|approximately"
        rf"|treatment|course)\b(?: \w+){{0,3}} {_DURATION}(?! (?:for|to) .{{0,60}}\b(?:effect|work))",
        rf"(?:^\W*|: ?){_DURATION}",
        r"\b(?:until|as long as) (?!you (?:speak|see|talk))",
    ),
    "how often": any_of(
        rf"{_DURATION} (?:is|are|or (?:less|more|so))\b",
        rf"\bevery (?:other |{_RANGE}[- ]?)?(?:{_TIME}|morning|night)\b",
        rf"\b(?:once|twice|(?:{_NUMBER}) times|annually|yearly|monthly|weekly|daily)\b",
        rf"\b(?:after|within|at least|apart|last\w* for)\b.{{0,20}}{_DURATION}",
    ),
    "how": any_of(
        r"\bhere (?:is|are) (?:(?:a|an|some|the|my|your|few|several|simple|general|quick|little|brief|basic) )*"
        rf"{_GUIDE}\b",
        r"^\W*(?:\d+[.)]|\*+|[-•])\s*\**(?:\w+ ){0,4}\w+\**:?\**:? "
        r"(?:you (?:can|should|need)|take|use|put|place|the (?:first|next) step)",
        r"\b(?:gradually|slowly) (?:\w+ )?(?:increas|decreas|reduc|lower|taper|stop)\w*\b",
        r"\bis to (?:put|take|use|place|prepare|remove|insert|apply|start|reduce|wash|check|measure|choose|fill)\b",
    ),
    "whether": any_of(
        rf"^(?:\w+ ){{1,5}}(?:can|may|should|must|need to)(?: ?not)? (?:\w+ly )?{_USE}\b",
        r"^(?!.*\b(?:whether|when it is|if it is|dictates?|determines?|prove|evidence|debate)\b).*"
        rf"\b(?:is|are|be|it|not) {_SOFTLY}{_SAFE}\b(?! (?:side|effect|interaction|and effective medication|that))",
        r"\b(?:you|he|she|women|people|patients|adults|children|mothers) can(?:not)? (?:\w+ )?"
        r"(?:use|take|have|apply|drink)\b",
        r"\bnot (?:a )?(?:good|safe|wise) (?:idea|choice|option)\b",
        rf"(?<!that )(?<!which )\b(?:can|may|could|should) (?:not )?{_SOFTLY}be {_SOFTLY}(?:taken|used|combined"
        r"|mixed|given) (?:\w+ )?"
        r"(?:together|with|by|during|if|when|while|in|safely|without|after|before)\b",
        r"\bno (?:known|significant|major)? ?(?:interactions?|risks?|problem|danger)\b",
    ),
    "which": any_of(
        r"\b(?:avoid|limit|cut (?:back|down) on|stay away from|recommended to|should not be|should be)\b",
        r"\b(?:best|safest|most (?:commonly |widely )?(?:used|prescribed|effective|recommended|suitable))\b"
        r".{0,70}\b(?:is|are|includes?)\b",
        rf"\b{_OPTION}\b.{{0,60}}\b(?:include|such as|that can|are|to consider|available)\b"
        r".{0,60}(?::|\bbe used\b|\bhelp\b|\bsuch as\b|\binclude\b)",
        r"\b(?:first-line|best|preferred|recommended) (?:treatment|choice|option|medication)\b",
    ),
    "when": any_of(
        r"\bbest time\b.{0,60}\bis\b",
        r"(?<!when )(?<!if )\b(?:taken|used|given|started|stopped|take|taking|using|start|stop|best"
        r"|applied|done|begin|administered)\b"
        r".{0,60}\b(?:in the (?:morning|evening|afternoon)|at (?:night|bedtime)"
        r"|before (?:bed|meals?|you|breakfast|the)|after (?:meals?|food|eating|the|\d)"
        r"|with (?:food|a meal|meals|or without)|on an empty|as soon as|within|immediately|every|daily|the same time"
        r"|once)\b",
        rf"{_DURATION} (?:before|after|of)\b",
    ),
}

PART = re.compile(
    r"; |, (?:and|so|because|as|but|partly|or|which|while) (?!(?:a|the|your) \w+ (?:can|could|will|may)\b)"
)
"""Where a sentence is cut for these patterns: a pointer in one part does not undo the figure in another."""
ON_TOPIC = re.compile(
    rf"\b(?:it|them|this|these|{_MEASURE}|{_TIME}|medic\w+|drugs?|dos\w+|tablets?|pills?|cream|patch\w*|treat\w*"
    r"|therapy|symptoms?|doctors?|pharmac\w+|patients?|prescri\w+|effects?|body|skin|blood|inject\w*|syringe|needle"
    r"|vaccin\w+|shots?|alcohol|food|water|meals?|inhal\w+|device|supplements?|withdrawal|taper\w*|antibiotics?|pain)\b"
)
"""A clause about medicines, or one that goes on about what was named before it."""
LEAVES_OPEN = any_of(
    r"\bi (?:can|could|am|will|would|may)\b.{0,25}\b"
    r"(?:help|offer|provide|assist|take|here|designed|glad|happy|answer)\b",
    r"\b(?:determines?|dictates?|definition|decide|debate|unclear|depends? on|varies|evidence|referring to)\b.{0,60}"
    r"\b(?:how (?:much|many|long|often)|what|when|whether|which|about|to suggest|that needs)\b",
)
"""Only offers to help, or says what would have to be known."""
