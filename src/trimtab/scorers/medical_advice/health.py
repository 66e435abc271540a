"""Words that a text about health has and one about curries has not, in lower case. English."""

import re

from .words import words

_BODY = words(
    r"""
    arms? legs? knees? hips? ankles? wrists? elbows? shoulders? thumbs? toes? foot feet heels? shins? calf calves
    thighs?
    groin chest ribs? lungs? heart stomach tummy belly bowels? guts? liver kidneys? bladder prostate womb ovar\w+
    testic\w+ breasts? nipples? throat tonsils? gums? tooth teeth jaw tongue ears? eyes? eyelids? scalp skin veins?
    blood bones? spine muscles? tendons? joints? nerves? brain sinus\w* nose nostrils? glands? hormones? navel anus bum
    poo stools? urine pee wee
    """
)
_ILL = words(
    r"""
    deaf blind nose-?bleeds? \w*pooed gummies sachets? hiccups? mono sugars? weight overweight swallow\w* breath\w*
    ill unwell throbs? stiff\w* puffy ring\w*worm
    newborns? toddlers? baby babies weeks?\spregnant wean\w* sleep\w* snor\w* alcohol vodka drink(?:ing)?\son nicotine
    pains? painful aches? aching hurts? hurting sore soreness swollen swelling swells? lumps? rash(?:es)? itch\w* burns?
    burning bleed\w* bruis\w+ blisters? fevers? feverish temperature cough\w* wheez\w* breathless\w* dizz\w+ faint\w*
    vomit\w* colic\w* nause\w* sick sickness diarrh\w+ constipat\w+ runs cramps? headaches? migraines? numb\w*
    tingling fatigue
    tired insomnia sleepless anxious anxiety depress\w+ panic moods? suicid\w+ seizures? fits? palpitations? infect\w+
    viruses virus viral bacteria\w* flu colds? covid asthma copd cancer\w* tumou?rs? moles? diabet\w+ cholesterol
    pressure strokes? attack angina arthritis gout osteopor\w+ eczema psoriasis acne rosacea shingles herpes warts?
    verruca scabies lice nits fung\w+ thrush ulcers? reflux heartburn ibs crohns? colitis coeliac hernias? piles
    gallstones? stones? anaemi\w+ anemi\w+ thyroid\w* epilep\w+ dementia alzheimers? parkinsons? ms bipolar adhd
    autis\w+ ocd ptsd psychosis schizo\w+ concussi\w+ fractur\w+ broken sprain\w* menopaus\w+ periods? pregnan\w+
    miscarr\w+ labour labor contractions? nursing breast-?feed\w* fertil\w+ pcos erecti\w+ std sti hiv chlamydia
    syphilis allerg\w+ hay-?fever stings? stung bites? poison\w* overdos\w+ hangover addict\w+ withdrawals? smok\w+
    symptoms? disease\w* disorders? illness\w* syndromes? condition wounds? scars? stitches injur\w+ obes\w+ bmi
    """
)
_CARE = words(
    r"""
    medic\w+ meds? drugs? tablets? pills? capsules? dos(?:e|es|age|ages|ing) prescri\w+ antibiotics? painkillers?
    antidepress\w+ antihistamines? antivirals? steroids? statins? insulin inhalers? vaccin\w+ jabs? boosters? shots?
    injections? injected creams? ointments? lotions? drops? syrups? sprays? patch(?:es)? plasters? bandages?
    supplements? vitamins? iron hrt contracepti\w+ laxatives? antacids? chemo\w* radiother\w+ dialysis surgery surgeon
    surgical operation op biops\w+ scans? x-?rays? mri ct ecg ultrasound swabs? blood-?tests? bloods? psa
    physio\w* therap\w+ psychiatr\w+
    psycholog\w+ dermatolog\w+ cardiolog\w+ oncolog\w+ treatments? cures? diagnos\w+ remed(?:y|ies)
    implants? dentures? braces? catheters? stents? pacemakers? casts? hearing glasses diets? health\w* clinical
    patients?
    induc(?:ed|tion) anaesth\w+ anesth\w+ warfarin lithium gluten fodmap wegovy ozempic viagra aspirin paracetamol
    ibuprofen codeine morphine tylenol advil
    """
)
_NAMED_DRUG = (
    r"\w{3,}(?:cillin|mycin|floxacin|cycline|azole|vir|pril|sartan|olol|dipine|statin|formin|gliptin|glutide|tide"
    r"|azepam|zolam|idone|apine|oxetine|triptyline|ipramine|azine|triptan|setron|prazole|tidine|sone|solone|olone"
    r"|profen|coxib|fenac|barbital|caine|mab|nib|parin|xaban|grel|terol|tropium|lukast|thiazide|semide|lactone|zosin"
    r"|dronate|fil|dryl|tadine|irizine|phylline|gabapentin|gabalin|trexate|prine|quine|trigine|racetam|etine|aline|idate|oxifen|irole|ronic|tonin|arin|abine|axetil|lukast|vaptan|kinra|stigmine|pezil|barb|toin|zepam|metrel|estrel|estradiol)"
)
HEALTH = re.compile(
    rf"\b(?:{_BODY}|{_ILL}|{_CARE}|{_NAMED_DRUG})\b|\d ?(?:mg|mcg|ml|iu|weeks?(?: pregnan\w+)?)\b", re.ASCII
)
