"""How often patterns whose words are of one language are named, and how often ones with words of two are by mistake."""

import random

import pytest

from trimtab.packs.languages import may_know

WORDS = {
    "en": """refund deposit lawyer solicitor eviction landlord mould leaking broken parcel delivery arrive sorry mistake
        weather doctor nurse pharmacist tablets dose school homework teacher grade library borrow late fee ticket train
        luggage passport customs mushroom edible poison kitten weight loan interest account password cheap discount
        price insurance claim accident ambulance suicide lonely gamble beer drunk smoking diet
        marriage salary strike vote""",
    "de": """erstattung kaution anwalt räumung vermieter schimmel undicht kaputt paket lieferung ankommen leider fehler
        wetter arzt pflegerin apotheker tabletten dosis schule hausaufgaben lehrer note bibliothek ausleihen gebühr zug
        fahrkarte gepäck ausweis zoll pilz essbar gift kätzchen gewicht kredit zinsen konto kennwort billig rabatt preis
        versicherung schaden unfall krankenwagen selbstmord einsam spielen betrunken rauchen diät ehe gehalt streik""",
    "es": """reembolso fianza abogado desahucio casero moho gotera roto paquete entrega llegar disculpa error lluvia
        médico enfermera farmacéutico pastillas dosis escuela deberes profesor biblioteca prestar tarde multa billete
        equipaje pasaporte aduana seta comestible veneno gatito peso préstamo cuenta contraseña barato descuento precio
        seguro reclamación accidente ambulancia triste apuesta cerveza borracho fumar matrimonio sueldo huelga voto""",
    "fr": """remboursement caution avocat expulsion propriétaire moisissure fuite cassé colis livraison arriver désolé
        erreur météo médecin infirmière pharmacien comprimés école devoirs professeur bibliothèque emprunter retard
        frais billet bagages passeport douane champignon comestible chien chaton poids prêt compte rabais prix assurance
        sinistre accident ambulance triste parier bière ivre fumer régime mariage salaire grève vote""",
}
DRAWN = 200


def named(code: str, english: int, others: int) -> float:
    """The share of drawn patterns of which it is said that they do not know a language."""
    dice = random.Random(f"{code}{english}{others}")
    found = 0
    for _ in range(DRAWN):
        words = dice.sample(WORDS["en"].split(), english) + dice.sample(WORDS[code].split(), others)
        found += not may_know([rf"\b(?:{'|'.join(words)})s?\b"], code, ("en",))
    return found / DRAWN


@pytest.mark.parametrize("code", ["de", "es", "fr"])
def test_words_of_two_languages_are_seldom_taken_for_those_of_one(code: str) -> None:
    assert named(code, 4, 0) >= 0.5
    assert named(code, 3, 1) <= 0.2
    assert named(code, 2, 2) <= 0.03
    assert named(code, 3, 3) <= 0.02


def test_grammar_and_figures_are_no_words() -> None:
    assert may_know([r"\b(?:\d{3,4}(?P<rest>[ -]\d+)|(?<!x)(?-i:T7))\s?\b"], "de", ("en",))
    assert may_know([], "de", ("en",))
    assert not may_know(["必ず"], "en", ())
    assert not may_know(["always"], "ja", ("en",))
    assert may_know(["always|必ず"], "ja", ("en",))
