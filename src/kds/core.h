// SPDX-License-Identifier: Apache-2.0
// What all calls of one KDS server share.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "kds/connection.h"
#include "kds/connects.h"
#include "kds/credential_watch.h"
#include "kds/elsewhere.h"
#include "kds/flight_budget.h"
#include "kds/gateway.h"
#include "kds/insight_writer.h"
#include "kds/live_count.h"
#include "kds/refusals.h"
#include "kds/tenant_listeners.h"
#include "kds/verdicts.h"
#include "kds/zone_news.h"
#include "kds/zone_registry.h"
#include "skyden/identity/authenticator.h"
#include "skyden/kds/deps.h"
#include "skyden/kds/options.h"
#include "skyden/kds/sync_times.h"

namespace skyden::kds {

// What a call says of itself when it opens.
struct CallHeaders {
  std::string client_id;
  std::string authorization;     // forgotten once it was looked at
  std::string control_plane;     // x-control-plane-id; the same
  std::string zone_version;      // "v3"; zones of Kuma 2 have none
  std::string proxy_header;      // see ProxyHeaderOf
  bool own_credential = false;   // there was an authorization
  bool two_credentials = false;  // there were several
  bool hash_suffix = false;      // among its `features`
};

// Thread-safe. Outlives every call.
struct Core {
  Core(Deps server_deps, KdsOptions server_options);

  // `control_plane`: as claimed, may be empty. `shown`: see Authenticator. Blocks on the disk.
  IdentityOr Authenticate(std::string_view token, std::string_view control_plane,
                          const std::string& client_id,
                          std::optional<identity::ShownCredential>& shown);
  // Takes note of a call that was turned away. `shown`: whose credential it had, null: nobody's.
  void Reject(const Connection& connection, std::string_view client_id, const absl::Status& why,
              const identity::ShownCredential* shown);

  Deps deps;
  const KdsOptions options;
  const model::ByVersion<std::string> node_metadata;  // of requests to zones
  ZoneRegistry zones;
  const std::shared_ptr<Connections> connections;
  const std::shared_ptr<Refusals> rejected;
  Verdicts verdicts;
  ZoneNews news;
  ConnectLog connects;
  TenantListeners progress;  // when a zone came further, came or went
  FlightBudget flights;
  std::shared_ptr<GatewayImpl> gateway;
  std::shared_ptr<InsightWriter> insights;
  std::shared_ptr<CredentialWatch> credentials;  // before the first call
  std::shared_ptr<Elsewhere> elsewhere;          // null: no other daemon can have zones
  LiveCount live_calls;
  model::TypeId insight_type{};  // ZoneInsight
  model::TypeId keys_type{};     // GlobalSecret: what zone tokens are signed with, and revocations
  // Decoded resources of zones that wait to be stored.
  std::atomic<size_t> ingest_bytes{0};

  SyncTimes times;
  std::atomic<uint64_t> messages_in{0};
  std::atomic<uint64_t> messages_out{0};
  std::atomic<uint64_t> nacks{0};
  std::atomic<uint64_t> rejected_count{0};
  std::atomic<uint64_t> types_withheld{0};
};

}  // namespace skyden::kds
