// SPDX-License-Identifier: Apache-2.0
// What a change of resources would do to proxies: what inspection says of each before and after.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "skyden/matching/difference.h"
#include "skyden/matching/matching.h"
#include "skyden/matching/mesh_model.h"
#include "skyden/matching/proxy.h"
#include "skyden/model/type_registry.h"
#include "skyden/preview/limits.h"
#include "skyden/resources/foresight.h"
#include "skyden/resources/generations.h"

namespace skyden::preview {

// A part of a proxy's configuration as inspection prints it, JSON text; empty where it says
// nothing, an empty list included. `name`: a targetRef type, of whose element of `_rules` it is a
// member; kHttpMatches, the member of that name; kAttached, `policies` with the policies of the
// time before targetRef, and gateways. So what two proxies have in common is one effect, whatever
// else they are.
struct Part {
  std::string name;
  std::string member;  // of a type's element: "toRules"
  std::string before, after;
  friend bool operator==(const Part&, const Part&) = default;
  friend auto operator<=>(const Part&, const Part&) = default;
};
inline constexpr char kHttpMatches[] = "httpMatches";
inline constexpr char kAttached[] = "policies";

// Proxies by where they are. One of several services counts for each.
struct Tally {
  uint64_t proxies = 0;
  std::map<std::string, uint64_t> meshes, zones, services;
  void Add(const Tally& other);
};

// Proxies on which the change has the same effect.
struct Group {
  enum class Subject { kDataplanes, kGateways };  // of which `_rules` is
  enum class Fate { kStays, kComes, kGoes };
  Subject subject = Subject::kDataplanes;
  Fate fate = Fate::kStays;
  Tally tally;
  std::vector<model::ResourceKey> first;  // at most Bounds::names
  std::vector<Part> parts;                // that differ; by type as inspection orders them
};

// A policy, and the proxies that it selects.
struct PolicyUse {
  const model::TypeDescriptor* type = nullptr;
  model::ResourceKey key;
  uint64_t before = 0, after = 0;
};

struct Effects {
  uint64_t proxies = 0;           // in the control plane, before or after
  uint64_t seen = 0;              // of those that might change, how many were looked at
  Tally changed;                  // Dataplanes
  std::vector<Group> groups;      // the largest first; Dataplanes before gateways
  std::vector<PolicyUse> begins;  // select a proxy now, and none before
  std::vector<PolicyUse> stops;   // the other way around
  std::string stopped;            // why not all was looked at; empty: it was
  size_t texts = 0;               // times that a configuration was worked out
};

struct Bounds {
  size_t proxies = limits::kProxies;
  size_t text_bytes = limits::kTextBytes;  // of all parts of all groups
  size_t names = limits::kNames;           // of each group
};

// How inspection says it. Thread-safe; all references hold for the call.
class Printer {
 public:
  virtual ~Printer() = default;
  // The members of the element of `_rules` for the type but `type`; empty when there is none.
  virtual std::map<std::string, std::string> Rules(
      const matching::MeshModel& mesh, const matching::Proxy& proxy,
      const matching::MatchedPolicies& matched) const = 0;
  virtual std::string HttpMatches(const std::map<std::string, std::string>& by_hash) const = 0;
  // kAttached; empty when nothing is.
  virtual std::string Attached(const matching::MeshModel& mesh,
                               const matching::Proxy& proxy) const = 0;
};

// The ways in which work is spared, each right as it is; a test that breaks one must be caught.
struct Shortcuts {
  // Meshes in which something may differ.
  std::function<bool(const resources::ForeseenChange&)> touches_its_mesh = nullptr;
  std::function<bool(const matching::ModelDifference&, const model::TypeDescriptor&,
                     const matching::Proxy&)>
      may_differ = nullptr;
  std::function<std::string(const matching::ModelDifference&, const matching::Proxy&)> class_of =
      nullptr;
};

// All must outlive it. Thread-safe.
struct EffectDeps {
  const model::TypeRegistry& registry;
  const Printer& printer;
  // Of a stored ZoneInsight: the version of Kuma whose forms of policies the zone is told.
  std::function<resources::Generation(const model::Resource& zone_insight)> generation_of;
  // By the rules of which Kuma each side is read. Where they are not the same, two configurations
  // that are told in other words are one: see preview/meaning.h.
  resources::Generation before = resources::Generation::kTwo;
  resources::Generation after = resources::Generation::kTwo;
};

// The types of which `foresight` must have views.
std::vector<const model::TypeDescriptor*> TypesLookedAt(const model::TypeRegistry& registry);

// Pure: no I/O, no clock. `is_late` is asked between proxies; true ends it with what there is. What
// cannot differ is not worked out: meshes that are not touched, types that do not change, proxies
// that no changed policy selects; and what policies cannot tell apart is worked out once.
absl::StatusOr<Effects> EffectsOf(const EffectDeps& deps, const resources::Foresight& foresight,
                                  const Bounds& bounds, absl::FunctionRef<bool()> is_late,
                                  const Shortcuts& shortcuts = {});

}  // namespace skyden::preview
