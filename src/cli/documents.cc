// SPDX-License-Identifier: Apache-2.0
// Documents are read here as the daemon reads them, so that a mistake has the file's line, and sent
// as JSON, which is YAML.
#include "cli/documents.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <sstream>
#include <utility>

#include "cli/api_client.h"
#include "cli/output.h"
#include "fmt/format.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "skyden/resources/transfer.h"

namespace skyden::cli {
namespace {

namespace fs = std::filesystem;

constexpr size_t kFiles = 20'000;

bool IsDocument(const fs::path& path) {
  const std::string extension = path.extension().string();
  return extension == ".yaml" || extension == ".yml" || extension == ".json";
}

absl::StatusOr<std::vector<std::string>> FilesBelow(const std::string& folder) {
  std::error_code failed;
  std::vector<std::string> files;
  for (fs::recursive_directory_iterator at(folder, failed), end; !failed && at != end;
       at.increment(failed)) {
    const fs::path& path = at->path();
    std::error_code unknown;
    if (path.filename().string().starts_with('.')) {
      at.disable_recursion_pending();
    } else if (IsDocument(path) && at->is_regular_file(unknown)) {
      files.push_back(path.string());
    }
    if (files.size() > kFiles) {
      return absl::InvalidArgumentError(fmt::format("more than {} files in {}", kFiles, folder));
    }
  }
  if (failed) {
    return absl::InvalidArgumentError(fmt::format("cannot read {}: {}", folder, failed.message()));
  }
  std::sort(files.begin(), files.end());
  return files;
}

absl::StatusOr<std::string> ReadText(const std::string& file) {
  std::string text;
  if (file == "-") {
    text.assign(std::istreambuf_iterator<char>(std::cin), {});
    return text;
  }
  std::ifstream in(file, std::ios::binary);
  std::ostringstream all;
  if (in) all << in.rdbuf();
  if (!in) return absl::InvalidArgumentError(fmt::format("cannot read {}", file));
  return std::move(all).str();
}

bool HasLabels(const std::string& body, const std::map<std::string, std::string>& wanted) {
  if (wanted.empty()) return true;
  const Json document = Json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!document.is_object()) return true;  // the daemon says what is wrong with it
  const Json labels = document.value("labels", Json::object());
  if (!labels.is_object()) return true;
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& label) {
    const auto found = labels.find(label.first);
    return found != labels.end() && *found == label.second;
  });
}

absl::Status AddDocuments(const std::string& file, const std::string& shown,
                          const std::map<std::string, std::string>& labels, Documents& documents) {
  SKYDEN_ASSIGN_OR_RETURN(const std::string text, ReadText(file));
  const auto items = resources::ReadImportFile(text);
  if (!items.ok()) {
    return absl::InvalidArgumentError(
        fmt::format("{}: {}", shown, base::ToStd(items.status().message())));
  }
  ++documents.files;
  for (const resources::ImportItem& item : *items) {
    if (!HasLabels(item.body, labels)) continue;
    documents.stream += "---\n";
    documents.stream += item.body;
    documents.stream += '\n';
    documents.places.push_back(fmt::format("{}:{}", shown, item.line));
  }
  if (documents.stream.size() > base::limits::kImportBytes) {
    return absl::InvalidArgumentError(
        fmt::format("the documents are over {} MiB together", base::limits::kImportBytes >> 20));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Documents> ReadDocuments(const std::string& path,
                                        const std::map<std::string, std::string>& labels) {
  Documents documents;
  std::error_code failed;
  if (path == "-" || !fs::is_directory(path, failed)) {
    SKYDEN_RETURN_IF_ERROR(
        AddDocuments(path, path == "-" ? "standard input" : path, labels, documents));
  } else {
    SKYDEN_ASSIGN_OR_RETURN(const auto files, FilesBelow(path));
    for (const std::string& file : files) {
      const std::string shown = fs::path(file).lexically_relative(path).string();
      SKYDEN_RETURN_IF_ERROR(AddDocuments(file, shown, labels, documents));
    }
  }
  if (!documents.places.empty()) return documents;
  return absl::InvalidArgumentError(fmt::format(
      "there is no document {}in {}: nothing is done, for whoever means nothing at all would lose "
      "everything",
      labels.empty() ? "" : "with these labels ", path));
}

std::string WithPlaces(std::string_view message, const Documents& documents) {
  constexpr std::string_view kDocument = "document ";
  std::string text;
  while (!message.empty()) {
    const size_t at = message.find(kDocument);
    text += message.substr(0, at);
    if (at == std::string_view::npos) break;
    message.remove_prefix(at);
    size_t number = 0;
    const char* const begin = message.data() + kDocument.size();
    const auto read = std::from_chars(begin, message.data() + message.size(), number);
    const bool known = number > 0 && number <= documents.places.size();
    text += known ? std::string_view(documents.places[number - 1]) : kDocument;
    message.remove_prefix(known ? static_cast<size_t>(read.ptr - message.data())
                                : kDocument.size());
  }
  return text;
}

}  // namespace skyden::cli
