// SPDX-License-Identifier: Apache-2.0
#include "resources/codec/protobuf_codec.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <utility>

#include "resources/codec/body_meta.h"
#include "resources/codec/kubernetes.h"
#include "resources/codec/meta.h"
#include "resources/go/json.h"
#include "resources/go/text.h"
#include "resources/proto/jsonpb.h"
#include "resources/proto/messages.h"
#include "resources/rules_json/service_names.h"
#include "resources/rules_proto/mesh_authorities.h"
#include "resources/rules_proto/rules.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"

namespace skyden::resources {
namespace {

using google::protobuf::Message;

// Equal messages give equal bytes, so that the store sees when nothing changed.
std::string Serialize(const Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return bytes;
}

bool Parse(std::string_view bytes, Message& message) {
  google::protobuf::io::CodedInputStream coded(reinterpret_cast<const uint8_t*>(bytes.data()),
                                               static_cast<int>(bytes.size()));
  coded.SetRecursionLimit(base::limits::kProtobufDepth);
  return message.ParseFromCodedStream(&coded) && coded.ConsumedEntireMessage();
}

std::string Joined(const std::vector<base::FieldViolation>& violations) {
  std::string text;
  for (const base::FieldViolation& violation : violations) {
    if (!text.empty()) text += "; ";
    text += fmt::format("{}: {}", violation.field, violation.reason);
  }
  return text;
}

class ProtobufTypeCodec final : public TypeCodec {
 public:
  ProtobufTypeCodec(const model::TypeDescriptor& type, const Message& prototype)
      : type_(type), prototype_(prototype) {}

  absl::StatusOr<DecodedBody> DecodeRest(std::string_view body) const override {
    const absl::Status valid = go_json::CheckValid(body, base::limits::kJsonDepth);
    if (!valid.ok()) return NotAnObject(valid);
    const std::string_view raw = go_json::Trim(body);
    absl::StatusOr<BodyMeta> meta = ReadBodyMeta(raw);
    if (!meta.ok()) return NotAnObject(meta.status());

    const std::unique_ptr<Message> spec(prototype_.New());
    JsonpbNotes notes;
    const std::string read = MembersRead(raw, notes.dropped);
    const absl::Status decoded =
        JsonpbDecode(type_.members_read ? std::string_view(read) : raw, *spec, &notes);
    if (!decoded.ok()) return NotAnObject(decoded);
    const std::vector<base::FieldViolation> violations = rules_proto::CheckMeaning(*spec, notes);
    if (!violations.empty()) return NotValid(violations);
    rules_proto::ApplyDefaults(*spec);
    DropEmptyBytes(*spec);
    std::vector<std::string> warnings;
    if (type_.name == "Mesh" || type_.name == "Zone") {
      rules_json::WarnAboutName({type_.name, meta->mesh, meta->name, &meta->labels}, warnings);
    }
    return DecodedBody{.type = std::move(meta->type),
                       .mesh = std::move(meta->mesh),
                       .name = std::move(meta->name),
                       .labels = std::move(meta->labels),
                       .spec = Serialize(*spec),
                       .warnings = std::move(warnings),
                       .dropped = notes.dropped.Take()};
  }

  std::vector<base::FieldViolation> ValidateNamed(const model::Resource& resource) const override {
    const std::unique_ptr<Message> spec = Read(resource);
    return spec == nullptr ? std::vector<base::FieldViolation>()
                           : rules_proto::CheckAuthorities(*spec, resource.key.name);
  }

  absl::StatusOr<DecodedZoneResource> DecodeZone(std::string_view spec_type_url,
                                                 std::string_view spec,
                                                 std::string_view /*status*/) const override {
    const std::string& message_name = prototype_.GetDescriptor()->full_name();
    const size_t slash = spec_type_url.rfind('/');
    if (slash == std::string_view::npos || spec_type_url.substr(slash + 1) != message_name) {
      return absl::InvalidArgumentError(
          fmt::format("spec is a {}, not a {}", GoQuote(spec_type_url), message_name));
    }
    if (spec.size() > base::limits::kSpecBytes) {
      return absl::InvalidArgumentError(
          fmt::format("spec is larger than {} bytes", base::limits::kSpecBytes));
    }
    const std::unique_ptr<Message> message(prototype_.New());
    if (!Parse(spec, *message)) {
      return absl::InvalidArgumentError(fmt::format("spec is not a valid {}", message_name));
    }
    message->DiscardUnknownFields();
    // What is stored can be shown.
    if (const auto json = JsonpbEncode(*message); !json.ok()) {
      return absl::InvalidArgumentError(fmt::format("spec is not a valid {}: {}", message_name,
                                                    std::string(json.status().message())));
    }
    const std::vector<base::FieldViolation> violations = rules_proto::CheckMeaning(*message, {});
    if (!violations.empty()) {
      return base::WithViolations(absl::InvalidArgumentError(Joined(violations)), violations);
    }
    return DecodedZoneResource{.spec = Serialize(*message), .status = ""};
  }

  absl::StatusOr<std::string> SpecFromJson(std::string_view json) const override {
    const std::unique_ptr<Message> spec(prototype_.New());
    SKYDEN_RETURN_IF_ERROR(JsonpbDecode(json, *spec));
    DropEmptyBytes(*spec);
    return Serialize(*spec);
  }

  std::string SpecJson(const model::Resource& resource) const override {
    const std::unique_ptr<Message> spec = Read(resource);
    if (spec == nullptr) return "{}";
    return JsonpbEncode(*spec).value_or("{}");
  }

  void AppendUniversal(const model::Resource& resource, std::string& out) const override {
    const std::string json = SpecJson(resource);
    if (json.size() <= 2) return;  // {}
    out += ',';
    out.append(json, 1, json.size() - 2);
  }

  std::string RenderKubernetes(const model::Resource& resource,
                               std::string_view name_space) const override {
    return KubernetesObject(type_, resource, SpecJson(resource), name_space);
  }

 private:
  // The body without what its type does not read, if that is not all; `dropped` gets the rest.
  std::string MembersRead(std::string_view raw, DroppedMembers& dropped) const {
    std::string kept = "{";
    if (!type_.members_read) return kept;
    const std::vector<std::string>& known = *type_.members_read;
    go_json::ForEachMember(raw, [&](std::string_view name, std::string_view value) {
      if (std::find(known.begin(), known.end(), name) != known.end()) {
        kept += fmt::format("{}{}:{}", kept.size() > 1 ? "," : "", "\"" + std::string(name) + "\"",
                            value);
      } else if (!go_json::IsNull(value) && !DroppedMembers::IsOfAnswers(name)) {
        dropped.Add(std::string(name));
      }
    });
    return kept + "}";
  }

  absl::Status NotAnObject(const absl::Status& why) const {
    return BadRequest(
        fmt::format("invalid {} object: {}", type_.name, GoQuote(std::string(why.message()))));
  }

  // Null when the bytes are no message of this type, which the store never holds.
  std::unique_ptr<Message> Read(const model::Resource& resource) const {
    std::unique_ptr<Message> spec(prototype_.New());
    if (!Parse(resource.spec, *spec)) return nullptr;
    return spec;
  }

  const model::TypeDescriptor& type_;
  const Message& prototype_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<TypeCodec>> MakeProtobufTypeCodec(
    const model::TypeDescriptor& type) {
  const Message* const prototype = PrototypeOf(type.protobuf_message);
  if (prototype == nullptr) {
    return absl::InternalError(
        fmt::format("type {}: message {} is not linked in", type.name, type.protobuf_message));
  }
  return std::make_unique<ProtobufTypeCodec>(type, *prototype);
}

}  // namespace skyden::resources
