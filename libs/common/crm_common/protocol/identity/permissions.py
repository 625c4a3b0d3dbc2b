"""The catalogue of permissions: modules, sections and keys, declared; and the patterns preset roles are written in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from crm_common.protocol.declare import Permission, permission_catalogue, services
from crm_common.protocol.identity.catalogue import CATALOGUE
from crm_common.protocol.identity.service import identity
from crm_common.protocol.policy import Policy

OWN_OPERATIONS = ("view", "create", "edit", "follow", "convert")
"""What ``<section>.*own`` stands for: what one does on records of one's own."""

_ALTERNATIVES = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class PermissionSection:
    """The keys that begin alike: what a data scope is set for."""

    name: str
    en: str
    zh: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PermissionModule:
    """A module of the product: what menus show and roles hide."""

    name: str
    en: str
    zh: str
    sections: tuple[PermissionSection, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """All keys of all its sections."""
        return tuple(key for section in self.sections for key in section.keys)


def _declare() -> tuple[PermissionModule, ...]:
    return tuple(
        PermissionModule(
            module, en, zh, tuple(_section(name, words, operations) for name, words, operations in sections)
        )
        for module, (en, zh), sections in CATALOGUE
    )


def _section(name: str, words: tuple[str, str], operations: Iterable[tuple[str, str, str]]) -> PermissionSection:
    keys = tuple(identity.permission(f"{name}.{operation}", en=en, zh=zh) for operation, en, zh in operations)
    return PermissionSection(name, *words, keys)


DECLARED: tuple[PermissionModule, ...] = _declare()
"""The modules of CATALOGUE, in the order of menus."""


@cache
def modules() -> tuple[PermissionModule, ...]:
    """Every module in the order of menus; keys that other services declare by themselves come last, a module each."""
    known = {section.name for module in DECLARED for section in module.sections}
    found: dict[str, list[str]] = {}
    for key in permissions():
        if section_of(key) not in known:
            found.setdefault(section_of(key), []).append(key)
    further = (PermissionSection(name, name, name, tuple(keys)) for name, keys in found.items())
    return DECLARED + tuple(PermissionModule(each.name, each.name, each.name, (each,)) for each in further)


@cache
def keys_in_use() -> frozenset[str]:
    """The keys that some declared operation or view asks for; the others belong to services that are not there yet."""
    policies: set[Policy] = set()
    for service in services().values():
        policies.update(each.policy for each in (*service.queries.values(), *service.commands.values()))
        policies.update(view.policy for view in service.views.values())
    return frozenset(key for policy in policies for key in policy.permissions)


@cache
def permissions() -> dict[str, Permission]:
    """Every key with its words: those of CATALOGUE first."""
    return {**identity.permissions, **permission_catalogue()}


@cache
def sections() -> dict[str, PermissionSection]:
    """Every section by name."""
    return {section.name: section for module in modules() for section in module.sections}


def section_of(key: str) -> str:
    """The section of a key: ``customer.phone.view_all`` → ``customer``."""
    return key.partition(".")[0]


@cache
def sections_named(name: str) -> tuple[str, ...]:
    """The sections a name means: ``sales`` those of the module, ``opp`` or ``opp.*`` the one; empty when there is none.

    Where a module and a section have one name (customer), the name is the module's, ``customer.*`` the section's.
    """
    for module in modules():
        if module.name == name:
            return tuple(section.name for section in module.sections)
    section = name.removesuffix(".*")
    return (section,) if section in sections() else ()


def expand(patterns: Iterable[str]) -> tuple[str, ...]:
    """The keys of ``patterns``, in the catalogue's order; ValueError when one means nothing.

    ``customer.view``, ``customer.{view,create}``, ``ticket.*`` (all of a section), ``lead.*own`` (`OWN_OPERATIONS`),
    ``*`` (everything), ``-ticket.assign_any`` (takes away, whatever the order).
    """
    given: set[str] = set()
    taken: set[str] = set()
    for pattern in patterns:
        chosen = taken if pattern.startswith("-") else given
        chosen.update(_keys_of(pattern.removeprefix("-")))
    return tuple(key for key in permissions() if key in given - taken)


def _keys_of(pattern: str) -> set[str]:
    if alternatives := _ALTERNATIVES.search(pattern):
        head, tail = pattern[: alternatives.start()], pattern[alternatives.end() :]
        return {key for part in alternatives.group(1).split(",") for key in _keys_of(f"{head}{part.strip()}{tail}")}
    section, _, operation = pattern.partition(".")
    if pattern == "*":
        found = set(permissions())
    elif operation == "*own":
        found = {f"{section}.{own}" for own in OWN_OPERATIONS} & permissions().keys()
    elif operation == "*":
        found = set(sections()[section].keys) if section in sections() else set()
    else:
        found = {pattern} & permissions().keys()
    if not found:
        raise ValueError(f"no permission key is meant by {pattern}")
    return found
