"""Neighbours and what else lies outside, asked before a transaction opens."""
