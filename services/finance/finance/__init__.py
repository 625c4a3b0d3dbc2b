"""The service finance: see its README.md."""
