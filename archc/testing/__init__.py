"""Random networks from the definitions of ops alone, and what must hold for each: a new op is tested by existing.

`python -m archc.testing.sweep --count 10000` looks for networks that the backends do not agree about.
"""
