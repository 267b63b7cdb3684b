"""Sentences for the families of features, with the customer's own figures.

Each says what is so, not what it caused: the family raised the risk, the figures show why that may be.
"""

from collections.abc import Callable, Mapping

from models.domain.vocabulary import LifecycleStage
from models.domain.words import ENGLISH, Words
from models.learned import purchase_words, service_words
from models.learned.contract_words import contract
from models.learned.figures import Figures

# How long somebody has been a customer moves the odds, but nobody can act on it.
UNTOLD = frozenset({"tenure"})

# What put a customer into a stage is said first: it is what the recommended action answers.
EVIDENCE: Mapping[LifecycleStage, str] = {
    LifecycleStage.UNHAPPY: "complaints",
    LifecycleStage.CONSIDERING: "recency",
    LifecycleStage.SILENT: "recency",
    LifecycleStage.LOST: "recency",
    LifecycleStage.DEFECTING: "contract",
}

SENTENCES: Mapping[str, Callable[[Figures, Words], str]] = {
    "recency": purchase_words.recency,
    "frequency": purchase_words.frequency,
    "monetary": purchase_words.monetary,
    "regularity": purchase_words.regularity,
    "returns": purchase_words.returns,
    "items": purchase_words.items,
    "tenure": purchase_words.tenure,
    "rhythm": purchase_words.rhythm,
    "complaints": service_words.complaints,
    "response_times": service_words.response_times,
    "satisfaction": service_words.satisfaction,
    "surveys": service_words.surveys,
    "contacts": service_words.contacts,
    "offers": service_words.offers,
    "activity": service_words.activity,
    "contract": contract,
}


def sentence(family: str, figures: Figures, words: Words = ENGLISH) -> str:
    """The sentence of a family; a family without one of its own is named."""
    told = SENTENCES.get(family)
    if told is None:
        named = words.isolated(family.replace("_", " "))
        return words.gettext("unlike most customers: {family}", family=named)
    return told(figures, words)
