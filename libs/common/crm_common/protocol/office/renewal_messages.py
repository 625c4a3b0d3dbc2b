"""What people are told of services that customers bought (SAL-42)."""

from __future__ import annotations

from crm_common.protocol.office.message_kinds import MessageKind, MessageKinds, Words


class RenewalMessages(MessageKinds):
    """Of ends of bought services."""

    renewal_due = MessageKind(
        label=Words("Services of my customers that end soon", "客户已购服务即将到期"),
        title=Words(
            "{product} of customer {customer} ends on {ends_on}", "客户「{customer}」的{product}将于 {ends_on} 到期"
        ),
        text=Words("Talk about the renewal in time.", "请及时与客户沟通续费。"),
    )
