// SPDX-License-Identifier: Apache-2.0
#include "tests/kds/fake_zone.h"

#include <grpc/byte_buffer.h>
#include <grpc/slice.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <catch2/catch.hpp>
#include <cstring>

#include "kds/wire.h"
#include "kuma/mesh/v1alpha1/dataplane.pb.h"

namespace skyden::kds::testing {
namespace {

enum : intptr_t { kStarted = 1, kWritten, kRead, kFinished };

void* Tag(intptr_t event) { return reinterpret_cast<void*>(event); }

std::string Text(std::string_view text) {
  std::string value;
  wire::AppendBytes(value, 3, text);
  return value;
}

void AddField(std::string& fields, std::string_view key, const std::string& value) {
  std::string entry;
  wire::AppendBytes(entry, 1, key);
  wire::AppendBytes(entry, 2, value);
  wire::AppendBytes(fields, 1, entry);
}

std::string StructValue(const std::string& fields) {
  std::string value;
  wire::AppendBytes(value, 5, fields);
  return value;
}

std::string Metadata(const FakeZone::Options& options) {
  const std::string user_info = options.user_info.empty() ? "" : options.user_info + "@";
  const std::string kds =
      options.message_bytes_max == 0
          ? ""
          : R"(,"kds":{"maxMsgSize":)" + std::to_string(options.message_bytes_max) + "}";
  const std::string config =
      R"({"mode":"zone","pad":")" + std::string(options.config_padding, 'x') +
      R"(","multizone":{"zone":{"name":")" + options.name + R"(","globalAddress":"grpc://)" +
      user_info + R"(127.0.0.1:1")" + kds + "}}}";
  std::string kuma_cp, version, list, features, fields;
  AddField(kuma_cp, "version", Text(options.version));
  AddField(version, "kumaCp", StructValue(kuma_cp));
  for (const std::string& feature : options.features) wire::AppendBytes(list, 1, Text(feature));
  wire::AppendBytes(features, 6, list);
  AddField(fields, "version", StructValue(version));
  AddField(fields, "config", Text(config));
  AddField(fields, "control-plane-id", Text(options.name + "-abcd"));
  AddField(fields, "features", features);
  std::string metadata;
  wire::AppendBytes(metadata, 3, fields);
  return metadata;
}

std::string Or(const std::string& given, const std::string& otherwise) {
  if (given == "-") return "";
  return given.empty() ? otherwise : given;
}

}  // namespace

FakeStream::FakeStream(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                       const Headers& headers, bool gzip) {
  for (const auto& [key, value] : headers) context_.AddMetadata(key, value);
  if (gzip) context_.set_compression_algorithm(GRPC_COMPRESS_GZIP);
  grpc::GenericStub stub(channel);
  call_ = stub.PrepareCall(&context_, method, &queue_);
  call_->StartCall(Tag(kStarted));
  bool ok = false;
  REQUIRE(Await(kStarted, absl::Seconds(20), ok));
  over_ = !ok;
}

FakeStream::~FakeStream() {
  context_.TryCancel();
  if (!finishing_) call_->Finish(&status_, Tag(kFinished));
  queue_.Shutdown();
  void* tag = nullptr;
  bool ok = false;
  while (queue_.Next(&tag, &ok)) {
  }
}

bool FakeStream::Await(intptr_t wanted, absl::Duration wait, bool& ok) {
  const auto deadline = std::chrono::system_clock::now() + absl::ToChronoMicroseconds(wait);
  while (true) {
    const auto known = done_.find(wanted);
    if (known != done_.end()) {
      ok = known->second;
      done_.erase(known);
      return true;
    }
    void* tag = nullptr;
    bool result = false;
    if (queue_.AsyncNext(&tag, &result, deadline) != grpc::CompletionQueue::GOT_EVENT) return false;
    done_[reinterpret_cast<intptr_t>(tag)] = result;
  }
}

bool FakeStream::TryWrite(std::string_view bytes, absl::Duration wait) {
  const grpc::Slice slice(bytes.data(), bytes.size());
  return TryWrite(grpc::ByteBuffer(&slice, 1), wait);
}

bool FakeStream::WriteGzip(std::string_view bytes) {
  // The C++ library makes no such buffer, and sends one as it is.
  grpc_slice slice = grpc_slice_from_copied_buffer(bytes.data(), bytes.size());
  grpc_byte_buffer* const raw =
      grpc_raw_compressed_byte_buffer_create(&slice, 1, GRPC_COMPRESS_GZIP);
  grpc_slice_unref(slice);
  grpc::ByteBuffer message;
  static_assert(sizeof(message) == sizeof(raw));
  std::memcpy(static_cast<void*>(&message), &raw, sizeof(raw));
  const bool ok = TryWrite(message, absl::Seconds(20));
  REQUIRE_FALSE(stuck_);
  return ok;
}

bool FakeStream::TryWrite(const grpc::ByteBuffer& message, absl::Duration wait) {
  if (over_ || stuck_) return false;
  call_->Write(message, Tag(kWritten));
  bool ok = false;
  stuck_ = !Await(kWritten, wait, ok);
  return ok;
}

bool FakeStream::Write(std::string_view bytes) {
  const bool ok = TryWrite(bytes, absl::Seconds(20));
  REQUIRE_FALSE(stuck_);
  return ok;
}

std::optional<std::string> FakeStream::Read(absl::Duration wait) {
  if (over_) return std::nullopt;
  if (!reading_) call_->Read(&read_, Tag(kRead));
  reading_ = true;
  bool ok = false;
  if (!Await(kRead, wait, ok)) return std::nullopt;
  reading_ = false;
  if (!ok) {
    over_ = true;
    return std::nullopt;
  }
  grpc::Slice whole;
  REQUIRE(read_.DumpToSingleSlice(&whole).ok());
  return std::string(reinterpret_cast<const char*>(whole.begin()), whole.size());
}

grpc::Status FakeStream::End(absl::Duration wait) {
  if (!finishing_) call_->Finish(&status_, Tag(kFinished));
  finishing_ = true;
  bool ok = false;
  REQUIRE(Await(kFinished, wait, ok));
  over_ = true;
  return status_;
}

FakeZone::FakeZone(const std::string& address, Options options) : options_(std::move(options)) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a connection of its own
  const size_t takes = options_.message_bytes_max == 0 ? 10u << 20 : options_.message_bytes_max;
  arguments.SetMaxReceiveMessageSize(static_cast<int>(takes));
  // What is not read stays with the server: gRPC would take more and more of it in.
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  channel_ = grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

std::unique_ptr<FakeStream> FakeZone::Open(const std::string& method) {
  Headers headers = options_.headers;
  const std::string client_id = Or(options_.client_id, options_.name);
  if (!client_id.empty()) headers.emplace_back("client-id", client_id);
  headers.emplace_back("kds-version", "v3");
  headers.emplace_back("features", "zone-ping-health");
  if (options_.hash_suffix) headers.emplace_back("features", "hash-suffix");
  return std::make_unique<FakeStream>(channel_, method, headers, options_.gzip);
}

std::string FakeZone::Subscribe(const std::string& type) const {
  return EncodeDeltaRequest(Or(options_.node_id, options_.name), Metadata(options_), type, "", "");
}

std::string FakeZone::Ack(const std::string& type, const std::string& nonce,
                          const std::string& error) const {
  return EncodeDeltaRequest(Or(options_.node_id, options_.name), "", type, nonce, error);
}

std::unique_ptr<FakeStream> FakeZone::Sync(const std::vector<std::string>& types) {
  auto stream = Open(kDown);
  for (const std::string& type : types) {
    if (!stream->Write(Subscribe(type))) break;
  }
  return stream;
}

std::string Tell(const std::string& type, const std::string& nonce, const std::vector<Told>& told,
                 const std::vector<std::string>& removed) {
  std::string response;
  for (const Told& one : told) {
    std::string meta, any, kuma_resource, kuma_any, resource;
    wire::AppendBytes(meta, 1, one.name);
    wire::AppendBytes(meta, 2, one.mesh);
    for (const auto& [key, value] : one.labels) {
      std::string label;
      wire::AppendBytes(label, 1, key);
      wire::AppendBytes(label, 2, value);
      wire::AppendBytes(meta, 6, label);
    }
    if (!one.spec_type_url.empty()) wire::AppendBytes(any, 1, one.spec_type_url);
    wire::AppendBytes(any, 2, one.spec);
    wire::AppendBytes(kuma_resource, 1, meta);
    wire::AppendBytes(kuma_resource, 2, any);
    if (!one.status.empty()) {
      std::string status;
      wire::AppendBytes(status, 2, one.status);
      wire::AppendBytes(kuma_resource, 3, status);
    }
    wire::AppendBytes(kuma_any, 1, kKumaResourceUrl);
    wire::AppendBytes(kuma_any, 2, kuma_resource);
    wire::AppendBytes(resource, 1, "v1");
    wire::AppendBytes(resource, 2, kuma_any);
    wire::AppendBytes(resource, 3, one.name + "." + one.mesh);
    wire::AppendBytes(response, 2, resource);
  }
  for (const std::string& name : removed) wire::AppendBytes(response, 6, name);
  wire::AppendBytes(response, 4, type);
  wire::AppendBytes(response, 5, nonce);
  return response;
}

Told MakeDataplane(const std::string& name, const std::string& mesh, const std::string& address,
                   const std::string& zone_tag) {
  kuma::mesh::v1alpha1::Dataplane dataplane;
  auto& networking = *dataplane.mutable_networking();
  networking.set_address(address);
  auto& inbound = *networking.add_inbound();
  inbound.set_port(8080);
  (*inbound.mutable_tags())["kuma.io/service"] = "backend";
  if (!zone_tag.empty()) (*inbound.mutable_tags())["kuma.io/zone"] = zone_tag;
  Told told;
  told.name = name;
  told.mesh = mesh;
  told.spec = dataplane.SerializeAsString();
  told.spec_type_url = "type.googleapis.com/kuma.mesh.v1alpha1.Dataplane";
  told.labels = {{"kuma.io/display-name", name}, {"kuma.io/mesh", mesh}};
  return told;
}

}  // namespace skyden::kds::testing
