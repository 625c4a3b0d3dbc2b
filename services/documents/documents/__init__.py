"""The service documents: see its README.md."""
