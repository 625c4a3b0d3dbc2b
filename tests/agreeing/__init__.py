"""A company whose people draw up contracts, countersign and carry them out: identity, customer, office and finance."""
