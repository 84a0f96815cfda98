// SPDX-License-Identifier: Apache-2.0
// A pool of its own over the serialised files, because the program has other, smaller messages of
// the same names linked in. Names are looked up here first: the pool would remember for ever each
// one that it was asked for in vain.
#include "resources/envoy/descriptions.h"

#include <google/protobuf/any.pb.h>
#include <google/protobuf/arena.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/descriptor_database.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/empty.pb.h>
#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/wrappers.pb.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "kuma/mesh/v1alpha1/dataplane.pb.h"
#include "kuma/mesh/v1alpha1/gateway.pb.h"
#include "kuma/mesh/v1alpha1/insights.pb.h"
#include "kuma/mesh/v1alpha1/mesh.pb.h"
#include "kuma/mesh/v1alpha1/outside.pb.h"
#include "kuma/mesh/v1alpha1/resilience.pb.h"
#include "kuma/mesh/v1alpha1/traffic.pb.h"
#include "kuma/mesh/v1alpha1/zone_proxies.pb.h"
#include "kuma/system/v1alpha1/system.pb.h"
#include "kuma/system/v1alpha1/zone_insight.pb.h"
#include "skyden/base/check.h"
#include "skyden/base/gzip.h"
#include "skyden/base/status.h"

namespace skyden::resources::envoy {
namespace {

namespace pb = google::protobuf;

constexpr size_t kBytesMax = 8u << 20;  // inflated

// What the program has itself: protobuf's own messages, and Kuma's, which an Any may name too.
// Mentioning one makes the linker keep its file.
std::vector<const pb::FileDescriptor*> OwnFiles() {
  namespace mesh = kuma::mesh::v1alpha1;
  namespace system = kuma::system::v1alpha1;
  std::vector<const pb::FileDescriptor*> files = {pb::Any::descriptor()->file(),
                                                  pb::FileDescriptorProto::descriptor()->file(),
                                                  pb::Duration::descriptor()->file(),
                                                  pb::Empty::descriptor()->file(),
                                                  pb::FieldMask::descriptor()->file(),
                                                  pb::Struct::descriptor()->file(),
                                                  pb::Timestamp::descriptor()->file(),
                                                  pb::BoolValue::descriptor()->file(),
                                                  mesh::Dataplane::descriptor()->file(),
                                                  mesh::MeshGateway::descriptor()->file(),
                                                  mesh::MeshInsight::descriptor()->file(),
                                                  mesh::Mesh::descriptor()->file(),
                                                  mesh::ExternalService::descriptor()->file(),
                                                  mesh::Retry::descriptor()->file(),
                                                  mesh::TrafficRoute::descriptor()->file(),
                                                  mesh::ZoneEgress::descriptor()->file(),
                                                  system::Zone::descriptor()->file(),
                                                  system::ZoneInsight::descriptor()->file()};
  for (size_t i = 0; i < files.size(); ++i) {
    for (int j = 0; j < files[i]->dependency_count(); ++j) {
      const pb::FileDescriptor* const imported = files[i]->dependency(j);
      if (std::find(files.begin(), files.end(), imported) == files.end()) files.push_back(imported);
    }
  }
  return files;
}

}  // namespace

class Descriptions::Files final : public pb::DescriptorDatabase {
 public:
  enum class Kind { kMessage, kEnum };
  struct Type {
    Kind kind;
    std::string_view file;
  };

  absl::Status Fill(std::string_view gzipped) {
    SKYDEN_ASSIGN_OR_RETURN(bytes_, base::Gunzip(gzipped, kBytesMax));
    for (const pb::FileDescriptor* file : OwnFiles()) {
      pb::FileDescriptorProto copy;
      file->CopyTo(&copy);
      SKYDEN_RETURN_IF_ERROR(Add(own_.emplace_back(copy.SerializeAsString())));
    }
    constexpr uint32_t kFile = 1 << 3 | 2;  // FileDescriptorSet.file
    const auto size = static_cast<int>(bytes_.size());
    pb::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(bytes_.data()), size);
    while (in.CurrentPosition() < size) {
      uint32_t file_bytes = 0;
      if (in.ReadTag() != kFile || !in.ReadVarint32(&file_bytes)) return NotDescriptions();
      const auto at = static_cast<size_t>(in.CurrentPosition());
      if (!in.Skip(static_cast<int>(file_bytes))) return NotDescriptions();
      SKYDEN_RETURN_IF_ERROR(Add(std::string_view(bytes_).substr(at, file_bytes)));
    }
    return absl::OkStatus();
  }

  const absl::flat_hash_map<std::string, Type>& types() const { return types_; }

  // For the pool.
  bool FindFileByName(const std::string& filename, pb::FileDescriptorProto* output) override {
    const auto found = files_.find(filename);
    return found != files_.end() && Parse(found->second, output);
  }
  bool FindFileContainingSymbol(const std::string& symbol_name,
                                pb::FileDescriptorProto* output) override {
    const auto found = types_.find(symbol_name);
    return found != types_.end() && Parse(found->second.file, output);
  }
  bool FindFileContainingExtension(const std::string&, int, pb::FileDescriptorProto*) override {
    return false;
  }

 private:
  static absl::Status NotDescriptions() {
    return absl::InvalidArgumentError("these are no descriptions of messages");
  }

  static bool Parse(std::string_view file, pb::FileDescriptorProto* output) {
    return output->ParseFromArray(file.data(), static_cast<int>(file.size()));
  }

  absl::Status Add(std::string_view bytes) {
    pb::Arena arena;
    auto& file = *pb::Arena::CreateMessage<pb::FileDescriptorProto>(&arena);
    if (!Parse(bytes, &file)) return NotDescriptions();
    if (!files_.emplace(file.name(), bytes).second) return NotDescriptions();
    const std::string scope = file.package().empty() ? "" : file.package() + ".";
    for (const pb::DescriptorProto& message : file.message_type())
      AddMessage(scope, message, bytes);
    AddEnums(scope, file.enum_type(), bytes);
    return absl::OkStatus();
  }

  void AddMessage(const std::string& scope, const pb::DescriptorProto& message,
                  std::string_view file) {
    const std::string name = scope + message.name();
    // Go has no message for the entries of a map.
    if (!message.options().map_entry()) types_.emplace(name, Type{Kind::kMessage, file});
    for (const pb::DescriptorProto& nested : message.nested_type()) {
      AddMessage(name + ".", nested, file);
    }
    AddEnums(name + ".", message.enum_type(), file);
  }

  void AddEnums(const std::string& scope,
                const pb::RepeatedPtrField<pb::EnumDescriptorProto>& enums, std::string_view file) {
    for (const pb::EnumDescriptorProto& one : enums) {
      types_.emplace(scope + one.name(), Type{Kind::kEnum, file});
    }
  }

  std::string bytes_;
  std::deque<std::string> own_;  // does not move what it holds
  absl::flat_hash_map<std::string, std::string_view> files_;
  absl::flat_hash_map<std::string, Type> types_;
};

Descriptions::Descriptions(std::unique_ptr<Files> files)
    : files_(std::move(files)), pool_(files_.get()), factory_(&pool_) {}

Descriptions::~Descriptions() = default;

absl::StatusOr<std::unique_ptr<Descriptions>> Descriptions::Load(std::string_view gzipped) {
  auto files = std::make_unique<Files>();
  SKYDEN_RETURN_IF_ERROR(files->Fill(gzipped));
  return std::unique_ptr<Descriptions>(new Descriptions(std::move(files)));
}

absl::StatusOr<const pb::Message*> Descriptions::Find(const std::string& full_name) const {
  const auto found = files_->types().find(full_name);
  if (found == files_->types().end()) return nullptr;
  if (found->second.kind == Files::Kind::kEnum) {
    // The space is of no fixed kind: Go's protobuf picks one for each build of a program.
    return absl::InvalidArgumentError("proto:\u00a0found wrong type: got enum, want message");
  }
  const pb::Descriptor* const type = pool_.FindMessageTypeByName(full_name);
  SKYDEN_CHECK(type != nullptr);  // its file is compiled in, with all that it imports
  return factory_.GetPrototype(type);
}

std::vector<std::string> Descriptions::MessageNames() const {
  std::vector<std::string> names;
  for (const auto& [name, type] : files_->types()) {
    if (type.kind == Files::Kind::kMessage) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace skyden::resources::envoy
