// SPDX-License-Identifier: Apache-2.0
// What schema/console becomes: made when the program is built.
#pragma once

#include <string_view>
#include <vector>

namespace skyden::console {

struct EmbeddedFile {
  std::string_view name;
  std::string_view content;
};

struct EmbeddedPage {
  std::string_view hash;   // of all that follows; empty: built without the console
  std::string_view index;  // the page, which names its files by the hash
  std::string_view licences;
  std::vector<std::string_view> routes;  // the page's addresses: "/console/cp/:id"
  std::vector<EmbeddedFile> files;
};
EmbeddedPage Embedded();

}  // namespace skyden::console
