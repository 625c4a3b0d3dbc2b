"""What a process of office is told by its environment (``OFFICE_…``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from crm_common.settings import Secret, ServiceSettings, variable


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeSettings(ServiceSettings):
    """The settings of the process."""

    key_secret: Secret = variable(
        "Seals the tokens of chat robots in the database; lose it and they are connected anew.", least_length=32
    )
    smtp_host: str | None = variable("The mail server that takes letters; without one no e-mail is sent.", default=None)
    smtp_port: int = variable("Its port.", default=587, minimum=1, maximum=65535)
    smtp_security: Literal["starttls", "tls", "none"] = variable("How the way to it is secured.", default="starttls")
    smtp_user: str | None = variable("Who logs in there; without one nobody does.", default=None)
    smtp_password: Secret | None = variable("His password there.", default=None)
    smtp_from: str = variable("The sender of letters.", default="crm@localhost")
    wecom_url: str = variable("Where robots of WeCom are posted to.", default="https://qyapi.weixin.qq.com")
    dingtalk_url: str = variable("Where robots of DingTalk are posted to.", default="https://oapi.dingtalk.com")
    feishu_url: str = variable("Where robots of Feishu are posted to.", default="https://open.feishu.cn")
