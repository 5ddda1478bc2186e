"""A small Jet in float64 by the formulas of its public reference (arXiv:2412.15129), for jet.test.ts.

    pip install torch safetensors && python make.py

The transformer blocks are those of PyTorch, pre-norm, GELU by tanh, epsilon 1e-6. The file holds the parameters, x, y, log|det dy/dx|,
weights a and b of a loss sum(a y) + sum(b logdet), and its gradients in x and in every parameter.
"""

import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(1)

ROWS, COLUMNS, CHANNELS, PATCH, WIDTH, HEADS = 2, 3, 2, 2, 4, 2
TOKENS, DEPTH = ROWS * COLUMNS, CHANNELS * PATCH**2
# Of each coupling of channels: those that stay, as core.jet draws them of seed 0.
STAYS = {0: [0, 7, 6, 5], 2: [6, 0, 5, 3]}


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(DEPTH // 2, WIDTH)
        self.places = nn.Parameter(torch.randn(TOKENS, WIDTH))
        tanh = lambda z: F.gelu(z, approximate="tanh")
        common = {"dropout": 0, "layer_norm_eps": 1e-6, "batch_first": True, "norm_first": True}
        self.block = nn.TransformerEncoderLayer(WIDTH, HEADS, 4 * WIDTH, activation=tanh, **common)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-6)
        self.last = nn.Linear(WIDTH, DEPTH)

    def forward(self, t):
        return self.last(self.norm(self.block(self.first(t) + self.places))).chunk(2, dim=-1)


def channel_projection(stays):
    order = stays + [i for i in range(DEPTH) if i not in stays]
    return torch.eye(DEPTH)[:, order]


def place_projection(turned):
    colour = [(i // COLUMNS + i % COLUMNS) % 2 for i in range(TOKENS)]
    first, second = (1, 0) if turned else (0, 1)
    order = [i for i in range(TOKENS) if colour[i] == first] + [i for i in range(TOKENS) if colour[i] == second]
    return torch.eye(TOKENS)[:, order]


def coupled(net, x1, x2):
    bias, raw = net(x1)
    logdet = (F.logsigmoid(raw) + torch.log(torch.tensor(2.0))).sum(dim=(1, 2))
    return (x2 + bias) * torch.sigmoid(raw) * 2, logdet


def of_channels(net, x, projection):
    x1, x2 = torch.einsum("ntk,km->ntm", x, projection).chunk(2, dim=-1)
    y2, logdet = coupled(net, x1, x2)
    return torch.einsum("ntk,km->ntm", torch.cat([x1, y2], dim=-1), projection.T), logdet


def of_places(net, x, projection):
    halves = torch.einsum("ntk,tm->nmk", x, projection).chunk(2, dim=1)
    x1, x2 = (half.reshape(len(x), TOKENS, DEPTH // 2) for half in halves)
    y2, logdet = coupled(net, x1, x2)
    both = [half.reshape(len(x), TOKENS // 2, DEPTH) for half in (x1, y2)]
    return torch.einsum("ntk,tm->nmk", torch.cat(both, dim=1), projection.T), logdet


def jet(nets, image):
    x = image.reshape(-1, ROWS, PATCH, COLUMNS, PATCH, CHANNELS).permute(0, 1, 3, 2, 4, 5).reshape(-1, TOKENS, DEPTH)
    total = 0
    for k, net in enumerate(nets):
        if k % 2 == 0:
            x, logdet = of_channels(net, x, channel_projection(STAYS[k]))
        else:
            x, logdet = of_places(net, x, place_projection(k % 4 == 3))
        total = total + logdet
    x = x.reshape(-1, ROWS, COLUMNS, PATCH, PATCH, CHANNELS).permute(0, 1, 3, 2, 4, 5)
    return x.reshape(image.shape), total


nets = nn.ModuleList(Transformer() for _ in range(4))
with torch.no_grad():
    for p in nets.parameters():
        p += 0.2 * torch.randn_like(p)
x = torch.randn(3, ROWS * PATCH, COLUMNS * PATCH, CHANNELS, requires_grad=True)
y, logdet = jet(nets, x)
a, b = torch.randn_like(y), torch.randn_like(logdet)
((a * y).sum() + (b * logdet).sum()).backward()
tensors = {"x": x, "y": y, "logdet": logdet, "a": a, "b": b, "dx": x.grad, **nets.state_dict()}
tensors.update({f"gradient.{n}": p.grad for n, p in nets.named_parameters()})
saved = {n: t.detach().contiguous().clone() for n, t in tensors.items()}
save_file(saved, pathlib.Path(__file__).parent / "jet.safetensors")
