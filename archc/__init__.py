"""archc: a compiler from declarative network specs to PyTorch and Keras source."""

__version__ = "0.1.0"
