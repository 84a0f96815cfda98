// SPDX-License-Identifier: Apache-2.0
#include "tests/resources/rules_json/testing.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <map>
#include <memory>

#include "resources/codec/json_type_codec.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "skyden/model/type_registry.h"

namespace skyden::resources::testing {
namespace {

// Compiled once for the whole program: a case costs microseconds, a schema milliseconds.
const TypeCodec& CodecOf(std::string_view type_name) {
  static const model::TypeRegistry registry = *model::TypeRegistry::LoadEmbedded();
  static std::map<std::string, std::unique_ptr<TypeCodec>, std::less<>> codecs;
  auto it = codecs.find(type_name);
  if (it == codecs.end()) {
    const model::TypeDescriptor* const type = registry.FindByName(type_name);
    REQUIRE(type != nullptr);
    auto codec = MakeJsonTypeCodec(*type, registry.shared_shapes_yaml());
    INFO(codec.status().ToString());
    REQUIRE(codec.ok());
    it = codecs.emplace(type_name, *std::move(codec)).first;
  }
  return *it->second;
}

}  // namespace

std::string BodyOf(std::string_view type, std::string_view spec, std::string_view name) {
  return fmt::format(R"({{"type":"{}","mesh":"default","name":"{}","spec":{}}})", type, name, spec);
}

Problems ProblemsOfBody(std::string_view type, std::string_view body) {
  const auto decoded = CodecOf(type).DecodeRest(body);
  if (decoded.ok()) return {};
  CHECK(decoded.status().code() == absl::StatusCode::kInvalidArgument);
  Problems problems;
  for (const base::FieldViolation& violation : base::ViolationsOf(decoded.status())) {
    problems.emplace_back(violation.field, violation.reason);
  }
  if (problems.empty()) {
    CHECK(base::TitleOf(decoded.status()) == "Bad Request");
    problems.emplace_back("", base::ToStd(decoded.status().message()));
  } else {
    CHECK(base::TitleOf(decoded.status()) == "Could not process a resource");
  }
  return problems;
}

Problems ProblemsWhenWritten(std::string_view type, std::string_view body) {
  auto decoded = CodecOf(type).DecodeRest(body);
  REQUIRE(decoded.ok());
  model::Resource resource;
  resource.key = {decoded->mesh, decoded->name};
  resource.labels = decoded->labels;
  resource.spec = decoded->spec;
  Problems problems;
  for (const base::FieldViolation& violation : CodecOf(type).ValidateNamed(resource)) {
    problems.emplace_back(violation.field, violation.reason);
  }
  return problems;
}

Problems ProblemsOf(std::string_view type, std::string_view spec) {
  return ProblemsOfBody(type, BodyOf(type, spec));
}

std::string StoredOf(std::string_view type, std::string_view spec) {
  const auto decoded = CodecOf(type).DecodeRest(BodyOf(type, spec));
  INFO(decoded.status().ToString());
  for (const auto& violation : base::ViolationsOf(decoded.status())) {
    UNSCOPED_INFO(violation.field << ": " << violation.reason);
  }
  REQUIRE(decoded.ok());
  return decoded->spec;
}

std::vector<std::string> DroppedOf(std::string_view type, std::string_view spec) {
  const auto decoded = CodecOf(type).DecodeRest(BodyOf(type, spec));
  INFO(decoded.status().ToString());
  REQUIRE(decoded.ok());
  return decoded->dropped;
}

std::vector<std::string> WarningsOf(std::string_view type, std::string_view spec,
                                    std::string_view name) {
  const auto decoded = CodecOf(type).DecodeRest(BodyOf(type, spec, name));
  INFO(decoded.status().ToString());
  REQUIRE(decoded.ok());
  return decoded->warnings;
}

void CheckAll(const std::vector<RuleCase>& cases) {
  for (const RuleCase& c : cases) {
    DYNAMIC_SECTION(c.type << ": " << c.what) { CHECK(ProblemsOf(c.type, c.spec) == c.problems); }
  }
}

}  // namespace skyden::resources::testing
