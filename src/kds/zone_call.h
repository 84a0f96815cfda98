// SPDX-License-Identifier: Apache-2.0
// A call that means something only once it is known whose it is.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "kds/authenticated_call.h"
#include "kds/connection.h"
#include "kds/core.h"

namespace skyden::kds {

class ZoneCall : public AuthenticatedCall {
 public:
  // `kind`: of streams.
  ZoneCall(Shell shell, std::shared_ptr<Core> core, std::shared_ptr<Connection> connection,
           CallHeaders headers, std::optional<StreamKind> kind);

  void Settle(const IdentityOr& identity) final;
  void Review(const Verdict& verdict) final;
  const identity::ZoneIdentity& identity() const final { return *identity_; }
  void Recheck() final;

 protected:
  virtual void OnAuthorized() = 0;
  virtual void OnZoneReadable() = 0;  // OnReadable, after OnAuthorized
  virtual void OnZoneEnd() {}
  void OnStalled() override { connection_->HangUp(TookNothing()); }
  uint64_t Progress() override { return Call::Progress() + connection_->TakenBytes(); }

  // For the call that brings the credential with it: asked instead of waiting for another call.
  virtual bool BringsCredential() const { return false; }
  // OnReadable before the identity is known; only where BringsCredential.
  virtual void OnCredential() {}
  // Authenticates the connection.
  void SignIn(std::string_view control_plane, std::string_view token);
  // Turns the call away and lists it: for the owner of what was shown, or else for the operator.
  void Refuse(const absl::Status& why, const identity::ShownCredential* shown = nullptr);

  bool authorized() const { return identity_ != nullptr; }
  const Identity& shared_identity() const { return identity_; }
  const CallHeaders& headers() const { return headers_; }
  Core& core() { return *core_; }
  const std::shared_ptr<Connection>& connection() { return connection_; }

 private:
  void OnBegin() final;
  void OnReadable() final;
  void OnEnd() final;

  Arrival arrival() const;
  void SignInByHeaders();
  void AwaitFirstMessage();

  const std::shared_ptr<Core> core_;
  const LiveOne live_;  // before what is still used when the call goes
  const std::shared_ptr<Connection> connection_;
  CallHeaders headers_;
  const std::optional<StreamKind> kind_;
  Identity identity_;
  bool admitted_ = false;
  bool settled_connection_ = false;
  bool refused_ = false;
};

// The bytes of a message, inflated when they are compressed. RESOURCE_EXHAUSTED over `bytes_max`.
absl::StatusOr<std::string> BytesOf(Incoming message, size_t bytes_max);

}  // namespace skyden::kds
