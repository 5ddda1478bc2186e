"""Small models of nflows, normflows and FrEIA in float64, and what they compute, for from-torch.test.ts.

    pip install torch nflows normflows FrEIA safetensors && python make.py

Each file holds a state_dict, and besides: x, the latent z of it, log|det dz/dx|, weights a and b of a loss sum(a z) + sum(b logdet), its
gradient in x, in the condition c where there is one, and along the parameters whose names are in the metadata: sum(theta dL/dtheta).
"""

import json
import pathlib

import FrEIA.framework as Ff
import FrEIA.modules as Fm
import nflows.nn.nets as nets
import nflows.transforms as T
import normflows as nf
import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

torch.set_default_dtype(torch.float64)


def shake(model):
    """Numbers that are no start: every parameter moves, and so do running statistics."""
    with torch.no_grad():
        for p in model.parameters():
            if p.requires_grad:
                p += 0.2 * torch.randn_like(p)
        for name, b in model.named_buffers():
            if name.endswith("running_mean"):
                b += 0.3 * torch.randn_like(b)
            if name.endswith("running_var"):
                b += 0.5 + torch.rand_like(b)
            if name.endswith(("initialized", "data_dep_init_done")):
                b.fill_(1)
    for m in model.modules():
        if isinstance(m, Fm.ActNorm):
            m.init_on_next_batch = False
    return model.double().eval()


# What a factor on it does not multiply the weights here with.
CURVED = ("unconstrained_upper_diag", "unconstrained_weight", "log_S", "global_scale")


def save(name, library, modules, model, latent, shape, condition=None):
    x = torch.randn(shape, requires_grad=True)
    c = torch.randn(condition, requires_grad=True) if condition else None
    z, logdet = latent(x, c) if condition else latent(x)
    logdet = logdet + torch.zeros(shape[0])
    a, b = torch.randn_like(z), torch.randn_like(logdet)
    ((a * z).sum() + (b * logdet).sum()).backward()
    along = [n for n, p in model.named_parameters() if p.grad is not None and not n.endswith(CURVED)]
    parameters = dict(model.named_parameters())
    slope = sum((parameters[n] * parameters[n].grad).sum() for n in along)
    golden = {"x": x, "z": z, "logdet": logdet, "a": a, "b": b, "dx": x.grad, "slope": slope}
    if condition:
        golden.update({"c": c, "dc": c.grad})
    tensors = {**model.state_dict(), **{f"golden.{key}": t for key, t in golden.items()}}
    metadata = {"library": library, "modules": json.dumps(modules), "along": json.dumps(along)}
    folder = pathlib.Path(__file__).parent
    save_file({n: t.detach().contiguous().clone() for n, t in tensors.items()}, folder / f"{name}.safetensors", metadata)


def composite(name, described, shape, condition=None):
    modules, transforms = zip(*described)
    model = shake(T.CompositeTransform(list(transforms)))
    save(name, "nflows", modules, model, model, shape, condition)


def residual(i, o):
    return nets.ResidualNet(i, o, hidden_features=6, num_blocks=2, activation=torch.tanh)


def convolutional(i, o):
    return nets.ConvResidualNet(i, o, hidden_channels=3, num_blocks=1)


class Mlp(nets.MLP):
    """With the argument that couplings hand on."""

    def forward(self, inputs, context=None):
        return super().forward(inputs)


def mlp(i, o):
    return Mlp([i], [o], [5, 4])


def of_nflows():
    mask = [1, 0, 1, 0, 0]
    composite(
        "nflows-real-nvp",
        [
            ({"kind": "AffineCouplingTransform", "activation": "Tanh"}, T.AffineCouplingTransform(mask, residual)),
            ({"kind": "ReversePermutation"}, T.ReversePermutation(5)),
            ({"kind": "ActNorm"}, T.ActNorm(5)),
            ({"kind": "AdditiveCouplingTransform"}, T.AdditiveCouplingTransform(mask, mlp)),
            ({"kind": "BatchNorm"}, T.BatchNorm(5)),
            ({"kind": "NaiveLinear"}, T.NaiveLinear(5, orthogonal_initialization=False)),
            ({"kind": "AffineCouplingTransform"}, T.AffineCouplingTransform([0, 1, 0, 1, 1], mlp)),
        ],
        (4, 5),
    )
    spline = {"kind": "PiecewiseRationalQuadraticCouplingTransform", "num_bins": 4, "tails": "linear", "tail_bound": 2.5}
    of = lambda mask, net: T.PiecewiseRationalQuadraticCouplingTransform(mask, net, 4, "linear", 2.5)
    composite(
        "nflows-spline-flow",
        [
            ({**spline, "activation": "Tanh"}, of([1, 0, 1, 0], residual)),
            ({"kind": "LULinear"}, T.LULinear(4, identity_init=False)),
            ({"kind": "RandomPermutation"}, T.RandomPermutation(4)),
            ({"kind": "HouseholderSequence"}, T.HouseholderSequence(4, 3)),
            (spline, of([0, 0, 1, 1], mlp)),
        ],
        (4, 4),
    )
    image = [
        ({"kind": "SqueezeTransform"}, T.SqueezeTransform()),
        ({"kind": "ActNorm"}, T.ActNorm(8)),
        ({"kind": "OneByOneConvolution"}, T.OneByOneConvolution(8, identity_init=False)),
        ({"kind": "AffineCouplingTransform"}, T.AffineCouplingTransform([0, 1] * 4, convolutional)),
    ]
    composite("nflows-glow", image, (2, 2, 4, 6))
    maf = lambda: T.MaskedAffineAutoregressiveTransform(4, 9, num_blocks=1, use_residual_blocks=False)
    masked = {"kind": "MaskedAffineAutoregressiveTransform", "features": 4}
    maf_list = [(masked, maf()), ({"kind": "ReversePermutation"}, T.ReversePermutation(4)), (masked, maf())]
    composite("nflows-maf", maf_list, (4, 4))


def flow(name, described, shape):
    modules, flows = zip(*described)
    model = shake(nf.NormalizingFlow(nf.distributions.DiagGaussian(shape[1:]), list(flows)))
    save(name, "normflows", modules, model, model.inverse_and_log_det, shape)


def of_normflows():
    mlp = lambda *sizes, **more: nf.nets.MLP(list(sizes), **more)
    b = torch.tensor([1.0, 0, 1, 0, 0])
    flow(
        "normflows-real-nvp",
        [
            ({"kind": "AffineCouplingBlock"}, nf.flows.AffineCouplingBlock(mlp(3, 6, 6, 4))),
            ({"kind": "Permute", "mode": "swap", "num_channels": 5}, nf.flows.Permute(5, mode="swap")),
            (
                {"kind": "AffineCouplingBlock", "scale_map": "sigmoid", "split_mode": "channel_inv"},
                nf.flows.AffineCouplingBlock(mlp(2, 6, 6), scale_map="sigmoid", split_mode="channel_inv"),
            ),
            ({"kind": "ActNorm"}, nf.flows.ActNorm(5)),
            (
                {"kind": "MaskedAffineFlow", "leaky": 0.01},
                nf.flows.MaskedAffineFlow(b, mlp(5, 4, 5, leaky=0.01), mlp(5, 3, 5, leaky=0.01)),
            ),
            ({"kind": "Permute"}, nf.flows.Permute(5)),
            ({"kind": "AffineCouplingBlock", "scale": False}, nf.flows.AffineCouplingBlock(mlp(3, 6, 2), scale=False)),
            ({"kind": "InvertibleAffine"}, nf.flows.InvertibleAffine(5)),
        ],
        (4, 5),
    )
    spline = {"kind": "CoupledRationalQuadraticSpline", "num_bins": 4}
    of = lambda **more: nf.flows.CoupledRationalQuadraticSpline(5, 1, 6, num_bins=4, **more)
    flow(
        "normflows-spline-flow",
        [
            (spline, of()),
            ({"kind": "LULinearPermute"}, nf.flows.LULinearPermute(5)),
            (spline, of(reverse_mask=True)),
        ],
        (4, 5),
    )
    flow(
        "normflows-glow",
        [
            ({"kind": "GlowBlock"}, nf.flows.GlowBlock(8, 3)),
            ({"kind": "GlowBlock", "scale_map": "exp"}, nf.flows.GlowBlock(8, 3, scale_map="exp", use_lu=False)),
            ({"kind": "Squeeze"}, nf.flows.Squeeze()),
        ],
        (2, 2, 4, 6),
    )


def sequence(name, described, shape, condition=None):
    model = Ff.SequenceINN(*shape[1:])
    for module, cls, arguments in described:
        model.append(cls, **arguments)
    shake(model)
    latent = (lambda x, c: model(x, [c])) if condition else model
    save(name, "FrEIA", [module for module, *_ in described], model, latent, shape, condition)


def of_freia():
    dense = lambda i, o: nn.Sequential(nn.Linear(i, 6), nn.ReLU(), nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, o))
    curved = lambda i, o: nn.Sequential(nn.Linear(i, 6), nn.ELU(), nn.Linear(6, o))
    conv = lambda i, o: nn.Sequential(nn.Conv2d(i, 3, 3, padding=1), nn.Tanh(), nn.Conv2d(3, o, 1))
    given = {"cond": 0, "cond_shape": (2,)}
    M = torch.randn(5, 5) + 2 * torch.eye(5)
    sequence(
        "freia-couplings",
        [
            ({"kind": "GLOWCouplingBlock"}, Fm.GLOWCouplingBlock, {"subnet_constructor": dense, **given}),
            ({"kind": "PermuteRandom"}, Fm.PermuteRandom, {"seed": 1}),
            (
                {"kind": "RNVPCouplingBlock", "clamp": 1.5, "clamp_activation": "TANH", "activation": "ELU"},
                Fm.RNVPCouplingBlock,
                {"subnet_constructor": curved, "clamp": 1.5, "clamp_activation": "TANH", **given},
            ),
            ({"kind": "ActNorm"}, Fm.ActNorm, {}),
            (
                {"kind": "GINCouplingBlock", "clamp_activation": "SIGMOID"},
                Fm.GINCouplingBlock,
                {"subnet_constructor": dense, "clamp_activation": "SIGMOID", **given},
            ),
            ({"kind": "FixedLinearTransform"}, Fm.FixedLinearTransform, {"M": M, "b": torch.randn(5)}),
            ({"kind": "HouseholderPerm"}, Fm.HouseholderPerm, {"n_reflections": 3}),
            ({"kind": "NICECouplingBlock"}, Fm.NICECouplingBlock, {"subnet_constructor": dense, **given}),
        ],
        (4, 5),
        (4, 2),
    )
    block = lambda arguments: ({"kind": "AllInOneBlock", **arguments}, Fm.AllInOneBlock, {"subnet_constructor": dense, **arguments})
    soft = {"permute_soft": True}
    sequence(
        "freia-all-in-one",
        [
            block({}),
            ({"kind": "AllInOneBlock", "global_affine_type": "EXP"}, Fm.AllInOneBlock, {"subnet_constructor": dense, "global_affine_type": "EXP", **soft}),
            (
                {"kind": "AllInOneBlock", "reverse_permutation": True},
                Fm.AllInOneBlock,
                {"subnet_constructor": dense, "reverse_permutation": True, "learned_householder_permutation": 2, **soft},
            ),
            block({"gin_block": True}),
            block({"affine_clamping": 1.0, "global_affine_type": "SIGMOID"}),
        ],
        (4, 5),
    )
    N = torch.randn(8, 8) + 2 * torch.eye(8)
    sequence(
        "freia-images",
        [
            ({"kind": "HaarDownsampling", "order_by_wavelet": True}, Fm.HaarDownsampling, {"order_by_wavelet": True}),
            ({"kind": "Fixed1x1Conv"}, Fm.Fixed1x1Conv, {"M": N}),
            ({"kind": "GLOWCouplingBlock", "activation": "Tanh"}, Fm.GLOWCouplingBlock, {"subnet_constructor": conv}),
            ({"kind": "ActNorm"}, Fm.ActNorm, {}),
            ({"kind": "IRevNetDownsampling"}, Fm.IRevNetDownsampling, {}),
            ({"kind": "AllInOneBlock", "activation": "Tanh"}, Fm.AllInOneBlock, {"subnet_constructor": conv}),
        ],
        (2, 2, 4, 8),
    )


for make in (of_nflows, of_normflows, of_freia):
    torch.manual_seed(1)
    np.random.seed(1)
    make()
