// SPDX-License-Identifier: Apache-2.0
#include "kds/messages.h"

#include "fmt/format.h"
#include "kds/wire.h"

namespace skyden::kds {
namespace {

absl::Status Broken(const char* what) {
  return absl::InvalidArgumentError(fmt::format("{} does not decode", what));
}

bool ScanNode(std::string_view bytes, DeltaRequest& request) {
  wire::Reader reader(bytes);
  wire::Field field;
  while (reader.Next(field)) {
    if (field.IsBytes(1)) request.node_id = field.bytes;
    if (field.IsBytes(3)) request.node_metadata = field.bytes;
  }
  return reader.ok();
}

bool ScanAny(std::string_view bytes, std::string_view& type_url, std::string_view& value) {
  wire::Reader reader(bytes);
  wire::Field field;
  while (reader.Next(field)) {
    if (field.IsBytes(1)) type_url = field.bytes;
    if (field.IsBytes(2)) value = field.bytes;
  }
  return reader.ok();
}

bool ScanLabel(std::string_view bytes, SentResource& resource) {
  std::string_view key, value;
  wire::Reader reader(bytes);
  wire::Field field;
  while (reader.Next(field)) {
    if (field.IsBytes(1)) key = field.bytes;
    if (field.IsBytes(2)) value = field.bytes;
  }
  resource.labels.emplace_back(key, value);
  return reader.ok();
}

bool ScanMeta(std::string_view bytes, SentResource& resource) {
  wire::Reader reader(bytes);
  wire::Field field;
  while (reader.Next(field)) {
    if (field.IsBytes(1)) resource.name = field.bytes;
    if (field.IsBytes(2)) resource.mesh = field.bytes;
    if (field.IsBytes(6) && !ScanLabel(field.bytes, resource)) return false;
  }
  return reader.ok();
}

bool ScanKumaResource(std::string_view bytes, SentResource& resource) {
  wire::Reader reader(bytes);
  wire::Field field;
  std::string_view status_type_url;
  while (reader.Next(field)) {
    if (field.IsBytes(1) && !ScanMeta(field.bytes, resource)) return false;
    if (field.IsBytes(2) && !ScanAny(field.bytes, resource.spec_type_url, resource.spec)) {
      return false;
    }
    if (field.IsBytes(3) && !ScanAny(field.bytes, status_type_url, resource.status)) return false;
  }
  return reader.ok();
}

absl::Status ScanResource(std::string_view bytes, DeltaResponse& response) {
  std::string_view type_url, value;
  wire::Reader reader(bytes);
  wire::Field field;
  while (reader.Next(field)) {
    if (field.IsBytes(2) && !ScanAny(field.bytes, type_url, value)) return Broken("resource");
  }
  if (!reader.ok()) return Broken("resource");
  if (type_url != kKumaResourceUrl) {
    return absl::InvalidArgumentError("a resource is not a KumaResource");
  }
  if (!ScanKumaResource(value, response.resources.emplace_back())) return Broken("KumaResource");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<DeltaRequest> ScanDeltaRequest(std::string_view bytes) {
  DeltaRequest request;
  wire::Reader reader(bytes);
  wire::Field field;
  while (reader.Next(field)) {
    if (field.type != wire::Field::Type::kBytes) continue;
    switch (field.number) {
      case 1:
        if (!ScanNode(field.bytes, request)) return Broken("node");
        break;
      case 2:
        request.type_url = field.bytes;
        break;
      case 3:
        request.subscribes = true;
        break;
      case 6:
        request.response_nonce = field.bytes;
        break;
      case 7:
        request.rejects = true;
        request.error_message = wire::FindBytes(field.bytes, 2);
        break;
      default:
        break;
    }
  }
  if (!reader.ok()) return Broken("DeltaDiscoveryRequest");
  return request;
}

absl::StatusOr<DeltaResponse> ScanDeltaResponse(std::string_view bytes) {
  DeltaResponse response;
  wire::Reader reader(bytes);
  wire::Field field;
  while (reader.Next(field)) {
    if (field.type != wire::Field::Type::kBytes) continue;
    switch (field.number) {
      case 2:
        if (absl::Status s = ScanResource(field.bytes, response); !s.ok()) return s;
        break;
      case 4:
        response.type_url = field.bytes;
        break;
      case 5:
        response.nonce = field.bytes;
        break;
      case 6:
        response.removed.push_back(field.bytes);
        break;
      default:
        break;
    }
  }
  if (!reader.ok()) return Broken("DeltaDiscoveryResponse");
  return response;
}

std::string ResponseTail(std::string_view type_url, uint64_t nonce) {
  // control_plane { identifier: "global" }
  static constexpr std::string_view kControlPlane("\x3a\x08\x0a\x06global", 10);
  std::string tail;
  tail.reserve(type_url.size() + 36);
  wire::AppendBytes(tail, 4, type_url);
  wire::AppendBytes(tail, 5, std::to_string(nonce));
  tail += kControlPlane;
  return tail;
}

std::string EncodeDeltaRequest(std::string_view node_id, std::string_view metadata_field,
                               std::string_view type_url, std::string_view nonce,
                               std::string_view error) {
  std::string out;
  const size_t node_size = wire::BytesFieldSize(node_id.size()) + metadata_field.size();
  out.reserve(node_size + type_url.size() + nonce.size() + error.size() + 32);
  wire::AppendBytesHeader(out, 1, node_size);
  wire::AppendBytes(out, 1, node_id);
  out += metadata_field;
  wire::AppendBytes(out, 2, type_url);
  if (nonce.empty() || !error.empty()) wire::AppendBytes(out, 3, "*");
  if (!nonce.empty()) wire::AppendBytes(out, 6, nonce);
  if (!error.empty()) {
    wire::AppendBytesHeader(out, 7, wire::BytesFieldSize(error.size()));
    wire::AppendBytes(out, 2, error);
  }
  return out;
}

bool SplitResourceName(std::string_view text, std::string_view& name, std::string_view& mesh) {
  const size_t dot = text.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return false;
  name = text.substr(0, dot);
  mesh = text.substr(dot + 1);
  return true;
}

}  // namespace skyden::kds
