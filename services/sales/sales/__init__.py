"""The service sales: see its README.md."""
