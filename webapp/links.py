"""Links that open something once: the database knows a hash of them, never the link."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from flask import current_app, has_request_context, request

from models import Assessment, Invitation, Letter, Printout
from reviews import letters
from reviews.delegation import Key
from webapp.sessions import hashed

ON_THIS_MACHINE = "http://127.0.0.1:8000"
"""Where `cityreview serve` listens if nothing else is said."""


def fresh_link_key() -> Key:
    """A key for a new link. Its token cannot be worked out without the secret key of this site."""
    seed = secrets.token_hex(32)
    return Key(seed=seed, token_hash=hashed(token_of(seed)))


def token_of(seed: str) -> str:
    secret = str(current_app.config["SECRET_KEY"]).encode()
    digest = hmac.new(secret, f"invitation {seed}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def invitation_link(invitation: Invitation) -> str:
    """The whole address of an invitation. Raises LookupError where the secret key has changed
    since it was made, so that its link opens nothing any more."""
    token = token_of(invitation.seed)
    if hashed(token) != invitation.token_hash:
        raise LookupError("the secret key is another one than when this link was made")
    return _whole("colleagues.show_invitation", token=token)


def link_of(letter: Letter) -> str:
    """The address that a letter leads to. Raises LookupError for one that opens nothing."""
    if letter.invitation is not None:
        return invitation_link(letter.invitation)
    if letter.assignment is not None:
        return _whole(_PAGE[letter.kind], assignment_id=letter.assignment.id)
    if letter.printout is not None:
        return _page_of(letter.printout)
    if letter.assessment is None:
        raise LookupError("this letter is about nothing")
    return _whole(_PAGE[letter.kind], **_place(letter.assessment))


_PAGE = {
    letters.REVIEW: "reviewing.show_review",
    letters.QUESTIONS: "questions.show_questions",
    letters.ANSWER: "questions.show_own_questions",
    letters.REPORT: "reports.show_report",
}
"""The page for each kind of letter that is no invitation."""


def _page_of(printout: Printout) -> str:
    if printout.assessment is not None:
        return _whole("printouts.show_city_printouts", **_place(printout.assessment))
    return _whole("printouts.show_printouts", round_slug=printout.snapshot.round.slug)


def _place(assessment: Assessment) -> dict[str, str]:
    return {"round_slug": assessment.round.slug, "city_slug": assessment.city.slug}


def _whole(endpoint: str, **values: object) -> str:
    path = current_app.url_map.bind("").build(endpoint, values)
    # In a page the host was checked against the names of this site; a command has no page.
    here = request.host_url if has_request_context() else ON_THIS_MACHINE
    return str(current_app.config["ADDRESS"] or here).rstrip("/") + path
