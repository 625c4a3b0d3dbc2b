"""The gateway: one GraphQL schema over all services, generated from their protocols, without rules of its own."""
