"""Makes the servers for tests (tests/infra) known to every test of the repository."""

pytest_plugins = ["infra.plugin"]
