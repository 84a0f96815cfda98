// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "kds/core.h"
#include "kds/propagation_reader.h"
#include "kds/propagation_waits.h"
#include "skyden/kds/deliveries.h"

namespace skyden::kds {

// Thread-safe.
class DeliveryBoard final : public Deliveries {
 public:
  explicit DeliveryBoard(std::shared_ptr<Core> core);

  absl::StatusOr<Propagation> Read(const model::TenantScope& scope,
                                   const PropagationQuery& query) const override;
  void Await(const model::TenantScope& scope, PropagationQuery query, absl::Duration at_most,
             Done done) override;
  void OfZone(const model::TenantScope& scope, std::string zone_name,
              absl::AnyInvocable<void(absl::StatusOr<ZoneDelivery>)> done) const override;

  // UNAVAILABLE to all that wait, and to who comes later.
  void EndWaits();

 private:
  absl::StatusOr<ZoneDelivery> WithoutTypes(const model::TenantScope& scope,
                                            const std::string& zone_name) const;

  const std::shared_ptr<const PropagationReader> reader_;
  const std::shared_ptr<PropagationWaits> waits_;
};

}  // namespace skyden::kds
