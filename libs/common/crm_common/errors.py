"""The one error that crosses every seam: a code of the closed list, the rule that spoke, the field it is about."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, ClassVar, Self


class Code(StrEnum):
    """The closed list of features §1. Front ends switch on these; a new one is a breaking change."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    SESSION_LOCKED = "SESSION_LOCKED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    VALIDATION = "VALIDATION"
    DUPLICATE = "DUPLICATE"
    IMMUTABLE_FIELD = "IMMUTABLE_FIELD"
    READ_ONLY = "READ_ONLY"
    LIMIT_EXCEEDED = "LIMIT_EXCEEDED"
    BAD_STATE = "BAD_STATE"
    CONFLICT = "CONFLICT"
    UNAVAILABLE = "UNAVAILABLE"


# What a caller could foresee is data in a mutation's payload; the rest is a GraphQL error (features §1).
FORESEEABLE = frozenset(
    {
        Code.NOT_FOUND,
        Code.VALIDATION,
        Code.DUPLICATE,
        Code.IMMUTABLE_FIELD,
        Code.READ_ONLY,
        Code.LIMIT_EXCEEDED,
        Code.BAD_STATE,
        Code.CONFLICT,
    }
)


class CrmError(Exception):
    """A refusal or failure as it travels: raised by a rule, carried over the seam, rendered by the gateway.

    ``field`` is the command's own name of the field (snake_case, dotted for nested values) or None.
    ``details`` are JSON scalars that fill the placeholders of the rule's sentences.
    ``also`` holds further refusals of the same command, when several fields are wrong at once.
    """

    def __init__(
        self,
        code: Code,
        rule: str,
        *,
        field: str | None = None,
        details: dict[str, Any] | None = None,
        also: tuple[CrmError, ...] = (),
    ) -> None:
        super().__init__(code, rule, field, details)
        self.code = code
        self.rule = rule
        self.field = field
        self.details = details or {}
        self.also = also

    def message(self, language: str = "en") -> str:
        """The sentence a person reads, in ``zh`` or ``en`` (any other language answers in English)."""
        rule = Rules.registry.get(self.rule)
        if rule is None:
            return f"{self.code}: {self.rule}"
        return rule.sentence(language, self.details)

    def __str__(self) -> str:
        return f"{self.code} {self.rule}: {self.message()}"

    def to_wire(self) -> dict[str, Any]:
        """The JSON form ``{code, rule, field, details, also}`` that both runtimes carry."""
        return {
            "code": self.code.value,
            "rule": self.rule,
            "field": self.field,
            "details": self.details,
            "also": [other.to_wire() for other in self.also],
        }

    @classmethod
    def from_wire(cls, wire: dict[str, Any]) -> Self:
        """The error again, as it was raised on the other side. An unknown code is a KeyError-free ``UNAVAILABLE``."""
        known = wire.get("code") in Code.__members__
        return cls(
            Code(wire["code"]) if known else Code.UNAVAILABLE,
            str(wire.get("rule", "the_service_answered_something_unknown")),
            field=wire.get("field"),
            details=wire.get("details") or {},
            also=tuple(cls.from_wire(other) for other in wire.get("also") or ()),
        )


class Rule:
    """A rule named as a sentence, with the words people read when it refuses.

    Declared as a class attribute of a :class:`Rules`; calling it makes the error:
    ``raise IdentityRules.a_department_cannot_move_below_itself(field="parent_id", name="Sales")``.
    """

    def __init__(self, code: Code, *, en: str, zh: str) -> None:
        self.code = code
        self.en = en
        self.zh = zh
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __call__(self, *, field: str | None = None, also: tuple[CrmError, ...] = (), **details: Any) -> CrmError:
        return CrmError(self.code, self.name, field=field, details=details, also=also)

    def sentence(self, language: str, details: dict[str, Any]) -> str:
        """The filled sentence; a placeholder without a value stays visible instead of failing the request."""
        text = self.zh if language.startswith("zh") else self.en
        return text.format_map(_Visible(details))


class _Visible(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


class Rules:
    """Base of each protocol's rule book. Every rule of every subclass is known by name in ``Rules.registry``."""

    registry: ClassVar[dict[str, Rule]] = {}

    def __init_subclass__(cls) -> None:
        for name, rule in vars(cls).items():
            if isinstance(rule, Rule):
                if name in Rules.registry:
                    raise TypeError(f"two rules are named {name}: a rule's name keys its sentences")
                Rules.registry[name] = rule


class CommonRules(Rules):
    """Rules that belong to no single service."""

    a_valid_session_is_needed = Rule(Code.UNAUTHENTICATED, en="Please log in.", zh="请先登录。")
    the_session_is_locked = Rule(
        Code.SESSION_LOCKED,
        en="This session is locked; unlock it with your password.",
        zh="系统已锁定，请输入密码解锁。",
    )
    the_password_must_be_changed_first = Rule(
        Code.FORBIDDEN, en="Change your password before you go on.", zh="请先修改密码再继续操作。"
    )
    the_right_is_missing = Rule(
        Code.FORBIDDEN,
        en="You do not have the right for this ({permission}).",
        zh="您没有此操作的权限（{permission}）。",
    )
    the_module_is_hidden = Rule(
        Code.FORBIDDEN, en="The module {module} is not open to you.", zh="您无权访问模块“{module}”。"
    )
    the_record_was_not_found = Rule(Code.NOT_FOUND, en="There is no such record.", zh="记录不存在。")
    a_value_has_the_wrong_shape = Rule(
        Code.VALIDATION, en="This value is not valid: {problem}.", zh="该值无效：{problem}。"
    )
    a_field_is_unknown = Rule(Code.VALIDATION, en="There is no field {name}.", zh="没有名为“{name}”的字段。")
    the_record_was_changed_meanwhile = Rule(
        Code.CONFLICT,
        en="Somebody changed this record meanwhile (version {current}); load it again.",
        zh="该记录已被他人修改（版本 {current}），请刷新后重试。",
    )
    the_key_was_used_for_another_request = Rule(
        Code.CONFLICT,
        en="This idempotency key was used for another request.",
        zh="该幂等键已用于另一个请求。",
    )
    the_service_is_unavailable = Rule(
        Code.UNAVAILABLE,
        en="{service} does not answer right now. Retry with the same idempotency key.",
        zh="{service} 服务暂不可用，请使用相同的幂等键重试。",
    )
    the_cursor_belongs_to_another_list = Rule(
        Code.VALIDATION, en="This cursor belongs to another filter or order.", zh="该游标不属于当前的筛选或排序。"
    )
    a_page_is_too_large = Rule(
        Code.LIMIT_EXCEEDED, en="A page has at most {limit} records.", zh="每页最多 {limit} 条记录。"
    )
    the_clock_may_not_be_moved = Rule(
        Code.FORBIDDEN,
        en="Running a job as of another time is switched off (sys.allow_time_travel).",
        zh="未开启时间穿越功能（sys.allow_time_travel）。",
    )
