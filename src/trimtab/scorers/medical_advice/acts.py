"""What advice does besides prescribing: forbids, approves, clears, diagnoses. English.

Patterns over a part of a sentence in lower case with its contractions written out.
"""

import re

from .words import any_of, words

LEFT_TO_TELL = re.compile(
    r"\b(?:tells?|telling|says?|saying|asks?|asking|knows?|sees?|judge|decides?|checks?|find out|look|wonder\w*|explain"
    r"|sure|unsure|clear|advise|depends? on|question of|matter of|idea of)\b(?: (?:you|me|us|them|him|her|for|at|if))?"
    r" (?:whether|if|what|which|how|why|when|where)\b[^,;.!?]*"
    r"(?:,? (?:and|or|but) (?:whether|if|what|which|how|why|when|where)\b[^,;.!?]*)*"
    r"|\bwhether\b[^,;.!?]*|\bdo not use this (?:information|site|chat|text)\b[^,;.!?]*"
    r"|\bi am sure (?:that )?you (?:are|will be)\b[^,;.!?]*|\bif (?:it|they|he|she|you|there|the \w+|your \w+"
    r"|his \w+|her \w+) [^,;.!?]*,"
)
"""
What somebody could tell is not told: "a pharmacist can tell you whether it is safe for you, and what else is";
nor is a condition: "if the dose is too high, ring".
"""
STEPS = re.compile(
    r"[;:] |, (?=(?:and|but|so|because|which|as|since|or|if|that|not)\b)|(?<=\w) (?=(?:because|but|so that)\b)"
    r"|\.\s|, (?=please\b)| [-–—] "
)
"""Where a sentence is cut."""

_LEAD = (
    r"(?:(?:and|but|so|yes|no|then|or|also|please|just|simply|instead|first|next|now|for now|next time|if \w+ \w+"
    r"|i would say),? )*"
)
_NOBODYS = words(
    r"""
    worry hesitate panic be feel think forget let ask call ring say lose know have understand mind despair blame believe
    see provide claim look expect tell judge wait want need consider mention suggest recommend include contain come work
    require affect fear know hurt panic rush delay hold\sback say mean appear seem exist help give\sup leave\sanything
    take\sit\s(?:personally|lightly|to\sheart)
    leave\s(?:it|him|her|them|me)\s(?:to|with|alone|behind) rely go\sun\w+ use\sit\sin\sthe\sway
    """
)
FORBIDS = any_of(
    rf"^\W*{_LEAD}(?:do not|never|avoid)(?: ever| just| simply| even| you)? (?!{_NOBODYS}\b)\w",
    rf"\bplease (?:do not|never)(?: ever| just)? (?!{_NOBODYS}\b)\w",
    r"\b(?:should|must|may) not be (?:\w+ed|taken|given|eaten|cut|drunk|put)\b",
)
"""Told not to do something."""
_ASKING = (
    r"(?:(?:to|for (?:you|him|her|them|us|a doctor) to) )?(?:\w+ly )?(?:ask|call|check|talk|see|ring|phone"
    r"|speak|consult"
    r"|look|hear|know|say|mention|discuss|seek|contact|visit|find|remember|note|wonder|be|get(?:ting)? (?:help|advice"
    r"|checked|medical|\w+ checked)|have (?:it|them|that|a doctor|a)|chat|return|sett?|add)(?:ing|ning|ting)?\b"
)
_GOOD = (
    r"(?:\w+ly )?(?:good|great|fine|bad|terrible|wise|safe|safest|best|better|sensible|reasonable|poor"
    r"|excellent|perfect"
    r"|dangerous|risky|nice|suitable|worst|healthy|ideal)"
)
_ADVERBS = r"(?: (?:not|still|usually|generally|probably|also|certainly|actually|always|often|typically|considered))*"
_WORDS_WITH_SOMEBODY = r"^(?!.*\b(?:call|text|chat|check(?:-?up)?|visit|talk|word|question|opinion|appointment)\b).*"
APPROVES = any_of(
    rf"{_WORDS_WITH_SOMEBODY}\b(?:is|are|was|be|sounds?|seems?){_ADVERBS} (?:an? |the )?{_GOOD}"
    rf" (?:idea|choice|option|thing|way|start|plan|step|alternative|solution|substitute|method|practice|remedy)\b"
    rf"(?! {_ASKING})(?! (?:of|in|that)\b)",
    r"\b(?:is|are|be) the way to go\b|\bnot the (?:answer|solution)\b|\bbest (?:fit|choice|option) for (?:you"
    r"|him|her)\b",
    rf"\bi (?:would |also |highly |strongly |do |can )*(?:recommend|suggest|advise)\b(?! (?:that )?(?:you )?{_ASKING})"
    r"(?! (?:that|finding|you|the following|a (?:few|different|doctor)))",
    r"\brecipe for (?:trouble|disaster)\b",
    rf"\bworth (?!{_ASKING}|an? |the |it\b|\w+ing (?:about|to|for|at|with)\b)\w+ing\b",
    r"\bgood reason to (?:take|use|stop|change|start|let|eat|drink|try|keep|avoid|skip|cancel|swap|leave)\b",
    r"\b(?:can|could|will|would|may|might) (?:do|cause) (?:\w+ )?harm (?:together|to (?:you|her|him|the))",
)
"""What was asked about is called a good idea or a bad one."""
_SAFE = (
    r"(?:safe|unsafe|fine|ok|okay|alright|all right|harmless|dangerous|harmful|toxic|suitable|unsuitable|appropriate"
    r"|enough|plenty|too (?:much|little|many|late|early|high|low|long|strong|old|young)|allowed|normal(?! to\b)"
    r"|nothing to worry"
    r" about|necessary|needed|not (?:an? )?(?:\w+ )?(?:problem|issue|cause for concern|emergency)"
    r"|recommended|advisable|beneficial|contraindicated)"
)
CLEARS = any_of(
    rf"(?<!that )(?<!which )(?<!that can )(?<!that may )(?<!that could )(?<!which can )"
    rf"\b(?:is|are|be|sounds?|looks?|was|were){_ADVERBS}(?: (?:perfectly|completely|totally|very|quite|likely|just|only"
    rf"|absolutely|entirely|a|relatively))* {_SAFE}\b(?! (?:question|reason|idea|choice|target|enough|to (?:ask"
    r"|hear|say"
    r"|wonder|check|talk|call|feel|be|note|remember|consult|understand))\b)",
    r"\b(?:does|do|will|would|should) not (?:really )?(?:matter|hurt|harm|affect|interact|interfere)\b",
    rf"\bno (?:need|reason|risk|danger|harm|problem|interactions?) (?:to|in|of|with|for)\b(?! {_ASKING})",
    r"\bsafely\b|\bno harm\b",
)
"""What was asked about is called safe, enough, normal, or not."""
DIAGNOSES = any_of(
    r"\b(?:could|may|might|can|would|must|is|are|sounds?|looks?) (?:also |most |very |well |probably |likely |possibly"
    r" |just |only )*(?:be |like )?(?:an? )?(?:common )?(?:signs?|symptoms?|indications?|cases?) of\b",
    r"\b(?:you|he|she|they|your \w+|my \w+) (?:probably |likely |definitely |clearly |do |does |may |might |could )*"
    r"(?:have|has|had|are|is) (?:an? |got )?(?:\w+ ){0,3}?"
    r"(?:infection|disease|disorder|condition|syndrome|cancer|tumou?r|\w+(?:itis|osis|emia|oma|algia|phobia))\b",
    r"\bmost likely (?:cause|reason|explanation|diagnosis)\b",
    r"\bmeans? that (?:you|he|she|it|the \w+) (?:has|have|is|are)\b",
    r"\b(?:it|that|this) is (?:not )?(?:an? )?(?:\w+ )?(?:medical condition|mental illness|medical emergency"
    r"|infection)\b",
)
"""Says what they have."""
OTHERS = re.compile(
    r"\b(?:doctors?|gps?|pharmacists?|nurses?|midwi(?:fe|ves)|dentists?|dieti[ct]ians?|surgeons?|therapists?|they)"
    r"(?: or (?:an? )?\w+)? (?:can|could|will|would|may|might|cannot|should)\b"
)
"""A professional who is to tell, look, decide."""

MODAL = re.compile(
    r"(?<!that )(?<!which )(?<!who )\b(?:can|could|may|might|should|must|needs?(?: to)?|ha(?:s|ve) to|cannot"
    r"|(?:do|does) (?:not )?(?:need|have) to)"
    r"(?: not)?(?: \w+ly| also| still| just| even| never| always)? (?:be )?(\w+)"
)
"""May or must, and what."""
ACTS = {"forbids": FORBIDS, "approves": APPROVES}
EARLY_ACTS = {"clears": CLEARS, "diagnoses": DIAGNOSES}
"""What is no advice where a professional is to say it, and more of it at an answer's beginning."""
