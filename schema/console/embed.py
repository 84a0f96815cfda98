#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the console's page as one C++ file: its modules, the libraries that they import, and the licences of
these.

    embed.py <page folder> <libraries.txt> <package folder> <licence of ours> <output.cc> [<esbuild>]

With esbuild the modules are put together into one file for what is needed at once and one for each screen, in
short form. Without it they are embedded as they are written, which is larger and otherwise the same; comments,
types among them, stay here either way. Of the libraries the names that they
import each other by are exchanged for the files beside them, since browsers know no packages; index.html
is told where its files are, and which modules its first screen needs, so that they are asked for at once
rather than one after the other.
"""
import hashlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile

# What libraries call each other, and the file that it is.
SPECIFIERS = {
    "preact": "./preact.js",
    "preact/hooks": "./hooks.js",
    "@preact/signals-core": "./signals_core.js",
}
IMPORT = re.compile(r"""(\bfrom\s*|\bimport\s*)(["'])([^"']+)\2""")
LATER = re.compile(r"""\bimport\(['"]\./([^'"]+)['"]\)""")
# Of lines that hold nothing else, and the types that stand before an expression.
COMMENT = re.compile(r"^[ \t]*(?:/\*(?:[^*]|\*(?!/))*\*/|//[^\n]*)[ \t]*\n", re.MULTILINE)
TYPE = re.compile(r"/\*\* @type [^\n]*?\*/ ?")
SOURCE_MAP = re.compile(r"\n?//# sourceMappingURL=.*\s*$")
ROUTE = re.compile(r"""^\s*\[\s*'(/console/[^']*)'""", re.MULTILINE)


def fail(text):
    sys.exit(f"schema/console: {text}")


def with_files_for_packages(name, text):
    def exchange(match):
        specifier = match.group(3)
        if specifier.startswith("."):
            return match.group(0)
        if specifier not in SPECIFIERS:
            fail(f"{name} imports {specifier}, which is not among the libraries")
        return f"{match.group(1)}{match.group(2)}{SPECIFIERS[specifier]}{match.group(2)}"

    return IMPORT.sub(exchange, SOURCE_MAP.sub("\n", text))


def read_page(folder):
    files = {}
    for path in sorted(folder.iterdir()):
        if not path.is_file():
            continue
        files[path.name] = path.read_text()
        if path.suffix in (".js", ".css"):
            files[path.name] = TYPE.sub("", COMMENT.sub("", files[path.name]))
    return files


def read_libraries(table, packages):
    libraries, licences = {}, {}
    for line in table.read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        name, path, expected = line.split()
        content = (packages / path).read_bytes()
        if hashlib.sha256(content).hexdigest() != expected:
            fail(f"{path} is not the file that libraries.txt names")
        libraries[name] = with_files_for_packages(name, content.decode())
        package = re.match(r"(@[^/]+/)?[^/]+", path).group(0)
        licences[package] = packages / package
    return libraries, licences


def licences_text(ours, packages):
    parts = [f"Skyden\n======\n\n{ours.read_text().strip()}\n"]
    for name, folder in sorted(packages.items()):
        about = json.loads((folder / "package.json").read_text())
        title = f"{name} {about['version']} ({about['license']})"
        parts.append(f"{title}\n{'=' * len(title)}\n\n{(folder / 'LICENSE').read_text().strip()}\n")
    return "\n\n".join(parts)


def bundled(files, esbuild):
    """The same page in fewer and shorter files; main.js and style.css keep their names."""
    with tempfile.TemporaryDirectory() as folder:
        written, made = pathlib.Path(folder) / "page", pathlib.Path(folder) / "made"
        written.mkdir()
        screens = {name for text in files.values() for name in LATER.findall(text)}
        for name, text in files.items():
            # What main.js needs is there before any screen is: where all say that they need it, it is one file.
            (written / name).write_text(text + ('import "./main.js";\n' if name in screens else ""))
        subprocess.run(
            [esbuild, "main.js", "style.css", "--bundle", "--splitting", "--format=esm", "--minify", "--charset=utf8",
             "--legal-comments=none", "--log-level=warning", f"--outdir={made}"], cwd=written, check=True)
        others = {name: text for name, text in files.items() if not name.endswith((".js", ".css"))}
        return {**others, **{path.name: path.read_text() for path in sorted(made.iterdir())}}


def imported_at_once(name, files, seen):
    """The modules that `name` needs before it runs, in the order in which they are needed."""
    if name in seen:
        return seen
    if name not in files:
        fail(f"{name} is imported, and there is none")
    seen.append(name)
    for _, _, specifier in IMPORT.findall(files[name]):
        if specifier.startswith("./"):
            imported_at_once(specifier[2:], files, seen)
    return seen


def fill_page(page, files, hashed):
    preloads = "\n".join(
        f'  <link rel="modulepreload" href="/console/assets/{hashed}/{name}">'
        for name in imported_at_once("main.js", files, [])
    )
    for mark in ("{{hash}}", "{{preloads}}"):
        if mark not in page:
            fail(f"index.html has no {mark}")
    return page.replace("  {{preloads}}", preloads).replace("{{hash}}", hashed)


def literal(text):
    if ')skyden"' in text:
        fail("a file ends the literal that it stands in")
    return f'R"skyden({text})skyden"'


def main():
    folder, table, packages, ours, output = map(pathlib.Path, sys.argv[1:6])
    files = read_page(folder)
    page = files.pop("index.html")
    libraries, licensed = read_libraries(table, packages)
    files.update(libraries)
    routes = ROUTE.findall(files["routes.js"])
    if not routes:
        fail("routes.js names no routes")
    if len(sys.argv) > 6:
        files = bundled(files, sys.argv[6])
    together = hashlib.sha256()
    for name, text in sorted({**files, "index.html": page}.items()):
        together.update(f"{name} {len(text)}\n{text}".encode())
    hashed = together.hexdigest()[:12]
    lines = ["// Made by embed.py.", '#include "console/embedded.h"', "", "namespace skyden::console {"]
    lines += ["EmbeddedPage Embedded() {", "  EmbeddedPage page;", f'  page.hash = "{hashed}";']
    lines += [f"  page.index = {literal(fill_page(page, files, hashed))};"]
    lines += [f"  page.licences = {literal(licences_text(ours, licensed))};"]
    lines += [f'  page.routes.push_back("{route}");' for route in routes]
    lines += [f'  page.files.push_back({{"{name}", {literal(files[name])}}});' for name in sorted(files)]
    lines += ["  return page;", "}", "}  // namespace skyden::console", ""]
    output.write_text("\n".join(lines))


if __name__ == "__main__":
    main()
