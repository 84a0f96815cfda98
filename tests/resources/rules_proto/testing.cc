// SPDX-License-Identifier: Apache-2.0
#include "tests/resources/rules_proto/testing.h"

#include <fmt/format.h>

#include "resources/codec/protobuf_codec.h"
#include "skyden/base/check.h"
#include "skyden/base/status.h"

namespace skyden::resources::testing {
namespace {

Strings Texts(const std::vector<base::FieldViolation>& violations) {
  Strings texts;
  for (const base::FieldViolation& violation : violations) {
    texts.push_back(fmt::format("{}: {}", violation.field, violation.reason));
  }
  return texts;
}

std::string Body(const std::string& type, const std::string& members) {
  return fmt::format(R"({{"type":"{}","name":"n"{}{}}})", type, members.empty() ? "" : ",",
                     members);
}

}  // namespace

OneType::OneType(std::string name) : type_(std::make_unique<model::TypeDescriptor>()) {
  const bool system = name == "Zone" || name == "ZoneInsight" || name == "Config" ||
                      name == "Secret" || name == "GlobalSecret";
  type_->is_secret = name == "Secret" || name == "GlobalSecret";
  type_->scope = name == "Mesh" || name == "GlobalSecret" || name == "Zone"
                     ? model::ResourceScope::kGlobal
                     : model::ResourceScope::kMesh;
  type_->encoding = model::SpecEncoding::kProtobuf;
  type_->protobuf_message = fmt::format("kuma.{}.v1alpha1.{}", system ? "system" : "mesh",
                                        name == "GlobalSecret" ? "Secret" : name);
  type_->name = std::move(name);
  auto codec = MakeProtobufTypeCodec(*type_);
  SKYDEN_CHECK(codec.ok());
  codec_ = *std::move(codec);
}

model::Resource OneType::Resource(std::string_view spec_json) const {
  auto spec = codec_->SpecFromJson(spec_json);
  SKYDEN_CHECK(spec.ok());
  model::Resource resource;
  resource.key = {type_->scope == model::ResourceScope::kMesh ? "m" : "", "n"};
  resource.spec = *std::move(spec);
  return resource;
}

Strings Problems(const std::string& type, const std::string& members) {
  const OneType one(type);
  const auto body = one.codec().DecodeRest(Body(type, members));
  if (body.ok()) return {};
  const auto violations = base::ViolationsOf(body.status());
  if (violations.empty()) return {std::string(body.status().message())};
  return Texts(violations);
}

Strings NamedProblems(const std::string& mesh, const std::string& members) {
  const OneType one("Mesh");
  model::Resource resource = one.Resource(fmt::format("{{{}}}", members));
  resource.key = {"", mesh};
  return Texts(one.codec().ValidateNamed(resource));
}

std::string ReadBack(const std::string& type, const std::string& members) {
  const OneType one(type);
  const auto body = one.codec().DecodeRest(Body(type, members));
  if (!body.ok()) return "refused: " + std::string(body.status().message());
  model::Resource resource;
  resource.spec = body->spec;
  std::string out;
  one.codec().AppendUniversal(resource, out);
  return out.empty() ? out : out.substr(1);
}

}  // namespace skyden::resources::testing
