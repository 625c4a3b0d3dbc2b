"""What identity refuses about sessions and passwords, and the numbers behind it (IDN-09 … 13, 25)."""

from __future__ import annotations

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import Setting
from crm_common.protocol.identity.service import identity

MAX_FAILURES = identity.setting(
    Setting("auth.max_failures", int, 5, "Failed logins on one name before it is locked.", minimum=1, maximum=100)
)
LOCK_MINUTES = identity.setting(
    Setting("auth.lock_minutes", int, 15, "Minutes for which a name is locked.", minimum=1, maximum=1440)
)
ACCESS_MINUTES = identity.setting(
    Setting("auth.access_minutes", int, 15, "Minutes for which an access token is valid.", minimum=1, maximum=60)
)
REFRESH_DAYS = identity.setting(
    Setting("auth.refresh_days", int, 7, "Days after which an unused session ends.", minimum=1, maximum=90)
)
REFRESH_GRACE = identity.setting(
    Setting(
        "auth.refresh_grace_seconds",
        int,
        60,
        "Seconds for which a changed refresh token may be sent again.",
        minimum=0,
        maximum=600,
    )
)
PASSWORD_LENGTH = identity.setting(
    Setting("auth.password_length", int, 8, "Characters a password has at least.", minimum=8, maximum=64)
)
PASSWORD_HISTORY = identity.setting(
    Setting("auth.password_history", int, 3, "Last passwords that are not taken again.", minimum=1, maximum=24)
)


class SessionRules(Rules):
    """Logins and sessions."""

    login_name_or_password_is_wrong = Rule(
        Code.VALIDATION, en="The login name or the password is wrong.", zh="用户名或密码错误。"
    )
    too_many_logins_have_failed = Rule(
        Code.LIMIT_EXCEEDED,
        en="Too many failed attempts. Try again in {minutes} minutes.",
        zh="失败次数过多，请在 {minutes} 分钟后重试。",
    )
    a_second_factor_code_is_needed = Rule(
        Code.VALIDATION, en="Enter the code of your authenticator app.", zh="请输入身份验证器中的验证码。"
    )
    the_second_factor_code_is_wrong = Rule(Code.VALIDATION, en="The code is wrong.", zh="验证码错误。")
    the_refresh_token_is_not_valid = Rule(
        Code.UNAUTHENTICATED, en="The session has ended. Please log in again.", zh="会话已结束，请重新登录。"
    )
    only_a_session_can_do_this = Rule(
        Code.FORBIDDEN, en="This is for people with a session of their own.", zh="此操作仅限已登录的员工。"
    )
    the_second_factor_is_on_already = Rule(
        Code.BAD_STATE, en="The second factor is switched on already.", zh="两步验证已经开启。"
    )
    the_second_factor_is_off = Rule(Code.BAD_STATE, en="The second factor is not switched on.", zh="两步验证尚未开启。")
    the_second_factor_was_not_begun = Rule(Code.BAD_STATE, en="Ask for a secret first.", zh="请先获取两步验证密钥。")


class PasswordRules(Rules):
    """What a password must be."""

    the_password_is_wrong = Rule(Code.VALIDATION, en="The password is wrong.", zh="密码错误。")
    a_password_has_letters_and_digits = Rule(
        Code.VALIDATION,
        en="A password has at least {length} characters, letters and digits among them.",
        zh="密码至少 {length} 位，且须同时包含字母和数字。",
    )
    a_password_is_not_the_login_name = Rule(
        Code.VALIDATION, en="The password must not contain the login name.", zh="密码不能包含登录名。"
    )
    a_password_is_not_one_of_the_last = Rule(
        Code.VALIDATION,
        en="Choose a password that is none of your last {number}.",
        zh="新密码不能与最近 {number} 次使用的密码相同。",
    )


class ApiClientRules(Rules):
    """Programs that call the API."""

    key_or_secret_is_wrong = Rule(Code.VALIDATION, en="The key or the secret is wrong.", zh="Key 或密钥错误。")
    an_api_client_name_is_unique = Rule(
        Code.DUPLICATE, en="There is already an active API client {name}.", zh="已有名为“{name}”的有效接口客户端。"
    )
    an_api_client_needs_a_permission = Rule(
        Code.VALIDATION, en="Give at least one permission.", zh="请至少选择一项权限。"
    )
    one_gives_only_what_one_holds = Rule(
        Code.VALIDATION,
        en="You cannot give {permission}: you do not hold it.",
        zh="您没有权限“{permission}”，不能授予。",
    )
    a_program_sees_no_more_than_its_maker = Rule(
        Code.VALIDATION,
        en="You cannot give {permission} to a program: it would see all records, and you do not.",
        zh="接口客户端将看到全部数据，而您的数据范围不是全部，不能授予“{permission}”。",
    )
    an_api_client_ends_in_the_future = Rule(
        Code.VALIDATION, en="The end must lie in the future.", zh="到期时间必须晚于当前时间。"
    )
    a_revoked_api_client_stays_revoked = Rule(
        Code.BAD_STATE, en="{name} was revoked; create another one.", zh="“{name}”已吊销，请新建接口客户端。"
    )
