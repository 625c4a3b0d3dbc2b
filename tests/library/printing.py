"""Types of a schema as people read them."""

from __future__ import annotations

import re

from graphql import parse, print_ast, print_type

from gateway.schema import GatewaySchema


def printed(schema: GatewaySchema, name: str) -> list[str]:
    """The lines of a type without its descriptions."""
    bare = re.sub(r'""".*?"""', "", print_type(schema.graphql.type_map[name]), flags=re.DOTALL)
    return [line.strip() for line in print_ast(parse(bare)).splitlines() if line.strip()]
