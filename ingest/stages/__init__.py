"""One pure function a file: values and arrays in, values and arrays out; no database, no vault, no clock."""
