"""What is refused of orders, in words."""

from __future__ import annotations

from crm_common.errors import Code, Rule, Rules


class OrderRules(Rules):
    """Refusals of orders."""

    an_order_needs_a_product_line = Rule(Code.VALIDATION, en="Add at least one product.", zh="请至少添加一个产品。")
    an_order_needs_its_contract = Rule(
        Code.VALIDATION,
        en="Name the contract, or register the signed one in this call.",
        zh="请关联合同，或在本次提交中登记已签合同。",
    )
    an_order_needs_a_payment_voucher = Rule(
        Code.VALIDATION, en="Add at least one payment voucher.", zh="请至少上传一张打款凭证。"
    )
    an_order_names_its_customer = Rule(Code.VALIDATION, en="Name the customer.", zh="请选择客户。")
    a_contract_is_given_once = Rule(
        Code.VALIDATION,
        en="Name a contract or register one, not both.",
        zh="关联合同与登记新合同只能二选一。",
    )
    a_line_is_of_an_amount = Rule(
        Code.VALIDATION,
        en="Quantity is above zero, price zero or more with two decimals, discount from 0 to 1.",
        zh="数量须大于零，单价须大于等于零且最多两位小数，折扣须在 0 到 1 之间。",
    )
    a_service_begins_before_it_ends = Rule(
        Code.VALIDATION, en="The last day is not before the first.", zh="结束日期不能早于开始日期。"
    )
    an_order_has_one_currency = Rule(
        Code.VALIDATION,
        en="The product {name} is sold in {currency}; an order has one currency.",
        zh="产品“{name}”以 {currency} 计价；一个订单只能有一种币种。",
    )
    a_voucher_is_of_an_amount = Rule(
        Code.VALIDATION,
        en="What was paid is above zero with at most two decimals, and not in the future.",
        zh="打款金额须大于零且最多两位小数，打款日期不能晚于今天。",
    )
    a_voucher_is_given_once = Rule(Code.VALIDATION, en="Each voucher is named once.", zh="同一凭证文件不能重复填写。")
    a_voucher_is_a_picture_or_pdf = Rule(
        Code.VALIDATION, en="A voucher is a jpg, png or pdf file.", zh="打款凭证须为 jpg、png 或 pdf 文件。"
    )
    a_voucher_was_not_found = Rule(Code.NOT_FOUND, en="There is no such file of yours.", zh="找不到您上传的该文件。")
    a_contract_was_not_found = Rule(Code.NOT_FOUND, en="There is no such contract.", zh="合同不存在。")
    a_contract_is_of_the_same_customer = Rule(
        Code.VALIDATION, en="The contract is another customer's.", zh="该合同不属于此客户。"
    )
    a_contract_is_signed = Rule(Code.VALIDATION, en="The contract is not signed.", zh="该合同尚未签定。")
    only_a_customer_of_one_s_own_orders = Rule(
        Code.FORBIDDEN, en="Only the customer's owner orders for it.", zh="只有客户负责人可以为其下单。"
    )
    an_order_under_way_is_locked = Rule(
        Code.BAD_STATE,
        en="This order is {state}; only a draft or a rejected one can be changed so.",
        zh="订单状态为 {state}，仅草稿或被驳回的订单可以执行此操作。",
    )
    an_order_is_not_waiting_for_review = Rule(
        Code.BAD_STATE,
        en="This order is {state}; it is not waiting for review.",
        zh="订单状态为 {state}，不在待审核状态。",
    )
    only_the_submitter_withdraws = Rule(
        Code.FORBIDDEN, en="Only who submitted the order withdraws it.", zh="只有提交人可以撤回订单。"
    )
    nobody_reviews_his_own_order = Rule(
        Code.FORBIDDEN, en="Nobody reviews what he submitted himself.", zh="不能审核自己提交的订单。"
    )
    a_rejection_says_why = Rule(Code.VALIDATION, en="Say why it is rejected.", zh="请填写驳回原因。")
    only_an_approved_order_does_this = Rule(
        Code.BAD_STATE,
        en="This order is {state}; only an approved one can be changed so.",
        zh="订单状态为 {state}，仅已通过的订单可以执行此操作。",
    )
    money_was_received_for_the_order = Rule(
        Code.BAD_STATE,
        en="{received} were received for this order; pay them back first.",
        zh="该订单已收款 {received}，请先办理退款。",
    )
    a_voiding_is_under_way = Rule(
        Code.BAD_STATE, en="An approval to void this order is under way.", zh="该订单正在作废审批中。"
    )
    nothing_more_comes_back_than_was_ordered = Rule(
        Code.VALIDATION, en="More comes back than was ordered.", zh="退货数量不能超过订购数量。"
    )
