"""A root field whose fields are root fields themselves (the workbench): all are asked at once, each fails by itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from gateway.errors import to_graphql
from gateway.execution.compiler import CannotCompileError, Complete
from gateway.execution.request import Caller
from gateway.execution.roots import ROOTS, Root
from gateway.selection import Picked

PATIENCE = 3.0
"""Seconds after which a block whose service has not answered is left out."""


@dataclass(frozen=True, slots=True)
class Block:
    """A field of the record of blocks; its arguments are known, as what is in their variables decides the plan."""

    root: Root
    arguments: dict[str, Any]

    async def fetch(self, caller: Caller) -> Any:
        """What its service answers; null without the right, and the error itself where it failed."""
        if not self.root.meaning.policy.allows(caller.context.actor):
            return None
        try:
            return await self.root.fetch(self.arguments, caller)
        except Exception as failed:  # noqa: BLE001 - one block's failure is its own error and nobody else's
            return to_graphql(failed, caller.context)


class BlocksRoot(Root):
    """The blocks, by their response keys."""

    def prepare(self) -> None:
        self.blocks: dict[str, Block] = {}
        self.type_names: dict[str, str] = {}
        for picked in self.picked.below:
            if picked.is_typename:
                self.type_names[picked.key] = picked.parent.name
            else:
                self.blocks[picked.key] = self._block(picked)
        self.complete = self._shown

    async def fetch(self, _arguments: dict[str, Any], caller: Caller) -> dict[str, Any]:
        # the others are not kept waiting until nothing can be answered any more
        context = replace(caller.context, deadline=min(caller.context.deadline, time.time() + PATIENCE))
        hurried = replace(caller, context=context)
        values = await asyncio.gather(*(block.fetch(hurried) for block in self.blocks.values()))
        return dict(zip(self.blocks, values, strict=True))

    def _block(self, picked: Picked) -> Block:
        meaning = picked.meaning.root if picked.meaning else None
        assert meaning is not None
        make: Callable[..., Root] = ROOTS[meaning.kind]
        return Block(make(picked, meaning, self.ground), self.ground.picker.arguments(picked))

    def _shown(self, values: dict[str, Any]) -> dict[str, Any]:
        """The compiled form; a block that failed is for the stock executor, which says where."""
        return {
            picked.key: self.type_names.get(picked.key) or self._completed(picked.key, values[picked.key])
            for picked in self.picked.below
        }

    def _completed(self, key: str, value: Any) -> Any:
        complete: Complete | None = self.blocks[key].root.complete
        if complete is None or isinstance(value, Exception):
            raise CannotCompileError
        return complete(value)
