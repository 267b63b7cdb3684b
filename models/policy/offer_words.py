"""An offer as people say it."""

from models.domain.vocabulary import Payment
from models.domain.words import ENGLISH, Words
from models.policy.choice import OFFER_WORD


def offer_words(offer: str, currency: str, words: Words = ENGLISH) -> str:
    """'coupon of 5.00 EUR' of 'coupon:500', as people say it; text that is no `offer_word` stays as it is."""
    kind, _, face_value = offer.partition(":")
    if kind not in OFFER_WORD.values() or not face_value.isdecimal():
        return offer
    amount = words.money(int(face_value), currency)
    if kind == OFFER_WORD[Payment.ON_PURCHASE]:
        return words.gettext("coupon of {amount}", amount=amount)
    return words.gettext("gift of {amount}", amount=amount)
