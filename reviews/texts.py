"""What a person typed: kept whole in one normal form, or refused with the reason."""

from __future__ import annotations

import unicodedata

from reviews.errors import Unusable

LONG = 10_000
SHORT = 200


def typed(text: str, *, field: str, limit: int = LONG) -> str:
    """The text in NFC with plain line ends. Its length counts code points.

    Raises Unusable for a text over the limit, and for the two kinds of character that a
    database refuses to store: NUL and lone surrogates.
    """
    whole = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(whole) > limit:
        raise Unusable(
            "This text has %(length)d characters; at most %(limit)d can be kept.",
            field=field,
            length=len(whole),
            limit=limit,
        )
    if "\0" in whole or any("\ud800" <= character <= "\udfff" for character in whole):
        raise Unusable("This text holds a character that cannot be stored.", field=field)
    return whole


def reason(text: str, *, field: str = "reason") -> str:
    """A reason somebody must give. Raises Unusable when it is empty."""
    given = typed(text, field=field).strip()
    if not given:
        raise Unusable("Give a reason.", field=field)
    return given


def line(text: str, *, field: str, limit: int = SHORT) -> str:
    """A name or a title: one line. Raises Unusable for line ends and other control characters,
    which could add a second header to a mail."""
    given = typed(text, field=field, limit=limit).strip()
    if any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in given):
        raise Unusable("Give this on one line.", field=field)
    return given
