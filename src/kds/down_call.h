// SPDX-License-Identifier: Apache-2.0
// GlobalToZoneSync: what the control plane holds goes to the zone.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kds/delta_server.h"
#include "kds/node_metadata.h"
#include "kds/tenant_hub.h"
#include "kds/zone_call.h"

namespace skyden::kds {

class DownCall final : public ZoneCall, public ChangeListener {
 public:
  DownCall(Shell shell, std::shared_ptr<Core> core, std::shared_ptr<Connection> connection,
           CallHeaders headers)
      : ZoneCall(std::move(shell), std::move(core), std::move(connection), std::move(headers),
                 StreamKind::kGlobalToZone) {}

  void OnChanged(const std::shared_ptr<const Notice>& notice) override;
  std::vector<TypeProgress> Deliveries() override;

 private:
  bool BringsCredential() const override { return true; }
  void OnCredential() override;
  void OnAuthorized() override;
  void OnZoneReadable() override;
  void OnRoomToSend() override { Pump(); }
  void OnStalled() override;
  void OnZoneEnd() override;

  // The message that opens the stream: who the zone is and what it can take.
  absl::Status OnFirst(const DeltaRequest& request);
  absl::Status OnMessage(Incoming message);
  absl::Status OnBytes(const std::string& bytes);
  void Pump();
  void WaitForStore();
  bool SendHeld();
  void TellVerdicts();
  Verdicts::Place Place() const;
  void TellWithheld(const TypeSet& withheld);
  void TellProgress();
  void TellNews();
  void ArmWake();
  void Count(model::TypeId type, ZoneSession::Event event);

  std::shared_ptr<ZoneSession> session_;
  std::optional<std::string> first_;      // brought the credential, not handled yet
  std::string subscription_;              // its id
  absl::Time begun_;                      // likewise
  std::unique_ptr<DeltaServer> machine_;  // from the first message on
  std::unique_ptr<HubSource> source_;
  std::optional<DeltaSend> held_;  // no room for it yet
  bool waits_for_store_ = false;
  TypeSet withheld_;        // as counted and logged
  bool is_behind_ = false;  // as was told
  uint64_t told_ = 0;       // Delivery::version, likewise
  bool wake_armed_ = false;
};

// The whole message of a response: shared bytes by reference, the rest in one small slice.
rpc::Message AssembleResponse(const DeltaSend& send);

}  // namespace skyden::kds
