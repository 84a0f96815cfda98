// SPDX-License-Identifier: Apache-2.0
// What of a control plane goes to which zone, and under which name and labels. Pure functions of
// the resource, so that a difference between two views of a type needs no memory of what was sent.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_set.h"
#include "kds/names.h"
#include "skyden/base/strings.h"
#include "skyden/model/resource.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/generations.h"

namespace skyden::kds {

// Zones whose resources are not passed on to other zones.
using ZoneSet = absl::flat_hash_set<std::string, base::StringHash, std::equal_to<>>;

// The features that change what is sent of this type; zones that differ in others share bytes.
Features RelevantFeatures(const model::TypeDescriptor& type);

// Who gets a resource.
struct Audience {
  std::string_view owner;  // not this zone; empty: no such exception. Inside the resource.
  std::string only;        // only this zone; empty: all
  friend bool operator==(const Audience&, const Audience&) = default;
  bool Has(std::string_view zone) const {
    return (owner.empty() || owner != zone) && (only.empty() || only == zone);
  }
};
// nullopt: nobody does.
std::optional<Audience> AudienceOf(const model::TypeDescriptor& type,
                                   const model::Resource& resource, Features features,
                                   const ZoneSet& disabled);

// Which forms zones with these features are told.
resources::Generation GenerationOf(Features features);

// A twin (resources::Form) gets a name that no other resource can have.
enum class Part { kWhole, kTwin };

// "<name>.<mesh>" as zones know it.
std::string SentName(const model::TypeDescriptor& type, const model::Resource& resource,
                     Features features, Part part = Part::kWhole);
// Appends the resource as one `resources` entry of a DeltaDiscoveryResponse. False when it cannot
// be sent (a signing key that is not a key): then nothing is appended.
bool AppendResource(const model::TypeDescriptor& type, const model::Resource& resource,
                    Features features, std::string& out, Part part = Part::kWhole);
// True when zones see no difference between the two: what differs stays at the global.
bool LooksTheSame(const model::Resource& a, const model::Resource& b);

// `enabled` of a Zone's spec (kuma.system.v1alpha1.Zone). Zones are enabled unless they say no.
bool ZoneIsEnabled(std::string_view spec);

}  // namespace skyden::kds
