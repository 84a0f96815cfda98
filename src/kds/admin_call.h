// SPDX-License-Identifier: Apache-2.0
// StreamXDSConfigs, StreamStats, StreamClusters: a zone opens them and waits for questions.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "kds/zone_call.h"

namespace skyden::kds {

class AdminCall final : public ZoneCall {
 public:
  AdminCall(Shell shell, std::shared_ptr<Core> core, std::shared_ptr<Connection> connection,
            CallHeaders headers, StreamKind kind)
      : ZoneCall(std::move(shell), std::move(core), std::move(connection), std::move(headers),
                 kind),
        kind_(kind) {}

  bool Ask(const std::string& message) override;

 private:
  void OnAuthorized() override;
  void OnZoneReadable() override;
  void OnZoneEnd() override;

  const StreamKind kind_;
  std::shared_ptr<ZoneSession> session_;
};

// GlobalKDSService/HealthCheck: a zone says that it is there, and is told when to say so again.
class HealthCall final : public ZoneCall {
 public:
  HealthCall(Shell shell, std::shared_ptr<Core> core, std::shared_ptr<Connection> connection,
             CallHeaders headers)
      : ZoneCall(std::move(shell), std::move(core), std::move(connection), std::move(headers),
                 std::nullopt) {}

 private:
  void OnAuthorized() override;
  void OnZoneReadable() override {}
};

// Registers a stream of a zone and ends the one that it replaces. RESOURCE_EXHAUSTED when the
// control plane has too many zones.
absl::StatusOr<std::shared_ptr<ZoneSession>> JoinSession(
    Core& core, const Identity& identity, StreamKind kind,
    const std::shared_ptr<AuthenticatedCall>& call);

}  // namespace skyden::kds
