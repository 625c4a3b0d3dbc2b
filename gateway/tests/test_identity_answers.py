"""Every query of identity against the real service: what is declared comes, so the compiled way is taken."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import GraphQLObjectType, get_named_type, is_object_type, is_required_argument

from crm_common import migrations, provision
from crm_common.context import Context
from crm_common.ids import to_global
from crm_common.protocol.identity import identity
from crm_common.runtime.local import LocalClient
from founded.house import House
from gateway.execution import Answer, Caller, execute
from gateway.execution.run import prepare, run
from gateway.execution.stock import Stock
from gateway.schema import GatewaySchema, build_schema
from infra.postgres import SharedPostgres

pytestmark = pytest.mark.infra
SCHEMA = build_schema([identity])
assert SCHEMA.graphql.query_type is not None
QUERIES = sorted(set(SCHEMA.graphql.query_type.fields) - {"nodes"})


@pytest.fixture(scope="module")
def house(postgres_server: SharedPostgres) -> Iterator[House]:
    name = f"gateway_identity_{secrets.token_hex(4)}"
    database = provision.database(postgres_server.url, "identity", name=name)
    migrations.run(database.owner_url, "identity")
    founded = House(database.url)
    founded.as_system("found_company", name="华信科技有限公司")
    sales = founded.department("销售部")
    position = founded.position("销售", sales, founded.preset("SALES")["id"])
    founded.head(sales, founded.employee("zhang", position, phone="13800000000"))
    yield founded
    founded.close()
    postgres_server.drop_database(database.url)


def selection(kind: Any, depth: int) -> str:
    """Everything there is below a type, records to a depth."""
    if not is_object_type(kind):
        return ""
    parts = ["__typename"]
    for name, field in kind.fields.items():
        inner = get_named_type(field.type)
        if not isinstance(inner, GraphQLObjectType):
            parts.append(name)
        elif depth or not inner.fields.keys() & {"id"}:
            parts.append(f"{name} {selection(inner, depth - ('id' in inner.fields))}")
    return f"{{ {' '.join(parts)} }}"


def executed(schema: GatewaySchema, house: House, text: str) -> tuple[Any, list[Any], bool]:
    """Data, errors, and whether the stock executor was needed."""
    context = Context(actor=house.admin, correlation_id="test", deadline=time.time() + 30, language="zh")
    caller = Caller(context, LocalClient(house.runtime))
    document = schema.document(text)
    assert document.errors == []
    prepared = prepare(schema, document, None, None, caller)
    assert not isinstance(prepared, Answer)
    stock = Stock(schema, document, *prepared, caller)
    data = asyncio.run(run(stock))
    return data, stock.errors, stock.used


def asked(house: House, name: str) -> str:
    """The query with everything below it, about the administrator or what is his."""
    assert SCHEMA.graphql.query_type is not None
    field = SCHEMA.graphql.query_type.fields[name]
    kind: Any = SCHEMA.graphql.type_map["Employee"] if name == "node" else get_named_type(field.type)
    given = {}
    for argument, declared in field.args.items():
        if argument == "key":
            given[argument] = "sys.timezone"
        elif is_required_argument(declared):
            type_name = kind.name if argument == "id" else "Employee"
            given[argument] = to_global(type_name, str(house.admin.id))
    arguments = ", ".join(f'{argument}: "{value}"' for argument, value in given.items())
    below = selection(kind, 2)
    below = f"{{ ... on Employee {below} }}" if name == "node" else below
    return f"{{ {name}{f'({arguments})' if arguments else ''} {below} }}"


@pytest.mark.parametrize("name", QUERIES)
def test_every_query_is_answered_as_it_is_declared(house: House, name: str) -> None:
    data, errors, stock_was_needed = executed(SCHEMA, house, asked(house, name))

    assert errors == []
    assert not stock_was_needed
    assert name in data


def test_a_command_answers_what_it_changed_and_refuses_as_data(house: House) -> None:
    everything = selection(SCHEMA.graphql.type_map["Department"], 2)
    create = f"""mutation {{
      createDepartment(input: {{name: "市场部"}}) {{ department {everything} userErrors {{ code field message }} }}
      again: createDepartment(input: {{name: "市场部"}}) {{ department {{ id }} userErrors {{ code field message }} }}
    }}"""

    data, errors, stock_was_needed = executed(SCHEMA, house, create)

    assert (errors, stock_was_needed) == ([], False)
    assert data["createDepartment"]["department"]["name"] == "市场部"
    assert data["createDepartment"]["userErrors"] == []
    assert data["again"]["department"] is None
    assert [(each["code"], each["field"]) for each in data["again"]["userErrors"]] == [("DUPLICATE", "name")]


def test_who_lacks_a_fields_policy_sees_null_there(house: House) -> None:
    employee = next(each for each in house.call(house.admin, "employees")["nodes"] if each["login_name"] == "zhang")
    query = "{ employees { nodes { name loginName } } }"
    context = Context(actor=house.actor(employee["id"]), correlation_id="test", deadline=time.time() + 30)
    document = SCHEMA.document(query)

    answer = asyncio.run(execute(SCHEMA, document, None, None, Caller(context, LocalClient(house.runtime))))

    assert answer.errors == []
    assert answer.data is not None
    assert {"name": "zhang", "loginName": None} in answer.data["employees"]["nodes"]
