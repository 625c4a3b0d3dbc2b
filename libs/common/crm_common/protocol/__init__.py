"""The only thing services and gateway share: commands, queries, views and events, one module per service."""
