"""Short messages as PDUs (3GPP TS 23.038, 23.040): alphabets, fields, long texts in parts. Pure."""
