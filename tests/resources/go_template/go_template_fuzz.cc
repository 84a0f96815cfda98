// SPDX-License-Identifier: Apache-2.0
// A template of a hostname or of a VirtualOutbound: read, and run when it could be read. What it
// prints and what it says against itself stays bounded.
#include <cstddef>
#include <cstdint>
#include <string>

#include "resources/go_template/template.h"
#include "skyden/base/check.h"
#include "skyden/base/limits.h"

namespace {

using skyden::resources::go_template::Data;
using skyden::resources::go_template::Template;

void Run(const std::string& text, bool with_label, const Data& data) {
  const auto label = [](std::string_view) { return std::string("label"); };
  const auto parsed = with_label ? Template::Parse(text, label) : Template::Parse(text, {});
  if (!parsed.ok()) return;
  const auto out = parsed->Execute(data);
  SKYDEN_CHECK(!out.ok() || out->size() <= skyden::base::limits::kTemplateOutputBytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Data kStruct = Data::Struct({{"Name", "web"}, {"Zone", ""}});
  static const Data kMap = Data::Map({{"host", "web"}, {"port", "80"}});
  const std::string text(reinterpret_cast<const char*>(data), size);
  Run(text, true, kStruct);
  Run(text, false, kMap);
  return 0;
}
