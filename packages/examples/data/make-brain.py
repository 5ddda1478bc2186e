"""Makes brain-t1.png, brain-labels.png and brain-regions.txt from the templates of Debian's package mricron-data.

apt-get download mricron-data && dpkg -x mricron-data_*.deb mricron
pip install nibabel numpy pillow
python make-brain.py mricron/usr/share/mricron/templates
"""

import sys
from pathlib import Path

import nibabel
import numpy as np
from PIL import Image

templates, here = Path(sys.argv[1]), Path(__file__).parent
COLUMNS = 10


def volume(name):
    """[z from below, y from the front, x from the left], 180 × 216 × 180 voxels of 1 mm."""
    xyz = np.asarray(nibabel.load(templates / f"{name}.nii.gz").dataobj)[:180, :216, :180]
    return xyz.transpose(2, 1, 0)[:, ::-1]


def mosaic(slices, file):
    """Axial slices, from the lowest on, ten in a row."""
    depth, height, width = slices.shape
    rows = slices.reshape(depth // COLUMNS, COLUMNS, height, width)
    Image.fromarray(rows.transpose(0, 2, 1, 3).reshape(-1, COLUMNS * width)).save(here / file, optimize=True)


t1 = volume("ch2").astype(np.float64)
blocks = t1.reshape(90, 2, 108, 2, 90, 2)
mosaic(np.round(blocks.mean((1, 3, 5))).astype(np.uint8), "brain-t1.png")
mosaic(np.ascontiguousarray(volume("aal")[::2, ::2, ::2]), "brain-labels.png")
regions = [line.split()[:2] for line in (templates / "aal.nii.txt").read_text().splitlines() if line.strip()]
(here / "brain-regions.txt").write_text("".join(f"{number} {name}\n" for number, name in regions))
