"""A company whose people draw up contracts, countersign and carry them out: five services beside one another."""
