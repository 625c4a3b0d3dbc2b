"""A service whose contracts wait for approvals: how any other one uses the engine."""
