// SPDX-License-Identifier: Apache-2.0
// A targetRef policy, read once.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matching/json.h"
#include "matching/target_ref.h"
#include "skyden/matching/identifier.h"
#include "skyden/matching/proxy.h"

namespace skyden::matching {

// One element of `to` or `from`.
struct Entry {
  TargetRef target;
  Json conf;
};

// One element of `rules`.
struct InboundEntry {
  std::vector<Json> matches;  // any of them; none: all traffic
  Json conf;
};

// Immutable once read.
struct Policy {
  Item resource;
  const model::TypeDescriptor* type = nullptr;
  TargetRef target;
  std::vector<Entry> to;
  std::vector<Entry> from;
  std::vector<InboundEntry> rules;
  Json conf;  // of types that have no lists: `default`

  Identifier id;
  std::string display_name;
  int origin_rank = 0;  // what a zone wrote counts more than what the global did
  int role_rank = 0;    // what is closer to the workload counts more
  bool shadow = false;  // looked at, not applied
};

// The types that have no `to`, `from` or `rules`: one conf for the whole proxy.
bool HasSingleConf(const model::TypeDescriptor& type);

struct RuleTable;

// nullptr when the spec is not JSON.
std::shared_ptr<const Policy> ReadPolicy(const model::TypeDescriptor& type, Item resource,
                                         const RuleTable& table);

// Negative when `a` counts less than `b`: by target, origin and role; and, to break ties, by name:
// what sorts first counts most.
int ComparePolicies(const Policy& a, const Policy& b);
int CompareNames(const Policy& a, const Policy& b);

// Whether a policy of `from` that refers to `name` means `resource`.
bool IsReferenced(const model::Resource& from, std::string_view name,
                  const model::Resource& resource);

inline constexpr std::string_view kHttpRoute = "MeshHTTPRoute";
inline constexpr std::string_view kTcpRoute = "MeshTCPRoute";

// The number under which a route's matches go: a hash of them as Go prints them.
std::string HashOfMatches(const Json& matches);

}  // namespace skyden::matching
