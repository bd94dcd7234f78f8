"""Who else of the own city is on a statement now, in one sentence."""

from __future__ import annotations

from flask_babel import gettext

from models import Assessment
from reviews.policy import Action, allowed
from reviews.queries import delegation
from reviews.questionnaires import AskedStatement
from webapp.clock import now
from webapp.extensions import db
from webapp.sessions import require_user


def presence_words(assessment: Assessment, statement: AskedStatement) -> str:
    """Empty where nobody else is there, and for whoever does not belong to the city."""
    who = require_user()
    if not allowed(who, Action.ANSWER_READ, assessment, now()):
        return ""
    there = delegation.present(db.session(), assessment, statement.id, now())
    names = [one.name for one in there if one is not who]
    if not names:
        return ""
    if len(names) == 1:
        return gettext("%(name)s is on this statement", name=names[0])
    return gettext("%(names)s are on this statement", names=", ".join(names))
