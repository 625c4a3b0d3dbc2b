"""Prints quotes and keeps the files: read, asked and rendered before a transaction (SAL-14)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING
from uuid import UUID

from crm_common import codec
from crm_common.context import Context, system_context
from crm_common.errors import CommonRules
from crm_common.objects import Objects
from crm_common.protocol.sales.quotes import VALID_DAYS, QuoteFile, QuoteState
from crm_common.protocol.selection import names
from crm_common.runtime.heavy import apart
from crm_common.runtime.host import ServiceHost
from sales.adapters.buyers import known_customer
from sales.domain import quote as domain
from sales.domain.quote import Quote
from sales.store import quotes

# the library of pages is 10 MB that a process takes when it prints its first quote
if TYPE_CHECKING:
    from sales.adapters.quote_pdf import Paper

_TYPE = "application/pdf"
_SECONDS = 300
_OWNER = "SELECT name FROM employee_ref WHERE id = %s"


@dataclass(frozen=True, slots=True)
class Printed:
    """The file of a quote that is about to be sent. ``key`` None: it was not printed, as it is not to be sent."""

    key: str | None
    valid_until: date


@dataclass(frozen=True, slots=True)
class Press:
    """Where quotes are printed. ``day``: today in the company's zone."""

    host: ServiceHost
    context: Context
    objects: Callable[[], Objects]
    day: date

    def to_send(self, quote_id: UUID, version: int) -> Printed:
        """The quote as it will be sent; the file is kept under a key of this very state of it."""
        quote = self._seen(quote_id)
        if quote.version != version:
            # the change is refused, or was made before: then its answer is repeated
            return Printed(None, self.day)
        until = domain.last_day(quote, self.day, self.host.settings.get(VALID_DAYS))
        key = f"quotes/{quote.id}/{quote.revision}-{version}.pdf"
        self._keep(key, self._paper(quote, until, is_draft=False))
        return Printed(key, until)

    def document(self, quote_id: UUID, revision: int | None) -> QuoteFile:
        """The file of a version: what was sent, or the draft as it is now. Whoever asks was let to see the quote."""
        quote = self._seen(quote_id)
        with self.host.store.transaction() as connection:
            known = quotes.revision(connection, quote_id, revision or quote.revision)
        if known is None:
            raise CommonRules.the_record_was_not_found(field="revision")
        name = f"{quote.number}-{known.revision}"
        if known.file is not None:
            return self._to_download(known.file, f"{name}.pdf")
        is_draft = quote.state is QuoteState.DRAFT
        key = f"quotes/{quote.id}/seen-{quote.version}.pdf"
        self._keep(key, self._paper(quote, quote.valid_until, is_draft=is_draft))
        return self._to_download(key, f"{name}-draft.pdf" if is_draft else f"{name}.pdf")

    def _paper(self, quote: Quote, until: date | None, *, is_draft: bool) -> Paper:
        owners = self.host.store.rows(_OWNER, (quote.owner_id,))
        from sales.adapters.quote_pdf import Paper

        return Paper(
            company=self._company(),
            customer=known_customer(self.host.client, self.context, quote.customer_id).name,
            owner=owners[0][0] if owners else "",
            number=quote.number,
            revision=quote.revision,
            day=self.day,
            valid_until=until,
            currency=quote.currency,
            amount=quote.amount,
            lines=quote.lines,
            terms=quote.terms,
            is_draft=is_draft,
        )

    def _company(self) -> str:
        left = max(0.0, self.context.remaining())
        asking = system_context("sales", correlation_id=self.context.correlation_id, timeout=left)
        found = codec.decode_json(self.host.client.call("identity", "company", {"select": names("name")}, asking))
        return str(found["name"]) if found else ""

    def _keep(self, key: str, paper: Paper) -> None:
        from sales.adapters.quote_pdf import render

        self.objects().put(key, BytesIO(apart(render, paper)))

    def _to_download(self, key: str, name: str) -> QuoteFile:
        stored = self.objects().stat(key)
        if stored is None:
            raise CommonRules.the_record_was_not_found(field="revision")
        url = self.objects().download_url(key, name=name, content_type=_TYPE, seconds=_SECONDS)
        return QuoteFile(url=url, name=name, content_type=_TYPE, size=stored.size)

    def _seen(self, quote_id: UUID) -> Quote:
        with self.host.store.transaction() as connection:
            found = quotes.seen(connection, quote_id)
        if found is None:
            raise CommonRules.the_record_was_not_found(field="id")
        return found
