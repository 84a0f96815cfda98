// SPDX-License-Identifier: Apache-2.0
// Reads what is promised, makes the keys outside any transaction, then writes those that are still
// promised. What is known to be done is remembered per tenant, so that the common case is one look
// into a map.
#include "resources/tokens/promised_keys.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "resources/tokens/jwt.h"
#include "resources/tokens/signing_keys.h"
#include "resources/write/secret_spec.h"
#include "skyden/base/executor.h"
#include "skyden/base/status.h"
#include "skyden/model/kuma_names.h"
#include "skyden/store/tenant_tx.h"

namespace skyden::resources {
namespace {

constexpr size_t kBatch = 16;  // keys made before they are written
constexpr int kRsaBits = 2048;
constexpr absl::Duration kPromisedLifetime = absl::Hours(10 * 365 * 24);

}  // namespace

absl::Status PromisedKeys::Materialise(const model::TenantScope& scope, KeysFor whom) {
  uint64_t generation = 0;
  {
    absl::MutexLock lock(&mu_);
    for (;;) {
      State& state = states_[scope.tenant()];
      if (state.Done(whom)) return absl::OkStatus();
      if (!state.working) {
        state.working = true;
        generation = state.generation;
        break;
      }
      work_done_.Wait(&mu_);
    }
  }
  base::AssertMayBlock();
  const absl::Status worked = Work(scope, whom);
  absl::MutexLock lock(&mu_);
  State& state = states_[scope.tenant()];
  state.working = false;
  if (worked.ok() && state.generation == generation) {
    state.zones_done = true;
    state.anyone_done = state.anyone_done || whom == KeysFor::kAnyone;
  }
  if (absl::IsNotFound(worked)) states_.erase(scope.tenant());  // the control plane is gone
  work_done_.SignalAll();
  return worked;
}

void PromisedKeys::OnChange(const store::Change& change) {
  const bool gone = change.self == store::Change::Self::kGone;
  if (!change.keys_promised && !change.all && !gone) return;
  absl::MutexLock lock(&mu_);
  if (change.tenant == model::TenantKey{}) {
    for (auto& [tenant, state] : states_) Doubt(state);
    return;
  }
  const auto found = states_.find(change.tenant);
  if (found == states_.end()) return;
  if (gone && !found->second.working) {
    states_.erase(found);
  } else {
    Doubt(found->second);
  }
}

void PromisedKeys::Doubt(State& state) {
  ++state.generation;
  state.zones_done = false;
  state.anyone_done = false;
}

absl::Status PromisedKeys::Work(const model::TenantScope& scope, KeysFor whom) {
  SKYDEN_ASSIGN_OR_RETURN(const std::vector<store::PendingKey> pending, Pending(scope, whom));
  std::vector<Made> made;
  for (const store::PendingKey& promise : pending) {
    SKYDEN_ASSIGN_OR_RETURN(std::string data, Make(scope, promise, made));
    made.push_back({promise, std::move(data)});
    if (made.size() < kBatch) continue;
    SKYDEN_RETURN_IF_ERROR(Save(scope, made));
    made.clear();
  }
  return made.empty() ? absl::OkStatus() : Save(scope, made);
}

absl::StatusOr<std::vector<store::PendingKey>> PromisedKeys::Pending(
    const model::TenantScope& scope, KeysFor whom) {
  std::vector<store::PendingKey> pending;
  SKYDEN_RETURN_IF_ERROR(store_.Read(scope, [&](store::ReadTx& tx) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(pending, tx.ListPendingKeys());
    return absl::OkStatus();
  }));
  const auto is_token = [](const store::PendingKey& key) {
    return key.key.name == model::kAdminUserToken;
  };
  if (whom == KeysFor::kZones) {
    std::erase_if(pending, [&](const store::PendingKey& promise) {
      return promise.type == types_.global_secret->id &&
             !promise.key.name.starts_with(model::kZoneTokenSigningKey);
    });
  }
  // The administrator's token is signed with a key that may be among the promised ones.
  std::stable_partition(pending.begin(), pending.end(), std::not_fn(is_token));
  return pending;
}

absl::StatusOr<std::string> PromisedKeys::Make(const model::TenantScope& scope,
                                               const store::PendingKey& promise,
                                               const std::vector<Made>& made_before) {
  if (promise.type == types_.global_secret->id) {
    if (promise.key.name == model::kAdminUserToken) {
      return MakeAdminToken(scope, promise, made_before);
    }
    if (promise.key.name == model::kInterCpCa) {
      SKYDEN_ASSIGN_OR_RETURN(
          const base::CertificateAndKey authority,
          base::GenerateMeshCa(model::kInterCpCa, kRsaBits, promise.creation_time,
                               promise.creation_time + kPromisedLifetime));
      return authority.certificate_pem + authority.private_key_pem;
    }
  }
  return pool_.Take();
}

absl::StatusOr<std::string> PromisedKeys::MakeAdminToken(const model::TenantScope& scope,
                                                         const store::PendingKey& promise,
                                                         const std::vector<Made>& made_before) {
  std::vector<model::Resource> secrets;
  SKYDEN_RETURN_IF_ERROR(store_.Read(scope, [&](store::ReadTx& tx) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(secrets, tx.ListResources(types_.global_secret->id, std::nullopt));
    return absl::OkStatus();
  }));
  for (const Made& made : made_before) {
    if (made.promise.type != types_.global_secret->id) continue;
    model::Resource secret;
    secret.key = made.promise.key;
    secret.spec = SecretSpec(made.data);
    secrets.push_back(std::move(secret));
  }
  std::vector<const model::Resource*> candidates;
  for (const model::Resource& secret : secrets) candidates.push_back(&secret);
  const auto key = LatestSigningKey(candidates, model::kUserTokenSigningKey);
  if (!key.has_value()) return SigningKeyNotFound(model::kUserTokenSigningKey, "1", "");
  SKYDEN_ASSIGN_OR_RETURN(const std::string private_key, SecretData(*key->secret));
  const std::vector<std::string> groups = {std::string(model::kAdminGroup)};
  return SignJwt(
      private_key, key->key_id,
      UserClaims(model::kAdminGroup, groups, {promise.creation_time, kPromisedLifetime}));
}

absl::Status PromisedKeys::Save(const model::TenantScope& scope, const std::vector<Made>& made) {
  // Whoever looked first did not ask for a change.
  const model::TenantScope own =
      model::SystemScope::For("make keys that were promised")
          .In(scope.organization(), scope.tenant(), scope.control_plane(), scope.version());
  store::WritePlan plan;
  plan.PendingKeys().FromReserve();
  for (const Made& each : made) plan.Resource(each.promise.type, each.promise.key);
  return store_
      .Write(own, std::move(plan),
             [&](store::WriteTx& tx) -> absl::Status {
               SKYDEN_ASSIGN_OR_RETURN(const auto pending, tx.ListPendingKeys());
               for (const Made& each : made) {
                 const bool still = std::any_of(pending.begin(), pending.end(), [&](const auto& p) {
                   return p.type == each.promise.type && p.key == each.promise.key;
                 });
                 if (!still) continue;  // its mesh went meanwhile
                 model::Resource secret;
                 secret.type = each.promise.type;
                 secret.key = each.promise.key;
                 secret.spec = SecretSpec(each.data);
                 secret.creation_time = each.promise.creation_time;
                 secret.modification_time = each.promise.creation_time;
                 SKYDEN_RETURN_IF_ERROR(tx.PutResource(secret));
                 SKYDEN_RETURN_IF_ERROR(tx.RemovePendingKey(each.promise));
               }
               return absl::OkStatus();
             })
      .status();
}

}  // namespace skyden::resources
