"""What the service reaches beside its database."""
