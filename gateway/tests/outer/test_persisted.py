"""Documents by hash: registered by use (automatic persisted queries), or given beforehand and nothing else."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from gateway.persisted import read_trusted
from gateway.settings import Limits, Profile

pytestmark = pytest.mark.anyio

DOCUMENT = "query Kind { __typename }"
OTHER = "query Other { __typename me { id } }"


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def persisted(text: str) -> dict[str, Any]:
    return {"persistedQuery": {"version": 1, "sha256Hash": sha(text)}}


async def by_hash(caller: Any, text: str, **more: Any) -> Any:
    return await caller.http.post("/graphql", json={"extensions": persisted(text), **more})


async def test_an_unknown_hash_asks_for_the_document_and_then_stands_for_it(gateway: Any) -> None:
    caller = await gateway()
    unknown = await by_hash(caller, DOCUMENT)
    assert unknown.status_code == 200
    assert [error["message"] for error in unknown.json()["errors"]] == ["PersistedQueryNotFound"]
    assert (await by_hash(caller, DOCUMENT, query=DOCUMENT)).json()["data"] == {"__typename": "Query"}
    assert (await by_hash(caller, DOCUMENT)).json()["data"] == {"__typename": "Query"}


async def test_a_hash_of_another_document_registers_nothing(gateway: Any) -> None:
    caller = await gateway()
    lying = await by_hash(caller, DOCUMENT, query=OTHER)
    assert [error["extensions"]["rule"] for error in lying.json()["errors"]] == ["the_hash_is_of_another_document"]
    assert [error["message"] for error in (await by_hash(caller, DOCUMENT)).json()["errors"]] == [
        "PersistedQueryNotFound"
    ]


@pytest.mark.parametrize("document", ["query {", "{ nothing }", "{ a: me { id } b: me { id } }"])
async def test_a_document_that_cannot_run_is_not_registered(gateway: Any, document: str) -> None:
    caller = await gateway(limits=Limits(aliases=1))
    assert "data" not in (await by_hash(caller, document, query=document)).json()
    assert [error["message"] for error in (await by_hash(caller, document)).json()["errors"]] == [
        "PersistedQueryNotFound"
    ]


async def test_registered_documents_are_forgotten_beyond_the_room_for_them(gateway: Any) -> None:
    caller = await gateway(kept_persisted_bytes=2 * 64 + len(DOCUMENT) + len(OTHER) - 1)
    await by_hash(caller, DOCUMENT, query=DOCUMENT)
    await by_hash(caller, OTHER, query=OTHER, operationName="Other")
    assert "data" in (await by_hash(caller, OTHER)).json()
    assert [error["message"] for error in (await by_hash(caller, DOCUMENT)).json()["errors"]] == [
        "PersistedQueryNotFound"
    ]


async def test_production_answers_get_with_a_registered_hash(gateway: Any) -> None:
    caller = await gateway(profile=Profile.PRODUCTION)
    params = {"extensions": json.dumps(persisted(DOCUMENT))}
    unknown = await caller.http.get("/graphql", params=params)
    assert [error["message"] for error in unknown.json()["errors"]] == ["PersistedQueryNotFound"]
    await by_hash(caller, DOCUMENT, query=DOCUMENT)
    assert (await caller.http.get("/graphql", params=params)).json()["data"] == {"__typename": "Query"}


@pytest.fixture
def trusted(tmp_path: Path) -> Path:
    file = tmp_path / "persisted-documents.json"
    file.write_text(json.dumps({sha(DOCUMENT): DOCUMENT}))
    return file


async def test_trusted_documents_are_there_from_the_start_by_either_way_of_naming_them(
    gateway: Any, trusted: Path
) -> None:
    caller = await gateway(trusted_documents=trusted)
    assert (await by_hash(caller, DOCUMENT)).json()["data"] == {"__typename": "Query"}
    for named in (sha(DOCUMENT), f"sha256:{sha(DOCUMENT)}"):
        answer = await caller.http.post("/graphql", json={"documentId": named})
        assert answer.json()["data"] == {"__typename": "Query"}


async def test_where_only_trusted_documents_are_answered_no_other_runs_or_registers(
    gateway: Any, trusted: Path
) -> None:
    caller = await gateway(trusted_documents=trusted, only_trusted_documents=True)
    for answer in (await caller.ask(OTHER), await by_hash(caller, OTHER, query=OTHER)):
        assert [error["extensions"]["rule"] for error in answer.json()["errors"]] == ["only_trusted_documents"]
    assert (await caller.ask(DOCUMENT)).json()["data"] == {"__typename": "Query"}
    assert [error["message"] for error in (await by_hash(caller, OTHER)).json()["errors"]] == ["PersistedQueryNotFound"]


async def test_a_file_whose_hashes_do_not_fit_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "documents.json"
    for content in ({sha(OTHER): DOCUMENT}, {sha(DOCUMENT): 7}, [DOCUMENT]):
        file.write_text(json.dumps(content))
        with pytest.raises(ValueError, match=r"documents\.json"):
            read_trusted(file)
