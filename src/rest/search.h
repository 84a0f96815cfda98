// SPDX-License-Identifier: Apache-2.0
// What a few letters may mean, across control planes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "rest/call.h"
#include "skyden/rest/deps.h"
#include "skyden/store/records.h"

namespace skyden::rest {

enum class FoundKind : uint8_t { kControlPlane, kZone, kMesh, kService, kPolicy, kAccount, kAudit };
inline constexpr size_t kFoundKinds = 7;
std::string_view FoundKindName(FoundKind kind);  // "control_plane"

struct Found {
  FoundKind kind = FoundKind::kControlPlane;
  int rank = 0;  // 0 is best, see RankOf
  std::string name;
  std::string id{};                                      // of control planes and accounts
  std::string type{};                                    // of policies; "user" or "system_account"
  std::string mesh{};                                    // of what is in one
  std::string status{};                                  // of zones
  std::string control_plane_id{}, control_plane_name{};  // of what is in one
  std::string href{};
};

// How well `name` meets `wanted`, which is in lower case: 0 it is the name, 1 the name begins so, 2
// a word in it does. nullopt: not at all.
std::optional<int> RankOf(std::string_view name, std::string_view wanted);

struct SearchAnswer {
  std::vector<Found> found;      // by kind, the best first; limits::kSearchShown of each
  bool complete = true;          // else there was more to look at than one question may
  std::optional<size_t> jump{};  // the one that is meant
};

// Of what the caller may read. Reads at most limits::kSearchItems names.
absl::StatusOr<SearchAnswer> Search(const Deps& deps, const model::OrganizationScope& scope,
                                    std::string_view text);
std::string SearchJson(std::string_view text, const SearchAnswer& answer);

}  // namespace skyden::rest
