"""Names inside (snake_case) and outside (camelCase), and the words of a name for descriptions."""

from __future__ import annotations

from functools import lru_cache

from crm_common.protocol.declare import snake


@lru_cache(maxsize=8192)
def camel(name: str) -> str:
    """``parent_id`` → ``parentId``; a dotted path is turned part by part (``items.0.name_en`` → ``items.0.nameEn``)."""
    if "." in name:
        return ".".join(camel(part) for part in name.split("."))
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def words(name: str) -> str:
    """``CreateDepartment`` or ``create_department`` → ``create department``."""
    return snake(name).replace("_", " ").strip()


def upper(name: str) -> str:
    """``parent_id`` → ``PARENT_ID``."""
    return name.upper()


def sentence(text: str) -> str:
    """The text with a capital and a full stop."""
    text = " ".join(text.split())
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?", "。")) else ".")
