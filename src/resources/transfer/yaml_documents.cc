// SPDX-License-Identifier: Apache-2.0
// The stream is cut where kumactl cuts it, without regard to what YAML says: three dashes at the
// beginning of a line end a document even within a block or quotes, and the space around them is
// nobody's. So a mistake stays within its document, and a file means here what it means there.
#include "resources/transfer/yaml_documents.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "resources/go/yaml.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/base/utf8.h"

namespace skyden::resources {
namespace {

namespace limits = base::limits;

constexpr std::string_view kSpace = " \t\n\v\f\r";
constexpr std::string_view kMarker = "---";

struct Piece {
  size_t line = 1;
  std::string_view text;
};

Piece Trimmed(std::string_view text, size_t begin, size_t end, size_t line) {
  const size_t first = std::min(text.find_first_not_of(kSpace, begin), end);
  line += static_cast<size_t>(std::count(text.begin() + static_cast<ptrdiff_t>(begin),
                                         text.begin() + static_cast<ptrdiff_t>(first), '\n'));
  std::string_view body = text.substr(first, end - first);
  body = body.substr(0, body.find_last_not_of(kSpace) + 1);
  return {line, body};
}

std::vector<Piece> CutAtMarkers(std::string_view text) {
  std::vector<Piece> pieces;
  size_t begin = 0;
  size_t line = 1;  // of `begin`
  const size_t first = std::min(text.find_first_not_of(kSpace), text.size());
  for (size_t at = first; at < text.size();) {
    const size_t marker = text.find(kMarker, at);
    if (marker == std::string_view::npos) break;
    at = marker + 1;
    const bool at_line = marker == first || (marker > begin && text[marker - 1] == '\n');
    if (!at_line) continue;
    pieces.push_back(Trimmed(text, begin, marker, line));
    const size_t next =
        std::min(text.find_first_not_of(" \t\n\f\r", marker + kMarker.size()), text.size());
    line += static_cast<size_t>(std::count(text.begin() + static_cast<ptrdiff_t>(begin),
                                           text.begin() + static_cast<ptrdiff_t>(next), '\n'));
    begin = at = next;
  }
  pieces.push_back(Trimmed(text, begin, text.size(), line));
  return pieces;
}

absl::Status Mistake(size_t number, size_t line, std::string_view why) {
  return absl::InvalidArgumentError(fmt::format("document {}, line {}: {}", number, line, why));
}

// The document of one piece.
absl::Status ReadPiece(const Piece& piece, std::vector<YamlDocument>& documents) {
  YamlRules rules;
  rules.nodes_max = limits::kImportDocumentNodes;
  rules.json_bytes_max = limits::kImportDocumentBytes;
  rules.duplicates = YamlRules::Duplicates::kRefused;
  YamlNodes nodes(piece.text, rules.nodes_max, limits::kJsonDepth);
  const auto mistake = [&](const YamlProblem& problem) {
    // What is missing at the end is missed on the line after it.
    const auto breaks = static_cast<size_t>(std::count(piece.text.begin(), piece.text.end(), '\n'));
    const size_t line = piece.line + std::min(std::max<size_t>(problem.line, 1) - 1, breaks);
    return Mistake(documents.size() + 1, line, problem.text);
  };
  for (;;) {
    YamlTree tree;
    if (const auto problem = nodes.Next(tree)) return mistake(*problem);
    if (tree.root == nullptr) return absl::OkStatus();
    std::string json;
    if (const auto problem = YamlToJson(tree, rules, json)) return mistake(*problem);
    if (json == "null") continue;
    if (documents.size() >= limits::kImportDocuments) {
      return mistake(
          {tree.root->line, fmt::format("more than {} documents", limits::kImportDocuments)});
    }
    const size_t line = piece.line + tree.root->line - 1;
    documents.push_back({documents.size() + 1, line, std::move(json)});
  }
}

}  // namespace

absl::StatusOr<std::vector<YamlDocument>> ReadYamlDocuments(std::string_view text) {
  if (!base::IsValidUtf8(text)) return absl::InvalidArgumentError("the text is not UTF-8");
  std::vector<YamlDocument> documents;
  size_t bytes = 0;
  for (const Piece& piece : CutAtMarkers(text)) {
    const size_t before = documents.size();
    SKYDEN_RETURN_IF_ERROR(ReadPiece(piece, documents));
    for (size_t i = before; i < documents.size(); ++i) bytes += documents[i].json.size();
    if (bytes > limits::kImportJsonBytes) {
      return Mistake(documents.size(), piece.line,
                     "the documents before it are too large together");
    }
  }
  return documents;
}

}  // namespace skyden::resources
