"""Finds the words that describe a declared thing: the metadata of a field, or the string below it."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import itertools
import textwrap
from enum import Enum
from functools import cache


class UnpublishableError(TypeError):
    """A declaration that cannot become part of the schema: undescribed, without policy, or of an unknown type."""


@cache
def attribute_docs(cls: type) -> dict[str, str]:
    """The string literals that stand below the attributes of a class, by attribute; empty without its source."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(cls)))
    except (OSError, TypeError, SyntaxError):
        return {}
    body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
    docs: dict[str, str] = {}
    for statement, following in itertools.pairwise(body):
        name = _assigned(statement)
        if name and isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
            docs[name] = " ".join(str(following.value.value).split())
    return docs


def _assigned(statement: ast.stmt) -> str | None:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
        case _:
            return None


def class_doc(cls: type) -> str:
    """The docstring of the class itself, in one line."""
    doc = cls.__dict__.get("__doc__") or ""
    # dataclasses write a signature where there is no docstring
    if not doc.strip() or doc.startswith(f"{cls.__name__}("):
        raise UnpublishableError(f"{cls.__name__} has no docstring: everything public is described")
    return " ".join(doc.split())


def member_doc(member: Enum) -> str:
    """What an enum member means: the string below it, or the words of its name where they say it (``MONDAY``)."""
    return attribute_docs(type(member)).get(member.name) or member.name.replace("_", " ").capitalize() + "."


def field_doc(cls: type, declared: dataclasses.Field[object]) -> str:
    """What a field of a dataclass means: ``given(...)``, ``shown(...)``, or the string below it (own or inherited)."""
    about = declared.metadata.get("shown")
    doc = declared.metadata.get("doc") or (about.doc if about else None)
    for owner in cls.__mro__:
        doc = doc or (attribute_docs(owner).get(declared.name) if dataclasses.is_dataclass(owner) else None)
    if not doc:
        raise UnpublishableError(f"{cls.__name__}.{declared.name} has no description: everything public is described")
    return str(doc)
