"""The command ``crm``: a GraphQL client for terminals and scripts; it knows no service."""
