"""Makes landsat.png from the Landsat-7 scene of Debian's package r-cran-stars.

apt-get download r-cran-stars && dpkg -x r-cran-stars_*.deb stars
pip install numpy pillow tifffile
python make-landsat.py stars/usr/lib/R/site-library/stars/tif/L7_ETMs.tif
"""

import sys
from pathlib import Path

import numpy as np
import tifffile
from PIL import Image

scene = tifffile.imread(sys.argv[1])
cut = scene[40:200, 110:270]
Image.fromarray(np.concatenate(list(cut.transpose(2, 0, 1)))).save(Path(__file__).parent / "landsat.png", optimize=True)
