// SPDX-License-Identifier: Apache-2.0
// A folder of documents as one stream, and where in the folder each of them stands.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace skyden::cli {

struct Documents {
  std::string stream;  // a document each, as JSON
  std::vector<std::string>
      places;  // "timeouts/slow.yaml:12", of the first document, the second ...
  size_t files = 0;
};

// Every *.yaml, *.yml and *.json below `path`, in the order of their names, or one file, or "-".
// What begins with a dot is left out, and so are folders that are links. Only documents that have
// all `labels`. INVALID_ARGUMENT that names file and line.
absl::StatusOr<Documents> ReadDocuments(const std::string& path,
                                        const std::map<std::string, std::string>& labels);

// "document 3" in a message of the daemon's, as the place of that document.
std::string WithPlaces(std::string_view message, const Documents& documents);

}  // namespace skyden::cli
