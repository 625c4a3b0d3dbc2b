"""What is outside: the store of objects, the scanner, the reader of texts, the owners of records."""
