"""Prints the variables that a service declares: `python -m crm_full.declared identity` → {"IDENTITY_…": true}.

A process of its own, as the launcher imports no service. True: the service does not run without the variable.
"""

from __future__ import annotations

import importlib
import json
import sys

from crm_common.settings import ServiceSettings, variables


def declared(package: str) -> dict[str, bool]:
    module = importlib.import_module(f"{package}.settings")
    classes = [each for each in vars(module).values() if isinstance(each, type) and issubclass(each, ServiceSettings)]
    own = [each for each in classes if each.__module__ == module.__name__] or [ServiceSettings]
    return {name: default == "required" for name, default, _doc in variables(own[-1], f"{package.upper()}_")}


if __name__ == "__main__":
    print(json.dumps(declared(sys.argv[1])))
