"""图片进模板: 模板只收文字, 所以 JPEG 包在 SVG 里; 签名只留有墨迹的那一块。"""

import base64
import io

from PIL import Image, ImageOps

INK = 80  # how far from white a pixel is ink: the edges of a JPEG are not
AROUND = 6  # pixels left round the ink


def svg_of(data: bytes) -> str:
    """一张 JPEG 的 SVG; 没有图为空。"""
    if not data:
        return ""
    with Image.open(io.BytesIO(data)) as opened:
        width, height = opened.size
    coded = base64.b64encode(data).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        f'<image href="data:image/jpeg;base64,{coded}" width="{width}" height="{height}"/></svg>'
    )


def signature_svg(data: bytes) -> str:
    """屏幕上画的签名, 裁去四周空白; 没有签名或什么也没画的为空。"""
    if not data:
        return ""
    with Image.open(io.BytesIO(data)) as opened:
        drawn = opened.convert("L")
    inked = ImageOps.invert(drawn).point([255 * (level > INK) for level in range(256)]).getbbox()
    if inked is None:
        return ""
    left, top, right, bottom = inked
    box = (
        max(left - AROUND, 0),
        max(top - AROUND, 0),
        min(right + AROUND, drawn.width),
        min(bottom + AROUND, drawn.height),
    )
    out = io.BytesIO()
    drawn.crop(box).save(out, "JPEG", quality=85)
    return svg_of(out.getvalue())
