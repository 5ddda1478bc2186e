"""Writes test/golden.safetensors with the Python package `safetensors`, whose bytes ours must equal.

    pip install safetensors numpy && python packages/layers-tfjs/tools/golden_safetensors.py
"""

from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

tensors = {
    "flow/net/kernel": (np.arange(12, dtype=np.float32).reshape(2, 3, 2) - 5) / np.float32(7),
    "flow/bias": np.array([1.5, -0.0, 3.4028235e38, 1e-45], dtype=np.float32),
    "base/scale of ä": np.array(0.1, dtype=np.float32),
    "none": np.zeros((0, 3), dtype=np.float32),
}
target = Path(__file__).parent.parent / "test" / "golden.safetensors"
save_file(tensors, target, metadata={"made by": "safetensors for Python"})
