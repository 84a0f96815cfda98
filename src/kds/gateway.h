// SPDX-License-Identifier: Apache-2.0
// Questions to zones over the streams that they keep open for that: one message out, one back, told
// apart by request ids. No thread waits.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "kds/zone_registry.h"
#include "skyden/base/executor.h"
#include "skyden/base/strings.h"
#include "skyden/kds/zone_gateway.h"

namespace skyden::kds {

class Call;

// The encoded question (XDSConfigRequest, StatsRequest, ClustersRequest).
std::string EncodeZoneRequest(const ZoneRequest& request, std::string_view request_id);

// An answer: request_id = 1, error = 2, and the payload = 3 in all three messages.
struct ZoneAnswer {
  std::string_view request_id;
  bool is_error = false;
  std::string_view error;
  std::string_view payload;
};
// INVALID_ARGUMENT when the bytes are not such a message.
absl::StatusOr<ZoneAnswer> ScanZoneAnswer(std::string_view bytes);

// Thread-safe.
class GatewayImpl final : public ZoneGateway, public std::enable_shared_from_this<GatewayImpl> {
 public:
  GatewayImpl(const ZoneRegistry& zones, base::Executor& workers, base::Timers& timers)
      : zones_(zones), workers_(workers), timers_(timers) {}

  Ticket Ask(const model::TenantScope& scope, ZoneRequest request,
             absl::AnyInvocable<void(absl::StatusOr<std::string>)> done) override
      ABSL_LOCKS_EXCLUDED(mu_);
  void Cancel(const Ticket& ticket) override ABSL_LOCKS_EXCLUDED(mu_);

  // From the stream: an answer to one of its questions. Ids that are not known, or another
  // stream's, are ignored: they came too late, or were made up.
  void OnAnswer(const Call* stream, const ZoneAnswer& answer) ABSL_LOCKS_EXCLUDED(mu_);
  // The stream is over: its questions are not answered any more.
  void OnStreamEnd(const Call* stream) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  using Done = absl::AnyInvocable<void(absl::StatusOr<std::string>)>;
  struct Pending {
    const Call* stream = nullptr;
    ZoneRequest::Kind kind = ZoneRequest::Kind::kConfigDump;
    base::Timers::Id timer = 0;
    Done done;
  };
  // nullopt when the question is not known, or was not asked on `stream` (null: on whatever).
  std::optional<Pending> Take(const std::string& request_id, const Call* stream)
      ABSL_LOCKS_EXCLUDED(mu_);
  // `failure`: in the words of whoever knows, to be completed by what was asked.
  void Fail(const std::string& request_id, const Call* stream, absl::Status failure)
      ABSL_LOCKS_EXCLUDED(mu_);

  const ZoneRegistry& zones_;
  base::Executor& workers_;
  base::Timers& timers_;
  absl::Mutex mu_;
  absl::flat_hash_map<std::string, Pending> pending_ ABSL_GUARDED_BY(mu_);
  absl::flat_hash_map<const Call*, size_t> per_stream_ ABSL_GUARDED_BY(mu_);
};

}  // namespace skyden::kds
