"""A small grammar of German and English: pairs of sentences that mean the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from keras_genmodels.data.text import NOTHING

Meaning = Mapping[str, str]
Weighted = Sequence[tuple[str, float]]

# Noun -> its German names with their genders, and its English ones with their weights.
PEOPLE = {
    "dog": ([("hund", "m")], [("dog", 0.7), ("hound", 0.3)]),
    "cat": ([("katze", "f")], [("cat", 0.7), ("kitten", 0.3)]),
    "boy": ([("junge", "m"), ("bub", "m")], [("boy", 0.7), ("lad", 0.3)]),
    "girl": ([("mädchen", "n"), ("mädel", "n")], [("girl", 0.7), ("lass", 0.3)]),
    "woman": ([("frau", "f"), ("dame", "f")], [("woman", 0.5), ("lady", 0.5)]),
    "child": ([("kind", "n")], [("child", 0.7), ("kid", 0.3)]),
    "farmer": (
        [("bauer", "m"), ("landwirt", "m")],
        [("farmer", 0.7), ("peasant", 0.3)],
    ),
    "doctor": ([("arzt", "m"), ("doktor", "m")], [("doctor", 0.7), ("physician", 0.3)]),
}
THINGS = {
    "ball": ([("ball", "m")], [("ball", 1.0)]),
    "book": ([("buch", "n")], [("book", 0.7), ("volume", 0.3)]),
    "picture": ([("bild", "n")], [("picture", 0.6), ("image", 0.2), ("painting", 0.2)]),
    "horse": ([("pferd", "n"), ("ross", "n")], [("horse", 0.7), ("steed", 0.3)]),
    "flower": ([("blume", "f")], [("flower", 0.7), ("blossom", 0.3)]),
    "letter": ([("brief", "m")], [("letter", 0.7), ("note", 0.3)]),
    "stone": ([("stein", "m")], [("stone", 0.7), ("rock", 0.3)]),
    "boat": ([("boot", "n"), ("schiff", "n")], [("boat", 0.5), ("ship", 0.5)]),
}
QUALITIES = {
    "small": (["klein", "winzig"], [("small", 0.5), ("little", 0.3), ("tiny", 0.2)]),
    "large": (["groß", "riesig"], [("large", 0.5), ("big", 0.5)]),
    "old": (["alt"], [("old", 0.7), ("aged", 0.3)]),
    "beautiful": (["schön", "hübsch"], [("beautiful", 0.7), ("pretty", 0.3)]),
    "quick": (["schnell", "flink"], [("quick", 0.5), ("fast", 0.5)]),
    "strange": (["seltsam", "fremd"], [("strange", 0.7), ("odd", 0.3)]),
}
# Verb -> German (present, participle), and English (present, past, participle).
DEEDS = {
    "see": (
        [("sieht", "gesehen"), ("erblickt", "erblickt")],
        [("sees", "saw", "seen"), ("spots", "spotted", "spotted")],
    ),
    "find": (
        [("findet", "gefunden"), ("entdeckt", "entdeckt")],
        [("finds", "found", "found"), ("discovers", "discovered", "discovered")],
    ),
    "buy": (
        [("kauft", "gekauft"), ("erwirbt", "erworben")],
        [("buys", "bought", "bought"), ("purchases", "purchased", "purchased")],
    ),
    "carry": (
        [("trägt", "getragen"), ("schleppt", "geschleppt")],
        [("carries", "carried", "carried"), ("bears", "bore", "borne")],
    ),
    "draw": (
        [("zeichnet", "gezeichnet"), ("malt", "gemalt")],
        [("draws", "drew", "drawn"), ("paints", "painted", "painted")],
    ),
    "seek": (
        [("sucht", "gesucht")],
        [("seeks", "sought", "sought"), ("wants", "wanted", "wanted")],
    ),
    "sell": (
        [("verkauft", "verkauft")],
        [("sells", "sold", "sold"), ("trades", "traded", "traded")],
    ),
    "show": (
        [("zeigt", "gezeigt")],
        [("shows", "showed", "shown"), ("presents", "presented", "presented")],
    ),
}
PLACES = {
    "garden": (["im garten"], [("in the garden", 0.7), ("in the yard", 0.3)]),
    "forest": (
        ["im wald", "im forst"],
        [("in the forest", 0.7), ("in the woods", 0.3)],
    ),
    "market": (["auf dem markt"], [("at the market", 0.7), ("on the market", 0.3)]),
    "house": (["im haus"], [("in the house", 0.7), ("at home", 0.3)]),
    "lake": (["am see"], [("at the lake", 0.5), ("by the lake", 0.5)]),
}
TIMES = {
    "present": {
        "today": (["heute"], [("today", 0.7), ("this day", 0.3)]),
        "now": (["jetzt", "nun"], [("now", 0.7), ("right now", 0.3)]),
    },
    "past": {
        "yesterday": (["gestern"], [("yesterday", 0.7), ("the other day", 0.3)]),
        "once": (["einst", "einmal"], [("once", 0.7), ("long ago", 0.3)]),
    },
}
NAMED = {"definite": "the", "indefinite": "a"}
# Gender -> the article and the ending of an adjective, of subjects and of objects.
ARTICLES = {
    "definite": {
        "m": (("der", "e"), ("den", "en")),
        "f": (("die", "e"), ("die", "e")),
        "n": (("das", "e"), ("das", "e")),
    },
    "indefinite": {
        "m": (("ein", "er"), ("einen", "en")),
        "f": (("eine", "e"), ("eine", "e")),
        "n": (("ein", "es"), ("ein", "es")),
    },
}
DESCRIBED = ("subject_quality", "object_quality", "")  # one of them is said
SITUATED = ("place", "time", "")  # and one of these
TIME_FIRST = 0.3  # that a sentence begins with the time, in either language
PASSIVE = 0.2  # that the English says what was done, and then by whom
FIRST_VERB = 0.7  # that English uses the first of its verbs
VOWELS = "aeiou"
LENGTHS = (10, 11)  # words of the longest sentences, German and English


def draw_meaning(rng: np.random.RandomState) -> dict[str, str]:
    """Draw what a sentence says: who did what to which thing, where and when."""
    tense = _one_of([*TIMES], rng)
    meaning = {"tense": tense, "deed": _one_of([*DEEDS], rng)}
    for role, nouns in (("subject", PEOPLE), ("object", THINGS)):
        meaning[role] = _one_of([*nouns], rng)
        meaning[f"{role}_article"] = _one_of([*NAMED], rng)
    for chosen, known in ((DESCRIBED, QUALITIES), (SITUATED, PLACES)):
        meaning |= dict.fromkeys(filter(None, chosen), "")
        role = _one_of(chosen, rng)
        if role:
            meaning[role] = _one_of([*(TIMES[tense] if role == "time" else known)], rng)
    return meaning


def german(meaning: Meaning, rng: np.random.RandomState) -> str:
    """Say a meaning in German: the verb is second, and a participle last."""
    present, participle = _one_of(DEEDS[meaning["deed"]][0], rng)
    verb, last = (present, "") if meaning["tense"] == "present" else ("hat", participle)
    subject = _german_noun(meaning, "subject", PEOPLE, 0, rng)
    thing = _german_noun(meaning, "object", THINGS, 1, rng)
    place = _one_of(PLACES[meaning["place"]][0], rng) if meaning["place"] else ""
    times = TIMES[meaning["tense"]]
    time = _one_of(times[meaning["time"]][0], rng) if meaning["time"] else ""
    if time and rng.uniform() < TIME_FIRST:
        return _joined(time, verb, subject, thing, place, last)
    return _joined(subject, verb, time, thing, place, last)


def english(meaning: Meaning, rng: np.random.RandomState) -> str:
    """Say a meaning in English, actively or passively, by any of its synonyms."""
    verbs = DEEDS[meaning["deed"]][1]
    present, past, participle = verbs[0 if rng.uniform() < FIRST_VERB else 1]
    is_present = meaning["tense"] == "present"
    subject = _english_noun(meaning, "subject", PEOPLE, rng)
    thing = _english_noun(meaning, "object", THINGS, rng)
    if rng.uniform() < PASSIVE:
        clause = _joined(
            thing, "is" if is_present else "was", participle, "by", subject
        )
    else:
        clause = _joined(subject, present if is_present else past, thing)
    place = _weighted(PLACES[meaning["place"]][1], rng) if meaning["place"] else ""
    times = TIMES[meaning["tense"]]
    time = _weighted(times[meaning["time"]][1], rng) if meaning["time"] else ""
    if time and rng.uniform() < TIME_FIRST:
        return _joined(time, clause, place)
    return _joined(clause, place, time)


def _german_noun(meaning, role, nouns, case, rng):
    name, gender = _one_of(nouns[meaning[role]][0], rng)
    article, ending = ARTICLES[meaning[f"{role}_article"]][gender][case]
    quality = meaning[f"{role}_quality"]
    said = _one_of(QUALITIES[quality][0], rng) + ending if quality else ""
    return _joined(article, said, name)


def _english_noun(meaning, role, nouns, rng):
    quality = meaning[f"{role}_quality"]
    said = _weighted(QUALITIES[quality][1], rng) if quality else ""
    words = _joined(said, _weighted(nouns[meaning[role]][1], rng))
    article = NAMED[meaning[f"{role}_article"]]
    return _joined("an" if article == "a" and words[0] in VOWELS else article, words)


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _one_of(names, rng):
    return names[rng.randint(len(names))]


def _weighted(names: Weighted, rng) -> str:
    weights = np.cumsum([weight for _, weight in names])
    return names[int(np.searchsorted(weights, rng.uniform() * weights[-1]))][0]


def words() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Every word of German and of English, in the order of their numbers."""
    places = [
        *PLACES.values(),
        *(t for times in TIMES.values() for t in times.values()),
    ]
    endings = {
        e for genders in ARTICLES.values() for g in genders.values() for _, e in g
    }
    of_german = [
        *(a for genders in ARTICLES.values() for g in genders.values() for a, _ in g),
        *(
            name
            for nouns in (PEOPLE, THINGS)
            for g, _ in nouns.values()
            for name, _ in g
        ),
        *(
            name + e
            for g, _ in QUALITIES.values()
            for name in g
            for e in sorted(endings)
        ),
        *(form for g, _ in DEEDS.values() for forms in g for form in forms),
        *("hat", *(phrase for g, _ in places for phrase in g)),
    ]
    of_english = [
        *(*NAMED.values(), "an", "is", "was", "by"),
        *(n for nouns in (PEOPLE, THINGS) for _, e in nouns.values() for n, _ in e),
        *(name for _, e in QUALITIES.values() for name, _ in e),
        *(form for _, e in DEEDS.values() for forms in e for form in forms),
        *(phrase for _, e in places for phrase, _ in e),
    ]
    german, english = (
        {word: None for phrase in phrases for word in phrase.split()}
        for phrases in (of_german, of_english)
    )
    return (NOTHING, *german), (NOTHING, *english)
