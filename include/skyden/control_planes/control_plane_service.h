// SPDX-License-Identifier: Apache-2.0
// Virtual control planes as things an organization owns: create, list, change, delete; and the
// zones that may join them.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "skyden/base/clock.h"
#include "skyden/model/ids.h"
#include "skyden/model/kuma_version.h"
#include "skyden/model/list_filter.h"
#include "skyden/model/resource.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/model/text_filter.h"
#include "skyden/store/store.h"
#include "skyden/store/tenant_tx.h"

namespace skyden::control_planes {

struct CreateControlPlane {
  std::string name;         // 1 to 100 characters, begins with a letter or digit
  std::string description;  // at most 250
  model::Labels labels;     // at most 10; keys and values 1 to 63 characters
  bool mesh_creation = true;
  bool hostname_generator_creation = true;
  std::string api_version;  // of model::kKumaVersionNames; empty: Deps::default_version
  // Writes what it begins with; nullptr: what every new one does (Deps::seed).
  std::function<absl::Status(store::WriteTx&, const store::ControlPlaneRecord&)> seed = nullptr;
  model::ControlPlaneId copy_of = {};  // told to the audit
};

// Fields that are nullopt stay. In a label patch a nullopt value removes the key.
struct UpdateControlPlane {
  std::optional<std::string> name;
  std::optional<std::string> description;
  std::optional<model::Labels> labels;  // replaces all
  std::map<std::string, std::optional<std::string>> label_patch;
  std::optional<std::string> api_version;  // what it is: it is changed otherwise
};

struct ListControlPlanes {
  size_t page_size = 10;
  size_t page_number = 1;  // from 1
  // filter[name], filter[name][eq|contains], filter[labels.K][eq|neq|contains|...]
  using Filter = model::TextFilter;  // of ControlPlaneFilters()
  std::vector<Filter> filters;
};

struct ControlPlanePage {
  uint64_t total = 0;
  std::vector<store::ControlPlaneRecord> items;
};

// All that an organization has, and those of them that somebody's roles list; ordered by creation,
// then id.
struct ListedControlPlanes {
  std::shared_ptr<const std::vector<store::ControlPlaneRecord>> all;
  std::vector<const store::ControlPlaneRecord*> listed;  // of `all`
};

struct SuspendControlPlane {
  std::string reason;               // at most 250 characters; zones and clients are told
  std::optional<absl::Time> until;  // in the future; resumes by itself then
};

// What the list can be filtered by: the members that the REST edge shows, under the names they have
// there, and labels.
const model::Filterable<store::ControlPlaneRecord>& ControlPlaneFilters();

// Thread-safe. Errors carry violations where a field is at fault. What the caller's access reads,
// lists and changes is model::Access's to say. A control plane of which the caller knows nothing is
// NOT_FOUND, like one that is not there; what it may not do to others is PERMISSION_DENIED.
// Outlives its pending callbacks.
class ControlPlaneService {
 public:
  struct Deps {
    store::Store& store;
    base::Clock& clock;
    // Writes what a new control plane begins with (resources::ResourceManager::Seed).
    std::function<absl::Status(store::WriteTx&, const store::ControlPlaneRecord&)> seed;
    // Zones of a control plane that are online, by name; may wait for those that are leaving.
    std::function<absl::StatusOr<std::vector<std::string>>(const model::TenantScope&)> online_zones;
    // So long a deleted control plane can be had back; 0: not at all.
    absl::Duration deleted_retention = absl::ZeroDuration();
    // Of a control plane for which none is asked.
    model::KumaVersion default_version = model::KumaVersion::kTwo;
  };
  static std::unique_ptr<ControlPlaneService> Create(Deps deps);
  virtual ~ControlPlaneService() = default;

  // One transaction for the control plane and all it begins with. Who may create but does not
  // administrate becomes the admin of what it creates. `done` runs once, on the caller's
  // thread for what is refused early and on the store's writer thread otherwise: hand over.
  virtual void CreateAsync(
      const model::OrganizationScope& scope, CreateControlPlane request,
      absl::AnyInvocable<void(absl::StatusOr<store::ControlPlaneRecord>)> done) = 0;
  virtual absl::StatusOr<ControlPlanePage> List(const model::OrganizationScope& scope,
                                                const ListControlPlanes& request) = 0;
  // From memory. PERMISSION_DENIED to who lists none.
  virtual absl::StatusOr<ListedControlPlanes> All(const model::OrganizationScope& scope) = 0;
  virtual absl::StatusOr<store::ControlPlaneRecord> Get(const model::OrganizationScope& scope,
                                                        const model::ControlPlaneId& id) = 0;
  virtual absl::StatusOr<store::ControlPlaneRecord> Update(const model::OrganizationScope& scope,
                                                           const model::ControlPlaneId& id,
                                                           const UpdateControlPlane& request) = 0;
  // INVALID_ARGUMENT naming a zone that is still online, unless that does not matter. Blocks.
  enum class Online { kForbids, kIsEnded };
  virtual absl::Status Delete(const model::OrganizationScope& scope,
                              const model::ControlPlaneId& id,
                              Online online = Online::kForbids) = 0;
  // Those that can be had back, the first first: to who administrates the organization. To
  // everybody else, and for everything else, they are as missing as if they never had been.
  // PERMISSION_DENIED to others.
  virtual absl::StatusOr<std::vector<store::DeletedControlPlane>> ListDeleted(
      const model::OrganizationScope& scope) = 0;
  // Has one back, with the tokens of its zones and the roles on it. `name` empty: its own, or, when
  // another control plane of the organization has that by now, its own with "-restored" behind it
  // (then "-restored-2" and so on). A name that is given may be another's, as always. It counts as
  // one of the organization's again. Errors as of ListDeleted; NOT_FOUND.
  virtual absl::StatusOr<store::ControlPlaneRecord> Undelete(const model::OrganizationScope& scope,
                                                             const model::ControlPlaneId& id,
                                                             const std::string& name) = 0;
  // Ends it for good, at once: operators alone.
  virtual absl::Status Purge(const model::OrganizationScope& scope,
                             const model::ControlPlaneId& id) = 0;
  virtual absl::Duration deleted_retention() const = 0;
  // Zones are turned away (UNAVAILABLE, with the reason) and stay out, the API turns read-only.
  // Suspending again replaces reason and end; resuming what runs changes nothing.
  virtual absl::StatusOr<store::ControlPlaneRecord> Suspend(const model::OrganizationScope& scope,
                                                            const model::ControlPlaneId& id,
                                                            const SuspendControlPlane& request) = 0;
  virtual absl::StatusOr<store::ControlPlaneRecord> Resume(const model::OrganizationScope& scope,
                                                           const model::ControlPlaneId& id) = 0;
};

// Thread-safe.
class ZoneService {
 public:
  struct Deps {
    store::Store& store;
    base::Clock& clock;
    // Writes the offline Zone resource; ALREADY_EXISTS when there is one.
    std::function<absl::Status(store::WriteTx&, const model::ZoneName&)> create_zone;
    // A fresh system account token (identity::GenerateToken).
    struct FreshToken {
      std::string text;
      model::TokenId id;
      std::array<uint8_t, 32> sha256{};
    };
    std::function<FreshToken()> new_token;
  };
  static std::unique_ptr<ZoneService> Create(Deps deps);
  virtual ~ZoneService() = default;

  struct Provisioned {
    model::ZoneName zone;
    std::string token;  // shown once
  };
  // Creates the zone and a token that is good for it alone. ALREADY_EXISTS; INVALID_ARGUMENT
  // (name); PERMISSION_DENIED unless the role is kAdmin or kOperator. `done` as in CreateAsync.
  virtual void ProvisionAsync(const model::TenantScope& scope, std::string zone_name,
                              absl::AnyInvocable<void(absl::StatusOr<Provisioned>)> done) = 0;
};

// Ready-to-paste text for a zone's operator: how to connect with `token`. `kds_address` is
// "grpcs://host:port" (or "grpc://..."). kHelm refers to the Kubernetes secret that kKubectl makes.
enum class ZoneSetupFormat { kUniversal, kHelm, kKubectl };
std::string ZoneSetupText(ZoneSetupFormat format, const model::ControlPlaneId& control_plane,
                          const ZoneService::Provisioned& provisioned,
                          const std::string& kds_address);

// What a zone takes as its global address: `kds_address` with the credential in its userinfo.
std::string ZoneGlobalAddress(const model::ControlPlaneId& control_plane, std::string_view token,
                              std::string_view kds_address);

}  // namespace skyden::control_planes
