"""Real servers for tests: fixtures over crm_servers. A test that asks for one is marked `infra`."""
