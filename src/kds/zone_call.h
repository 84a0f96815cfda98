// SPDX-License-Identifier: Apache-2.0
// A call that means something only once it is known whose it is.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "kds/call.h"
#include "kds/connection.h"
#include "kds/core.h"

namespace skyden::kds {

class ZoneCall : public Call {
 public:
  ZoneCall(Shell shell, std::shared_ptr<Core> core, std::shared_ptr<Connection> connection,
           CallHeaders headers);

  // On the strand, once: the call goes on as this zone, or is refused.
  void Settle(const IdentityOr& identity);
  // On the strand. Ends the call unless `verdict` is OK about its zone; nothing until it is
  // settled.
  void Review(const Verdict& verdict);

  // Of a call that is settled, as all that the registry knows are: it does not change any more.
  const identity::ZoneIdentity& identity() const { return *identity_; }
  // Ends the call if its credential does not hold any more. Any thread.
  void Recheck();

 protected:
  virtual void OnAuthorized() = 0;
  virtual void OnZoneReadable() = 0;  // OnReadable, after OnAuthorized
  virtual void OnZoneEnd() {}
  uint64_t Progress() override { return connection_->TakenBytes(); }

  // For the call that brings the credential with it: asked instead of waiting for another call.
  virtual bool BringsCredential() const { return false; }
  // OnReadable before the identity is known; only where BringsCredential.
  virtual void OnCredential() {}
  // Authenticates the connection.
  void SignIn(std::string_view control_plane, std::string_view token);
  // Turns the call away and says so in the control plane's list.
  void Refuse(std::string_view control_plane, const absl::Status& why);

  bool authorized() const { return identity_.has_value(); }
  const CallHeaders& headers() const { return headers_; }
  Core& core() { return *core_; }
  const std::shared_ptr<Connection>& connection() { return connection_; }
  void EndWith(const absl::Status& why);

 private:
  void OnBegin() final;
  void OnReadable() final;
  void OnEnd() final;

  const std::shared_ptr<Core> core_;
  const LiveOne live_;  // before what is still used when the call goes
  const std::shared_ptr<Connection> connection_;
  const CallHeaders headers_;
  std::optional<identity::ZoneIdentity> identity_;
  bool refused_ = false;
};

// The bytes of a message, inflated when they are compressed. RESOURCE_EXHAUSTED over
// limits::kKdsMessageBytes.
absl::StatusOr<std::string> BytesOf(const grpc::ByteBuffer& message);
grpc::ByteBuffer MessageOf(std::string_view bytes);
// Codes are the same in both.
grpc::Status ToGrpc(const absl::Status& status);

}  // namespace skyden::kds
