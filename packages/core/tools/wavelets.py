"""Writes the filters of src/bijections/wavelets.ts and the golden numbers of test/wavelets.json.

    pip install PyWavelets==1.8.0 numpy && python packages/core/tools/wavelets.py && npx biome check --write packages/core
"""

import json
from pathlib import Path

import numpy as np
import pywt

core = Path(__file__).resolve().parent.parent
names = [f'db{n}' for n in range(1, 11)] + [f'sym{n}' for n in range(2, 11)] + [f'coif{n}' for n in range(1, 6)]

rows = '\n'.join(f'  {name}: {list(pywt.Wavelet(name).rec_lo)},' for name in names)
rows = rows.replace(repr(np.sqrt(0.5).item()), 'Math.SQRT1_2')
(core / 'src/bijections/wavelets.ts').write_text(f'''/**
 * Scaling filters h of the Daubechies, Symlet and Coiflet wavelets: Σ h = √2, Σ h[n] h[n + 2k] = δ_k. Made by tools/wavelets.py
 * with PyWavelets {pywt.__version__}.   Daubechies 1992, Ten Lectures on Wavelets, tables 6.1, 6.3 and 8.1.
 */
export const filters = {{
{rows}
}} satisfies Record<string, readonly number[]>;

export type Wavelet = keyof typeof filters;
''')


def subbands(x, wavelet):
    """One level along every spatial axis of [batch, …spatial, channels]; bit k of the subband belongs to axis k."""
    axes = range(1, x.ndim - 1)
    bands = pywt.dwtn(x, wavelet, mode='periodization', axes=axes)
    keys = [''.join('ad'[p >> k & 1] for k in range(len(axes))) for p in range(2 ** len(axes))]
    return np.concatenate([bands[key] for key in keys], axis=-1)


random = np.random.default_rng(1)
cases = []
for wavelet, shape in [
    ('db1', (2, 6, 2)),
    ('db2', (1, 8, 2)),
    ('db3', (1, 8, 1)),
    ('db10', (1, 4, 1)),
    ('sym5', (1, 2, 2)),
    ('sym8', (1, 16, 1)),
    ('coif2', (1, 6, 4, 2)),
    ('db4', (1, 4, 8, 1)),
    ('coif5', (1, 2, 4, 6, 1)),
]:
    x = np.round(random.standard_normal(shape), 3)
    y = np.round(subbands(x, wavelet), 8)
    cases.append({'wavelet': wavelet, 'shape': shape, 'x': x.ravel().tolist(), 'to': y.shape, 'y': y.ravel().tolist()})
(core / 'test/wavelets.json').write_text(json.dumps(cases))
