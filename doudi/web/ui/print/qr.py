"""二维码: 告知书、回执上扫码查进度。"""

import io

import segno


def qr_svg(address: str) -> str:
    """网址的二维码 (SVG 文本); 没有网址则为空。"""
    if not address:
        return ""
    drawn = io.BytesIO()
    segno.make_qr(address, error="m").save(drawn, kind="svg", border=2, xmldecl=False)
    return drawn.getvalue().decode()
