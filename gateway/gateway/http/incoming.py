"""Reads a GraphQL request from HTTP or a socket: strict JSON, known parameters, a body no larger than allowed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from crm_common.errors import CrmError
from crm_common.limits import within
from gateway.asgi import Headers, Receive
from gateway.rules import EdgeRules
from gateway.settings import Limits

_INT64_DIGITS = 19


class RejectedError(Exception):
    """A request that is answered without an operation: HTTP status, the refusal, further headers."""

    def __init__(self, status: int, refusal: CrmError, headers: Mapping[bytes, bytes] | None = None) -> None:
        super().__init__(status, str(refusal))
        self.status = status
        self.refusal = refusal
        self.headers = headers or {}


@dataclass(frozen=True, slots=True)
class Params:
    """The parameters of a GraphQL request; one of ``query``, ``document_id``, a persisted hash names the document."""

    query: str | None
    operation_name: str | None
    variables: dict[str, Any] | None
    extensions: dict[str, Any] | None
    document_id: str | None = None


def malformed(problem: str, status: int = 400) -> RejectedError:
    """The refusal of a request that is not GraphQL over HTTP."""
    return RejectedError(status, EdgeRules.the_request_is_not_graphql_over_http(problem=problem))


def _strict_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return read


def _int64(text: str) -> int:
    if len(text) > _INT64_DIGITS:
        raise ValueError("a whole number has more than 19 digits")
    return int(text)


_LONG_NUMBER = re.compile(rb"\d{19}")
_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode
# msgspec is strict about everything but repeated keys and unbounded integers
_second_look = json.JSONDecoder(object_pairs_hook=_strict_pairs, parse_int=_int64).decode


def read_json(text: bytes | str) -> Any:
    """The JSON value; RejectedError (400) for anything that two readers could understand differently."""
    try:
        value = _decode(text)
        if isinstance(value, dict | list) and not _is_told_once(value, text):
            _second_look(text if isinstance(text, str) else text.decode())
    except UnicodeDecodeError:
        raise malformed("the body is not UTF-8") from None
    except RecursionError:
        raise malformed("the JSON is nested too deeply") from None
    except (msgspec.MsgspecError, ValueError) as broken:
        raise malformed(f"the JSON cannot be read: {broken}") from None
    return value


def _is_told_once(value: Any, text: bytes | str) -> bool:
    """Whether the text is the value's own, without blanks, as most programs write it: then no key stands twice."""
    return type(text) is bytes and _LONG_NUMBER.search(text) is None and _encode(value) == text


def params_of(value: Any) -> Params:
    """The parameters in a decoded JSON body."""
    if isinstance(value, list):
        raise malformed("batches are not answered; send one operation per request")
    if not isinstance(value, dict):
        raise malformed("the body is not a JSON object")
    params = Params(
        _text(value, "query"),
        _text(value, "operationName"),
        _object(value, "variables"),
        _object(value, "extensions"),
        _text(value, "documentId"),
    )
    if params.query is None and params.document_id is None and "persistedQuery" not in (params.extensions or {}):
        raise malformed("there is no query")
    return params


def params_of_query_string(query_string: bytes, limit: int) -> Params:
    """The parameters of a GET request."""
    if len(query_string) > limit:
        raise RejectedError(414, EdgeRules.a_limit_is_passed_over(what="bytes of the query string", limit=limit))
    try:
        pairs = parse_qsl(query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=20)
    except (UnicodeDecodeError, ValueError):
        raise malformed("the query string cannot be read") from None
    given: dict[str, Any] = dict(pairs)
    if len(given) != len(pairs):
        raise malformed("a parameter stands twice in the query string")
    for name in ("variables", "extensions"):
        if given.get(name):
            given[name] = read_json(given[name])
        else:
            given.pop(name, None)
    return params_of({name: value for name, value in given.items() if value != ""})


def _text(value: dict[str, Any], name: str) -> str | None:
    found = value.get(name)
    if found is not None and not isinstance(found, str):
        raise malformed(f"{name} is not a string")
    return found


def _object(value: dict[str, Any], name: str) -> dict[str, Any] | None:
    found = value.get(name)
    if found is not None and not isinstance(found, dict):
        raise malformed(f"{name} is not an object")
    return found


def check_content_type(headers: Headers) -> None:
    """Only JSON in UTF-8, uncompressed: a form or plain text could be sent by any page without the browser asking."""
    media, _, rest = (headers.get(b"content-type") or b"").lower().partition(b";")
    if media.strip() != b"application/json":
        raise malformed("Content-Type is not application/json", 415)
    for parameter in rest.split(b";"):
        name, _, text = parameter.partition(b"=")
        if name.strip() == b"charset" and text.strip().strip(b'"') not in (b"utf-8", b"utf8"):
            raise malformed("the charset is not UTF-8", 415)
    if headers.get(b"content-encoding", b"identity").strip().lower() not in (b"identity", b""):
        raise malformed("compressed bodies are not read", 415)


async def read_body(headers: Headers, receive: Receive, limits: Limits) -> bytes:
    """The whole body; RejectedError 413 as soon as it is known to be too large, 408 when it does not arrive in time."""
    limit = limits.body
    announced = headers.get(b"content-length", b"0")
    if not announced.isdigit() or int(announced[:20]) > limit:
        raise _too_large(limit)
    parts: list[bytes] = []
    size, more = 0, True
    try:
        with within(limits.body_seconds):
            while more:
                message = await _next_part(receive)
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                more = message.get("more_body", False)
                if size > limit:
                    raise _too_large(limit)
    except TimeoutError:
        raise malformed("the body did not arrive in time", 408) from None
    return b"".join(parts) if len(parts) > 1 else parts[0]


def _too_large(limit: int) -> RejectedError:
    return RejectedError(413, EdgeRules.a_limit_is_passed_over(what="bytes of the body", limit=limit))


async def _next_part(receive: Receive) -> Mapping[str, Any]:
    message = await receive()
    if message["type"] == "http.disconnect":
        raise ClientGoneError
    return message


class ClientGoneError(Exception):
    """The client went away before its request was whole."""
