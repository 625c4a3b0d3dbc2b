"""Measures the product against direct SQL on the same data in the same run; `make bench` writes docs/benchmarks.md."""
