"""照片：收进来的图变成干净的小图。位置、时间、相机等附带信息一概去掉，只留画面。"""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

LARGEST_UPLOAD = 20_000_000  # bytes of one photograph as a phone takes it
MOST_PIXELS = 100_000_000
LARGEST_KEPT = 300_000  # bytes
LONGEST_SIDES = (1600, 1280, 1024, 800, 640, 480)
QUALITIES = (85, 75, 65, 55, 45)
FORMATS = ("JPEG", "PNG", "WEBP")


class BadPicture(ValueError):
    """图片收不进来；文本说明原因和怎么办。"""


def cleaned(data: bytes) -> bytes:
    """把一张照片变成 JPEG：摆正、去掉附带信息、不超过 300 KB。

    `data` 是 JPEG、PNG 或 WebP 的全部字节。抛 BadPicture：太大、不是图片、像素过多、内容损坏。
    """
    if not data:
        raise BadPicture("照片是空的，请重新选择")
    if len(data) > LARGEST_UPLOAD:
        raise BadPicture(f"照片超过 {LARGEST_UPLOAD // 1_000_000} MB，请用较小的照片")
    return _small_enough(_upright(data))


def _upright(data: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise BadPicture("照片的像素太多，请用较小的照片")
                return _on_white(ImageOps.exif_transpose(opened))
    except UnidentifiedImageError:
        raise BadPicture("这个文件不是照片，请上传 JPG、PNG 或 WebP") from None
    except (
        OSError,
        SyntaxError,
        ValueError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as e:
        if isinstance(e, BadPicture):
            raise
        raise BadPicture("照片打不开，可能没有传完，请重新上传") from None


def _on_white(image: Image.Image) -> Image.Image:
    """A signature drawn on a transparent canvas is black on white, not black on black."""
    if "A" not in image.getbands() and "transparency" not in image.info:
        return image.convert("RGB")
    shown = image.convert("RGBA")
    paper = Image.new("RGB", shown.size, "white")
    paper.paste(shown, mask=shown.getchannel("A"))
    return paper


def _small_enough(image: Image.Image) -> bytes:
    for side in LONGEST_SIDES:
        small = image.copy()
        small.thumbnail((side, side))
        for quality in QUALITIES:
            written = _written(small, quality)
            if len(written) <= LARGEST_KEPT:
                return written
    raise BadPicture("照片压不到 300 KB 以内，请换一张")


def _written(image: Image.Image, quality: int) -> bytes:
    """A new image from the pixels alone: nothing the camera wrote beside them comes along."""
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()
