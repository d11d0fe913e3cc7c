# see tests/README
