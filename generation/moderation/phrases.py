"""The phrases that rules.py looks for, as data. Bump its VERSION with every change here.

A pattern speaks of whole words between single spaces, in the form `Lexicon.render` gives them:
lower case, numbers as digits, `,` and `.` for pauses, spellings brought to one (`yrs` is
`year`). Every word in a pattern is found however it is spaced or disguised. `?` stands after a
group with its space inside. No `*` and no `+`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """`contexts` limits a rule to these fields; empty means everywhere."""

    decision: str
    topic: str
    pattern: str
    contexts: tuple[str, ...] = ()


# --- Words -----------------------------------------------------------------------------------

SPELLINGS = {
    "year": ("years", "yrs", "yr", "jahre", "jaar"),
    "month": ("months", "mths"),
    "week": ("weeks",),
    "day": ("days",),
    "old": ("olds", "alt", "oud"),
    "aged": ("age", "ages", "aging"),
    "minor": ("minors",),
    "child": ("children", "childs", "bambina"),
    "kid": ("kids", "kidz", "kiddo", "kiddos", "kiddie", "kiddies", "kiddy"),
    "teen": ("teens", "teenz"),
    "teenager": ("teenagers", "adolescent", "adolescents", "juvenile", "juveniles"),
    "teenage": ("teenaged",),
    "toddler": ("toddlers", "infant", "infants", "newborn", "newborns"),
    "tween": ("tweens",),
    "girl": ("girls", "gurl", "gurls", "grl", "grls", "gal", "gals", "girlie"),
    "boy": ("boys", "boi", "bois"),
    "schoolgirl": ("schoolgirls", "schoolgal", "schoolgals", "schulmadchen", "colegiala",
                   "colegialas", "ecoliere"),
    "schoolboy": ("schoolboys", "schoolkid", "schoolkids", "schoolchild", "schoolchildren"),
    "underage": ("underaged", "minderjahrig", "minderjahrige", "minorenne"),
    "preteen": ("preteens", "pubescent", "prepubescent", "prepubertal", "prepuberty"),
    "loli": ("lolis", "lolita", "lolitas", "lolicon", "toddlercon"),
    "pedo": ("pedos", "paedo", "pedophile", "pedophiles", "pedophilia", "paedophile", "csam"),
    "grader": ("graders",),
    "look": ("looks", "looking", "looked"),
    "appear": ("appears", "appearing", "seem", "seems", "seeming"),
    "act": ("acts", "acting", "pose", "poses", "posing", "dress", "dressed", "dresses"),
    "turn": ("turns", "turned", "turning"),
    "rape": ("raped", "rapes", "raping", "rapist", "rapists"),
    "molest": ("molests", "molested", "molesting", "molester", "molesters", "molestation"),
    "incest": ("incestuous",),
    "nonconsensual": ("nonconsenting", "noncon", "unconsensual"),
    "deepfake": ("deepfakes", "deepfaked", "deepnude", "deepnudes"),
    "faceswap": ("faceswaps", "faceswapped"),
    "lookalike": ("lookalikes", "doppelganger", "impersonation", "impersonating"),
    "celebrity": ("celebrities", "celeb", "celebs", "actress", "singer"),
    "porn": ("porno", "pornos", "pornography", "pornographic", "pornstar", "pr0n"),
    "nude": ("nudes", "nudity", "naked", "topless", "bottomless", "unclothed"),
    "masturbating": ("masturbate", "masturbates", "masturbation"),
    "blowjob": ("blowjobs", "handjob", "handjobs", "cumshot", "cumshots", "deepthroat"),
    "tits": ("titties", "titty", "boobs", "boobies", "nipple", "nipples"),
    "penis": ("penises", "vagina", "vaginas", "genitals", "genitalia", "clitoris"),
    "fucking": ("fuck", "fucks", "fucked"),
    "orgasm": ("orgasms", "orgasming", "hentai", "gangbang", "gangbangs", "creampie"),
    "son": ("sons", "daughter", "daughters", "nephew", "nephews", "niece", "nieces"),
    "mother": ("mom", "moms", "mum", "mama", "mommy", "dad", "daddy", "father", "parent",
               "parents", "aunt", "auntie", "uncle", "godmother", "grandmother", "nanny"),
}  # fmt: skip

_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
NUMBERS = {
    **{word: number for number, word in enumerate(_ONES)},
    **{word: 10 * number for number, word in enumerate(_TENS, start=2)},
}

# Found inside longer words too (handles are glued); no English word holds one of them.
STEMS = {
    "schoolgirl": "age",
    "schoolboy": "age",
    "jailbait": "age",
    "preteen": "age",
    "lolicon": "age",
    "shotacon": "age",
    "pedophil": "age",
    "paedophil": "age",
    "teengirl": "age",
    "childporn": "age",
    "nonconsensual": "violence",
    "deepfake": "real",
}

# --- Parts of patterns -------------------------------------------------------------------------

_U = r"(?:[0-9]|1[0-7])"  # an age below 18
_TEEN = r"1[0-7]"
_OLD = r"(?:year (?:old|young|of aged)|yo(?! yo )|y old|yold|(?:month|week|day) old|month of aged)"
_AGE_OLD = rf"{_U} (?:and a half )?{_OLD}"
_YOUNG = r"(?:teen|teenager|teenage|minor|child|kid|toddler|tween|preteen|youngster)"
_PERSON = r"(?:girl|boy|woman|man|lady|female|male|guy|chick|babe|model|student|virgin|girlfriend)"
_SUBJECT = (
    r"(?:(?:i|she|he|they|you|who|character|girl|boy|woman|man|model|lady) (?:am|is|are|be)"
    r"|im|shes|hes|theyre|youre|whos)"
)
_WHOSE = r"(?:my|her|his|our|their|your)"
_FILLER = (
    r"(?:like|as|if|about|around|only|just|barely|almost|nearly|maybe|still|to be|no older than"
    r"|younger than|a|an|the|very|so|real|actual|really|young|little|small|sweet|cute|she is"
    r"|he is|shes|were|aged|at most|exactly|roughly|approximately)"
)
_FILLERS = rf"(?:{_FILLER} ){{0,4}}"
# What may follow a bare number that is somebody's age; a noun would make it a count of things.
_AGE_ENDS = (
    r"(?= (?:[.,]|and|but|with|who|from|now|today|yo|in (?:this|the|my|her|his)|at (?:most|best)"
    r"|even|though|going on|turn|or (?:so|younger|less)) )"
)
_THING = (
    r"(?:whisky|whiskey|scotch|wine|rum|dog|cat|puppy|kitten|horse|pet|car|van|truck|bike"
    r"|motorcycle|house|home|building|company|business|brand|startup|blog|channel|podcast|shop"
    r"|studio|camera|laptop|computer|tree|plant|sourdough|starter|recipe|tradition|habit|jacket"
    r"|jeans|guitar|violin|piano|record|song|project|bar|restaurant|cafe|boat|friendship)"
)
_TEACHES = r"(?:teacher|teachers|coach|principal|counselor|librarian|nurse)"
_SCHOOL = r"(?:(?:high|middle|primary|elementary|secondary|junior high|grade) school|highschool)"

# --- The lists ---------------------------------------------------------------------------------

HARMLESS = (
    rf"{_U} (?:year|month|week|day) old {_THING}(?! (?:{_PERSON}|player|owner) )",
    rf"{_THING} (?:is |turn |aged )?{_U} (?:year|month|week|day) old",
    r"(?:number|level|chapter|episode|floor|room|score|it|this|that) is (?:only |just )?[0-9]{1,2}",
    # Music, study, and small things.
    r"minor (?:scale|scales|key|keys|chord|chords|league|leagues|injury|injuries|detail|details"
    r"|change|changes|tweak|tweaks|issue|issues|third|arcana|planet|role|part|setback|setbacks"
    r"|inconvenience|inconveniences|bug|bugs|fix|fixes|update|repair|repairs|surgery|flaw|flaws"
    r"|imperfection|imperfections|scratch|crisis|crises|obsession|problem|problems|difference"
    r"|differences|accident|adjustment|degree)",
    r"(?:sonata|concerto|prelude|waltz|song|songs|piece|ballad|nocturne|fugue|mass|symphony|suite"
    r"|play|plays|played|sings|sing|key|everything) (?:in|of) a (?:flat |sharp )?minor",
    r"(?:in|of) [b-g] (?:flat |sharp )?minor",
    r"[a-g] (?:flat|sharp) minor",
    r"(?:ursa|asia|canis|leo) minor",
    r"(?:with|and|major|majored|majoring|degree) (?:a )?minor in (?:art|arts|art history|history"
    r"|psychology|philosophy|music|dance|business|economics|biology|chemistry|physics|math"
    r"|mathematics|literature|english|french|spanish|german|film|theatre|theater|marketing"
    r"|journalism|linguistics|sociology|politics|law|design|photography|computer science)",
    # Childhood and its things, in somebody grown.
    r"inner child",
    r"(?:child|kid) at heart",
    r"child of (?:the (?:sun|moon|sea|universe|[0-9]{2,4}(?: s)?|eighties|nineties)|god|nature)",
    r"(?:an )?only child",
    r"new kid (?:on the block|in town)",
    r"like a kid in a (?:candy|toy|sweet|chocolate) (?:store|shop)",
    r"kid (?:gloves|friendly)",
    r"since my (?:early |mid |late )?teen",
    r"teen (?:spirit|vogue|wolf|titans|fiction|drama|dramas|movies)",
    r"teenage mutant ninja turtles",
    rf"{_SCHOOL} {_TEACHES}",
    rf"kindergarten {_TEACHES}",
    r"high school (?:sweetheart|sweethearts|reunion|diploma|musical)",
    r"(?:after|since|finished|left|graduated|graduated from) high school",
    r"(?:no one|nobody|not for anyone|none) under 18",
    # Colours and turns of phrase.
    r"nude (?:lipstick|lipsticks|lips|heels|tone|tones|palette|nails|colour|color|makeup|make up"
    r"|shade|shades|pumps|eye|eyes|cake|truth)",
    r"(?:magna |summa )?cum laude",
    r"pussy (?:willow|willows|cat|cats|riot)",
    r"same sex",
    r"sex (?:and the city|education|educator|positive|positivity|therapist)",
    r"opposite sex",
)

# Somebody else's age, or a time long past: not the character, yet unsure, so ask for other words.
OTHERS = (
    Rule(
        "review",
        "age",
        rf"mother (?:of|to|for) (?:(?:[a-z]{{1,12}}|[0-9]{{1,2}}) ){{0,3}}?(?:{_AGE_OLD}|{_YOUNG}"
        rf"|baby|{_U} year)",
    ),
    Rule(
        "review",
        "age",
        rf"(?:{_WHOSE} )(?:little |older |younger |cute |adorable |baby )?(?:son|child|kid|baby"
        rf"|toddler|teen|teenager|brother|sister) (?:, |is |s |turn |aged ){{0,2}}{_AGE_OLD}",
    ),
    Rule("review", "age", rf"{_AGE_OLD} (?:son|brother|sister)"),
    Rule(
        "review",
        "age",
        rf"(?:at|since|from|by|until|before|after|of) (?:the )?(?:tender |early |young )?aged "
        rf"(?:of )?{_U}(?: year| year old)?",
    ),
    Rule("review", "age", rf"when (?:i|she|he|they) (?:was|were|turn) (?:only |just )?{_U}"),
)

RULES = (
    # --- Ages ----------------------------------------------------------------------------------
    Rule("block", "age", _AGE_OLD),
    Rule("block", "age", rf"{_U} year {_PERSON}"),
    Rule("block", "age", rf"{_U} year of aged"),
    Rule(
        "block",
        "age",
        rf"aged (?:(?:of|is|,|about|around|only|just|under|range) ){{0,2}}{_U}(?! countries )",
    ),
    Rule("block", "age", rf"{_SUBJECT} {_FILLERS}{_U}(?: year| y)?{_AGE_ENDS}"),
    Rule("block", "age", rf"is {_FILLERS}{_TEEN}(?: year| y)?{_AGE_ENDS}"),
    Rule("review", "age", rf"is {_FILLERS}[0-9]{_AGE_ENDS}"),
    Rule("block", "age", rf"(?:look|appear|act like) {_FILLERS}{_U}(?: year| y| yo)?{_AGE_ENDS}"),
    Rule(
        "block",
        "age",
        rf"(?:under|below|younger than) (?:the aged of {_U}|(?:{_TEEN}|18)(?: year| yo| s)?"
        r"(?= (?:[.,]|and|but|girl|boy|teen|model|woman|looking) ))",
    ),
    Rule(
        "block",
        "age",
        r"(?:not yet|not quite|not even|almost|nearly|barely|soon to be|about to (?:be|turn))"
        r" (?:turn )?18(?= (?:[.,]|and|but|girl|boy|model|year|yo|woman|looking) )",
    ),
    Rule("block", "age", rf"turn {_U}{_AGE_ENDS}"),
    Rule("block", "age", rf"{_TEEN} going on [0-9]{{2}}|as young as {_U}|hasn t turn 18|not 18"),
    Rule("block", "age", r"not (?:yet )?(?:an |a )?(?:adult|grown up)"),
    Rule("block", "age", rf"sweet {_TEEN}"),
    Rule(
        "block",
        "age",
        rf"(?:girl|boy|female|male) (?:, |of |at )?{_U}(?= (?:[.,]|year|who|with|in) )",
    ),
    Rule("block", "age", rf"{_PERSON} (?:, |of |at ){_TEEN}(?= (?:[.,]|who|with) )"),
    Rule("block", "age", rf"{_U} (?:anos|ans|anni) (?:de edad|de idade|d aged|di eta)"),
    Rule(
        "block", "age", rf"(?:tengo|tiene|tenho|tem|jai|elle a|il a|ho|ha) {_U} (?:anos|ans|anni)"
    ),
    Rule("block", "age", r"(?:[0-9]|1[0-2]) (?:st|nd|rd|th) grader"),
    Rule("review", "age", rf"{_U} (?:st|nd|rd|th) (?:birthday|grade)|{_TEEN} (?:y|f)"),
    Rule("review", "age", rf"turn {_U}(?= (?:year|next|this|soon|in|on|tomorrow) )"),
    # Whoever is born from here on is a child until 2028; a rule has no clock.
    Rule("review", "age", r"born (?:in )?(?:2009|20[1-9][0-9])"),
    # An age between pauses, as profiles begin: `17 | Paris`, `Mia, 16, Paris`.
    Rule("review", "age", rf"(?:\.|[a-z]{{2,30}} ,) {_TEEN} [,.](?! [0-9])"),
    Rule("review", "age", rf"[a-z]{{1,30}} {_TEEN} \.", ("name",)),
    # --- Words for the young -------------------------------------------------------------------
    Rule(
        "block",
        "age",
        r"schoolgirl|schoolboy|school (?:girl|boy|kid|child)|highschooler"
        r"|(?:middle|grade|high) schooler|jailbait|jail bait|underage"
        r"|under aged|preteen|loli|shotacon|pedo|ageplay|ddlg|barely legal|childporn|child porn",
    ),
    Rule(
        "block",
        "age",
        rf"(?:{_SUBJECT}|is|look|appear|act) {_FILLERS}(?:{_YOUNG}|baby)"
        r"(?! (?:psychologist|therapist|doctor|nurse|care|minder|book|books|author|coach|dream"
        r"|person|friendly|of) )",
    ),
    Rule("block", "age", rf"(?:{_SUBJECT}|is) in {_WHOSE} (?:early |mid |late )?teen"),
    Rule(
        "block",
        "age",
        rf"{_YOUNG} (?:like )?(?:girl|boy|model|models|body|beauty|face|slut|sex|porn|nude|bikini"
        r"|lingerie|actress|actor|idol|influencer|bride|girlfriend|figure|chick|babe|queen"
        r"|princess|erotic|sexy)",
    ),
    Rule("block", "age", r"childlike (?:body|face|figure|girl)"),
    Rule(
        "block",
        "age",
        r"(?:girl|boy|woman|model|female|male|sexy|hot|nude|petite|tiny|slutty|horny|cute|pretty"
        rf"|innocent) {_YOUNG}(?! (?:dream|book|books) )",
    ),
    Rule(
        "block",
        "age",
        rf"{_SCHOOL} (?:girl|boy|student|students|kid|pupil|cheerleader|freshman|sophomore|junior"
        r"|senior)",
    ),
    Rule(
        "review",
        "age",
        rf"{_YOUNG}|shota|childlike|kindergarten|kindergartener|preschool|preschooler|grader",
    ),
    Rule(
        "review",
        "age",
        r"(?:little|young|small|tiny|baby|innocent|youngest) (?:girl|boy)|baby (?:face|faced)"
        rf"|babyface|babyfaced|school uniform|{_SCHOOL}",
    ),
    # --- Violence ------------------------------------------------------------------------------
    Rule(
        "block",
        "violence",
        r"rape|molest|incest|nonconsensual|non consensual|bestiality|zoophilia|necrophilia"
        r"|snuff (?:film|films|movie|video)"
        r"|sexual(?:ly)? (?:assault|assaulted|abuse|abused|violence)"
        r"|(?:without|against) (?:her|his|their) (?:consent|will)",
    ),
    Rule("review", "violence", r"forced (?:sex|kiss)|beheading|beheaded"),
    # --- Real people ---------------------------------------------------------------------------
    Rule(
        "block",
        "real",
        r"deepfake|deep fake|upskirt|revenge porn|leaked (?:nude|photos|pics|video)"
        r"|(?:nude|undress|undressing) (?:a |the )?(?:celebrity|photo of|picture of)"
        r"|celebrity (?:nude|porn)|without (?:her|his|their) (?:knowledge|permission)",
    ),
    Rule(
        "review",
        "real",
        r"face swap|face swapped|faceswap|lookalike|look alike|look (?:exactly|just) like"
        r"|look like (?:a |the )?(?:famous )?celebrity|likeness of|clone of|identical to"
        r"|real person|impersonate|impersonates",
    ),
    # --- Explicit ------------------------------------------------------------------------------
    Rule(
        "block",
        "explicit",
        r"porn|blowjob|masturbating|orgasm|penis|cunt|dildo|ejaculation|ejaculating|fellatio"
        r"|cunnilingus|anal sex|oral sex|sex (?:tape|scene|act|position)|having sex"
        r"|(?:fully|completely|totally) nude|spread(?:ing)? (?:her |his )?legs",
    ),
    Rule(
        "review",
        "explicit",
        r"nude|tits|pussy|cock|sex|nsfw|cum|anal|fucking|erotic|erotica|horny|slut|slutty|bdsm"
        r"|undress|undressing|striptease|camgirl|fetish"
        r"|see through (?:dress|top|shirt|blouse|bra|lingerie)",
    ),
)
