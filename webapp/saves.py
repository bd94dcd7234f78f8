"""What a browser sends to be saved, from the script in a page or from its form."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from flask import Response, jsonify, request
from flask_wtf import FlaskForm
from wtforms.fields import HiddenField

from reviews.errors import BaseMissing, Unusable
from reviews.saving import Kept, Sent, content_of
from webapp.filters import clock_time


class SavedForm(FlaskForm):
    """A form that names the version it changes and the key of this one request."""

    class Meta:
        csrf = False  # the guard has checked the token

    base = HiddenField()
    key = HiddenField()

    def sent(self, fields: tuple[str, ...]) -> Sent:
        """The fields as they were sent; a field that is not in the form is left as it is."""
        content = {name: self[name].data or "" for name in fields if name in request.form}
        return Sent(content, _number(self.base.data), self.key.data or None)


def fresh_key() -> str:
    """A key for one request of one page: sent twice, it still counts once."""
    return secrets.token_hex(16)


def sent_by_script(fields: tuple[str, ...]) -> Sent:
    """The JSON that the script in a page sends: `base`, `key` and the changed `fields`."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict) or not set(body) <= {"base", "key", "fields"}:
        raise Unusable("This request cannot be read.", field="fields")
    base, key, content = body.get("base"), body.get("key"), body.get("fields")
    if base is not None and (type(base) is not int or not 0 <= base < 2**31):
        raise Unusable("The version is not a number.", field="base")
    if key is not None and not isinstance(key, str):
        raise Unusable("The key of this request is not usable.", field="key")
    return Sent(_texts(content, fields), base, key)


def saved(kept: Kept) -> Response:
    """The answer to a save that was taken: what is stored now, and when."""
    at = clock_time(kept.changed_at) if kept.changed_at else ""
    return jsonify(number=kept.number, saved_at=at, fields=content_of(kept))


def _texts(content: Any, fields: tuple[str, ...]) -> Mapping[str, str]:
    if not isinstance(content, dict) or not content:
        raise Unusable("There is nothing to save.", field="fields")
    for name, text in content.items():
        if name not in fields:
            raise Unusable("This field cannot be saved here.", field="fields")
        if not isinstance(text, str):
            raise Unusable("This field must be a text.", field=name)
    return content


def _number(text: str | None) -> int:
    if not text:
        raise BaseMissing("Say which version you are changing.")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Unusable("The version is not a number.", field="base")
    return int(text)
