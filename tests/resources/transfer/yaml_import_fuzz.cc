// SPDX-License-Identifier: Apache-2.0
// Any bytes as an import: refused with a reason, or JSON that prints as YAML and reads back the
// same.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "resources/go/json.h"
#include "resources/transfer/yaml_documents.h"
#include "resources/transfer/yaml_writer.h"
#include "skyden/base/limits.h"
#include "skyden/resources/transfer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace skyden::resources;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto documents = ReadYamlDocuments(text);
  if (!documents.ok()) {
    if (documents.status().message().empty()) __builtin_trap();
    return 0;
  }
  (void)ReadImport(text);
  for (const YamlDocument& document : *documents) {
    if (!go_json::CheckValid(document.json, skyden::base::limits::kJsonDepth + 1).ok()) {
      __builtin_trap();
    }
    if (go_json::KindOf(document.json) != "object") continue;
    std::string printed;
    AppendYaml(document.json, printed);
    const auto again = ReadYamlDocuments(printed);
    // "{}" alone, and what fits the budgets only unprinted, are all that may differ.
    if (!again.ok() || again->size() != 1) continue;
    std::string twice;
    AppendYaml(again->front().json, twice);
    if (printed != twice) __builtin_trap();
  }
  return 0;
}
