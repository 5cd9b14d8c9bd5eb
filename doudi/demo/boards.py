"""A photograph of a village board, drawn: a green board on a wall with white sheets on it, no names to read."""

import io
from functools import lru_cache

from PIL import Image, ImageDraw

WALL, BOARD, FRAME, SHEET, INK = "#d8d2c4", "#2f6b52", "#7a5a3a", "#fbfaf5", "#8a969a"
SIZE = (800, 600)


@lru_cache(maxsize=1)
def board_photo() -> bytes:
    """一张公示栏照片 (JPEG)。"""
    picture = Image.new("RGB", SIZE, WALL)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((60, 70, 740, 520), fill=BOARD, outline=FRAME, width=14)
    for left in (110, 320, 530):
        pen.rectangle((left, 120, left + 160, 460), fill=SHEET)
        pen.rectangle((left + 30, 140, left + 130, 156), fill=INK)
        for top in range(190, 420, 26):
            pen.rectangle((left + 18, top, left + 142, top + 8), fill=INK)
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=80)
    return written.getvalue()
