// SPDX-License-Identifier: Apache-2.0
// What zones refused, by control plane and zone; and which zones are of a generation that is known
// to refuse something.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "kds/snapshot.h"
#include "kds/tenant_listeners.h"
#include "skyden/kds/zone_verdicts.h"
#include "skyden/model/resource.h"
#include "skyden/resources/generations.h"

namespace skyden::kds {

// Fingerprints of what zones see of a resource, and of its spec alone. Good within this process.
uint64_t FormOf(const model::Resource& resource);
uint64_t FormOfSpec(std::string_view spec);

// Thread-safe.
class Verdicts {
 public:
  struct Refusal {
    model::TypeId type{};
    model::ResourceKey key;  // no name: something of the type
    std::string reason;      // as it may be shown
    absl::Time since;
    uint64_t form = 0;
    uint64_t spec_form = 0;
    bool confirmed = true;         // by the last whole state that the zone judged
    bool asking = false;           // no name: it is being found out
    model::Revision revision = 0;  // of which it has taken nothing since; 0 without a name
  };
  struct OfZone {
    std::string zone;
    std::string version;
    std::vector<Refusal> refusals;
  };
  // A zone of a control plane, and its version of Kuma, which it may not know.
  struct Place {
    model::TenantKey tenant{};
    std::string zone;
    std::string version;
    resources::Generation generation = resources::Generation::kTwo;
  };

  // A stream of the zone begins and ends.
  void Connected(const Place& place) ABSL_LOCKS_EXCLUDED(mu_);
  void Disconnected(const Place& place) ABSL_LOCKS_EXCLUDED(mu_);

  // The zone took a response; `sent` is what it has been sent by now. `whole`: all of it in this
  // response. What it refused before and has in another form, or not at all, is refused no more.
  void Took(const Place& place, const Snapshot& sent, bool whole) ABSL_LOCKS_EXCLUDED(mu_);
  // It refused one. What of it, Refused says; Asking, that there is something that is being found
  // out, after which comes Settled, when all was said, or Unclear.
  void Judges(const Place& place, const Snapshot& sent, bool whole) ABSL_LOCKS_EXCLUDED(mu_);
  void Refused(const Place& place, const model::TypeDescriptor& type,
               const model::Resource& resource, std::string_view message, absl::Time now)
      ABSL_LOCKS_EXCLUDED(mu_);
  void Asking(const Place& place, const model::TypeDescriptor& type, std::string_view message,
              absl::Time now) ABSL_LOCKS_EXCLUDED(mu_);
  void Unclear(const Place& place, const model::TypeDescriptor& type, std::string_view message,
               absl::Time now) ABSL_LOCKS_EXCLUDED(mu_);
  void Settled(const Place& place, const model::TypeDescriptor& type) ABSL_LOCKS_EXCLUDED(mu_);

  bool empty() const { return refusals_ == 0; }
  size_t size() const { return refusals_; }  // refusals, of all
  // Zones that refuse something, by name.
  std::vector<OfZone> Of(model::TenantKey tenant) const ABSL_LOCKS_EXCLUDED(mu_);
  struct ChoosyZone {
    std::string zone;
    std::string version;
    resources::Generation generation;
  };
  // Connected zones of generations that are known to refuse something.
  std::vector<ChoosyZone> Choosy(model::TenantKey tenant) const ABSL_LOCKS_EXCLUDED(mu_);
  bool AnythingOf(model::TenantKey tenant) const ABSL_LOCKS_EXCLUDED(mu_);
  // Drops refusals that are `stale`.
  void Prune(model::TenantKey tenant,
             absl::FunctionRef<bool(const std::string& zone, const Refusal&)> stale)
      ABSL_LOCKS_EXCLUDED(mu_);

  // See ZoneVerdicts.
  std::shared_ptr<void> Subscribe(model::TenantKey tenant, std::function<void()> changed) {
    return listeners_.Subscribe(tenant, std::move(changed));
  }

 private:
  struct Zone {
    std::string version;
    resources::Generation generation = resources::Generation::kTwo;
    size_t streams = 0;  // counted for choosy generations only
    std::vector<Refusal> refusals;
  };
  struct Tenant {
    std::map<std::string, Zone> zones;
    size_t refusals = 0;
  };

  // Runs `fn` on the zone's refusals when it has any, and tells who listens if it returns true.
  void Change(const Place& place, absl::FunctionRef<bool(Zone&)> fn) ABSL_LOCKS_EXCLUDED(mu_);
  void Add(const Place& place, Refusal refusal) ABSL_LOCKS_EXCLUDED(mu_);
  Zone* Find(const Place& place) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Count(Tenant& tenant, size_t before, size_t after) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Drops what nothing is known of any more.
  void Tidy(model::TenantKey tenant) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  mutable absl::Mutex mu_;
  absl::flat_hash_map<model::TenantKey, Tenant> tenants_ ABSL_GUARDED_BY(mu_);
  std::atomic<size_t> refusals_{0};  // of all; changed under mu_

  TenantListeners listeners_;
};

}  // namespace skyden::kds
