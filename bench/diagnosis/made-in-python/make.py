"""Writes what Pillow and OpenCV themselves make of a photo, for the exam of `twinfer diagnose`.

    python make.py     (pip install pillow opencv-python-headless)

Each file is one resized picture; index.json says of what. The exam normalises them and takes two of a kind for a case.
The photo is chelsea.png of examples/photo (CC0); so are the files.
"""
import json
from pathlib import Path

import cv2
import numpy
import PIL
from PIL import Image

here = Path(__file__).parent
photo = Image.open(here / "../../../examples/photo/chelsea.png").convert("RGB")
pixels = numpy.asarray(photo)
pillow = {
    "nearest": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}
opencv = {"nearest": cv2.INTER_NEAREST, "linear": cv2.INTER_LINEAR, "cubic": cv2.INTER_CUBIC, "area": cv2.INTER_AREA}


def by(library, kernel, picture, width, height):
    if library == "pillow":
        return numpy.asarray(Image.fromarray(picture).resize((width, height), pillow[kernel]))
    return cv2.resize(picture, (width, height), interpolation=opencv[kernel])


def cover(library, kernel, side, share):
    height, width, _ = pixels.shape
    short = int(side / share)
    resized = by(library, kernel, pixels, int(short * width / height), short)
    left = round((resized.shape[1] - side) / 2)
    top = round((resized.shape[0] - side) / 2)
    return resized[top : top + side, left : left + side]


def letterbox(library, kernel, side, pad):
    height, width, _ = pixels.shape
    factor = min(side / width, side / height)
    resized = by(library, kernel, pixels, round(width * factor), round(height * factor))
    frame = numpy.full((side, side, 3), pad, numpy.uint8)
    top, left = (side - resized.shape[0]) // 2, (side - resized.shape[1]) // 2
    frame[top : top + resized.shape[0], left : left + resized.shape[1]] = resized
    return frame


made = {}
for library, kernels in (("pillow", pillow), ("opencv", opencv)):
    for kernel in kernels:
        made[f"stretch-{library}-{kernel}"] = by(library, kernel, pixels, 96, 80)
for share in (0.875, 1):
    made[f"cover-{share}-pillow-bicubic"] = cover("pillow", "bicubic", 96, share)
made["letterbox-114-opencv-linear"] = letterbox("opencv", "linear", 96, 114)
made["letterbox-0-opencv-linear"] = letterbox("opencv", "linear", 96, 0)
made["square-opencv-linear"] = by("opencv", "linear", pixels, 96, 96)
made["square-pillow-bicubic"] = by("pillow", "bicubic", pixels, 96, 96)
# Rows read as if they were as long as the picture is high.
made["sheared-pillow-bilinear"] = by(
    "pillow", "bilinear", pixels.reshape(pixels.shape[1], pixels.shape[0], 3), 96, 80
)
for name, picture in made.items():
    Image.fromarray(picture).save(here / f"{name}.png", optimize=True)
versions = {"pillow": PIL.__version__, "opencv": cv2.__version__, "numpy": numpy.__version__}
(here / "index.json").write_text(json.dumps({"versions": versions, "files": sorted(made)}, indent=2) + "\n")
