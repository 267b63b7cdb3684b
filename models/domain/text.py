"""One way of writing letters, digits and blanks, so that two spellings of one thing compare as equal.

A Persian keyboard writes ی and ک where an Arabic one writes ي and ك; a form adds marks that nobody sees; a
phone types ۱۲ and a till 12. What a source holds, what a mapping names and what a caller asks for all pass
through `normalise` before they are compared or stored, so that 'C۱۲' and 'C12' are one customer.

Folding ى into ی joins two letters that Arabic tells apart (final alef maksura and yeh). Both sides of every
comparison are folded, so nothing that matched stops matching; two ids that differ in this letter alone would
become one, which no system known to us gives out. أ إ آ ة ۀ are left: they are letters of words that differ.
"""

import unicodedata

# The shapes of letters within words (ﻋﻠﻲ), as old printing software stores them, and words in one sign (﷼).
_SHAPED = (*range(0xFB50, 0xFE00), *range(0xFE80, 0xFEFD))
_SHAPES = {code: unicodedata.normalize("NFKC", chr(code)) for code in _SHAPED}
_UNSEEN = dict.fromkeys(
    map(
        ord,
        "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}\N{ZERO WIDTH SPACE}\N{WORD JOINER}"
        "\N{ZERO WIDTH NO-BREAK SPACE}\N{SOFT HYPHEN}\N{ARABIC TATWEEL}"
        "\N{LEFT-TO-RIGHT MARK}\N{RIGHT-TO-LEFT MARK}\N{ARABIC LETTER MARK}"
        "\N{LEFT-TO-RIGHT EMBEDDING}\N{RIGHT-TO-LEFT EMBEDDING}\N{POP DIRECTIONAL FORMATTING}"
        "\N{LEFT-TO-RIGHT OVERRIDE}\N{RIGHT-TO-LEFT OVERRIDE}"
        "\N{LEFT-TO-RIGHT ISOLATE}\N{RIGHT-TO-LEFT ISOLATE}\N{FIRST STRONG ISOLATE}"
        "\N{POP DIRECTIONAL ISOLATE}",
    ),
    "",
)
_ZEROS = (ord("\N{ARABIC-INDIC DIGIT ZERO}"), ord("\N{EXTENDED ARABIC-INDIC DIGIT ZERO}"))
_DIGITS = {zero + digit: str(digit) for zero in _ZEROS for digit in range(10)}

_BARE = _SHAPES | _UNSEEN
_SAME = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک"}) | _DIGITS
_HEH = str.maketrans({"ە": "ه", "ة": "ه"})


def normalise(text: str) -> str:
    """The text with Persian letters for their Arabic twins, Latin digits and single blanks; NFC.

    What nobody sees (joiners, marks of direction, soft hyphens, tatweel) is gone, any blank (a no-break
    space, a tab) is a space, none at either end. Normalising twice changes nothing more.
    """
    # NFC sees what stood beside something invisible; twins come after it, since it makes one letter of
    # an Arabic yeh and the hamza above it, and none of a Persian one.
    composed = unicodedata.normalize("NFC", text.translate(_BARE))
    return " ".join(composed.translate(_SAME).split())


def fold(text: str) -> str:
    """The text for recognising headings and synonyms: normalised, in small letters, words parted by a space.

    Marks on letters do not count here (آ is ا, ۀ and ة are ه, é is e), nor does punctuation:
    'Order_No.' is 'order no'. Never for values: words that differ may fold into one.
    """
    apart = unicodedata.normalize("NFD", normalise(text).casefold())
    bare = "".join(letter for letter in apart if unicodedata.category(letter) != "Mn")
    words = "".join(letter if letter.isalnum() else " " for letter in bare)
    return normalise(words.translate(_HEH))
