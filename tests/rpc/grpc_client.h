// SPDX-License-Identifier: Apache-2.0
// A call of gRPC's own client, step by step: each step waits for its end.
#pragma once

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <optional>
#include <string>

namespace skyden::rpc {

class GrpcCall {
 public:
  GrpcCall(const std::shared_ptr<grpc::Channel>& channel, const std::string& path,
           const std::function<void(grpc::ClientContext&)>& prepare = {});
  ~GrpcCall();

  bool Start();
  bool Write(const std::string& message);
  bool WritesDone();
  std::optional<std::string> Read();
  grpc::Status Finish();
  grpc::ClientContext& context() { return context_; }

 private:
  bool Step();

  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  grpc::GenericStub stub_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> stream_;
};

// Connected to nothing yet; not shared with other tests.
std::shared_ptr<grpc::Channel> ChannelTo(const std::string& address,
                                         const std::shared_ptr<grpc::ChannelCredentials>&
                                             credentials = grpc::InsecureChannelCredentials());

// One message there and one back.
grpc::Status Ask(const std::shared_ptr<grpc::Channel>& channel, const std::string& path,
                 const std::string& message, std::string* answer = nullptr);

}  // namespace skyden::rpc
