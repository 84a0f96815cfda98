// SPDX-License-Identifier: Apache-2.0
// A folder that looks like Kuma's GUI, as far as it is looked at. None of Kuma's files.
#pragma once

#include <string>
#include <string_view>

#include "tests/temp_dir.h"

namespace skyden::console {

class GuiFolder {
 public:
  GuiFolder();  // with kIndex and a few files

  void Write(const std::string& name, std::string_view content) const;
  const std::string& path() const { return folder_.path(); }
  std::string operator/(const std::string& name) const { return folder_ / name; }

  static constexpr std::string_view kIndex =
      "<!DOCTYPE html>\n<base href=\"{{.BaseGuiPath}}/\">\n"
      "<script type=\"application/json\" id=\"kuma-config\">{{.}}</script>\n"
      "<script type=\"module\" src=\"./assets/index-1.js\"></script>\n";

 private:
  TempDir folder_;
};

}  // namespace skyden::console
