// SPDX-License-Identifier: Apache-2.0
// What a stock zone says and hears: KDS messages as bytes, without any connection.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/model/kuma_version.h"
#include "skyden/model/labels.h"

namespace skyden::agent {

// The types that a zone of a version asks a global control plane for.
const std::vector<std::string>& TypesFromGlobal(
    model::KumaVersion version = model::KumaVersion::kTwo);
// What it calls itself: "2.14.3". And in its `zone-version` header; nothing: it sends none.
std::string_view ReleaseOf(model::KumaVersion version);
std::string_view ZoneVersionOf(model::KumaVersion version);

// How a zone introduces itself.
struct ZoneIntroduction {
  std::string zone_name;
  std::string instance_id;
  std::string global_address;  // as configured, with any credential in it
  model::KumaVersion version = model::KumaVersion::kTwo;
};

// GlobalToZoneSync: the first request for a type, and the answer to a response.
std::string Subscribe(const ZoneIntroduction& zone, std::string_view type);
std::string Acknowledge(std::string_view zone_name, std::string_view type, std::string_view nonce);

struct ReceivedResource {
  std::string mesh;
  std::string name;          // in the zone's store
  std::string display_name;  // as its author called it
  std::string spec;          // bytes of the spec
};
struct Response {
  std::string type;
  std::string nonce;
  std::vector<ReceivedResource> resources;
  std::vector<std::string> removed;  // "<name>.<mesh>"
};
// INVALID_ARGUMENT when a stock zone could not read it.
absl::StatusOr<Response> ParseResponse(const std::string& bytes);

// ZoneToGlobalSync: what the global asks, and what the zone has.
struct Request {
  std::string type;
  std::string nonce;                 // empty: it wants everything
  std::optional<std::string> error;  // why it refused what it got
};
absl::StatusOr<Request> ParseRequest(const std::string& bytes);

// A dataplane as a zone of its own has it.
struct PlayedDataplane {
  std::string mesh;
  std::string name;  // in the global's store
  model::Labels labels;
  std::string spec;  // bytes of the spec
};

struct Workload {
  std::string zone_name;
  std::string mesh_name;
  int dataplanes = 0;
  absl::Time connected_at;
  model::KumaVersion version = model::KumaVersion::kTwo;  // in whose shape
  // These, where given, and not `dataplanes` that are made up.
  std::shared_ptr<const std::vector<PlayedDataplane>> played = nullptr;
};
// How many resources of `type` the zone has, and the response that carries them all.
int CountOf(const Workload& workload, std::string_view type);
std::string Offer(const Workload& workload, std::string_view type, std::string_view nonce);

// The three admin streams: the answer to a request for a proxy's config dump, statistics or
// clusters (`method` is the last part of the call's name). Nothing when it is not a request.
std::optional<std::string> AnswerAdminRequest(std::string_view method, const std::string& bytes);

// HealthCheck's answer: when to call again. nullopt when the global does not say.
std::optional<absl::Duration> ParseHealthInterval(const std::string& bytes);

}  // namespace skyden::agent
