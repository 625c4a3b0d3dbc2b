"""Flows, people and commands for tests of approvals: pure, and as they travel."""
