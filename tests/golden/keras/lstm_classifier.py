"""lstm_classifier: A text classifier with one LSTM (Hochreiter and Schmidhuber, 1997), as Dai
and Le (2015, arXiv:1511.01432) train it on reviews.

Compiled by archc 0.1.0 from lstm_classifier.yaml for Keras.
16,566,364 parameters, 2,516,613,180 multiply-accumulates an example.
"""

import keras
from keras import layers


def lstm_classifier(*, logits: bool = False) -> keras.Model:
    """int32 (batch, 400) -> probabilities (batch, 2), or logits."""
    inputs = keras.Input((400,), dtype="int32", name="input")
    x = layers.Embedding(20000, 512, name="embedding")(inputs)  # (400, 512)
    x = layers.LSTM(1024, name="lstm")(x)  # (1024,)
    x = layers.Dense(30, activation="relu", name="dense1")(x)  # (30,)
    x = layers.Dropout(0.5, name="dropout")(x)
    x = layers.Dense(2, name="dense2")(x)  # (2,)
    outputs = x if logits else layers.Softmax(name="dense2_softmax")(x)
    return keras.Model(inputs, outputs, name="lstm_classifier")
