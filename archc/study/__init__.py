"""How deep is deep enough? A network trained over a grid of its params and of the amount of data, and a report of it.

NumPy and Matplotlib are imported by the modules that need them, which `check` and `compile` never do.
"""
