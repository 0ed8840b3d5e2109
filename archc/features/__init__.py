"""What a trained network responds to: kernels, feature maps, the images and the patches that excite single units,
images made to excite them, and where a decision comes from. Either backend computes; the page is the same.

NumPy and Pillow are imported by the modules that need them, which `check` and `compile` never do.
"""
