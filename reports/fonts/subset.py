"""Makes the two fonts of this folder from DejaVu Sans 2.37 (needs fonttools).

    python3 subset.py /usr/share/fonts/truetype/dejavu .

Two things are done to the originals. All but the characters that charts use
are left out. And each glyph gets a contour without area at x = 0: the text
drawing of plotters 0.3 leaves out the blank before a glyph's ink, so letters
would stand unevenly; with the contour the blank counts as ink and stays.
"""

import sys
from fontTools import subset
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

CHARACTERS = list(range(0x20, 0x7F)) + [ord(c) for c in "µ·×–—…→≤≥"]
KEPT = {"cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "name", "OS/2", "post"}


def make(source, target):
    font = TTFont(source)
    options = subset.Options()
    options.hinting = False
    options.layout_features = []
    options.name_IDs = ["*"]
    worker = subset.Subsetter(options)
    worker.populate(unicodes=CHARACTERS)
    worker.subset(font)
    glyphs = font.getGlyphSet()
    for name in font.getGlyphOrder():
        glyph = font["glyf"][name]
        if glyph.numberOfContours == 0:
            continue
        outline = DecomposingRecordingPen(glyphs)
        glyphs[name].draw(outline)
        pen = TTGlyphPen(None)
        outline.replay(pen)
        bottom = glyph.yMin
        pen.moveTo((0, bottom))
        pen.lineTo((0, bottom))
        pen.lineTo((0, bottom))
        pen.closePath()
        font["glyf"][name] = pen.glyph(dropImpliedOnCurves=False)
    for tag in set(font.keys()) - KEPT - {"GlyphOrder"}:
        del font[tag]
    font.recalcTimestamp = False
    font.save(target)


if __name__ == "__main__":
    for style in ["", "-Bold"]:
        make(f"{sys.argv[1]}/DejaVuSans{style}.ttf", f"{sys.argv[2]}/DejaVuSans{style}.ttf")
