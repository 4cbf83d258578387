# SPDX-License-Identifier: EUPL-1.2
"""The network itself, for fine-tuning only: BERT as multilingual-e5-small has it, and six heads.

Architecture: Devlin et al., "BERT" (2019), post-layer-norm, exact GELU; mean pooling as in E5.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from classify.encoder.encoder import Labels
from classify.encoder.weights import Pretrained


class Layer(nn.Module):
    """One layer: attention and a feed-forward net, each added to what came in."""

    def __init__(self, pretrained: Pretrained, dropout: float) -> None:
        super().__init__()
        width, epsilon = pretrained.width, pretrained.epsilon
        self.heads = pretrained.heads
        self.qkv = nn.Linear(width, 3 * width)
        self.ao = nn.Linear(width, width)
        self.aln = nn.LayerNorm(width, epsilon)
        self.fi = nn.Linear(width, pretrained.inner)
        self.fo = nn.Linear(pretrained.inner, width)
        self.oln = nn.LayerNorm(width, epsilon)
        self.d = nn.Dropout(dropout)

    def forward(self, x: Any, mask: Any) -> Any:
        """Return the layer's output; ``mask`` is added to the attention scores."""
        batch, length, width = x.shape
        shaped = self.qkv(x).view(batch, length, 3, self.heads, width // self.heads)
        q, k, v = shaped.permute(2, 0, 3, 1, 4)
        # Written out: the fused kernel is slower backwards on a processor.
        weights = torch.softmax(q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5 + mask, -1)
        seen = (weights @ v).transpose(1, 2).reshape(batch, length, width)
        x = self.aln(x + self.ao(seen))
        return self.oln(x + self.d(self.fo(nn.functional.gelu(self.fi(x)))))


class Body(nn.Module):
    """Embeddings and layers."""

    def __init__(self, pretrained: Pretrained, vocabulary: int, dropout: float) -> None:
        super().__init__()
        width = pretrained.width
        self.word = nn.Embedding(vocabulary, width)
        self.pos = nn.Embedding(pretrained.positions, width)
        #: Row 0 for the message itself, row 1 for what was said earlier.
        self.types = nn.Parameter(torch.zeros(2, width))
        self.ln = nn.LayerNorm(width, pretrained.epsilon)
        self.d = nn.Dropout(dropout)
        self.layers = nn.ModuleList(Layer(pretrained, dropout) for _ in range(pretrained.layers))

    def forward(self, ids: Any, mask: Any, types: Any) -> Any:
        """Return one vector per piece."""
        x = self.word(ids) + self.pos.weight[: ids.shape[1]] + self.types[types]
        x = self.d(self.ln(x))
        hidden = torch.zeros(mask.shape, dtype=x.dtype).masked_fill(~mask, -1e4)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, hidden)
        return x


class Network(nn.Module):
    """The body and a linear head for each question, over the mean and the maximum of pieces."""

    def __init__(
        self, pretrained: Pretrained, labels: Labels, vocabulary: int, dropout: float = 0.1
    ) -> None:
        super().__init__()
        self.enc = Body(pretrained, vocabulary, dropout)
        width = pretrained.width
        self.drop = nn.Dropout(dropout)
        self.cat = nn.Linear(2 * width, len(labels.category))
        self.urg = nn.Linear(2 * width, len(labels.urgency))
        self.fh = nn.Linear(2 * width, len(labels.first_hand))
        self.sub = nn.Linear(2 * width, len(labels.subcategory))
        self.tag = nn.Linear(width, len(labels.tags))
        self.rel = nn.Linear(2 * width, 2)
        for head in self.heads():
            nn.init.normal_(head.weight, std=0.02)
            nn.init.zeros_(head.bias)

    def heads(self) -> list[nn.Linear]:
        """Return the parts that start from nothing."""
        return [self.cat, self.urg, self.fh, self.sub, self.tag, self.rel]

    def forward(self, ids: Any, mask: Any, types: Any, own: Any) -> tuple[Any, ...]:
        """Return scores of category, urgency, first hand, subcategory, tags and relatedness.

        ``own`` marks the pieces of the message itself; only these are pooled.
        """
        x = self.enc(ids, mask, types)
        mine = own[..., None].to(x.dtype)
        mean = (x * mine).sum(1) / mine.sum(1)
        highest = (x - 1e4 * (1 - mine)).max(1).values
        pooled = self.drop(torch.cat([mean, highest], 1))
        return (
            self.cat(pooled),
            self.urg(pooled),
            self.fh(pooled),
            self.sub(pooled),
            self.tag(self.drop(x)),
            self.rel(pooled),
        )


class Serving(nn.Module):
    """The network as it is exported: one message, so nothing is padded."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: Any, types: Any, own: Any) -> tuple[Any, ...]:
        """Return what ``Network`` returns."""
        return tuple(self.network(ids, torch.ones_like(ids, dtype=torch.bool), types, own))


def start_from(body: Body, pretrained: Pretrained, kept: Sequence[int]) -> None:
    """Give the body the pretrained weights; of the words only those with a number in ``kept``."""
    tensors, width, inner = pretrained.tensors, pretrained.width, pretrained.inner

    def get(name: str, *shape: int) -> Any:
        return torch.from_numpy(tensors[name].reshape(shape))

    words = get("emb.word", pretrained.vocabulary, width)
    state = {
        "word.weight": words[torch.as_tensor(list(kept))],
        "pos.weight": get("emb.pos", pretrained.positions, width),
        "types": get("emb.type", -1, width)[:1].repeat(2, 1),
        "ln.weight": get("emb.ln.w", width),
        "ln.bias": get("emb.ln.b", width),
    }
    for number in range(pretrained.layers):
        old, new = f"l{number}.", f"layers.{number}."
        state[f"{new}qkv.weight"] = torch.cat([get(f"{old}{n}.w", width, width) for n in "qkv"])
        state[f"{new}qkv.bias"] = torch.cat([get(f"{old}{n}.b", width) for n in "qkv"])
        for name, shape in (("ao", (width, width)), ("fi", (inner, width)), ("fo", (width, inner))):
            state[f"{new}{name}.weight"] = get(f"{old}{name}.w", *shape)
            state[f"{new}{name}.bias"] = get(f"{old}{name}.b", shape[0])
        for name in ("aln", "oln"):
            state[f"{new}{name}.weight"] = get(f"{old}{name}.w", width)
            state[f"{new}{name}.bias"] = get(f"{old}{name}.b", width)
    body.load_state_dict(state, strict=True)
