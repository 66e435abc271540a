"""What a question about medicines wants to be told: how much, how long, how often, how, whether, which, when. English.

"How to use X" asks for advice as much as "how should I use X", so a person need not stand in it. Questions about what
is ("what strengths does X come in", "how long does X stay in milk") ask for none.
"""

import re

from .words import any_of, words

_USE = words(
    """
    take taken taking use used using give given giving apply applied applying inject injected injecting stop stopped
    stopping quit quitting start started starting begin discontinue discontinued discontinuing mix mixed mixing combine
    combined combining swallow swallowed drink eat split splitting cut cutting halve crush crushed lower lowering
    reduce reducing increase increasing taper tapering wean weaning switch switching change double skip administer
    administered administering prescribe prescribed insert inserted put rinse inhale inhaled chew dissolve dissolved
    repeat repeated continue restart resume dose dosed adjust
    """
)
_MEDICINE = words(
    r"""
    medicines? medications? meds? drugs? tablets? pills? capsules? antidepressants? antibiotics? painkillers?
    antihistamines? inhalers? vaccines? vaccinations? shots? boosters? creams? ointments? gels? drops? supplements?
    vitamins? patch(?:es)? sprays? syrups? steroids? insulin statins? thinners? injections? laxatives?
    contraceptives? antacids? doses?
    """
)
_ONE = words("i you u we one he she they someone somebody people patients? adults? children a the my it")
_WHO = words(r"i you u we one he she") + r"|my \w+"
_FINE = words("ok okay alright safe safely unsafe fine good bad dangerous harmful wise necessary allowed advisable")
_FINE_IF = words("to if with for in during while when after together")

_HOW_MUCH = any_of(
    rf"\bhow (?:much|many|high)\b(?!.{{0,12}}\b(?:weight|calories|people|does|is in)\b)"
    rf".*\b(?:{_USE}|dos\w+|too? (?:much|many)|safe\w*|{_ONE} go)\b",
    r"\b(?:dose|dosage|dosing)(?!s)(?!.{0,25}\b(?:strengths?|forms?|comes?|available|work)\b)\w*(?<!overdose)",
    r"\bhow (?:much|many)\b.{0,40}\b(?:is|are) too? (?:much|many)\b|\btoo? much\b.*\?|\bhow high\b",
    r"\b(?:maximum|max|safe|right|correct|daily|recommended) (?:\w+ )?(?:dos\w+|amount)\b",
    r"\bhow many (?:\w+ ){0,2}(?:drops|tablets?|pills?|capsules?|mg|milligrams?|puffs?|sprays?|units|spoons?"
    r"|sachets?)\b"
    r"(?!.{0,30}\b(?:in (?:a|the|one)|sold|come|contain))",
    r"\bhow much\b.{0,40}\b(?:when|while|if|for) (?:a |an |my |\w+ing\b|pregnan|\w+ years?)",
    r"\bis \d+ ?(?:mg|mcg|ml|units|tablets|pills|drops|puffs)\b.{0,40}\b(?:lot|much|many|high|low|strong|enough)\b",
)
_HOW_LONG = any_of(
    r"\b(?:length|duration|course) of\b.{0,40}\b(?:treatment|therapy|course|use)\b|\bhow long (?:should|to|must"
    r"|after|before)\b",
    rf"\bhow (?:long|many (?:days|weeks|months|hours))\b(?! (?:does|it|is the|are the|will))"
    rf".{{0,30}}\b(?:{_USE}|on|between|apart)\b(?!.*\b(?:work|kick in|last|stay)\b)",
    rf"\bhow long (?:does|is|will) (?:{_ONE} )?.{{0,30}}\b(?:have|need|supposed|safe|meant|allowed|recommended)"
    rf" (?:to )?.{{0,15}}\b{_USE}\b",
)
_HOW_OFTEN = any_of(
    rf"\bhow (?:often|frequent\w*|many times)\b(?! does).*\b(?:{_USE}|{_MEDICINE}|should)\b",
    r"\bhow far apart\b|\bhow close together\b|\bonce or twice\b",
)
_HOW = any_of(
    rf"\bhow (?:to|(?:do|can|should|could|would|must|may|shall) {_ONE})\b.{{0,40}}?\b{_USE}\b",
    r"\bhow (?:(?:is|are|should) (?:\S+ ){1,5}(?:be )?)?(?:best )?(?:taken|used|given|administered|applied|injected"
    r"|prescribed|dosed|started|stopped|inserted|inhaled|swallowed)\b",
    r"\b(?:way|ways|steps|directions|instructions?|procedure|technique|guide)\b.{0,15}\b(?:to|for|of|on)\b"
    rf".*\b{_USE}\b",
    r"\bhow (?:to )?safely\b|\badministration of\b",
)
_WHETHER = any_of(
    rf"\b(?:get|have|need|want|keep)\b.{{0,30}}\b{_MEDICINE}\b(?=.*\?|\W*$)",
    r"(?<!how )(?<!why )\b(?:can|could|may|should|shall|must|ought)\b"
    rf"(?!.{{0,30}}\b(?:causes?|make|lead|occur|happen|still|come|start (?:years|months|weeks|later|after"
    rf"|suddenly|in))\b).{{0,45}}?\b{_USE}\b",
    rf"(?<!how )(?<!why )(?<!when )\b(?:do|does|did|must) (?:{_WHO})\b.{{0,30}}\b{_USE}\b",
    rf"\b(?:am|are|is) {_ONE} (?:able|allowed|supposed|okay|ok) to\b.*\b{_USE}\b",
    rf"\b{_FINE}\b.{{0,20}}\b(?:to|if|for)\b.*\b(?:{_USE}|\w+ing)\b",
    rf"\bis (?:it|this|that|\S+(?: \S+)?) (?:\w+ )?{_FINE}\b(?=.*\b{_FINE_IF}\b|\W*$)",
    r"\b(?:when|while|during|if) (?:\w+ )?(?:pregnan\w+|breast-?feed\w*|nursing)\b",
    r"\b(?:pregnan\w+|breast-?feed\w*) (?:and|with)\b",
    r"\b(?:together|at the same time|(?:past|after) (?:its |the )?expir\w+)\b",
)
_WHICH = any_of(
    rf"\bwhat (?:else )?(?:to|(?:can|should|could|do|must|shall|may|will) (?:{_WHO})) "
    r"(?:\w+ )?(?:take|use|do|give|try|eat|drink|put|avoid)\b",
    rf"\b(?:what|which)\b.{{0,25}}\b{_MEDICINE}\b.*\b(?:best|safe(?:st)?|recommended|should|can (?:i|you)|better)\b",
    rf"\b(?:best|safest|right)(?: \S+)? {_MEDICINE}\b.*"
    r" (?:for (?:someone|somebody|a |my |people|patients)|with|if|to take)\b",
    r"\b(?:instead|in place) of\b|\balternatives? (?:to|for)\b",
    rf"\b(?:what|which)\b(?: \S+){{1,3}} (?:can|should|could|may|must) (?:{_WHO}|be)\b.{{0,20}}\b{_USE}\b",
    r"\b(?:foods?|drinks?|things?|drugs?|medicines?|medications?|what)(?: \S+)? to (?:avoid|eat|take|use)\b",
)
_WHEN = any_of(
    r"\b(?:when|what time|at what (?:time|point|age))"
    rf" (?:to|should|can|could|do|must|may|is|are|would|{_ONE}|of)\b.{{0,40}}\b{_USE}\b(?!.*\bcause)",
    r"\bbest time\b|\btime of (?:the )?day\b|\b(?:morning|before|with) or (?:at |after |without )",
    r"\bwith (?:or without )?(?:food|meals?)\b|\bon an empty stomach\b|\bbefore (?:meals|bed|surgery|eating)\b",
)
KINDS = {
    "how much": _HOW_MUCH,
    "how long": _HOW_LONG,
    "how often": _HOW_OFTEN,
    "how": _HOW,
    "whether": _WHETHER,
    "which": _WHICH,
    "when": _WHEN,
}
"""What is asked for, by name."""
OF_PEOPLE = re.compile(
    r"^\W*why\b|^\W*what is an? \W|\bon average\b"
    r"|\b(?:do|are|is|does) \w+(?: \w+)? (?:usually|normally|typically|often|still)\b"
)
"""A question about what is usual, or why; a person in it makes it theirs again."""
