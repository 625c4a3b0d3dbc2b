"""The service customer: see its README.md."""
