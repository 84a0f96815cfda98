// SPDX-License-Identifier: Apache-2.0
// What a write says beforehand of what it will read.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "skyden/model/ids.h"
#include "skyden/model/resource.h"

namespace skyden::store {

// An engine that is asked over a network may fetch what many writes plan in one go; one that is not
// need not look at it. What is read and was not planned is right all the same. It is only counted
// (Store::Counters::unplanned_reads): a service whose plan has a gap costs its writes a round trip.
//
// What is written is read first: PutResource and DeleteResource need their keys planned. The
// revision, and what the transaction itself wrote, need no plan. What is not named here (the
// control plane's record, counts, changes, the audit, deletions of all that a mesh or zone has)
// cannot be planned.
//
// Plain value. Thread-compatible.
class WritePlan {
 public:
  // Reads nothing but what is named with the calls below.
  WritePlan() = default;
  // Cannot say what it reads before it has read some of it; nothing that it reads is counted.
  static WritePlan ReadsAnything();

  // One resource, whether it is there or not.
  WritePlan& Resource(model::TypeId type, model::ResourceKey key);
  // ListResources: of one mesh or (nullopt) of all. Each of these resources is planned with it.
  WritePlan& ResourcesOf(model::TypeId type, std::optional<std::string> mesh);
  // ListResourcesOfZone. Each of these resources is planned with it.
  WritePlan& ResourcesOfZone(model::TypeId type, model::ZoneName zone);
  // ListPendingKeys.
  WritePlan& PendingKeys();
  // It is small, and what only reads or removes waits for it: on a full disk it may take from the
  // room that an engine keeps for deletions.
  WritePlan& FromReserve();

  using Keys = std::set<std::pair<model::TypeId, model::ResourceKey>>;
  const Keys& keys() const { return keys_; }
  bool reads_anything() const { return reads_anything_; }
  bool Covers(model::TypeId type, const model::ResourceKey& key) const;
  bool CoversList(model::TypeId type, const std::optional<std::string>& mesh) const;
  bool CoversZone(model::TypeId type, const model::ZoneName& zone) const;
  bool CoversPendingKeys() const { return reads_anything_ || pending_keys_; }
  bool from_reserve() const { return from_reserve_; }

 private:
  struct OfMesh {
    model::TypeId type;
    std::optional<std::string> mesh;
  };
  struct OfZone {
    model::TypeId type;
    model::ZoneName zone;
  };

  bool reads_anything_ = false;
  bool pending_keys_ = false;
  bool from_reserve_ = false;
  Keys keys_;
  std::vector<OfMesh> lists_;
  std::vector<OfZone> zones_;
};

}  // namespace skyden::store
