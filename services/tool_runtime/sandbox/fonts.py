"""How matplotlib and browsers are set up for jobs: a font that has Chinese stands behind the others."""

from pathlib import Path

CHINESE = "zhplot/fonts/NotoSansSC-Regular.ttf"
"""Below the packages for Python: Noto Sans SC, under the SIL Open Font License."""
INSIDE = "/opt/site"
OTHER_NAMES = (
    "SimHei", "SimSun", "Microsoft YaHei", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "PingFang SC", "Heiti SC",
    "Source Han Sans SC", "Noto Sans CJK SC", "Noto Sans CJK JP", "Arial Unicode MS",
)  # fmt: skip
"""Fonts of other systems, which programs ask for by name when a label is Chinese."""

FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>/opt/fonts</dir>
  <cachedir>/tmp/.fontconfig</cachedir>
  <alias><family>sans-serif</family><prefer><family>DejaVu Sans</family><family>Noto Sans SC</family></prefer></alias>
  <alias><family>serif</family><prefer><family>DejaVu Serif</family><family>Noto Sans SC</family></prefer></alias>
  <alias><family>monospace</family>
    <prefer><family>DejaVu Sans Mono</family><family>Noto Sans SC</family></prefer></alias>
</fontconfig>
"""
"""What fontconfig, and so Chromium, reads of a browser's job."""

_PROGRAM = """
import dataclasses, matplotlib, pathlib
from matplotlib import font_manager
fonts, inside = font_manager.fontManager, {inside!r}
fonts.addfont({file!r})
chinese = dataclasses.replace(fonts.ttflist.pop(), fname=inside + {name!r})
fonts.ttflist += [chinese, *(dataclasses.replace(chinese, name=other) for other in {others!r})]
[written] = pathlib.Path(matplotlib.get_configdir()).glob("fontlist-*.json")
font_manager.json_dump(fonts, written)
written.with_name("matplotlibrc").write_text({settings!r})
"""


_SETTINGS = "font.family: DejaVu Sans, Noto Sans SC\nfont.sans-serif: Noto Sans SC, DejaVu Sans\n"
"""Glyph by glyph the first family that has it; of the generic name only the first font is ever taken."""


def fonts_program(site: Path) -> str:
    """What the system's interpreter runs once, to leave the list of fonts and the settings in its configuration."""
    return _PROGRAM.format(
        inside=INSIDE, file=str(site / CHINESE), name=f"/{CHINESE}", others=OTHER_NAMES, settings=_SETTINGS
    )
