// SPDX-License-Identifier: Apache-2.0
// In Kuma's order: parse, fill in defaults, check structure (and stop there if it is wrong), decode
// into structs, check meaning. The stored spec is what the structs would be printed as.
#include "resources/codec/json_type_codec.h"

#include <fmt/format.h>

#include <deque>
#include <utility>

#include "resources/codec/meta.h"
#include "resources/codec/snis.h"
#include "resources/go/text.h"
#include "resources/json/schema.h"
#include "resources/rules_json/rules.h"
#include "skyden/base/limits.h"
#include "skyden/base/strings.h"

namespace skyden::resources {
namespace {

using json::Value;

// A status that nobody has set, as its struct prints.
std::string EmptyStatus(const json::Type& type) {
  std::string text;
  json::AppendCanonical(type, Value::Object(), text);
  return text;
}

class JsonTypeCodec final : public TypeCodec {
 public:
  JsonTypeCodec(const model::TypeDescriptor& type, std::unique_ptr<json::Schema> schema,
                model::KumaVersion version)
      : type_(type),
        schema_(std::move(schema)),
        version_(version),
        rules_(rules_json::RulesOf(type.name)) {
    if (schema_->status() != nullptr) empty_status_ = EmptyStatus(*schema_->status());
  }

  absl::StatusOr<DecodedBody> DecodeRest(std::string_view body) const override {
    SKYDEN_ASSIGN_OR_RETURN(json::Document document, Parse(body));
    Value& root = document.root();
    if (root.kind != Value::Kind::kObject) {
      return DoesNotDecode(
          fmt::format("json: cannot unmarshal {} into Go value of type "
                      "map[string]interface {{}}",
                      GoKindName(root)));
    }
    json::FillDefaults(schema_->body(), root);
    json::Problems problems;
    json::Check(schema_->body(), root, "", problems);
    if (!problems.empty()) return NotValid(problems.Take());
    std::deque<std::string> keep;
    const absl::Status status = json::Decode(schema_->body(), "", root, keep);
    if (!status.ok()) return DoesNotDecode(base::ToStd(status.message()));
    DecodedBody decoded = ReadMeta(root);
    DroppedMembers dropped;
    json::FindUnknown(schema_->body(), root, "", dropped);
    decoded.dropped = dropped.Take();
    Value& spec = *root.Find("spec");
    json::RemoveUnknown(schema_->spec(), spec);
    const rules_json::Node node(&spec, rules_json::Path("spec"));
    // Kuma looks twice: at a resource without name and labels here, at one with both when it is
    // written (ValidateNamed).
    if (auto violations = CheckRules(node, {.type = type_.name}); !violations.empty()) {
      return NotValid(std::move(violations));
    }
    const rules_json::Subject subject = {type_.name, decoded.mesh, decoded.name, &decoded.labels};
    if (rules_.warn != nullptr) rules_.warn(node, subject, decoded.warnings);
    json::AppendCanonical(schema_->spec(), spec, decoded.spec);
    if (decoded.spec.size() > base::limits::kSpecBytes)
      return DoesNotDecode("the spec is too large");
    return decoded;
  }

  absl::StatusOr<DecodedZoneResource> DecodeZone(std::string_view spec_type_url,
                                                 std::string_view spec,
                                                 std::string_view status) const override {
    if (!spec_type_url.empty()) {
      return absl::InvalidArgumentError(
          fmt::format("{} has a JSON spec, not {}", type_.name, spec_type_url.substr(0, 200)));
    }
    if (spec.size() + status.size() > base::limits::kSpecBytes) {
      return absl::InvalidArgumentError("spec and status are too large");
    }
    DecodedZoneResource decoded;
    SKYDEN_RETURN_IF_ERROR(CheckZonePart("spec", schema_->spec(), spec, decoded.spec));
    if (schema_->status() != nullptr) {
      SKYDEN_RETURN_IF_ERROR(CheckZonePart("status", *schema_->status(), status, decoded.status));
    }
    return decoded;
  }

  absl::StatusOr<std::string> SpecFromJson(std::string_view text) const override {
    SKYDEN_ASSIGN_OR_RETURN(json::Document document, Parse(text));
    std::deque<std::string> keep;
    json::FillDefaults(schema_->spec(), document.root());
    SKYDEN_RETURN_IF_ERROR(json::Decode(schema_->spec(), "spec", document.root(), keep));
    std::string spec;
    json::AppendCanonical(schema_->spec(), document.root(), spec);
    return spec;
  }

  std::string SpecJson(const model::Resource& resource) const override {
    return resource.spec.empty() ? "{}" : resource.spec;
  }

  void AppendUniversal(const model::Resource& resource, std::string& out) const override {
    AppendSnis(type_, resource, out);
    out += ",\"spec\":";
    out += resource.spec.empty() ? "{}" : resource.spec;
    if (schema_->status() == nullptr) return;
    out += ",\"status\":";
    out += resource.status.empty() ? empty_status_ : resource.status;
  }

  std::string RenderKubernetes(const model::Resource& resource,
                               std::string_view name_space) const override {
    std::string out = KubernetesMeta(type_, resource, name_space);
    out += ",\"spec\":";
    out += resource.spec.empty() ? "{}" : resource.spec;
    if (schema_->status() != nullptr) {
      out += ",\"status\":";
      out += resource.status.empty() ? empty_status_ : resource.status;
    }
    out += '}';
    return out;
  }

  std::vector<base::FieldViolation> ValidateNamed(const model::Resource& resource) const override {
    const rules_json::Subject subject = {type_.name, resource.key.mesh, resource.key.name,
                                         &resource.labels};
    if (!subject.MattersToRules()) return {};
    const absl::StatusOr<json::Document> document = Parse(resource.spec);
    if (!document.ok()) return {};  // the store holds nothing of the kind
    return CheckRules({&document->root(), rules_json::Path("spec")}, subject);
  }

 private:
  std::vector<base::FieldViolation> CheckRules(const rules_json::Node& spec,
                                               const rules_json::Subject& subject) const {
    if (rules_.check == nullptr) return {};
    rules_json::Report report(version_);
    rules_.check(spec, subject, report);
    return report.Take();
  }

  absl::Status DoesNotDecode(std::string_view why) const {
    return BadRequest(fmt::format("invalid {} object: {}", type_.name, GoQuote(why)));
  }

  absl::StatusOr<json::Document> Parse(std::string_view text) const {
    auto document = json::Document::Parse(text);
    if (!document.ok()) return DoesNotDecode(base::ToStd(document.status().message()));
    return document;
  }

  // A zone's part is kept as sent, once it decodes: a newer zone may know members that this
  // program does not, and its peers want them.
  absl::Status CheckZonePart(std::string_view name, const json::Type& type, std::string_view text,
                             std::string& out) const {
    if (text.empty()) {
      out = name == "status" ? empty_status_ : "{}";
      return absl::OkStatus();
    }
    SKYDEN_ASSIGN_OR_RETURN(json::Document document, Parse(text));
    if (document.root().kind != Value::Kind::kObject) {
      return DoesNotDecode(fmt::format("{} is no object", name));
    }
    std::deque<std::string> keep;
    const absl::Status status = json::Decode(type, name, document.root(), keep);
    if (!status.ok()) return DoesNotDecode(base::ToStd(status.message()));
    out = std::string(text);
    return absl::OkStatus();
  }

  const model::TypeDescriptor& type_;
  const std::unique_ptr<json::Schema> schema_;
  const model::KumaVersion version_;
  const rules_json::Rules rules_;
  std::string empty_status_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<TypeCodec>> MakeJsonTypeCodec(const model::TypeDescriptor& type,
                                                             const std::string& shared_shapes_yaml,
                                                             model::KumaVersion version) {
  auto schema = json::Schema::Compile(type, shared_shapes_yaml);
  if (!schema.ok()) {
    return absl::InvalidArgumentError(
        fmt::format("schema of {}: {}", type.name, base::ToStd(schema.status().message())));
  }
  return std::unique_ptr<TypeCodec>(new JsonTypeCodec(type, *std::move(schema), version));
}

}  // namespace skyden::resources
