// SPDX-License-Identifier: Apache-2.0
#include "tests/console/gui_folder.h"

#include <filesystem>
#include <fstream>

namespace skyden::console {

GuiFolder::GuiFolder() {
  Write("index.html", kIndex);
  Write("favicon.png", "\x89PNG");
  Write("assets/index-1.js", "export const words = \"" + std::string(2000, 'w') + "\";\n");
  Write("assets/index-1.css", "p { color: red }\n");
}

void GuiFolder::Write(const std::string& name, std::string_view content) const {
  const std::filesystem::path path = folder_ / name;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << content;
}

}  // namespace skyden::console
