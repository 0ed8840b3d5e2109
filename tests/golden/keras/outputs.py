"""outputs: Outputs of every kind, some of them used further, two of them with final activations
in blocks' place.

Compiled by archc 0.1.0 from outputs.yaml for Keras.
228 parameters, 940 multiply-accumulates an example.
"""

import keras
from keras import layers, ops


def outputs(*, logits: bool = False) -> keras.Model:
    """words int32 (batch, 7), sound float32 (batch, 7, 3), facts float32 (batch, 5) -> raised
    (batch, 7, 5), tags probabilities (batch, 7, 3), marks probabilities (batch, 7, 2), kind
    probabilities (batch, 4), amount (batch, 2), line (batch, 7, 5), or logits.
    """
    words = keras.Input((7,), dtype="int32", name="words")
    sound = keras.Input((7, 3), name="sound")
    facts = keras.Input((5,), name="facts")
    embedding = layers.Embedding(13, 4, name="embedding")(words)  # (7, 4)
    x = layers.Concatenate(name="joined")([embedding, sound])  # (7, 7)
    line = layers.Conv1D(5, 3, padding="same", name="line")(x)  # (7, 5)
    tags = layers.Dense(3, name="tags")(line)  # (7, 3)
    marks = layers.Conv1D(2, 1, name="marks")(line)  # (7, 2)
    global_avg_pool = layers.GlobalAveragePooling1D(name="global_avg_pool")(line)  # (5,)
    mixed = layers.Multiply(name="mixed")([global_avg_pool, facts])
    kind = layers.Dense(4, name="dense")(mixed)  # (4,)
    amount = layers.Dense(2, activation="relu", name="amount")(mixed)  # (2,)
    raised = layers.Add(name="raised")([line, ops.expand_dims(facts, 1)])  # (7, 5)
    tags_output = tags if logits else layers.Softmax(name="tags_softmax")(tags)
    marks_output = marks if logits else layers.Activation("sigmoid", name="marks_sigmoid")(marks)
    kind_output = kind if logits else layers.Softmax(name="kind")(kind)
    return keras.Model(
        [words, sound, facts],
        [raised, tags_output, marks_output, kind_output, amount, line],
        name="outputs",
    )
