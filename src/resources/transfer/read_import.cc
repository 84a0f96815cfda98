// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <utility>

#include "resources/go/json.h"
#include "resources/transfer/yaml_documents.h"
#include "skyden/base/gzip.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/resources/transfer.h"

namespace skyden::resources {

absl::StatusOr<std::vector<ImportItem>> ReadImportBody(std::string body) {
  if (base::LooksLikeGzip(body)) {
    auto inflated = base::Gunzip(body, base::limits::kImportBytes);
    if (absl::IsResourceExhausted(inflated.status())) {
      return absl::InvalidArgumentError(
          fmt::format("the text is over {} MiB", base::limits::kImportBytes >> 20));
    }
    if (!inflated.ok()) return absl::InvalidArgumentError("the body is no complete gzip");
    body = *std::move(inflated);
  }
  return ReadImport(body);
}

absl::StatusOr<std::vector<ImportItem>> ReadImport(std::string_view yaml) {
  auto items = ReadImportFile(yaml);
  if (items.ok() && items->empty()) {
    return absl::InvalidArgumentError("there is no resource in it");
  }
  return items;
}

absl::StatusOr<std::vector<ImportItem>> ReadImportFile(std::string_view yaml) {
  if (yaml.size() > base::limits::kImportBytes) {
    return absl::InvalidArgumentError(
        fmt::format("the text is over {} MiB", base::limits::kImportBytes >> 20));
  }
  SKYDEN_ASSIGN_OR_RETURN(std::vector<YamlDocument> documents, ReadYamlDocuments(yaml));
  std::vector<ImportItem> items;
  items.reserve(documents.size());
  // An export as JSON is one list. In YAML kumactl knows no lists, so there it is more likely a
  // mistake, which PrepareImport tells.
  const size_t first = yaml.find_first_not_of(" \t\r\n");
  const bool is_json_list = first != std::string_view::npos && yaml[first] == '[';
  for (YamlDocument& document : documents) {
    if (!is_json_list || document.json.front() != '[') {
      items.push_back({document.number, std::move(document.json), document.line});
      continue;
    }
    SKYDEN_ASSIGN_OR_RETURN(const auto elements, go_json::ElementsOf(document.json));
    for (const std::string_view element : elements) {
      items.push_back({document.number, std::string(element), document.line});
    }
  }
  if (items.size() > base::limits::kImportDocuments) {
    return absl::InvalidArgumentError(
        fmt::format("more than {} resources", base::limits::kImportDocuments));
  }
  return items;
}

}  // namespace skyden::resources
