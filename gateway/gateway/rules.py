"""The gateway's own refusals: about the shape and the amount of what is asked, never about business."""

from __future__ import annotations

from crm_common.errors import Code, Rule, Rules


class EdgeRules(Rules):
    """Sentences of the outer skin. Every one that a limit speaks has the code ``LIMIT_EXCEEDED``."""

    the_request_is_not_graphql_over_http = Rule(
        Code.VALIDATION, en="This is not a GraphQL request: {problem}.", zh="不是有效的 GraphQL 请求：{problem}。"
    )
    the_operation_cannot_be_chosen = Rule(
        Code.VALIDATION,
        en="The document holds no operation of that name, or several and none was named.",
        zh="文档中没有该名称的操作，或包含多个操作但未指定名称。",
    )
    this_needs_another_method = Rule(
        Code.VALIDATION, en="Only queries may be sent by GET; use POST.", zh="GET 请求只允许查询操作，请使用 POST。"
    )
    only_persisted_documents_by_get = Rule(
        Code.VALIDATION,
        en="By GET this server answers persisted documents only.",
        zh="此服务器的 GET 请求只接受已保存的文档。",
    )
    only_trusted_documents = Rule(
        Code.VALIDATION,
        en="This server answers documents it was given beforehand only.",
        zh="此服务器只接受预先登记的文档。",
    )
    the_hash_is_of_another_document = Rule(
        Code.VALIDATION,
        en="The hash sent is not that of the document sent.",
        zh="所发送的哈希与文档不符。",
    )
    a_subscription_needs_a_stream = Rule(
        Code.VALIDATION,
        en="A subscription needs a WebSocket (graphql-transport-ws) or Accept: text/event-stream.",
        zh="订阅需要 WebSocket（graphql-transport-ws）或 Accept: text/event-stream。",
    )
    a_limit_is_exceeded = Rule(
        Code.LIMIT_EXCEEDED,
        en="Too much is asked: {what} may be at most {limit}, this has {found}.",
        zh="请求过大：{what} 最多为 {limit}，当前为 {found}。",
    )
    a_limit_is_passed_over = Rule(
        Code.LIMIT_EXCEEDED,
        en="Too much is asked: {what} may be at most {limit}.",
        zh="请求过大：{what} 最多为 {limit}。",
    )
    the_answer_takes_too_long = Rule(
        Code.LIMIT_EXCEEDED,
        en="This takes longer than {limit} s; ask for less.",
        zh="执行时间超过 {limit} 秒，请减少查询内容。",
    )
    too_many_requests = Rule(
        Code.LIMIT_EXCEEDED,
        en="Too many requests; try again in {seconds} s.",
        zh="请求过于频繁，请在 {seconds} 秒后重试。",
    )
    too_many_requests_at_once = Rule(
        Code.LIMIT_EXCEEDED,
        en="At most {limit} requests may run at the same time.",
        zh="同时进行的请求最多为 {limit} 个。",
    )
    the_reader_is_too_slow = Rule(
        Code.LIMIT_EXCEEDED,
        en="Events come faster than they are read here; subscribe again and reload.",
        zh="事件接收过慢，请重新订阅并刷新数据。",
    )
    something_failed = Rule(
        Code.UNAVAILABLE,
        en="This could not be answered; the incident is {correlation_id}.",
        zh="暂时无法处理该请求，事件编号 {correlation_id}。",
    )
    events_may_be_missing = Rule(
        Code.UNAVAILABLE,
        en="Events may have been missed here; subscribe again and reload.",
        zh="可能遗漏了部分事件，请重新订阅并刷新数据。",
    )
    the_server_is_going_away = Rule(
        Code.UNAVAILABLE, en="This server is being replaced; connect again.", zh="服务器正在重启，请重新连接。"
    )
