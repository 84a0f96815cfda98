# SPDX-License-Identifier: Apache-2.0
"""Colours of the stylesheet, computed: texts have 4.5:1 on all that they stand on, lines of controls 3:1."""
import pathlib
import re
import unittest

STYLE = pathlib.Path(__file__).parents[3] / "schema/console/page/style.css"
TEXTS = ("text", "muted", "good", "warning", "bad", "link")
GROUNDS = ("page", "panel", "hover")


def schemes():
    """The colours of the light and of the dark scheme."""
    light, dark = re.findall(r":root \{(.*?)\}", STYLE.read_text(), re.DOTALL)[:2]
    colours = [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", text)) for text in (light, dark)]
    return {"light": colours[0], "dark": colours[1]}


def luminance(colour):
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


class Contrast(unittest.TestCase):
    def test_texts_and_controls(self):
        for scheme, colours in schemes().items():
            pairs = [(text, ground, 4.5) for text in TEXTS for ground in GROUNDS]
            pairs += [("control", "page", 3), ("control", "panel", 3), ("on-link", "link", 4.5)]
            for one, other, least in pairs:
                with self.subTest(scheme=scheme, one=one, other=other):
                    self.assertGreaterEqual(contrast(colours[one], colours[other]), least)


if __name__ == "__main__":
    unittest.main()
