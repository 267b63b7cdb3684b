"""An offer as people say it."""

from models.domain.vocabulary import OfferKind
from models.domain.words import ENGLISH, Words


def offer_words(offer: str, currency: str, words: Words = ENGLISH) -> str:
    """'coupon of 5.00 EUR' of 'coupon:500', as people say it; text that is no `offer_word` stays as it is."""
    kind, _, face_value = offer.partition(":")
    if kind not in {known.value for known in OfferKind} or not face_value.isdecimal():
        return offer
    amount = words.money(int(face_value), currency)
    told = {
        OfferKind.COUPON: words.gettext("coupon of {amount}", amount=amount),
        OfferKind.DISCOUNT: words.gettext("discount of {amount}", amount=amount),
        OfferKind.BUNDLE: words.gettext("bundle cheaper by {amount}", amount=amount),
        OfferKind.POINTS: words.gettext("points worth {amount}", amount=amount),
        OfferKind.GIFT: words.gettext("gift of {amount}", amount=amount),
    }
    return told[OfferKind(kind)]
