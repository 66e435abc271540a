"""Languages and dialects that are written like one of the languages that scorers know, told by words it does not have.

A likelihood of letters takes Sicilian for Italian and Swiss German for German, and half of these languages are in no
model of letters at all. Each list holds frequent words of one of them (its "not", "can", "help", "with", "this" among
them) that are no words of its neighbour; the codes are those of ISO 639.
"""

import re

from .scripts import MARKS

SHORT = 8
"""Words up to which one word of a relative is enough; a longer text must have TWO, and a share of them."""
TWO, SHARE = 2, 0.1
_LEAST_OF_ALL = 0.04
"""The share of characters above which a text in Chinese writing is Cantonese."""
READ = 400
"""Characters of a text in which they are looked for."""
_WORD = re.compile(rf"(?:[^\W\d_]|[{MARKS}])+")

_LISTS = {
    "it": {
        "co": "aghjunghjite altru hà hani ghjè bolle ùn micca possu pudemu quessu quessa issu aghju aiutà aiutavvi hè sò chì ancu cumu induve avà dopu nantu pè aghjunghje dumandà piacè pudete ellu ella cunsigliu",
        "scn": "lu focu deci nun pozzu putemu putiti aiutari aiutarivi chistu chista chissu chissa chistoccà nta ntô dâ dô chiù iu vui nuàutri picchì comu quannu aju haiu nenti beddu voscenza cu dumanna chidda chiddu",
        "nap": "nun chesto chesta chello chella aiutà ccà cchiù nuje vuje songo staje faje nisciuno accussì quanno addó dint ncopp cu dicere sapè",
        "vec": "xe ghe gò gavemo gheto gavè jutar jutarte jutarve dispiaxe despiaxe mejo cuesto cueła ła łe zo vardar fazo lexe",
        "sc": "potzo potzu podimus agiudare agiudai custu custa cun fàghere fàere issu sunt dispraghet dispraxit ite prus bonu bois",
        "fur": "pues displâs judâ judâti judâus chest cheste jo nô vuê ancje dome cjase cjatâ aghe savê pluis biel cun",
        "lmo": "pödi podom minga jutà jutatt jutav rincress chì ghè mì tì lü nüm vialter sü pü",
        "pms": "peuss podoma nen giuté giutete giuteve sossì dëspias ël dël ëd për pì lòn fé",
        "lij": "spiaxe agiuttâ agiuttâte agiuttave ò inta çê mæ ciù fâ vòlta gh ghe",
        "egl": "brisa poss aiutèr aiuter psemm quasst quast",
    },
    "es": {
        "ast": "ferve nun puen facer faer faigo ye yera tien enantes llingua agora dende tolos toles toes munchu munches muncho xente dixo síntolo ellí asina namái tamién nesti nesta esti ayudate ayudavos llegal pidir dicir",
        "an": "aduyar aduyá ixo ixa ixe isto ye tamién agora dimpués soz muito quan dinon",
        "ext": "sientu peru puéu pueu ayual esu esti nu mú toas tóus comu cuandu palu",
        "gl": "podo axudar axudarche axudarlle axudarvos isto síntoo facer auga unha coa moi xa vostede pódoche grazas sen despois tamén dunha nunha cun cunha engade entón deixa máis onde facelo",
        "ca": "puc pots podem amb això aquest aquesta els perquè també ho sento fer aigua doncs ajudar molt",
        "pap": "yuda bo boso esaki hasi ku ta tin danki sinti kita kon",
        "lad": "kon ke desplaze kuando komo ansina akí porke muncho ayudarvos kero kualo",
        "mwl": "puodo nun cun bós ajudar ajudá ua esso",
    },
    "pt": {
        "gl": "podo axudar axudarche axudarlle axudarvos síntoo facer auga unha moi xa vostede grazas tamén engade entón máis facelo hai onte pero",
        "mwl": "puodo nun cun bós ua tamien lhéngua",
        "ast": "nun ye facer enantes tamién munchu esti",
        "kea": "ka podi djuda djudau ku kel nho bu nhos kela",
        "ca": "puc amb això aquest aquesta perquè també aigua ho",
    },
    "fr": {
        "wa": "dji nén avou çoula èt sins aidî aidîz pout disbåtchî todi",
        "pcd": "ej chés ché ech édé cha",
        "ht": "mwen ka ak regrèt yo fè",
        "mfe": "kapav ena zot bizin",
        "rcf": "gingn zot anou lé",
        "gcf": "mwen pé ka",
        "oc": "pòdi podi pòt amb aquò grèu aiga ajudar perqué tanben puèi èsser",
        "frp": "pouè povo edar avouéc ouè",
        "lb": "ech kann iech hëllefen dat awer",
    },
    "de": {
        "gsw": "isch nöd nöt nüd nüt chan cha chasch chönd chöi chönne hälfe hälfä gseh gönd gaht wänn wämmer dänn öppis öpper hani hesch hät händ vo üch eus üs nume scho nachär nacher drii dri choche choch chunnt tuet tuesch söll söttsch müend muesch mer wüsse frög wiiter bitti eifach uf",
        "nds": "ik dat dormit dorbi deit hebbt heff hest bün büst sünd schall schallst mutt mööt köönt kunnst vun över för nich doon deist dorto ji jem mien dien sien seggen seggt lüüd tied kaak helpen hölpen maken leed wat woort dörf dörvt mookt doot",
        "bar": "koa koane aba oba ned hod hosd eam nua helfa höifa macha wos dees ois guad vui muass muaß kimmt schee tuat tuad leida scho",
        "swg": "koi hosch kannsch koscht isch ned schwätza helfa nemme",
        "ksh": "mer ävver nit künne esu hät däm",
        "pfl": "awwer mer ebbes ned nimmi dutt",
        "lb": "ech iech hëllefen maachen awer kee däer",
        "li": "neet kin mèt waat ouch euver",
        "vmf": "ned helfn dud mer",
    },
    "nl": {
        "af": "hê sê julle hulle vir hierdie asseblief moenie baie jy sout eers dié",
        "nds": "nich kann deit dorbi dormit hebbt heff bün büst sünd schall mutt mööt köönt vun för doon seggen lüüd rin kaak denn dörf",
        "fy": "dwaan dêr spyt ús hawwe hat sjen gjin moat soe sille helpe",
        "li": "ich neet mèt euver doot gaef waat",
        "zea": "mae ier elpe noe joe joen",
        "vls": "joun helpn moaken zyn gyder wyder doa goa kunn",
        "gos": "nait joe doar oet hoes doun mout wozzen aal nich",
    },
    "pl": {
        "szl": "niy moga mogã moges sōm ôn ôna pōmōc pōmoc ino kaj przeca bydzie bydã bydzies tyż tyn gryfnie zrobia wōm ajli beztōż chcã ôd pedzieć godać niyma",
        "csb": "mògã cë jô më wë òn ôn dlô ë pòmòc téż bãdze nót mòże",
        "hsb": "njemóžu njemóžemy pomhać pomhaće sym smy ně hdyž što kaž někotre prošu wjele tež jenož dyrbi móžu hišće přez při činić wódu",
        "dsb": "njamogu njamógu mógu pśi pomagaś pomagas smy cynić cyniś pšosym ga teke jano wjele comy wódu",
    },
    "en": {
        "sco": "cannae dinnae didnae isnae wisnae wouldnae willnae shouldnae ye tae fae nae aye gie frae",
        "pcm": "wey abeg sabi pikin wetin",
        "jam": "cyaan yuh nuh inna",
        "tpi": "inap helpim yu yupela dispela bilong olsem",
    },
    "ru": {
        "uk": "цього це цим цьому що але якщо потім спочатку шкода допоможу допомогти допомагати вибачте пробачте перепрошую ні він вона вони немає дуже можна зробити робити цю ця зі можу",
        "be": "гэта гэтым гэтага магу дапамагчы дапамагу што якія прабачце выбачайце калі трэба можна няма спачатку потым зрабіць рабіць ні але шкада вельмі",
        "mk": "можам тоа сум ова треба може ти ве ќе сите прво потоа жал направам помогнам",
        "bg": "съм това ще мога моля може сега първо съжалявам помогна извинете направя като",
        "sr": "ово може није нисам смо жао помогнем помоћи урадим учиним бих ће ћу шта овде",
        "rue": "помочі тото лем пробачте што єм",
    },
    "hi": {
        "mr": "आहे आहेत नाही मी आणि तुम्ही तुमची तुमचा तुमच्या तुम्हाला मला माझी माझ्या शकत शकतो शकते यात घ्या टाका",
        "ne": "छ छैन म तपाईं तपाईंलाई तपाईंको गर्न गर्नुहोस् पनि सक्दिन सक्छ त्यसपछि यो",
        "bho": "बा बाड़े नइखे नइखीं राउर रउआ रउरा हमार एह खातिर करीं सकीं सकत सकेनी",
        "mai": "छी अछि नहि अहाँ अहाँक अहाँकें कऽ सकैत एहि एहिमे",
        "awa": "नाहीं तोहार तोहरे कइ सकित हमका अहै बाटै",
        "hne": "नइ तुंहर सकंव करव हवय अउ तोर",
        "raj": "कोनी म्हैं थारी थांरी करजो सकूं",
        "mag": "हइ हिअइ नञ तोहर",
        "gom": "हांव तुका तुमकां करूंक शकना आसा",
        "sa": "अस्ति शक्नोमि भवतः कर्तुं अहं किन्तु क्षम्यताम्",
    },
}  # fmt: skip
"""For each language that is known, its relatives with their words."""
_WORDS = {
    near: {code: frozenset(words.casefold().split()) for code, words in lists.items()}
    for near, lists in _LISTS.items()
}
KNOWN = frozenset(_WORDS)
"""The languages whose relatives are told apart from them by words."""
_NONE: frozenset[str] = frozenset()
_ANY = {near: _NONE.union(*lists.values()) for near, lists in _WORDS.items()}
_CANTONESE = frozenset("唔嘅咗喺佢哋嚟冇啲咁嘢攞睇")
"""Characters that written Cantonese has and Mandarin does not."""


def relative_of(text: str, near: str | None) -> str | None:
    """The code of the language that a text taken for `near` is in by its words; None where it is no relative's.

    The words of all relatives of a language count together, because neighbours share many; the one with most of them
    is named. Of a text whose language is undecided (None) two words of one family are wanted, however short it is.
    """
    if near == "zh":
        return "yue" if sum(letter in _CANTONESE for letter in text[:READ]) > _LEAST_OF_ALL * len(text[:READ]) else None
    said = frozenset(_WORD.findall(text[:READ].casefold()))
    least = max(TWO if near is None or len(said) > SHORT else 1, SHARE * len(said))
    for family in _WORDS if near is None else (near,):
        if len(said & _ANY.get(family, _NONE)) >= least:
            return max(_WORDS[family], key=lambda code: len(said & _WORDS[family][code]))
    return None
