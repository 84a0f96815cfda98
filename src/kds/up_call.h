// SPDX-License-Identifier: Apache-2.0
// ZoneToGlobalSync: what the zone has comes to the control plane. Messages are taken in batches:
// one transaction for all that came since the last one, and only then the confirmations.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kds/delta_client.h"
#include "kds/ingest.h"
#include "kds/zone_call.h"

namespace skyden::kds {

class UpCall final : public ZoneCall {
 public:
  UpCall(Shell shell, std::shared_ptr<Core> core, std::shared_ptr<Connection> connection,
         CallHeaders headers)
      : ZoneCall(std::move(shell), std::move(core), std::move(connection), std::move(headers),
                 StreamKind::kZoneToGlobal) {}

 private:
  using Batches = std::vector<IngestBatch>;

  void OnAuthorized() override;
  void OnZoneReadable() override;
  void OnZoneEnd() override;

  // Decodes waiting messages until there is enough for one transaction.
  absl::Status DecodeSome(Batches& batches);
  absl::Status DecodeOne(Incoming message, Batches& batches);
  void Work();
  // Confirms those that change nothing and keeps the others.
  absl::Status ConfirmUnchanged(Batches& batches);
  void Store(std::shared_ptr<Batches> batches);
  void Stored(const std::shared_ptr<Batches>& batches,
              const std::vector<std::vector<std::string>>& conflicts, const absl::Status& status);
  void RefuseForQuota(const std::shared_ptr<Batches>& batches, const absl::Status& status);
  void StoreNextSingle();
  void Confirm(const IngestBatch& batch, const std::vector<std::string>& conflicts);
  void Charge(size_t bytes);

  std::shared_ptr<ZoneSession> session_;
  std::unique_ptr<DeltaClient> machine_;
  std::vector<Incoming> waiting_;   // oldest last
  std::deque<IngestBatch> single_;  // that wait to be stored one by one
  bool busy_ = false;               // a transaction is under way
  size_t charged_ = 0;              // of core().ingest_bytes
  absl::Duration retry_;            // zero: the last transaction went through
};

}  // namespace skyden::kds
