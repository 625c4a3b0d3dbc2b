"""Refusals that the runtime itself speaks, whichever service was called."""

from __future__ import annotations

from crm_common.errors import Code, Rule, Rules


class RuntimeRules(Rules):
    """What can go wrong between a caller and a service, beside ``CommonRules.the_service_is_unavailable``."""

    the_service_failed = Rule(
        Code.UNAVAILABLE,
        en="{service} could not finish this. Retry with the same idempotency key; reference {correlation_id}.",
        zh="{service} 未能完成此操作，请使用相同的幂等键重试（参考号 {correlation_id}）。",
    )
    the_outcome_is_unknown = Rule(
        Code.UNAVAILABLE,
        en="{service} was interrupted; whether this was done is unknown. Retry with the same idempotency key.",
        zh="{service} 处理中断，结果未知，请使用相同的幂等键重试。",
    )
    fields_are_passed_by_name = Rule(Code.VALIDATION, en="Pass every field by its name.", zh="请按名称传递每个字段。")
