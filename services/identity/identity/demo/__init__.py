"""A believable company to try the product with; the same every time, made by the same use cases as a real one."""

from identity.demo.load import load

__all__ = ["load"]
