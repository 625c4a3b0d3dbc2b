"""What contracts refuse, in both languages."""

from __future__ import annotations

from crm_common.errors import Code, Rule, Rules


class ContractRules(Rules):
    """Refusals about contracts."""

    a_contract_has_a_name = Rule(Code.VALIDATION, en="Give the contract a name.", zh="请填写合同名称。")
    a_contract_is_worth_an_amount = Rule(
        Code.VALIDATION,
        en="An amount is zero or more, with at most two decimals.",
        zh="金额必须大于或等于零，且最多两位小数。",
    )
    a_contract_ends_after_it_begins = Rule(
        Code.VALIDATION, en="The last day is not before the first.", zh="合同结束日期不能早于开始日期。"
    )
    a_product_line_has_a_quantity = Rule(
        Code.VALIDATION, en="The quantity of a product is more than zero.", zh="产品数量必须大于零。"
    )
    a_contract_is_made_with_an_owned_customer = Rule(
        Code.BAD_STATE,
        en="The customer is in nobody's name: claim it first.",
        zh="该客户不在任何人名下，请先领取客户。",
    )
    a_contract_has_an_owner = Rule(Code.VALIDATION, en="Say whose contract it is.", zh="请指定合同负责人。")
    a_contract_is_not_in_that_state = Rule(
        Code.BAD_STATE,
        en="This is not possible while the contract is {state}.",
        zh="合同当前状态（{state}）不允许此操作。",
    )
    only_the_owner_or_who_archives_may_do_this = Rule(
        Code.FORBIDDEN,
        en="Only the contract's owner, or who keeps the archive, may do this.",
        zh="只有合同负责人或合同管理人员可以执行此操作。",
    )
    a_signed_file_is_needed = Rule(
        Code.VALIDATION, en="Attach the signed contract as a file.", zh="请上传已签订的合同文件。"
    )
    a_file_is_not_there = Rule(
        Code.VALIDATION,
        en="The file is not there, not checked yet, or not yours.",
        zh="文件不存在、尚未通过校验或不属于您。",
    )
    a_contract_is_not_signed_in_the_future = Rule(
        Code.VALIDATION, en="The day of signing is not in the future.", zh="签订日期不能晚于今天。"
    )
    only_a_registered_contract_is_audited = Rule(
        Code.BAD_STATE,
        en="Finance does not wait to audit this contract.",
        zh="该合同当前不在待财务审核状态。",
    )
    a_return_has_a_reason = Rule(Code.VALIDATION, en="Say why you give it back.", zh="退回时请填写原因。")
    only_a_returned_contract_is_corrected = Rule(
        Code.BAD_STATE,
        en="A signed contract is read-only; only what finance gave back can be corrected.",
        zh="已签订的合同为只读，只有被财务退回的合同可以更正。",
    )
    who_registered_a_contract_does_not_audit_it = Rule(
        Code.FORBIDDEN, en="Who registered a contract does not audit it.", zh="登记人不能审核自己登记的合同。"
    )
    an_entry_is_an_amount_above_zero = Rule(
        Code.VALIDATION,
        en="Enter an amount above zero, with at most two decimals, or a percentage of the contract.",
        zh="请填写大于零且最多两位小数的金额，或合同金额的百分比。",
    )
    an_entry_is_not_in_the_future = Rule(Code.VALIDATION, en="The day is not in the future.", zh="日期不能晚于今天。")
    no_more_is_measured_than_was_agreed = Rule(
        Code.VALIDATION,
        en="Measured in all would be {total}, more than the contract's {limit}.",
        zh="累计计量 {total} 将超过合同金额 {limit}。",
    )
    no_more_is_paid_than_was_agreed = Rule(
        Code.VALIDATION,
        en="Paid in all would be {total}, more than the contract's {limit}.",
        zh="累计付款 {total} 将超过合同金额（含变更）{limit}。",
    )
    a_plan_climbs_to_a_hundred = Rule(
        Code.VALIDATION,
        en="Milestones follow one another by day, each further, from 0 to 100 percent.",
        zh="计划节点须按日期先后排列，进度递增且在 0 到 100 之间。",
    )
    a_settlement_is_what_was_measured_and_changed = Rule(
        Code.VALIDATION,
        en="The settled amount is what was measured with the approved changes: {due}.",
        zh="决算金额必须等于计量金额加已批准的变更：{due}。",
    )
    a_change_order_waits_for_its_approval = Rule(
        Code.BAD_STATE, en="A change order still waits for its approval.", zh="仍有变更单在审批中。"
    )
    a_change_changes_something = Rule(
        Code.VALIDATION,
        en="Say what changes: the amount, the last day, or the terms of payment.",
        zh="请填写变更内容：金额、结束日期或付款条款。",
    )
    a_contract_is_worth_something_after_a_change = Rule(
        Code.VALIDATION,
        en="With this change the contract would be worth less than nothing, or than what was paid.",
        zh="变更后的合同金额不能小于零，也不能小于已付款金额。",
    )
