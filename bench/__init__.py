"""Measurements. `python -m bench` runs them all and writes bench/README.md; each can be run alone."""
