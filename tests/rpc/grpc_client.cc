// SPDX-License-Identifier: Apache-2.0
#include "tests/rpc/grpc_client.h"

#include <vector>

namespace skyden::rpc {
namespace {

grpc::ByteBuffer ToBuffer(const std::string& text) {
  const grpc::Slice slice(text);
  return grpc::ByteBuffer(&slice, 1);
}

std::string ToText(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string text;
  if (!buffer.Dump(&slices).ok()) return text;
  for (const auto& slice : slices) {
    text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return text;
}

}  // namespace

GrpcCall::GrpcCall(const std::shared_ptr<grpc::Channel>& channel, const std::string& path,
                   const std::function<void(grpc::ClientContext&)>& prepare)
    : stub_(channel) {
  context_.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
  if (prepare) prepare(context_);
  stream_ = stub_.PrepareCall(&context_, path, &queue_);
}

GrpcCall::~GrpcCall() {
  context_.TryCancel();
  queue_.Shutdown();
  void* tag = nullptr;
  bool ok = false;
  while (queue_.Next(&tag, &ok)) {
  }
}

bool GrpcCall::Step() {
  void* tag = nullptr;
  bool ok = false;
  return queue_.Next(&tag, &ok) && ok;
}

bool GrpcCall::Start() {
  stream_->StartCall(this);
  return Step();
}

bool GrpcCall::Write(const std::string& message) {
  stream_->Write(ToBuffer(message), this);
  return Step();
}

bool GrpcCall::WritesDone() {
  stream_->WritesDone(this);
  return Step();
}

std::optional<std::string> GrpcCall::Read() {
  grpc::ByteBuffer buffer;
  stream_->Read(&buffer, this);
  if (!Step()) return std::nullopt;
  return ToText(buffer);
}

grpc::Status GrpcCall::Finish() {
  grpc::Status status;
  stream_->Finish(&status, this);
  Step();
  return status;
}

std::shared_ptr<grpc::Channel> ChannelTo(
    const std::string& address, const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt("grpc.initial_reconnect_backoff_ms", 100);
  arguments.SetMaxReceiveMessageSize(64 << 20);
  return grpc::CreateCustomChannel(address, credentials, arguments);
}

grpc::Status Ask(const std::shared_ptr<grpc::Channel>& channel, const std::string& path,
                 const std::string& message, std::string* answer) {
  GrpcCall call(channel, path);
  call.Start();
  call.Write(message);
  call.WritesDone();
  const auto read = call.Read();
  if (answer != nullptr) *answer = read.value_or("");
  return call.Finish();
}

}  // namespace skyden::rpc
