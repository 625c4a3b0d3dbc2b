"""The permission matrix (BYD-09): every read path of the schema × every seat and data scope, against a plain oracle."""
