// SPDX-License-Identifier: Apache-2.0
// Zones read three things blindly, so each request has them: a node with the same id always, in
// ACKs too; a nonce in every ACK; `kumaCp` inside metadata.version.
#include "kds/delta_client.h"

#include <initializer_list>
#include <utility>

#include "kds/wire.h"
#include "skyden/base/check.h"
#include "skyden/base/limits.h"

namespace skyden::kds {
namespace {

// What zones are told of the global. Kuma 3 no longer says that it takes policies without a
// top-level targetRef.
struct Terms {
  std::string_view release;
  std::string_view git_tag;
  std::initializer_list<std::string_view> features;
};
const model::ByVersion<Terms> kTerms = {
    {{{"2.14.3",
       "v2.14.3",
       {"zone-token", "hash-suffix", "hg-mz-selector", "producer-policy-flow",
        "optional-top-level-target-ref"}},
      {"3.0.1",
       "v3.0.1",
       {"zone-token", "hash-suffix", "hg-mz-selector", "producer-policy-flow"}}}}};

std::string Text(std::string_view text) {
  std::string value;
  wire::AppendBytes(value, 3, text);
  return value;
}

std::string StructValue(const std::string& fields) {
  std::string value;
  wire::AppendBytes(value, 5, fields);
  return value;
}

void AddField(std::string& fields, std::string_view key, const std::string& value) {
  wire::AppendBytesHeader(fields, 1,
                          wire::BytesFieldSize(key.size()) + wire::BytesFieldSize(value.size()));
  wire::AppendBytes(fields, 1, key);
  wire::AppendBytes(fields, 2, value);
}

}  // namespace

std::string NodeMetadataField(model::KumaVersion own, std::string_view instance_id) {
  const Terms& terms = kTerms[own];
  std::string kuma_cp;
  AddField(kuma_cp, "version", Text(terms.release));
  AddField(kuma_cp, "gitTag", Text(terms.git_tag));
  std::string version;
  AddField(version, "kumaCp", StructValue(kuma_cp));

  std::string list;
  for (const std::string_view feature : terms.features) {
    wire::AppendBytes(list, 1, Text(feature));
  }
  std::string features;
  wire::AppendBytes(features, 6, list);

  std::string fields;
  AddField(fields, "version", StructValue(version));
  AddField(fields, "config", Text(""));
  AddField(fields, "control-plane-id", Text(instance_id));
  AddField(fields, "features", features);
  std::string out;
  wire::AppendBytes(out, 3, fields);
  return out;
}

std::string CutText(std::string_view text, size_t bytes_max) {
  std::string out;
  out.reserve(std::min(text.size(), bytes_max));
  for (size_t i = 0; i < text.size() && out.size() < bytes_max; ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    // Foreign bytes are echoed as ASCII only: a broken string field would break the zone.
    out += (c >= 0x20 && c < 0x7f) || c == '\n' ? text[i] : '?';
  }
  return out;
}

DeltaClient::DeltaClient(const model::TypeRegistry& registry, model::KumaVersion version,
                         std::string zone, const std::string& metadata_field)
    : registry_(registry),
      version_(version),
      zone_(std::move(zone)),
      metadata_field_(metadata_field) {
  SKYDEN_CHECK(registry.size() <= kTypesMax);
}

std::vector<std::string> DeltaClient::Start() {
  std::vector<std::string> requests;
  for (const model::TypeDescriptor& type : registry_.In(version_).all()) {
    if (!type.ZoneToGlobal()) continue;
    asked_.set(static_cast<size_t>(type.id));
    requests.push_back(EncodeDeltaRequest(zone_, metadata_field_, type.name, {}, {}));
  }
  return requests;
}

std::optional<DeltaClient::Accepted> DeltaClient::OnResponse(const DeltaResponse& response) {
  const model::TypeDescriptor* type = registry_.FindByName(response.type_url);
  // Without a nonce there is nothing to confirm: a zone would answer an empty one for ever.
  if (type == nullptr || !asked_[static_cast<size_t>(type->id)] || response.nonce.empty()) {
    return std::nullopt;
  }
  return Accepted{type, !confirmed_[static_cast<size_t>(type->id)]};
}

std::string DeltaClient::Confirm(const model::TypeDescriptor& type, std::string_view nonce,
                                 std::string_view error) {
  confirmed_.set(static_cast<size_t>(type.id));
  return EncodeDeltaRequest(zone_, {}, type.name, nonce,
                            CutText(error, base::limits::kNackTextBytes));
}

}  // namespace skyden::kds
