"""The only SQL that writes; functions of an open transaction's connection."""
