"""Refusals and failures as a client sees them: codes, messages in his language, nothing of the inside."""

from __future__ import annotations

from enum import Enum
from typing import Any

import strawberry
from graphql import GraphQLError

from crm_common.context import Context
from crm_common.errors import FORESEEABLE, Code, CommonRules, CrmError, Rule, Rules
from crm_common.telemetry import logger
from gateway.publishing.naming import camel

_CODES = {
    Code.UNAUTHENTICATED: "There is no valid session: log in.",
    Code.SESSION_LOCKED: "The session is locked: unlock it with the password.",
    Code.FORBIDDEN: "The caller does not have the right for this.",
    Code.NOT_FOUND: "There is no such record, or it is outside the caller's data scope.",
    Code.VALIDATION: "A value or the request itself is not valid.",
    Code.DUPLICATE: "A record with this value exists already.",
    Code.IMMUTABLE_FIELD: "The field cannot be changed any more.",
    Code.READ_ONLY: "The record cannot be changed in its present place or state.",
    Code.LIMIT_EXCEEDED: "A limit was exceeded.",
    Code.BAD_STATE: "The record's state does not allow this.",
    Code.CONFLICT: "Somebody changed the record meanwhile, or a key was used for another request.",
    Code.UNAVAILABLE: "A part of the system does not answer; after a change: outcome unknown, retry with the same key.",
}

_MEMBERS = {code.name: strawberry.enum_value(code.value, description=_CODES[code]) for code in Code}
_codes: Any = Enum("ErrorCode", _MEMBERS)  # type: ignore[misc]
ErrorCode = strawberry.enum(
    _codes,
    name="ErrorCode",
    description="The closed list of error codes, in userErrors and in extensions.code of GraphQL errors.",
)


class SchemaRules(Rules):
    """What the schema refuses by itself: ids of the wrong kind, malformed requests."""

    this_is_not_an_id = Rule(Code.VALIDATION, en="This is not an id.", zh="该 ID 无效。")
    the_id_names_another_type = Rule(
        Code.VALIDATION, en="This id names a {found}, not a {wanted}.", zh="该 ID 属于 {found}，而不是 {wanted}。"
    )
    the_answer_could_not_be_shown = Rule(
        Code.UNAVAILABLE,
        en="Something went wrong on our side; it was recorded.",
        zh="系统内部出错，已记录，请稍后重试。",
    )
    there_is_no_such_service = Rule(Code.NOT_FOUND, en="There is no service {name}.", zh="没有名为“{name}”的服务。")
    the_request_is_not_valid = Rule(Code.VALIDATION, en="The request is not valid: {problem}", zh="请求无效：{problem}")


_log = logger("gateway")


def to_graphql(error: BaseException, context: Context) -> GraphQLError:
    """The error to be located in the answer; anything unforeseen is logged and told without its details."""
    if isinstance(error, GraphQLError) and "code" in (error.extensions or {}):
        return error
    if not isinstance(error, CrmError):
        _log.error("gateway.unforeseen", correlation_id=context.correlation_id, exc_info=error)
        error = SchemaRules.the_answer_could_not_be_shown()
    return GraphQLError(error.message(context.language), extensions=extensions_of(error, context))


def extensions_of(error: CrmError, context: Context) -> dict[str, Any]:
    """``code``, ``rule``, ``field`` (as clients write it) and ``correlationId``."""
    found: dict[str, Any] = {"code": error.code.value, "rule": error.rule, "correlationId": context.correlation_id}
    if error.field:
        found["field"] = camel(error.field)
    return found


def shown(errors: list[GraphQLError], context: Context) -> list[GraphQLError]:
    """The errors of an answer as the client may see them: what has no code came from inside and loses its words."""
    errors = [_told(error, context) for error in errors]
    unfit = [error for error in errors if "code" not in (error.extensions or {})]
    if unfit:
        _log.error(
            "gateway.answer_does_not_fit",
            correlation_id=context.correlation_id,
            count=len(unfit),
            path=unfit[0].path,
            problem=unfit[0].message,
        )
    return [_safe(error, context) if error in unfit else error for error in errors]


def _told(error: GraphQLError, context: Context) -> GraphQLError:
    """What a resolver written by hand raised, as every other refusal."""
    cause = error.original_error
    if isinstance(cause, CrmError):
        return _located(cause.message(context.language), error, extensions_of(cause, context))
    return error


def _safe(error: GraphQLError, context: Context) -> GraphQLError:
    said = SchemaRules.the_answer_could_not_be_shown()
    return _located(said.message(context.language), error, extensions_of(said, context))


def request_error(error: GraphQLError, context: Context) -> GraphQLError:
    """A malformed request (syntax, validation, variables): its words are the specification's and help its author."""
    if "code" in (error.extensions or {}):
        extensions = {**(error.extensions or {}), "correlationId": context.correlation_id}
    else:
        extensions = extensions_of(SchemaRules.the_request_is_not_valid(problem=error.message), context)
    return _located(error.message, error, extensions)


def _located(message: str, at: GraphQLError, extensions: dict[str, Any] | None) -> GraphQLError:
    return GraphQLError(message, at.nodes, at.source, at.positions, at.path, extensions=extensions)


def is_foreseeable(error: CrmError) -> bool:
    """Whether a mutation answers it as data."""
    return error.code in FORESEEABLE


def user_errors(error: CrmError, context: Context) -> list[dict[str, Any]]:
    """The rows of ``userErrors``: the refusal and what was wrong besides."""
    return [
        {
            "code": each.code.value,
            "message": each.message(context.language),
            "field": camel(each.field) if each.field else None,
        }
        for each in (error, *error.also)
    ]


def page_too_large(field: str, limit: int) -> CrmError:
    """More children were asked for than their view allows."""
    return CommonRules.a_page_is_too_large(field=field, limit=limit)
