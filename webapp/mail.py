"""Mail: a letter goes to one address through the mail server of the installation."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage

from config import MailServer
from models import Letter

SECONDS = 20


def message_of(letter: Letter, body: str, *, sender: str) -> EmailMessage:
    """A letter as a mail. Raises ValueError for a head that is not one line."""
    message = EmailMessage()
    local, _, host = letter.to.rpartition("@")
    message["From"] = sender
    message["To"] = Address(username=local, domain=host)
    message["Subject"] = letter.subject
    # The same each time it is tried, so that a mail that went out twice is seen as one.
    message["Message-ID"] = f"<letter-{letter.id}@{sender.rpartition('@')[2].rstrip('>')}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body)
    return message


def send(message: EmailMessage, server: MailServer) -> None:
    """Hand a mail to the server. Raises OSError or smtplib.SMTPException."""
    connection = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
    try:
        if server.encrypted:
            connection.starttls(context=ssl.create_default_context())
        if server.user:
            connection.login(server.user, server.password)
        connection.send_message(message)
    finally:
        # A bad farewell does not make a mail that was taken one that has to go out again.
        with suppress(OSError, smtplib.SMTPException):
            connection.quit()
