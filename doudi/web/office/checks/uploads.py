"""Photographs chosen from the phone and signatures drawn on the screen, as form fields."""

import base64
import binascii
from typing import Any

from django import forms

LARGEST_SIGNATURE = 200_000  # characters of the data address of one drawn signature
DRAWN = "data:image/png;base64,"
MOST_PHOTOS = 12


class PhotosInput(forms.ClearableFileInput):
    """一次可以选几张的照片框。"""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """几张照片, 得到各张的字节; 不选为空。"""

    def __init__(self, **options: Any) -> None:
        attrs = {"accept": "image/jpeg,image/png,image/webp", "multiple": True}
        super().__init__(required=False, widget=PhotosInput(attrs=attrs), **options)

    def clean(self, data: Any, initial: Any = None) -> list[bytes]:
        """Every file by itself; the size and the kind are judged where they are cleaned."""
        uploads = data if isinstance(data, list | tuple) else [data] if data else []
        if len(uploads) > MOST_PHOTOS:
            raise forms.ValidationError(f"一次最多传 {MOST_PHOTOS} 张, 请挑要紧的")
        return [super(PhotosField, self).clean(upload, initial).read() for upload in uploads]


class SignatureField(forms.CharField):
    """屏幕上画的签名, 得到图片的字节; 没有画为空。"""

    widget = forms.HiddenInput

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)

    def to_python(self, value: Any) -> bytes:  # type: ignore[override]
        """Raises ValidationError for anything that is not what the canvas wrote."""
        text = str(value or "")
        if not text:
            return b""
        if not text.startswith(DRAWN) or len(text) > LARGEST_SIGNATURE:
            raise forms.ValidationError("签名没有传好, 请清除后重签")
        try:
            return base64.b64decode(text.removeprefix(DRAWN), validate=True)
        except binascii.Error:
            raise forms.ValidationError("签名没有传好, 请清除后重签") from None
