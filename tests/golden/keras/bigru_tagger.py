"""bigru_tagger: A part-of-speech tagger: one tag for each word from a bidirectional GRU (Cho et
al., 2014), as Huang, Xu and Yu (2015, arXiv:1508.01991) tag with LSTMs, without their CRF.

Compiled by archc 0.1.0 from bigru_tagger.yaml for Keras.
1,733,817 parameters.
"""

import keras
from keras import layers


def bigru_tagger(*, logits: bool = False) -> keras.Model:
    """int32 (batch, any) -> probabilities (batch, any, 17), or logits."""
    inputs = keras.Input((None,), dtype="int32", name="input")
    x = layers.Embedding(10000, 100, name="embedding")(inputs)  # (any, 100)
    x = layers.Bidirectional(layers.GRU(300, return_sequences=True), name="gru")(x)  # (any, 600)
    x = layers.Dropout(0.5, name="dropout")(x)
    x = layers.Dense(17, name="dense")(x)  # (any, 17)
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model(inputs, outputs, name="bigru_tagger")
