"""Checks that are too long for tests: run by `make`."""
