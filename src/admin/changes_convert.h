// SPDX-License-Identifier: Apache-2.0
// Messages of changes.proto to and from what the services take and give.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "skyden/admin/v1/changes.pb.h"
#include "skyden/kds/deliveries.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/codec.h"
#include "skyden/resources/foresight.h"
#include "skyden/resources/history.h"
#include "skyden/resources/rollouts.h"
#include "skyden/resources/transfer.h"

namespace skyden::admin {

// Each is INVALID_ARGUMENT where a field is wrong.
absl::StatusOr<resources::ForeseenDocuments> ToDocuments(const v1::PreviewRequest& request);
absl::StatusOr<resources::PastFilter> ToFilter(const model::TypeRegistry& registry,
                                               const v1::ResourceFilter& filter);
// `epoch`: of the database. ABORTED when `if_revision` is of another life.
absl::StatusOr<resources::RestoreRequest> ToRequest(const model::TypeRegistry& registry,
                                                    std::string_view epoch,
                                                    const v1::RestoreHistoryRequest& request);
absl::StatusOr<resources::RolloutRequest> ToRequest(std::string_view epoch,
                                                    const v1::StartRolloutRequest& request);

// The first limits::kPageSizeMax of what is not unchanged; returns how many are left out.
uint64_t Fill(const resources::ResourceCodec& codec,
              const std::vector<resources::ImportLine>& lines,
              google::protobuf::RepeatedPtrField<v1::ResourceChange>* out);
// With how its zones stand, if that is known.
void Fill(const resources::Rollout& rollout, std::string_view epoch,
          const kds::Propagation* propagation, v1::Rollout* out);

}  // namespace skyden::admin
