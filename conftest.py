"""Makes the servers for tests (tests/infra) known to every test of the repository."""

# The folder gateway/ would otherwise become a namespace of this name as soon as a test below it is imported.
import gateway  # noqa: F401

pytest_plugins = ["infra.plugin", "standing.plugin"]
