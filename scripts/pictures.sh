#!/bin/sh
# The guide's pictures, taken again by the golden journey in a browser and made small where ImageMagick is there.
# An unchanged page still gives other bytes (times, fingerprints), so run it when pages changed, not before every commit.
set -eu

folder=docs/guide/pictures
taken=$(mktemp -d)
trap 'rm -rf "$taken"' EXIT
DOUDI_PICTURES=$taken .venv/bin/python -m pytest -q --no-header tests/journeys/test_golden.py

if command -v convert >/dev/null 2>&1; then
    for picture in "$taken"/*.png; do
        # Flat colours need no dithering: it would add grain, and the grain makes the file larger.
        convert "$picture" +dither -colors 96 -strip "PNG8:$picture"
    done
else
    echo "没有 ImageMagick (convert), 图按原样保存, 文件会大一些"
fi

mkdir -p "$folder"
rm -f "$folder"/*.png
cp "$taken"/*.png "$folder"/
du -sh "$folder"
