"""Letters through a mail server (SMTP)."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Literal
from uuid import UUID

from crm_common.settings import Secret
from office.adapters.sending import NotSentError, UncertainError
from office.domain.delivery import line

_SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """An e-mail. ``id`` stands in its Message-ID: whoever gets it twice can tell."""

    id: UUID
    to: str
    subject: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail server, and in whose name letters are sent. Without a user nobody logs in there."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    user: str | None
    password: Secret | None
    sender: str

    def send(self, letter: Letter) -> None:
        """Hand it over. `NotSentError` before it was, `UncertainError` when the answer to it was lost."""
        try:
            message = self._written(letter)
        except ValueError as wrong:
            raise NotSentError("this cannot be the head of a letter", for_good=True) from wrong
        with self._connected() as server:
            code, said = server.mail(parseaddr(self.sender)[1])
            _expect(code, said)
            code, said = server.rcpt(letter.to)
            _expect(code, said)
            try:
                code, said = server.data(message.as_bytes())
            except smtplib.SMTPDataError as refused:
                code, said = refused.smtp_code, _bytes(refused.smtp_error)
            except (OSError, smtplib.SMTPException) as lost:
                raise UncertainError(type(lost).__name__) from lost
            _expect(code, said)

    def _written(self, letter: Letter) -> EmailMessage:
        sender = parseaddr(self.sender)[1]
        message = EmailMessage()
        message["From"] = self.sender
        message["To"] = letter.to
        message["Subject"] = line(letter.subject)
        message["Date"] = format_datetime(letter.at)
        message["Message-ID"] = f"<{letter.id}@{sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(f"{letter.subject}\n\n{letter.text}".strip() + "\n")
        return message

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        try:
            server = self._open()
        except (OSError, smtplib.SMTPException) as failed:
            raise NotSentError(f"the mail server: {type(failed).__name__}") from failed
        try:
            yield server
        except (OSError, smtplib.SMTPException) as failed:
            raise NotSentError(f"the mail server: {type(failed).__name__}") from failed
        finally:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()

    def _open(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=_SECONDS, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=_SECONDS)
        try:
            server.ehlo_or_helo_if_needed()
            if self.security == "starttls":
                server.starttls(context=context)
                server.ehlo_or_helo_if_needed()
            if self.user and self.password:
                server.login(self.user, self.password.reveal())
        except BaseException:
            server.close()
            raise
        return server


def _expect(code: int, said: bytes) -> None:
    if code >= 400:
        raise NotSentError(f"{code} {said.decode(errors='replace')[:200]}", for_good=code >= 500)


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text
