"""Checks the values of custom fields and says what is stored and what is indexed of them. Pure: no I/O."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from crm_common import codec
from crm_common.custom_fields.definitions import Definition, Definitions
from crm_common.errors import CommonRules, CrmError
from crm_common.protocol.custom_fields import CustomAddress, CustomFieldRules, CustomFieldType
from crm_common.protocol.declare import Changes
from crm_common.text_order import pinyin_key

MOST_CHOSEN = 50
MOST_FILES = 20
_EMAIL = re.compile(r"[^\s@\"<>]{1,64}@[^\s@.]+(\.[^\s@.]+)+")
_NUMBER = re.compile(r"-?\d{1,20}(\.\d{1,8})?")
_LONGEST_CLAIM = 500
LONGEST_SORT = 500
_COLUMN = {
    CustomFieldType.NUMBER: "number", CustomFieldType.MONEY: "number",
    CustomFieldType.DATE: "day", CustomFieldType.DATETIME: "moment",
}  # fmt: skip
_TEXTS = frozenset({CustomFieldType.TEXT, CustomFieldType.EMAIL, CustomFieldType.URL})


class _WrongError(ValueError):
    """Why a value is none of its field's, for people."""


class Row(NamedTuple):
    """One row of ``custom_value``: where a value stands in the index. ``claim`` is what no two records may share."""

    field_id: UUID
    place: int
    text: str | None = None
    sort: str | None = None
    number: str | None = None
    day: str | None = None
    moment: str | None = None
    claim: str | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A record's custom values, checked. ``stored`` is all of its column ``custom``; ``changes`` what the event tells.

    ``before`` is what the column held.
    """

    stored: dict[str, Any]
    before: Mapping[str, Any]
    changes: Changes

    @property
    def changed(self) -> frozenset[str]:
        """Keys of the fields whose values are others now."""
        return frozenset(name.removeprefix("custom.") for name in self.changes)


def check(
    definitions: Definitions,
    given: Mapping[str, Any] | msgspec.UnsetType | None,
    *,
    before: Mapping[str, Any] | None = None,
) -> Checked:
    """The record's values after ``given`` (by key; null empties a field; absent ones stay), or everything refused.

    ``before`` is the column's present content, None for a new record. A VALIDATION names ``custom.<key>`` and carries
    the others in ``also``. Required fields are asked of new records, and of others when custom values are given.
    """
    stored, refusals = dict(before or {}), list[CrmError]()
    changes: Changes = {}
    values = {} if isinstance(given, msgspec.UnsetType) or given is None else given
    for key, value in values.items():
        definition = definitions.by_key.get(key)
        if definition is None:
            refusals.append(CommonRules.a_field_is_unknown(field=f"custom.{key}", name=key))
            continue
        try:
            clean = cleaned(definition, value, present=stored.get(key))
        except CrmError as refused:
            refusals.append(refused)
            continue
        if clean != stored.get(key):
            changes[f"custom.{key}"] = (stored.get(key), clean)
        if clean is None:
            stored.pop(key, None)
        else:
            stored[key] = clean
    if before is None or values:
        named = {each.field for each in refusals}
        for each in definitions:
            if each.required and each.key not in stored and f"custom.{each.key}" not in named:
                refusals.append(CustomFieldRules.a_custom_value_is_missing(field=f"custom.{each.key}", name=each.name))
    if refusals:
        first, *rest = refusals
        raise CrmError(first.code, first.rule, field=first.field, details=first.details, also=tuple(rest))
    return Checked(stored, dict(before or {}), changes)


def cleaned(definition: Definition, value: Any, *, present: Any = None) -> Any:
    """The value as it is stored (JSON; numbers as text), None when it is empty. VALIDATION names ``custom.<key>``.

    An option that is archived is accepted only where it is there ``present``ly.
    """
    if value is None:
        return None
    field = f"custom.{definition.key}"
    try:
        clean = _CLEAN[definition.type](definition, value)
    except _WrongError as wrong:
        raise CustomFieldRules.a_custom_value_is_wrong(field=field, name=definition.name, problem=str(wrong)) from wrong
    if clean in ("", []):
        return None
    longest = definition.longest
    if longest is not None and len(clean) > longest:
        raise CustomFieldRules.a_custom_value_is_too_long(field=field, name=definition.name, limit=longest)
    if definition.options:
        _refuse_archived_options(definition, clean, present)
    return clean


def rows(definition: Definition, value: Any) -> list[Row]:
    """What ``custom_value`` holds of a stored value; nothing for an empty one."""
    if value is None:
        return []
    if definition.type is CustomFieldType.MULTI_OPTION:
        return [Row(definition.id, place, text=key) for place, key in enumerate(value)]
    row = Row(definition.id, 0, claim=normalised(definition.type, value) if definition.unique else None)
    column = _COLUMN.get(definition.type, "text")
    if definition.sortable and definition.type in _TEXTS:
        # the key is longer than its text: what is sorted by its beginning is in order all the same
        row = row._replace(sort=pinyin_key(value)[:LONGEST_SORT])
    return [Row(**(row._asdict() | {column: str(value)}))]


def normalised(kind: CustomFieldType, value: Any) -> str:
    """What makes two values the same where they must differ: width, case and outer spaces do not count."""
    if kind is CustomFieldType.NUMBER:
        return format(Decimal(value).normalize(), "f")
    text = " ".join(unicodedata.normalize("NFKC", str(value)).casefold().split())
    if len(text) <= _LONGEST_CLAIM:
        return text
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _refuse_archived_options(definition: Definition, clean: Any, present: Any) -> None:
    there = {present} if isinstance(present, str) else set(present or ())
    for key in [clean] if isinstance(clean, str) else clean:
        option = definition.option(key)
        if option is None or (option.archived and key not in there):
            raise CustomFieldRules.a_custom_value_is_wrong(
                field=f"custom.{definition.key}", name=definition.name, problem=f"no option {key}"
            )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _WrongError("a text")
    if "\x00" in value:
        raise _WrongError("a text without NUL")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise _WrongError("valid Unicode") from None
    return value.strip()


def _line(_definition: Definition, value: Any) -> str:
    text = _text(value)
    if any(unicodedata.category(character) == "Cc" for character in text):
        raise _WrongError("one line")
    return text


def _lines(_definition: Definition, value: Any) -> str:
    return _text(value).replace("\r\n", "\n")


def _option(_definition: Definition, value: Any) -> str:
    return _text(value)


def _options(definition: Definition, value: Any) -> list[str]:
    if not isinstance(value, list | tuple):
        raise _WrongError("a list of options")
    chosen = dict.fromkeys(_text(each) for each in value)
    if len(chosen) > MOST_CHOSEN:
        raise _WrongError(f"at most {MOST_CHOSEN} options")
    # in the order of the options, so that the same choice is the same value
    places = {option.key: place for place, option in enumerate(definition.options)}
    return sorted(chosen, key=lambda key: places.get(key, len(places)))


def _number(_definition: Definition, value: Any) -> str:
    text = str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value
    text = text.strip() if isinstance(text, str) else None
    if text is not None and not text:
        return ""
    if text is None or not _NUMBER.fullmatch(text):
        raise _WrongError("a number as text, of at most 20 digits and 8 decimals")
    plain = format(Decimal(text).normalize(), "f")
    return "0" if plain == "-0" else plain


def _money(definition: Definition, value: Any) -> str:
    text = _number(definition, value)
    if len(text.partition(".")[2]) > 2:
        raise _WrongError("an amount of at most two decimals")
    return text and str(Decimal(text).quantize(Decimal("0.01")))


def _day(_definition: Definition, value: Any) -> str:
    try:
        return date.fromisoformat(_text(value)).isoformat()
    except ValueError as wrong:
        raise _WrongError("a day as 2026-11-23") from wrong


def _moment(_definition: Definition, value: Any) -> str:
    try:
        moment = datetime.fromisoformat(_text(value))
    except ValueError as wrong:
        raise _WrongError("a moment as 2026-11-23T09:30:00Z") from wrong
    if moment.tzinfo is None:
        raise _WrongError("a moment with its time zone")
    try:
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")
    except (OverflowError, ValueError) as wrong:
        raise _WrongError("a moment of our calendar") from wrong


def _address(_definition: Definition, value: Any) -> dict[str, str | None] | str:
    if not isinstance(value, Mapping):
        raise _WrongError("an address in its parts")
    try:
        parts = codec.to_builtins(codec.from_builtins(dict(value), CustomAddress))
    except CrmError as wrong:
        raise _WrongError(f"an address: {wrong.field}") from wrong
    kept = {name: part.strip() for name, part in parts.items() if part and part.strip()}
    # every part is there, so that whoever reads it need not ask
    return {name: kept.get(name) for name in parts} if kept else ""


def _email(definition: Definition, value: Any) -> str:
    text = _line(definition, value)
    if text and not _EMAIL.fullmatch(text):
        raise _WrongError("an e-mail address")
    return text


def _url(definition: Definition, value: Any) -> str:
    text = _line(definition, value)
    if not text:
        return text
    try:
        parts = urlsplit(text)
    except ValueError as wrong:
        raise _WrongError("an address that begins with http:// or https://") from wrong
    # a link is clicked: javascript: and the like are none
    if parts.scheme not in ("http", "https") or not parts.hostname or " " in text:
        raise _WrongError("an address that begins with http:// or https://")
    return text


def _yes_no(_definition: Definition, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _WrongError("true or false")
    return value


def _person(_definition: Definition, value: Any) -> str:
    try:
        return str(UUID(_text(value)))
    except ValueError as wrong:
        raise _WrongError("the id of an employee") from wrong


def _files(_definition: Definition, value: Any) -> list[str]:
    if not isinstance(value, list | tuple) or len(value) > MOST_FILES:
        raise _WrongError(f"a list of at most {MOST_FILES} ids of documents")
    found = list(dict.fromkeys(_text(each) for each in value))
    if not all(0 < len(each) <= 100 for each in found):
        raise _WrongError("ids of documents")
    return found


T = CustomFieldType
_CLEAN: dict[CustomFieldType, Callable[[Definition, Any], Any]] = {
    T.TEXT: _line, T.MULTILINE: _lines, T.OPTION: _option, T.MULTI_OPTION: _options, T.NUMBER: _number,
    T.MONEY: _money, T.DATE: _day, T.DATETIME: _moment, T.ADDRESS: _address, T.EMAIL: _email, T.URL: _url,
    T.YES_NO: _yes_no, T.PERSON: _person, T.FILE: _files,
}  # fmt: skip
