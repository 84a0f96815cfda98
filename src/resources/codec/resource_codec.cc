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
#include "resources/rules_json/table.h"
#include "resources/rules_proto/rules.h"
#include "skyden/base/status.h"
#include "skyden/resources/codec.h"

namespace skyden::resources {
namespace {

class Codec final : public ResourceCodec {
 public:
  Codec(const model::TypeRegistry& registry, std::vector<std::unique_ptr<TypeCodec>> codecs)
      : registry_(registry), codecs_(std::move(codecs)) {}

  absl::StatusOr<DecodedBody> DecodeRest(const model::TypeDescriptor& type,
                                         std::string_view body) const override {
    return Of(type.id).DecodeRest(body);
  }
  std::vector<base::FieldViolation> ValidateNamed(const model::Resource& resource) const override {
    return Of(resource.type).ValidateNamed(resource);
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
  const TypeCodec& Of(model::TypeId type) const { return *codecs_[static_cast<size_t>(type)]; }

  const model::TypeRegistry& registry_;
  const std::vector<std::unique_ptr<TypeCodec>> codecs_;  // by TypeId
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
    const model::TypeRegistry& registry) {
  SKYDEN_RETURN_IF_ERROR(CheckThatRulesAreThere(registry));
  std::vector<std::unique_ptr<TypeCodec>> codecs;
  for (const model::TypeDescriptor& type : registry.all()) {
    auto codec = type.encoding == model::SpecEncoding::kJson
                     ? MakeJsonTypeCodec(type, registry.shared_shapes_yaml())
                     : MakeProtobufTypeCodec(type);
    if (!codec.ok()) return codec.status();
    codecs.push_back(*std::move(codec));
  }
  return std::unique_ptr<ResourceCodec>(new Codec(registry, std::move(codecs)));
}

}  // namespace skyden::resources
