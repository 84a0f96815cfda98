// SPDX-License-Identifier: Apache-2.0
// What a zone tells of its own resources: decoding, attributing to the zone that is connected, and
// storing with as few writes as there are differences.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "kds/messages.h"
#include "skyden/model/resource.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/codec.h"
#include "skyden/store/tenant_tx.h"
#include "skyden/store/write_plan.h"

namespace skyden::kds {

// One response of a zone, ready to be stored. Plain value.
struct IngestBatch {
  const model::TypeDescriptor* type = nullptr;
  std::string nonce;
  bool complete = false;  // resources that are not named are gone
  std::vector<model::Resource> upserts;
  std::vector<model::ResourceKey> removed;
  std::vector<model::ResourceKey> rejected;  // stay as they are stored
  std::vector<std::string> errors;           // one for each rejected resource
  size_t bytes = 0;
  absl::Duration came_at = absl::ZeroDuration();
};

struct IngestContext {
  const resources::ResourceCodec& codec;
  std::string zone;
  // Zones before 2.6 do not make their names distinct: they get the zone's name in front.
  bool prefix_names = false;
};

// Decodes and attributes. What does not decode or hold is among the batch's rejected; the rest goes
// on. INVALID_ARGUMENT only for nesting that no honest zone sends: that ends the stream.
absl::StatusOr<IngestBatch> DecodeBatch(const IngestContext& context,
                                        const model::TypeDescriptor& type, bool complete,
                                        const DeltaResponse& response);

// Would ApplyBatch write or reject anything?
absl::StatusOr<bool> BatchChangesSomething(store::ReadTx& tx, const IngestBatch& batch,
                                           const std::string& zone);

// What ApplyBatch reads.
void PlanBatch(const IngestBatch& batch, const std::string& zone, const model::CoreTypes& types,
               store::WritePlan& plan);
// Writes what differs. The Zone that owns it all is made when it is missing.
// Resources whose names belong to another zone or to the global are left alone; `conflicts` gets
// one line for each.
absl::Status ApplyBatch(store::WriteTx& tx, const IngestBatch& batch, const std::string& zone,
                        const model::CoreTypes& types, absl::Time now,
                        std::vector<std::string>& conflicts);

// Pins what a spec says of the zone it belongs to. The tags and fields that name a zone decide
// where traffic goes, and a zone speaks only for itself.
// Returns the spec as it is when there is nothing to change. DATA_LOSS when it does not decode.
absl::StatusOr<std::string> PinZone(const model::TypeDescriptor& type, std::string spec,
                                    const std::string& zone);

}  // namespace skyden::kds
