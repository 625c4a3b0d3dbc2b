"""The service office: see its README.md."""
