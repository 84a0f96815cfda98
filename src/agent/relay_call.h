// SPDX-License-Identifier: Apache-2.0
// One call on its way through the agent: a server reactor towards the zone and a client reactor
// towards the global control plane, whose reactions start each other's operations.
#pragma once

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>

#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace skyden::agent {

// Each direction holds one message at a time: the next is read only once the last was written, so a
// slow reader slows the other end instead of filling memory here. Messages are never looked into;
// a compressed one stays compressed.
//
// Threading: reactions run on gRPC's threads and start operations only, none of which blocks.
// Lifetime: made by the generic service, deletes itself in the zone side's OnDone, which comes
// after the global side's: Finish is called there and nowhere else once Start was called.
class RelayCall final : public grpc::ServerGenericBidiReactor {
 public:
  explicit RelayCall(grpc::GenericCallbackServerContext& context);

  // Exactly one of these, once, from any thread.
  void Start(grpc::GenericStub& stub, const std::string& token) ABSL_LOCKS_EXCLUDED(mu_);
  void Refuse(const grpc::Status& why) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  // The call to the global control plane.
  class Upstream final : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
   public:
    explicit Upstream(RelayCall& call) : call_(call) {}
    void OnReadInitialMetadataDone(bool ok) override { call_.UpstreamOpened(ok); }
    void OnReadDone(bool ok) override { call_.UpstreamRead(ok); }
    void OnWriteDone(bool ok) override { call_.UpstreamWrote(ok); }
    void OnDone(const grpc::Status& status) override { call_.UpstreamDone(status); }

   private:
    RelayCall& call_;
  };

  void OnSendInitialMetadataDone(bool ok) override;
  void OnReadDone(bool ok) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnWriteDone(bool ok) override;
  void OnCancel() override ABSL_LOCKS_EXCLUDED(mu_);
  void OnDone() override { delete this; }

  void UpstreamOpened(bool ok);
  void UpstreamRead(bool ok) ABSL_LOCKS_EXCLUDED(mu_);
  void UpstreamWrote(bool ok) ABSL_LOCKS_EXCLUDED(mu_);
  void UpstreamDone(const grpc::Status& status);
  void CopyMetadata(const std::string& token);
  // Gives up one of the two holds that keep the global side from being done.
  void NoMoreWrites() ABSL_LOCKS_EXCLUDED(mu_);

  grpc::GenericCallbackServerContext& zone_context_;
  grpc::ClientContext global_context_;
  Upstream upstream_{*this};
  grpc::ByteBuffer up_;    // zone to global
  grpc::ByteBuffer down_;  // global to zone

  absl::Mutex mu_;
  bool started_ ABSL_GUARDED_BY(mu_) = false;
  bool cancelled_ ABSL_GUARDED_BY(mu_) = false;
  bool writing_up_ ABSL_GUARDED_BY(mu_) = false;
  bool upstream_ended_ ABSL_GUARDED_BY(mu_) = false;
  bool writes_over_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace skyden::agent
