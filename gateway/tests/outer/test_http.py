"""GraphQL over HTTP beyond the audits: what is not a request is refused with a GraphQL error, never with 500."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gateway.settings import Limits, Profile

pytestmark = pytest.mark.anyio

RESPONSE = "application/graphql-response+json"
JSON = {"content-type": "application/json"}
TYPENAME = b'{"query":"{__typename}"}'


def code_of(answer: Any) -> str:
    body = answer.json()
    assert "data" not in body
    (error,) = body["errors"]
    assert error["message"]
    assert error["extensions"]["correlationId"] == answer.headers["x-request-id"]
    return str(error["extensions"]["code"])


@pytest.mark.parametrize("accept", ["application/json", RESPONSE])
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"null", id="null"),
        pytest.param(b"[]", id="empty array"),
        pytest.param(b'[{"query":"{__typename}"}]', id="a batch"),
        pytest.param(b'"{__typename}"', id="a string"),
        pytest.param(b"7", id="a number"),
        pytest.param(b"{", id="cut off"),
        pytest.param(TYPENAME + b"x", id="something behind"),
        pytest.param(b'{"query":"{__typename}","query":"{__typename}"}', id="a key twice"),
        pytest.param(b'{"query":"{__typename}","variables":{"a":{"b":1,"b":2}}}', id="a key twice further in"),
        pytest.param(b'{"query":"{__typename}","variables":{"a":1e999}}', id="a float beyond floats"),
        pytest.param(b'{"query":"{__typename}","variables":{"a":NaN}}', id="not a number"),
        pytest.param(b'{"query":"{__typename}","variables":{"a":%s}}' % (b"9" * 20), id="a huge whole number"),
        pytest.param(b'{"query":"{__typename}","variables":{"a":%s}}' % (b"9" * 5000), id="a vast whole number"),
        pytest.param(b'{"query":"\xff"}', id="not UTF-8"),
        pytest.param(b'{"query":"\\ud800"}', id="half a surrogate pair"),
        pytest.param(b'{"query":"\\udc00\\ud800"}', id="a surrogate pair turned round"),
        pytest.param(b"\xef\xbb\xbf" + TYPENAME, id="a byte order mark"),
        pytest.param(TYPENAME.decode().encode("utf-16"), id="UTF-16"),
        pytest.param(b'{"query":"{__typename}","variables":' + b"[" * 100_000 + b"]" * 100_000 + b"}", id="very deep"),
        pytest.param(b'{"query":"{__typename}","variables":' + b'{"a":' * 30_000 + b"1" + b"}" * 30_001, id="deep"),
        pytest.param(b'{"query":null}', id="no document"),
        pytest.param(b'{"query":"{__typename}","variables":[]}', id="variables as a list"),
        pytest.param(b'{"documentId":7}', id="a document id that is a number"),
        pytest.param(b'{"documentId":"abc"}', id="a document id that is no hash"),
        pytest.param(b'{"extensions":{"persistedQuery":7}}', id="a persisted query that is a number"),
        pytest.param(b'{"extensions":{"persistedQuery":{"version":1}}}', id="a persisted query without a hash"),
    ],
)
async def test_what_is_no_request_is_a_validation_error_with_a_4xx_status(
    gateway: Any, body: bytes, accept: str
) -> None:
    caller = await gateway()
    answer = await caller.http.post("/graphql", content=body, headers={**JSON, "accept": accept})
    if b"persistedQuery" in body or (b"documentId" in body and b"7" not in body):
        assert answer.status_code == (400 if accept == RESPONSE else 200)
    else:
        assert answer.status_code == 400
    assert code_of(answer) == "VALIDATION"
    assert answer.headers["content-type"] == f"{accept}; charset=utf-8"


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "multipart/form-data; boundary=x"},
        {"content-type": "application/graphql"},
        {"content-type": "application/json; charset=utf-16"},
        {"content-type": "application/json; charset=iso-8859-1"},
        {**JSON, "content-encoding": "gzip"},
    ],
)
async def test_only_json_in_utf_8_is_read(gateway: Any, headers: dict[str, str]) -> None:
    caller = await gateway()
    answer = await caller.http.post("/graphql", content=TYPENAME, headers=headers)
    assert (answer.status_code, code_of(answer)) == (415, "VALIDATION")


@pytest.mark.parametrize("content_type", ["application/json;charset=UTF-8", 'Application/JSON; charset="utf-8"'])
async def test_utf_8_may_be_said(gateway: Any, content_type: str) -> None:
    caller = await gateway()
    answer = await caller.http.post("/graphql", content=TYPENAME, headers={"content-type": content_type})
    assert answer.json()["data"] == {"__typename": "Query"}


async def test_a_body_of_exactly_the_limit_is_read_and_one_more_byte_is_not(gateway: Any) -> None:
    limit = 2_000
    caller = await gateway(limits=Limits(body=limit))
    for size, status in ((limit, 200), (limit + 1, 413)):
        body = TYPENAME + b" " * (size - len(TYPENAME))
        answer = await caller.http.post("/graphql", content=body, headers=JSON)
        assert answer.status_code == status
    assert code_of(answer) == "LIMIT_EXCEEDED"


async def test_a_body_without_a_length_is_cut_at_the_limit(gateway: Any) -> None:
    caller = await gateway(limits=Limits(body=100))

    async def drip() -> Any:
        for _ in range(11):
            yield b" " * 10

    answer = await caller.http.post("/graphql", content=drip(), headers=JSON)
    assert (answer.status_code, code_of(answer)) == (413, "LIMIT_EXCEEDED")


@pytest.mark.parametrize("length", ["-1", "x", "9" * 40])
async def test_a_length_that_is_none_is_refused(gateway: Any, length: str) -> None:
    caller = await gateway()
    answer = await caller.http.post("/graphql", content=TYPENAME, headers={**JSON, "content-length": length})
    assert (answer.status_code, code_of(answer)) == (413, "LIMIT_EXCEEDED")


@pytest.mark.parametrize(
    ("document", "status"),
    [
        ("{", 400),
        ("{ nothing }", 400),
        ("query($i: Int!) { __typename }", 400),
        ("query A {__typename} query B {__typename}", 400),
    ],
)
async def test_a_document_that_cannot_run_is_400_without_data_and_200_for_plain_json(
    gateway: Any, document: str, status: int
) -> None:
    caller = await gateway()
    answer = await caller.ask(document)
    assert (answer.status_code, code_of(answer)) == (status, "VALIDATION")
    assert (await caller.ask(document, accept="application/json")).status_code == 200


async def test_an_error_of_a_field_leaves_the_status_200(gateway: Any) -> None:
    caller = await gateway()
    answer = await caller.ask("{ departments { nodes { id } } }")
    assert answer.status_code == 200
    assert answer.json()["data"] == {"departments": None}
    assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["UNAUTHENTICATED"]


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (RESPONSE, RESPONSE),
        (f"{RESPONSE}, application/json;q=0.9", RESPONSE),
        (f"{RESPONSE};q=0.4, application/json;q=0.9", "application/json"),
        ("application/json", "application/json"),
        ("text/html, */*;q=0.1", "application/json"),
        ("*/*", "application/json"),
        ("", "application/json"),
    ],
)
async def test_the_media_type_is_the_one_the_client_likes_best(gateway: Any, accept: str, content_type: str) -> None:
    caller = await gateway()
    answer = await caller.ask("{ __typename }", accept=accept)
    assert answer.headers["content-type"] == f"{content_type}; charset=utf-8"
    assert answer.json()["data"] == {"__typename": "Query"}


@pytest.mark.parametrize("accept", ["image/png", "application/json;q=0", "text/html"])
async def test_a_client_that_takes_nothing_of_ours_gets_406(gateway: Any, accept: str) -> None:
    caller = await gateway()
    answer = await caller.ask("{ __typename }", accept=accept)
    assert (answer.status_code, code_of(answer)) == (406, "VALIDATION")


async def test_get_answers_queries_with_variables(gateway: Any) -> None:
    caller = await gateway()
    params = {"query": "query($n: String!) { __type(name: $n) { name } }", "variables": json.dumps({"n": "Query"})}
    answer = await caller.http.get("/graphql", params=params)
    assert answer.json()["data"] == {"__type": {"name": "Query"}}


async def test_get_refuses_mutations_and_subscriptions_with_405(gateway: Any) -> None:
    caller = await gateway()
    for document in ("mutation { logout(input: {}) { ended } }", "subscription { departmentChanged { event } }"):
        answer = await caller.http.get("/graphql", params={"query": document})
        assert (answer.status_code, code_of(answer), answer.headers["allow"]) == (405, "VALIDATION", "POST")
    assert caller.desk.calls == []


@pytest.mark.parametrize(
    ("query_string", "status"),
    [("query=%FF", 400), ("query={a}&query={b}", 400), ("", 400),
     ("query={a}&variables={", 400), ("query={a}&variables=7", 400),
     ("&".join(f"a{n}=1" for n in range(30)), 400), ("query=" + "x" * 40_000, 414)],
)  # fmt: skip
async def test_a_query_string_that_cannot_be_read_is_4xx(gateway: Any, query_string: str, status: int) -> None:
    caller = await gateway(limits=Limits(body=30_000))
    answer = await caller.http.get(f"/graphql?{query_string}")
    assert answer.status_code == status
    assert code_of(answer) == ("LIMIT_EXCEEDED" if status == 414 else "VALIDATION")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_other_methods_are_405(gateway: Any, method: str) -> None:
    caller = await gateway()
    answer = await caller.http.request(method, "/graphql", content=TYPENAME, headers=JSON)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST, OPTIONS")


async def test_a_subscription_needs_a_stream(gateway: Any) -> None:
    caller = await gateway()
    answer = await caller.ask("subscription { departmentChanged { event } }", token=True)
    assert (answer.status_code, code_of(answer)) == (400, "VALIDATION")


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "请先登录。"),
        ("zh", "请先登录。"),
        ("en-GB,zh;q=0.9", "Please log in."),
        ("fr, zh;q=0.2", "请先登录。"),
        ("fr", "Please log in."),
        (None, "Please log in."),
    ],
)
async def test_messages_speak_the_language_the_header_prefers(gateway: Any, header: str | None, message: str) -> None:
    caller = await gateway()
    answer = await caller.ask("{ me { id } }", headers={"accept-language": header} if header else {})
    assert [error["message"] for error in answer.json()["errors"]] == [message]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("abcdefgh", True),
        ("Z" * 64, True),
        ("short", False),
        ("a" * 65, False),
        ("line feed%0a", False),
        ("ümlaut-ümlaut", False),
    ],
)
async def test_a_correlation_id_is_echoed_when_it_has_the_form_of_one_and_made_otherwise(
    gateway: Any, given: str, kept: bool
) -> None:
    caller = await gateway()
    answer = await caller.http.post(
        "/graphql",
        content=TYPENAME,
        headers=[(b"content-type", b"application/json"), (b"x-request-id", given.encode())],
    )
    assert (answer.headers["x-request-id"] == given) is kept
    assert len(answer.headers["x-request-id"]) >= 8


async def test_the_correlation_id_trace_and_client_reach_the_service(gateway: Any) -> None:
    caller = await gateway()
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    headers = {**caller.desk.bearer(client="mobile"), "x-request-id": "request-0001", "traceparent": trace}
    await caller.ask("{ departments { nodes { id } } }", headers=headers)
    (context,) = [context for name, _, context in caller.desk.calls if name == "departments"]
    assert (context.correlation_id, context.traceparent, context.client) == ("request-0001", trace, "mobile")


async def test_a_trace_that_is_none_is_dropped(gateway: Any) -> None:
    caller = await gateway()
    await caller.ask("{ departments { nodes { id } } }", headers={**caller.desk.bearer(), "traceparent": "00-0-0-01"})
    assert caller.desk.calls[-1][2].traceparent is None


async def test_every_answer_forbids_sniffing_framing_and_caching(gateway: Any) -> None:
    caller = await gateway()
    for answer in (await caller.ask("{ __typename }"), await caller.ask("{"), await caller.http.get("/graphql")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        assert "set-cookie" not in answer.headers


async def test_pages_of_listed_origins_may_read_answers_and_no_others(gateway: Any) -> None:
    caller = await gateway(allowed_origins=("https://crm.example.com",))
    allowed = await caller.ask("{ __typename }", headers={"origin": "https://crm.example.com"})
    assert allowed.headers["access-control-allow-origin"] == "https://crm.example.com"
    assert "access-control-allow-credentials" not in allowed.headers
    assert "origin" in allowed.headers["vary"]
    for origin in ("https://evil.example.com", "null", "https://crm.example.com.evil.com", "http://crm.example.com"):
        refused = await caller.ask("{ __typename }", headers={"origin": origin})
        assert "access-control-allow-origin" not in refused.headers


async def test_a_preflight_is_answered_for_listed_origins_only(gateway: Any) -> None:
    caller = await gateway(allowed_origins=("https://crm.example.com",))
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type"}
    answer = await caller.http.options("/graphql", headers={"origin": "https://crm.example.com", **asked})
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "https://crm.example.com"
    assert "authorization" in answer.headers["access-control-allow-headers"]
    refused = await caller.http.options("/graphql", headers={"origin": "https://evil.example.com", **asked})
    assert refused.status_code == 403
    assert "access-control-allow-origin" not in refused.headers


async def test_a_failure_inside_is_told_without_its_details(gateway: Any) -> None:
    caller = await gateway()

    def break_down(_payload: Any, _context: Any) -> Any:
        raise RuntimeError("secret of the inside")

    caller.desk.answers["departments"] = break_down
    answer = await caller.ask("{ departments { nodes { id } } }", token=True)
    assert answer.status_code == 200
    assert "secret" not in answer.text
    assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["UNAVAILABLE"]


async def test_production_answers_no_introspection_no_suggestion_no_page_and_no_metrics(gateway: Any) -> None:
    caller = await gateway(profile=Profile.PRODUCTION)
    for document in ("{ __schema { __typename } }", '{ __type(name: "Query") { __typename } }'):
        refused = (await caller.ask(document)).json()
        assert "introspection" in refused["errors"][0]["message"]
        assert "data" not in refused
    assert "mean" not in (await caller.ask("{ departmants { nodes { id } } }")).text
    assert (await caller.http.get("/graphql", headers={"accept": "text/html"})).status_code == 406
    for path in ("/metrics", "/graphiql/start.js", "/graphiql/graphiql.min.js"):
        assert (await caller.http.get(path)).status_code == 404


async def test_development_answers_introspection_suggestions_and_metrics(gateway: Any) -> None:
    caller = await gateway()
    assert (await caller.ask('{ __type(name: "Query") { name } }')).json()["data"] == {"__type": {"name": "Query"}}
    assert "Did you mean 'departments'" in (await caller.ask("{ departmants { nodes { id } } }")).text
    metrics = await caller.http.get("/metrics")
    assert 'crm_gateway_operation_seconds_count{kind="query",outcome="ok"}' in metrics.text


async def test_production_answers_get_for_persisted_documents_only(gateway: Any) -> None:
    caller = await gateway(profile=Profile.PRODUCTION)
    answer = await caller.http.get("/graphql", params={"query": "{ __typename }"})
    assert answer.json()["errors"][0]["extensions"]["rule"] == "only_persisted_documents_by_get"


async def test_the_rest_of_the_address_space_is_404(gateway: Any) -> None:
    caller = await gateway()
    for path in ("/", "/graphql/", "/health", "/health/other", "/graphiql/../app.py", "/graphiql/none.js"):
        assert (await caller.http.get(path)).status_code == 404
