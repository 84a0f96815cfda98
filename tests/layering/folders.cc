// SPDX-License-Identifier: Apache-2.0
#include "tests/layering/folders.h"

#include <array>
#include <optional>

#include "fmt/format.h"

namespace skyden::layering {
namespace {

struct Folder {
  std::string_view name;
  int rank;
};
// A folder includes those of lower rank, never one beside it or above. src/resources/README.md says
// what they are.
constexpr std::array kFolders = {
    Folder{"go", 0},       Folder{"json", 1},    Folder{"labels", 1},     Folder{"go_template", 1},
    Folder{"proto", 2},    Folder{"envoy", 3},   Folder{"rules_json", 4}, Folder{"rules_proto", 4},
    Folder{"codec", 5},    Folder{"views", 5},   Folder{"open_api", 5},   Folder{"generations", 5},
    Folder{"write", 6},    Folder{"tokens", 7},  Folder{"transfer", 7},   Folder{"manager", 8},
    Folder{"rollouts", 8}, Folder{"cutover", 8},
};

struct Header {
  std::string_view name;
  std::string_view folder;  // that defines what it declares
};
constexpr std::array kPublicHeaders = {
    Header{"access.h", "write"},
    Header{"authority_ends.h", "tokens"},
    Header{"codec.h", "codec"},
    Header{"envoy_api.h", "envoy"},
    Header{"foresight.h", "transfer"},
    Header{"generations.h", "generations"},
    Header{"items_of_mesh.h", "views"},
    Header{"kuma_tokens.h", "tokens"},
    Header{"labels.h", "labels"},
    Header{"new_zone.h", "write"},
    Header{"open_api_schemas.h", "open_api"},
    // Made in manager/. But what it is asked and what it answers are values that write/ reads and
    // fills in, and the tokens are given a ResourceManager: below, it is only an interface.
    Header{"resource_manager.h", "write"},
    Header{"resource_meta.h", "codec"},
    Header{"resource_views.h", "views"},
    Header{"rollout.pb.h", "rollouts"},
    Header{"rollouts.h", "rollouts"},
    Header{"templates.h", "go_template"},
    Header{"transfer.h", "transfer"},
    Header{"zone_forms.h", "generations"},
    Header{"history.h", "transfer"},
    Header{"copy.h", "transfer"},
    Header{"cutover.h", "cutover"},
    Header{"foreign.h", "cutover"},
};

std::optional<int> RankOf(std::string_view folder) {
  for (const Folder& known : kFolders) {
    if (known.name == folder) return known.rank;
  }
  return std::nullopt;
}

std::optional<std::string_view> DefinerOf(std::string_view header) {
  for (const Header& known : kPublicHeaders) {
    if (known.name == header) return known.folder;
  }
  return std::nullopt;
}

// "json/value.h" -> "json"; "" for what lies in none.
std::string_view FolderOf(std::string_view file) {
  const size_t slash = file.find('/');
  return slash == std::string_view::npos ? std::string_view() : file.substr(0, slash);
}

}  // namespace

std::string CheckPlaceOf(std::string_view file) {
  if (RankOf(FolderOf(file)).has_value()) return {};
  return "lies in no folder of resources whose rank is known";
}

std::string CheckFolder(std::string_view from, std::string_view included, bool is_public) {
  const std::string_view own = FolderOf(from);
  std::string_view other = FolderOf(included);
  if (is_public) {
    const auto definer = DefinerOf(included);
    if (!definer.has_value()) return "which folder of resources defines it is not known";
    other = *definer;
  }
  const auto from_rank = RankOf(own);
  const auto rank = RankOf(other);
  if (!from_rank.has_value()) return {};  // CheckPlaceOf says it, once
  if (!rank.has_value()) return CheckPlaceOf(included);
  if (own == other || *rank < *from_rank) return {};
  return fmt::format("{}/ (rank {} in resources) is not below {}/ (rank {})", other, *rank, own,
                     *from_rank);
}

}  // namespace skyden::layering
