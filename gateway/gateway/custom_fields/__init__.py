"""Custom fields as typed parts of the schema, made at run time and swapped in at every change (BYD-04)."""
