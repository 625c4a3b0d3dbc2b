"""What identity needs of the world beside its database: hashing, randomness, signatures."""
