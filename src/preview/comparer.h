// SPDX-License-Identifier: Apache-2.0
// What inspection says of one proxy on both sides of a change.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "skyden/preview/effects.h"

namespace skyden::preview {

// A policy by its type and name.
using UseKey = std::pair<const model::TypeDescriptor*, model::ResourceKey>;

// What one side has of a proxy.
struct Side {
  const matching::MeshModel* mesh = nullptr;  // null: it is not there
  const matching::Proxy* proxy = nullptr;     // the same

  bool there() const { return mesh != nullptr && proxy != nullptr; }
};

// Thread-compatible.
class Comparer {
 public:
  // `texts` counts what is worked out. Both must outlive it.
  Comparer(const EffectDeps& deps, size_t& texts)
      : deps_(deps), texts_(texts), types_(matching::PolicyTypes(deps.registry)) {}

  // All, in the order in which inspection has them.
  const std::vector<const model::TypeDescriptor*>& types() const { return types_; }

  // The parts that differ, but for kAttached, of some `types`: the others do not. What of these
  // selects the proxy goes into `used_...`.
  std::vector<Part> Differences(const Side& before, const Side& after,
                                const std::vector<const model::TypeDescriptor*>& types,
                                std::vector<UseKey>& used_before,
                                std::vector<UseKey>& used_after) const;
  // kAttached, when it differs.
  std::optional<Part> Attached(const Side& before, const Side& after) const;

 private:
  using Members = std::map<std::string, std::string>;
  // `meaning`: filled in unless it is null.
  Members Rules(const Side& side, const model::TypeDescriptor& type, Members& http_matches,
                std::vector<UseKey>& used, std::string* meaning) const;

  const EffectDeps& deps_;
  size_t& texts_;
  const std::vector<const model::TypeDescriptor*> types_;
};

// Where a proxy is.
Tally PlaceOf(const matching::Proxy& proxy);

// `text` with a mark for each `address`.
std::string WithoutAddress(std::string text, const std::string& address);

}  // namespace skyden::preview
