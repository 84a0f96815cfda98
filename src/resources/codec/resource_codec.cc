// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "resources/codec/json_type_codec.h"
#include "resources/codec/meta.h"
#include "resources/codec/protobuf_codec.h"
#include "resources/codec/type_codec.h"
#include "resources/rules_json/rules.h"
#include "resources/rules_json/table.h"
#include "resources/rules_json/text.h"
#include "resources/rules_proto/rules.h"
#include "skyden/base/status.h"
#include "skyden/resources/codec.h"
#include "skyden/resources/labels.h"

namespace skyden::resources {
namespace {

using TypeCodecs = std::vector<const TypeCodec*>;  // by TypeId

class Codec final : public ResourceCodec {
 public:
  Codec(const model::TypeRegistry& registry, model::KumaVersion version, TypeCodecs codecs,
        Unknown unknown)
      : registry_(registry),
        types_(registry.In(version)),
        codecs_(std::move(codecs)),
        unknown_(unknown) {}
  // Kuma 2's owns all, and is what they are found by.
  void Own(std::vector<std::unique_ptr<TypeCodec>> owned,
           model::ByVersion<std::unique_ptr<Codec>> others) {
    owned_ = std::move(owned);
    others_ = std::move(others);
    for (const std::unique_ptr<Codec>& other : others_.of) {
      if (other != nullptr) other->first_ = this;
    }
  }

  const ResourceCodec& In(model::KumaVersion version) const override {
    if (first_ != nullptr) return first_->In(version);
    const std::unique_ptr<Codec>& other = others_[version];
    return other == nullptr ? *this : *other;
  }

  absl::StatusOr<DecodedBody> DecodeRest(const model::TypeDescriptor& type,
                                         std::string_view body) const override {
    absl::StatusOr<DecodedBody> decoded = Of(type.id).DecodeRest(body);
    if (!decoded.ok() || unknown_ == Unknown::kTaken) return decoded;
    if (auto violations = CheckUnknown(type, *decoded); !violations.empty()) {
      return NotValid(std::move(violations));
    }
    return decoded;
  }
  std::vector<base::FieldViolation> ValidateNamed(const model::Resource& resource) const override {
    std::vector<base::FieldViolation> violations = CheckLabelName(resource);
    const bool name_is_wrong = !violations.empty();
    for (base::FieldViolation& violation : Of(resource.type).ValidateNamed(resource)) {
      // What older rules say of the same name says nothing new.
      if (name_is_wrong && violation.field == "name") continue;
      violations.push_back(std::move(violation));
    }
    return violations;
  }
  absl::StatusOr<DecodedZoneResource> DecodeZone(const model::TypeDescriptor& type,
                                                 std::string_view spec_type_url,
                                                 std::string_view spec,
                                                 std::string_view status) const override {
    return Of(type.id).DecodeZone(spec_type_url, spec, status);
  }
  std::string RenderUniversal(const model::Resource& resource) const override {
    std::string out = UniversalMeta(registry_.at(resource.type), resource);
    Of(resource.type).AppendUniversal(resource, out);
    out += '}';
    return out;
  }
  std::string RenderKubernetes(const model::Resource& resource,
                               std::string_view name_space) const override {
    return Of(resource.type).RenderKubernetes(resource, name_space);
  }
  std::string SpecJson(const model::Resource& resource) const override {
    return Of(resource.type).SpecJson(resource);
  }
  absl::StatusOr<std::string> SpecFromJson(const model::TypeDescriptor& type,
                                           std::string_view json) const override {
    return Of(type.id).SpecFromJson(json);
  }

 private:
  // Types whose bodies are read in part have no shape that could say what is unknown.
  std::vector<base::FieldViolation> CheckUnknown(const model::TypeDescriptor& type,
                                                 const DecodedBody& body) const {
    std::vector<base::FieldViolation> violations;
    const model::TypeDescriptor* const here = types_.Find(type.id);
    if (here != nullptr && here->encoding == model::SpecEncoding::kJson) {
      for (const std::string& path : body.dropped) violations.push_back({path, "unknown field"});
    }
    for (base::FieldViolation& violation :
         labels::CheckReserved(type, {body.mesh, body.name}, body.labels)) {
      violations.push_back(std::move(violation));
    }
    return violations;
  }
  std::vector<base::FieldViolation> CheckLabelName(const model::Resource& resource) const {
    const model::TypeDescriptor* const type = types_.Find(resource.type);
    if (type == nullptr || !type->label_names) return {};
    const rules_json::Subject subject = {type->name, resource.key.mesh, resource.key.name,
                                         &resource.labels};
    std::vector<base::FieldViolation> violations;
    for (std::string& why : rules_json::WhyNotDns1035Label(subject.DisplayName())) {
      violations.push_back({"name", std::move(why)});
    }
    return violations;
  }
  const TypeCodec& Of(model::TypeId type) const { return *codecs_[static_cast<size_t>(type)]; }

  const model::TypeRegistry& registry_;
  const model::VersionTypes& types_;
  const TypeCodecs codecs_;
  const Unknown unknown_;
  const Codec* first_ = nullptr;  // unless it is that one
  std::vector<std::unique_ptr<TypeCodec>> owned_;
  model::ByVersion<std::unique_ptr<Codec>> others_;
};

// What identifies a type's rules: its name, or that of its message.
const std::string& RulesNameOf(const model::TypeDescriptor& type) {
  return type.encoding == model::SpecEncoding::kJson ? type.name : type.protobuf_message;
}

// Every type has the rules that its description speaks of, and no rules are there for nobody: else
// a line that somebody forgot would let every spec pass.
absl::Status CheckThatRulesAreThere(const model::TypeRegistry& registry) {
  std::vector<std::string> unclaimed = rules_proto::MessagesWithRules();
  for (const rules_json::NamedRules& rules : rules_json::RuleTable()) {
    unclaimed.emplace_back(rules.type);
  }
  for (const model::TypeDescriptor& type : registry.all()) {
    const auto rules = std::find(unclaimed.begin(), unclaimed.end(), RulesNameOf(type));
    if (type.has_rules && rules == unclaimed.end()) {
      return absl::InvalidArgumentError(
          fmt::format("{} says \"rules: checked\", and no code checks it", type.name));
    }
    if (!type.has_rules && rules != unclaimed.end()) {
      return absl::InvalidArgumentError(
          fmt::format("{} says \"rules: none\", and there is code that checks it", type.name));
    }
    if (rules != unclaimed.end()) unclaimed.erase(rules);
  }
  if (unclaimed.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      fmt::format("there are rules for {}, which no description names", unclaimed.front()));
}

}  // namespace

absl::StatusOr<std::unique_ptr<ResourceCodec>> ResourceCodec::Create(
    const model::TypeRegistry& registry, Unknown unknown_to_three) {
  SKYDEN_RETURN_IF_ERROR(CheckThatRulesAreThere(registry));
  std::vector<std::unique_ptr<TypeCodec>> owned;
  model::ByVersion<TypeCodecs> codecs;
  for (const model::KumaVersion version : model::kKumaVersions) {
    codecs[version].resize(registry.size(), nullptr);
    const model::VersionTypes& types = registry.In(version);
    for (const model::TypeDescriptor& type : types.all()) {
      auto codec = type.encoding == model::SpecEncoding::kJson
                       ? MakeJsonTypeCodec(type, types.shared_shapes_yaml(), version)
                       : MakeProtobufTypeCodec(type);
      if (!codec.ok()) return codec.status();
      codecs[version][static_cast<size_t>(type.id)] = codec->get();
      owned.push_back(*std::move(codec));
    }
  }
  TypeCodecs& two = codecs[model::KumaVersion::kTwo];
  TypeCodecs& three = codecs[model::KumaVersion::kThree];
  for (size_t i = 0; i < registry.size(); ++i) {
    if (two[i] == nullptr) two[i] = three[i];
    if (three[i] == nullptr) three[i] = two[i];
  }
  auto first =
      std::make_unique<Codec>(registry, model::KumaVersion::kTwo, std::move(two), Unknown::kTaken);
  model::ByVersion<std::unique_ptr<Codec>> others;
  others[model::KumaVersion::kThree] = std::make_unique<Codec>(registry, model::KumaVersion::kThree,
                                                               std::move(three), unknown_to_three);
  first->Own(std::move(owned), std::move(others));
  return std::unique_ptr<ResourceCodec>(std::move(first));
}

}  // namespace skyden::resources
