"""lstm_classifier: A text classifier with one LSTM (Hochreiter and Schmidhuber, 1997), as Dai
and Le (2015, arXiv:1511.01432) train it on reviews.

Compiled by archc 0.1.0 from lstm_classifier.yaml for PyTorch.
16,566,364 parameters, 2,516,613,180 multiply-accumulates an example.
"""

from torch import Tensor, nn
from torch.nn import functional as F


class LstmClassifier(nn.Module):
    """int64 (batch, 400) -> probabilities (batch, 2)."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(20000, 512)
        self.lstm = nn.LSTM(512, 1024, batch_first=True)
        self.dense1 = nn.Linear(1024, 30)
        self.dropout = nn.Dropout(0.5)
        self.dense2 = nn.Linear(30, 2)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight afresh: Glorot uniform, orthogonal from states, biases zero;
        embeddings uniform.
        """
        for layer in self.modules():
            if isinstance(layer, nn.Linear):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)
            elif isinstance(layer, nn.Embedding):
                nn.init.uniform_(layer.weight, -0.05, 0.05)
            elif isinstance(layer, nn.LSTM):
                for name, weight in layer.named_parameters():
                    if name.startswith("weight_ih"):
                        nn.init.xavier_uniform_(weight)
                    elif name.startswith("weight_hh"):
                        nn.init.orthogonal_(weight)
                    else:
                        nn.init.zeros_(weight)
                    if name.startswith("bias_ih"):
                        # The forget gate starts open.
                        nn.init.ones_(weight[layer.hidden_size : 2 * layer.hidden_size])
                    if name.startswith("bias_hh"):
                        # It is added to bias_ih: one of them is enough.
                        weight.requires_grad_(False)

    def logits(self, x: Tensor) -> Tensor:
        x = self.embedding(x)  # (400, 512)
        x = self.lstm(x)[0][:, -1]  # (1024,)
        x = F.relu(self.dense1(x), inplace=True)  # (30,)
        x = self.dropout(x)
        return self.dense2(x)  # (2,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
