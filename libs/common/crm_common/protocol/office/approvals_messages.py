"""What people are told of approvals (OFC-06, 26)."""

from __future__ import annotations

from crm_common.protocol.office.message_kinds import MessageKind, MessageKinds, Words


class ApprovalMessages(MessageKinds):
    """To whoever is asked, to whoever asked, to whoever gets a copy."""

    approval_asked = MessageKind(
        label=Words("Approvals that wait for me", "待我审批"),
        title=Words("{initiator} asks you to decide: {title}", "{initiator}提交的“{title}”待您审批"),
    )
    approval_urged = MessageKind(
        label=Words("Urged approvals", "催办"),
        title=Words("{initiator} urges you: {title}", "{initiator}催您审批“{title}”"),
        urgent=True,
    )
    approval_approved = MessageKind(
        label=Words("My requests approved", "我的申请已通过"),
        title=Words("Approved: {title}", "您的“{title}”已审批通过"),
    )
    approval_rejected = MessageKind(
        label=Words("My requests rejected", "我的申请被驳回"),
        title=Words("Rejected: {title}", "您的“{title}”被驳回"),
        text=Words("{by}: {comment}", "{by}：{comment}"),
    )
    approval_returned = MessageKind(
        label=Words("My requests returned", "我的申请被退回"),
        title=Words("Returned to you: {title}", "您的“{title}”被退回修改"),
        text=Words("{by}: {comment}", "{by}：{comment}"),
    )
    approval_withdrawn = MessageKind(
        label=Words("Requests taken back", "申请已撤回"),
        title=Words("{initiator} took back: {title}", "{initiator}撤回了“{title}”"),
    )
    approval_copied = MessageKind(
        label=Words("Copies of approvals", "抄送我的审批"),
        title=Words("Approved, for your information: {title} of {initiator}", "抄送您：{initiator}的“{title}”已通过"),
    )
    approvals_delegated = MessageKind(
        label=Words("Approvals delegated to me", "委托给我的审批"),
        title=Words("{name} made you the delegate for approvals", "{name}委托您代为审批"),
        text=Words("From {begins} to {ends}.", "{begins} 至 {ends}。"),
    )
