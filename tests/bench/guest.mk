# One fragment per subject; see tests/README.
