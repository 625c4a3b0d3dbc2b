"""What flows, approvals and delegations refuse, in both languages (OFC-24 … 28)."""

from __future__ import annotations

from crm_common.errors import Code, Rule, Rules


class FlowRules(Rules):
    """Refusals of the flow editor: what it accepts comes to an end, whatever is decided."""

    a_flow_has_a_name = Rule(Code.VALIDATION, en="Give the flow a name.", zh="请填写流程名称。")
    a_kind_is_a_plain_word = Rule(
        Code.VALIDATION,
        en="A kind is a word of small letters, digits and underscores: {kind} is none.",
        zh="审批类型只能由小写字母、数字和下划线组成：“{kind}”不符合。",
    )
    a_kind_has_one_flow_in_use = Rule(
        Code.DUPLICATE,
        en="The flow {name} is in use for this kind; archive it first.",
        zh="该类型已启用流程“{name}”，请先停用。",
    )
    an_archived_flow_stays_as_it_is = Rule(Code.BAD_STATE, en="This flow is archived.", zh="该流程已停用。")
    a_node_is_named_once = Rule(Code.VALIDATION, en="The node {node} stands there twice.", zh="节点“{node}”重复。")
    a_flow_asks_somebody = Rule(
        Code.VALIDATION,
        en="Every way through a flow asks somebody: the start leads to a node.",
        zh="流程必须至少经过一个审批节点。",
    )
    a_node_has_approvers = Rule(Code.VALIDATION, en="The node {node} asks nobody.", zh="节点“{node}”没有审批人。")
    a_branch_leads_to_a_node = Rule(
        Code.VALIDATION, en="There is no node {node} to go to.", zh="没有名为“{node}”的下一节点。"
    )
    the_last_branch_has_no_condition = Rule(
        Code.VALIDATION,
        en="Of the ways on from {node} exactly the last one has no condition, so that there is always one.",
        zh="“{node}”之后的最后一个分支（且仅最后一个）必须没有条件，保证流程总能继续。",
    )
    a_flow_does_not_go_round = Rule(
        Code.VALIDATION,
        en="The flow goes round by {node} and would not end.",
        zh="流程在“{node}”处形成循环，无法结束。",
    )
    a_node_is_reached = Rule(Code.VALIDATION, en="No way leads to the node {node}.", zh="没有路径通向节点“{node}”。")
    an_approver_is_named = Rule(
        Code.VALIDATION,
        en="Say who it is: a person, a role, or how far above; nothing else beside it.",
        zh="请明确审批人：指定人员、角色或上级层级，且只填对应的一项。",
    )
    a_condition_compares_a_field = Rule(
        Code.VALIDATION,
        en="The form has no field {name} that could be compared so.",
        zh="表单中没有可以这样比较的字段“{name}”。",
    )
    a_field_is_named_once = Rule(
        Code.VALIDATION, en="The field {name} stands there twice or is no name.", zh="字段“{name}”重复或名称无效。"
    )


class ApprovalRules(Rules):
    """Refusals of running approvals (features §3.8)."""

    there_is_no_flow_for_this = Rule(
        Code.BAD_STATE, en="No flow is in use for {kind}.", zh="“{kind}”没有启用的审批流程。"
    )
    an_active_employee_asks = Rule(
        Code.VALIDATION, en="Only an active employee asks for something.", zh="发起人必须是在职员工。"
    )
    a_period_ends_after_it_begins = Rule(
        Code.VALIDATION, en="The end lies before the beginning.", zh="结束时间不能早于开始时间。"
    )
    the_record_waits_for_approval_already = Rule(
        Code.DUPLICATE, en="This record waits for an approval already.", zh="该记录已有审批正在进行。"
    )
    nobody_is_left_to_decide = Rule(
        Code.BAD_STATE,
        en="Nobody could decide at {node}, not even the flow's administrator.",
        zh="节点“{node}”没有可用的审批人，流程管理员也不可用。",
    )
    an_ended_approval_stays_as_it_is = Rule(
        Code.BAD_STATE, en="This approval has ended ({state}).", zh="该审批已结束（{state}）。"
    )
    a_returned_approval_waits_for_its_initiator = Rule(
        Code.BAD_STATE, en="It was returned and waits for its initiator.", zh="该审批已退回，等待发起人修改。"
    )
    only_a_returned_approval_is_submitted_again = Rule(
        Code.BAD_STATE, en="Only what was returned is submitted again.", zh="只有被退回的审批才能重新提交。"
    )
    only_the_initiator_does_this = Rule(
        Code.FORBIDDEN, en="Only who started the approval does this.", zh="只有发起人可以进行此操作。"
    )
    nobody_decides_on_his_own_request = Rule(
        Code.FORBIDDEN, en="Nobody decides on his own request.", zh="不能审批自己发起的申请。"
    )
    only_an_approver_of_the_node_decides = Rule(
        Code.FORBIDDEN, en="You are not asked at this node.", zh="您不是当前节点的审批人。"
    )
    it_is_another_approver_s_turn = Rule(Code.BAD_STATE, en="Others decide before you.", zh="还未轮到您审批。")
    an_approver_decides_once = Rule(Code.BAD_STATE, en="You have decided already.", zh="您已审批过。")
    a_refusal_says_why = Rule(Code.VALIDATION, en="Say why you reject or return it.", zh="驳回或退回时请填写意见。")
    a_decided_approval_is_not_withdrawn = Rule(
        Code.BAD_STATE, en="Somebody has decided already.", zh="已有人审批，不能撤回。"
    )
    the_flow_does_not_allow_this = Rule(
        Code.BAD_STATE, en="The flow does not allow this ({what}).", zh="该流程不允许此操作（{what}）。"
    )
    this_person_cannot_be_asked = Rule(
        Code.VALIDATION,
        en="Ask an active colleague who is neither the initiator nor asked at this node already.",
        zh="请选择在职、非发起人且未在当前节点中的同事。",
    )
    an_approval_makes_so_many_detours = Rule(
        Code.LIMIT_EXCEEDED,
        en="It was returned, transferred or widened {limit} times: now it is decided.",
        zh="退回、转办、加签已达 {limit} 次，请直接作出决定。",
    )
    an_approver_is_urged_now_and_then = Rule(
        Code.LIMIT_EXCEEDED, en="Urge again after {minutes} minutes.", zh="请在 {minutes} 分钟后再催办。"
    )


class DelegationRules(Rules):
    """Refusals of delegations (OFC-28)."""

    a_delegate_is_a_colleague = Rule(
        Code.VALIDATION, en="Name an active colleague as your delegate.", zh="请指定一位在职同事作为代理人。"
    )
    a_delegation_lasts_up_to_a_year = Rule(
        Code.VALIDATION,
        en="It ends after it begins, in the future, and lasts 366 days at most.",
        zh="结束时间须晚于开始时间和当前时间，且最长不超过 366 天。",
    )
    an_ended_delegation_stays_as_it_is = Rule(Code.BAD_STATE, en="This delegation has ended.", zh="该委托已结束。")
