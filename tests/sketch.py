"""A figure whose pictures are not drawn; see `tests.pixels.sketches`."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from matplotlib.text import Text
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from sim.charts import style


class Drawing(style.Drawing):
    """Its PNG is one dot, its SVG empty, but for its words; a PDF is drawn."""

    def savefig(self, fname: Any, **options: Any) -> None:
        kind = options.get("format")
        words = "\n".join(text.get_text() for text in self.findobj(Text))
        if kind == "png":
            said = PngInfo()
            said.add_text("words", words)
            Image.new("1", (1, 1)).save(fname, kind, pnginfo=said)
        elif kind == "svg":
            fname.write(f'<svg width="1" height="1" viewBox="0 0 1 1"><desc>{escape(words)}</desc></svg>'.encode())
        else:
            super().savefig(fname, **options)
