"""bigru_tagger: A part-of-speech tagger: one tag for each word from a bidirectional GRU (Cho et
al., 2014), as Huang, Xu and Yu (2015, arXiv:1508.01991) tag with LSTMs, without their CRF.

Compiled by archc 0.1.0 from bigru_tagger.yaml for PyTorch.
1,733,817 parameters.
"""

from torch import Tensor, nn
from torch.nn import functional as F


class BigruTagger(nn.Module):
    """int64 (batch, any) -> probabilities (batch, any, 17)."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(10000, 100)
        self.gru = nn.GRU(100, 300, batch_first=True, bidirectional=True)
        self.dropout = nn.Dropout(0.5)
        self.dense = nn.Linear(600, 17)
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
            elif isinstance(layer, nn.GRU):
                for name, weight in layer.named_parameters():
                    if name.startswith("weight_ih"):
                        nn.init.xavier_uniform_(weight)
                    elif name.startswith("weight_hh"):
                        nn.init.orthogonal_(weight)
                    else:
                        nn.init.zeros_(weight)

    def logits(self, x: Tensor) -> Tensor:
        x = self.embedding(x)  # (any, 100)
        x = self.gru(x)[0]  # (any, 600)
        x = self.dropout(x)
        return self.dense(x)  # (any, 17)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
