"""The names that follow from a service's name."""

from __future__ import annotations

import keyword
import re
import sys
from dataclasses import dataclass
from typing import Self


class NotAName(Exception):  # noqa: N818 - read as a sentence
    """Why a word cannot be a service's name."""


@dataclass(frozen=True, slots=True)
class Names:
    """Folder ``service-desk``, package ``service_desk``, ``ServiceDesk`` in classes, ``SERVICE_DESK`` in variables."""

    folder: str
    package: str
    camel: str
    upper: str

    @classmethod
    def of(cls, name: str) -> Self:
        """The names of a service called ``name`` (lower case, hyphens between words); NotAName otherwise."""
        if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name) or len(name) > 40:
            raise NotAName(f"{name}: a service is named in lower case with hyphens between words, as in service-desk")
        package = name.replace("-", "_")
        if keyword.iskeyword(package) or package in sys.stdlib_module_names:
            raise NotAName(f"{name}: Python has a word or module of this name")
        return cls(name, package, "".join(part.capitalize() for part in name.split("-")), package.upper())

    def fill(self, text: str) -> str:
        """The template's text with this service's names in the places of ``sample``'s."""
        return (
            text.replace("sample-folder", self.folder)
            .replace("sample_package", self.package)
            .replace("SamplePackage", self.camel)
            .replace("SAMPLE_PACKAGE", self.upper)
        )
