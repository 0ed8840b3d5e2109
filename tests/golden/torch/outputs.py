"""outputs: Outputs of every kind, some of them used further, two of them with final activations
in blocks' place.

Compiled by archc 0.1.0 from outputs.yaml for PyTorch.
228 parameters, 940 multiply-accumulates an example.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Outputs(nn.Module):
    """words int64 (batch, 7), sound float32 (batch, 7, 3), facts float32 (batch, 5) -> raised
    (batch, 5, 7), tags probabilities (batch, 7, 3), marks probabilities (batch, 2, 7), kind
    probabilities (batch, 4), amount (batch, 2), line (batch, 5, 7).
    """

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(13, 4)
        self.line = nn.Conv1d(7, 5, kernel_size=3, padding="same")
        self.tags = nn.Linear(5, 3)
        self.marks = nn.Conv1d(5, 2, kernel_size=1)
        self.dense = nn.Linear(5, 4)
        self.amount = nn.Linear(5, 2)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight afresh: Glorot uniform, biases zero; embeddings uniform."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv1d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)
            elif isinstance(layer, nn.Embedding):
                nn.init.uniform_(layer.weight, -0.05, 0.05)

    def logits(
        self, words: Tensor, sound: Tensor, facts: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
        embedding = self.embedding(words)  # (7, 4)
        x = torch.cat([embedding, sound], dim=2)  # (7, 7)
        x = x.transpose(1, 2)
        line = self.line(x)  # (5, 7)
        x = line.transpose(1, 2)
        tags = self.tags(x)  # (7, 3)
        marks = self.marks(line)  # (2, 7)
        global_avg_pool = line.mean(dim=2)  # (5,)
        mixed = global_avg_pool * facts
        kind = self.dense(mixed)  # (4,)
        amount = F.relu(self.amount(mixed), inplace=True)  # (2,)
        raised = line + facts[:, :, None]  # (5, 7)
        return raised, tags, marks, kind, amount, line

    def forward(
        self, words: Tensor, sound: Tensor, facts: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
        raised, tags, marks, kind, amount, line = self.logits(words, sound, facts)
        return (
            raised,
            F.softmax(tags, dim=-1),
            torch.sigmoid(marks),
            F.softmax(kind, dim=-1),
            amount,
            line,
        )
