"""Values kept as ciphertext: read where the viewer may see them, elsewhere a stored mask; opened after reading."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

import msgspec
import sqlalchemy as sa

from crm_common import codec
from crm_common.context import Context
from crm_common.protocol.policy import Policy, needs
from crm_common.vault import Vault, VaultError

if TYPE_CHECKING:
    from crm_common.protocol.selection import Selection
    from crm_common.protocol.views import ViewShape
    from crm_common.reading.bindings import Binding

_MAY = re.compile(r"\{may:([\w.]+)\}")
_log = logging.getLogger(__name__)


def sealed_place(table: str, record: UUID, field: str) -> str:
    """The ``place`` for `Vault.seal` of a record's field, as reading opens it again: ``contact/<uuid>/phone``."""
    return f"{table}/{record}/{field}"


def _as_written(value: str) -> str:
    return value


@dataclass(frozen=True, slots=True, eq=False)
class Masked:
    """What stands behind a masked field; made by `masked`."""

    cipher: sa.Column[Any]
    mask: sa.Column[Any]
    visible: str
    index: sa.Column[Any] | None
    normalised: Callable[[str], str]
    field: str | None
    noted: str | None

    @property
    def policies(self) -> tuple[Policy, ...]:
        """What ``{may:…}`` in the condition asks of the viewer."""
        return tuple(needs(key) for key in _MAY.findall(f"{self.visible} {self.noted}"))

    def conditions(self, denied: frozenset[Policy]) -> tuple[str, str]:
        """Where the value is visible and where that is noted, on ``{t}``, for a viewer who lacks the ``denied``."""
        visible, noted = (
            _MAY.sub(lambda found: "false" if needs(found.group(1)) in denied else "true", text)
            for text in (self.visible, self.noted or "false")
        )
        return visible, noted

    @property
    def columns(self) -> tuple[sa.Column[Any], ...]:
        """The columns that it reads."""
        return (self.cipher, self.mask) if self.index is None else (self.cipher, self.mask, self.index)


def masked(
    cipher: sa.Column[Any],
    mask: sa.Column[Any],
    *,
    visible: str,
    index: sa.Column[Any] | None = None,
    normalised: Callable[[str], str] = _as_written,
    field: str | None = None,
    noted: str | None = None,
) -> Masked:
    """A text kept as ciphertext, for a field declared with ``shown(..., masked=True)``.

    ``cipher`` is bytea, sealed at `sealed_place` (table, the record's key, ``field``: default the view's field name) of
    UTF-8 text; ``mask`` is what everybody else reads. ``visible`` is SQL over ``{t}``, ``{me}`` and ``{now}``; in it
    ``{may:customer.phone.view_all}`` is true for a viewer who holds the permission. Only where it holds the ciphertext
    leaves the database. A value that cannot be opened is shown as its mask, and logged.

    A filterable field names ``index``: bytea, `Vault.fingerprint` of the UTF-8 of ``normalised(value)``; whoever may
    see the record finds it by the whole value, and by nothing less. ``normalised`` refuses with ValueError.

    ``noted`` is SQL as ``visible``: where it holds too, the reader's ``noted`` is told that the value was seen
    (``{t}.owner_id <> {me}``: by somebody who holds the permission, not by the owner).
    """
    return Masked(cipher, mask, visible, index, normalised, field, noted)


class Seen(NamedTuple):
    """A value that was seen in full where that is to be noted."""

    table: str
    record: UUID
    field: str


Noting = Callable[[Context, Sequence[Seen]], None]
"""Notes who saw what; when it fails, nothing is answered."""


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """What stands behind a field whose value is opened after reading; made by `packed`."""

    sql: str
    opening: Callable[[bytes], Any]


def packed(sql: str, opening: Callable[[bytes], Any]) -> Packed:
    """A value of which SQL over ``{t}`` gives JSON: itself, never a list, or a list of which ``opening`` makes it.

    For what lies sealed in the journal: ``packed("journal_told({t}.event_id, {t}.data, 'reason')", unpacked)``.
    """
    return Packed(sql, opening)


Openings = Mapping[str, "str | Callable[[bytes], Any] | Openings"]
"""Response key → where the value is sealed (``contact/{}/phone``), what opens it, or what lies below."""


def openings(selection: Selection, binding: Binding, bindings: Mapping[ViewShape, Binding]) -> Openings:
    """Where in the answer to a selection ciphertext can stand; empty when nowhere."""
    found: dict[str, str | Callable[[bytes], Any] | Openings] = {}
    for selected in selection:
        shape = binding.shape.fields.get(selected.name)
        if shape is None:
            continue
        if shape.view is not None:
            below = openings(selected.children, bindings[shape.view], bindings)
            if below:
                found[selected.key] = below
        elif (mask := binding.fields[selected.name].masked) is not None:
            found[selected.key] = f"{binding.columns.name}/{{}}/{mask.field or selected.name}"
        elif (opening := binding.fields[selected.name].opening) is not None:
            found[selected.key] = opening
    return found


def signs(places: Openings) -> tuple[bytes, ...]:
    """What stands in every answer to a selection that holds ciphertext: such a field's key, and a list behind it.

    PostgreSQL writes a key and its value in these two ways; inside of a text a quotation mark would be escaped.
    """
    found: dict[bytes, None] = {}
    for key, below in places.items():
        if isinstance(below, Mapping):
            found |= dict.fromkeys(signs(below))
        else:
            found |= dict.fromkeys((f'"{key}":['.encode(), f'"{key}" : ['.encode()))
    return tuple(found)


_members = msgspec.json.Decoder(dict[str, msgspec.Raw])
_elements = msgspec.json.Decoder(list[msgspec.Raw])
_sealed = msgspec.json.Decoder(tuple[str, str, str | None, bool | None])


def opened(answer: bytes, places: Openings, vault: Vault | None, seen: list[Seen]) -> bytes:
    """The answer with its ciphertexts opened; whatever else stands in it is passed on as it is written.

    What is to be noted of it is added to ``seen``.
    """
    kind = answer.lstrip()[:1]
    if kind == b"[":
        return codec.encode(
            [msgspec.Raw(opened(bytes(each), places, vault, seen)) for each in _elements.decode(answer)]
        )
    if kind != b"{":
        return answer
    members = _members.decode(answer)
    for key, below in places.items():
        value = bytes(members[key])
        if isinstance(below, Mapping):
            members[key] = msgspec.Raw(opened(value, below, vault, seen))
        # a mask is a text, or null
        elif value[:1] == b"[":
            text = _text(value, below, vault, seen) if isinstance(below, str) else below(value)
            members[key] = msgspec.Raw(codec.encode(text))
    return codec.encode(members)


def _text(value: bytes, place: str, vault: Vault | None, seen: list[Seen]) -> str | None:
    # the reader takes no masked field without a vault
    assert vault is not None
    record, sealed, mask, noted = _sealed.decode(value)
    try:
        text = vault.open(bytes.fromhex(sealed), place.format(record)).decode()
    except (VaultError, UnicodeDecodeError):
        _log.exception("%s cannot be opened: its mask is shown", place.format(record))
        return mask
    if noted:
        table, _, field = place.split("/")
        seen.append(Seen(table, UUID(record), field))
    return text
