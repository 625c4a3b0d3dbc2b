"""Believable customers for the demo company; the same every time, made as real ones are."""

from customer.demo.load import load

__all__ = ["load"]
