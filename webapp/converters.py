"""What may stand in an address. Anything else is an address that does not exist."""

from __future__ import annotations

from werkzeug.routing import BaseConverter, ValidationError

HIGHEST_ID = 2**31 - 1


class IdConverter(BaseConverter):
    """A row's number, within what both databases can hold."""

    regex = "[1-9][0-9]{0,9}"

    def to_python(self, value: str) -> int:
        number = int(value)
        if number > HIGHEST_ID:
            raise ValidationError
        return number


class SlugConverter(BaseConverter):
    """A word such as `ghent` or `2026-autumn`."""

    regex = "[a-z0-9]{1,60}(?:-[a-z0-9]{1,60}){0,9}"


class CodeConverter(BaseConverter):
    """A statement's code, such as PM1.2."""

    regex = r"[A-Z]{2}[1-9][0-9]?\.[1-9][0-9]?"


class PartConverter(BaseConverter):
    """The code of anything that has a figure: the whole, a role, a commitment or a statement."""

    regex = r"[A-Za-z0-9]{1,40}(?:[.-][A-Za-z0-9]{1,40}){0,6}"


class VersionConverter(BaseConverter):
    """An instrument's version, such as 1 or 2.1."""

    regex = r"[0-9]+(?:\.[0-9]+)?"


class TokenConverter(BaseConverter):
    """What a link that opens something once holds: 32 octets in base64."""

    regex = r"[A-Za-z0-9_-]{43}"


CONVERTERS = {
    "id": IdConverter,
    "slug": SlugConverter,
    "code": CodeConverter,
    "part": PartConverter,
    "token": TokenConverter,
    "version": VersionConverter,
}
