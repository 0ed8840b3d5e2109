"""Measurements, each a script that prints medians and ratios. `make bench` runs them all."""
