"""Trains the models of tasks.ts with normflows, on the points that the benchmark wrote. Prints one JSON object per run.

    python train_normflows.py points.json

points.json: a list of {task, seed, batch, shape, train, heldOut}; the last two are files of float32, samples one after the other.
"""

import json
import sys

import normflows as nf
import numpy as np
import torch

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


def real_nvp(layers=8, hidden=64):
    """ActNorm and a coupling that moves the other half each time, as in normflows's examples: flows run from z to x."""
    flows = []
    for _ in range(layers):
        net = nf.nets.MLP([1, hidden, hidden, 2], init_zeros=True)
        flows += [nf.flows.AffineCouplingBlock(net), nf.flows.Permute(2, mode="swap"), nf.flows.ActNorm(2)]
    return nf.NormalizingFlow(nf.distributions.DiagGaussian(2, trainable=False), flows)


def glow(size, scales=2, steps=4, hidden=32):
    """Its Glow, with the defaults of a block, put together as in its example of images."""
    bases, flows, merges = [], [], []
    for i in range(scales):
        channels = 2 ** (scales + 1 - i)
        blocks = [nf.flows.GlowBlock(channels, hidden, split_mode="channel", scale=True) for _ in range(steps)]
        flows += [blocks + [nf.flows.Squeeze()]]
        pixels = size // 2 ** (scales - i)
        leaving = channels if i == 0 else channels // 2
        bases += [nf.distributions.DiagGaussian((leaving, pixels, pixels))]
        if i > 0:
            merges += [nf.flows.Merge()]
    return nf.MultiscaleFlow(bases, flows, merges, class_cond=False)


def samples(run, part):
    x = np.fromfile(run[part], dtype="<f4").astype(np.float64).reshape(-1, *run["shape"])
    return torch.from_numpy(np.moveaxis(x, -1, 1).copy())


def losses(model, x):
    if isinstance(model, nf.MultiscaleFlow):
        return -model.log_prob(x, None)
    return -model.log_prob(x)


def train(run):
    torch.manual_seed(run["seed"])
    model = real_nvp() if len(run["shape"]) == 1 else glow(run["shape"][0])
    x, held_out, batch = samples(run, "train"), samples(run, "heldOut"), run["batch"]
    with torch.no_grad():
        losses(model, x[:batch])  # sets ActNorm
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for k in range(0, len(x), batch):
        optimizer.zero_grad()
        losses(model, x[k : k + batch]).mean().backward()
        optimizer.step()
    with torch.no_grad():
        return float(losses(model, held_out).mean())


for run in json.load(open(sys.argv[1])):
    print(json.dumps({"task": run["task"], "seed": run["seed"], "nats": train(run)}), flush=True)
