// SPDX-License-Identifier: Apache-2.0
// The messages of a sync: scanning what a zone sends, writing what it gets.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace skyden::kds {

// envoy.service.discovery.v3.DeltaDiscoveryRequest. Views into the scanned bytes.
struct DeltaRequest {
  std::string_view node_id;
  std::string_view node_metadata;  // google.protobuf.Struct, unread
  std::string_view type_url;
  std::string_view response_nonce;
  bool subscribes = false;  // names something in resource_names_subscribe
  bool rejects = false;     // has error_detail
  std::string_view error_message;
};
// INVALID_ARGUMENT when the bytes are not such a message.
absl::StatusOr<DeltaRequest> ScanDeltaRequest(std::string_view bytes);

// One entry of DeltaDiscoveryResponse.resources, with its KumaResource.
struct SentResource {
  std::string_view name;
  std::string_view mesh;
  std::vector<std::pair<std::string_view, std::string_view>> labels;
  std::string_view spec_type_url;
  std::string_view spec;
  std::string_view status;
};
// envoy.service.discovery.v3.DeltaDiscoveryResponse. Views into the scanned bytes.
struct DeltaResponse {
  std::string_view type_url;
  std::string_view nonce;
  std::vector<SentResource> resources;
  std::vector<std::string_view> removed;  // "<name>.<mesh>"
};
// INVALID_ARGUMENT when the bytes are not such a message or hold something else than KumaResources.
absl::StatusOr<DeltaResponse> ScanDeltaResponse(std::string_view bytes);

// Everything of a DeltaDiscoveryResponse but its resources and removed names, which may come
// before.
std::string ResponseTail(std::string_view type_url, uint64_t nonce);

// Node without its length prefix is `id` and then `metadata` (field 3, may be empty).
// A whole DeltaDiscoveryRequest. `nonce` empty: the first request, which subscribes to everything.
// `error` not empty: a NACK.
std::string EncodeDeltaRequest(std::string_view node_id, std::string_view metadata_field,
                               std::string_view type_url, std::string_view nonce,
                               std::string_view error);

// Splits "<name>.<mesh>" at its last dot. False when there is no dot or no name.
bool SplitResourceName(std::string_view text, std::string_view& name, std::string_view& mesh);

inline constexpr std::string_view kKumaResourceUrl =
    "type.googleapis.com/kuma.mesh.v1alpha1.KumaResource";

}  // namespace skyden::kds
