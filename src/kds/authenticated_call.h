// SPDX-License-Identifier: Apache-2.0
// What a zone's session, its connection and those who watch over credentials know of its calls.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kds/call.h"
#include "kds/delta_server.h"
#include "skyden/identity/authenticator.h"

namespace skyden::kds {

// Shared by the calls of a connection: there are thousands of them.
using Identity = std::shared_ptr<const identity::ZoneIdentity>;
using IdentityOr = absl::StatusOr<Identity>;
// Whether a zone that came in may stay; the status it is sent away with.
using Verdict = std::function<absl::Status(const identity::ZoneIdentity&)>;

class AuthenticatedCall : public Call {
 public:
  using Call::Call;

  // On the strand, once: the call goes on as this zone, or is refused.
  virtual void Settle(const IdentityOr& identity) = 0;
  // On the strand. Ends the call unless `verdict` is OK about its zone; nothing until it is
  // settled.
  virtual void Review(const Verdict& verdict) = 0;
  // Of a call that is settled, as all that the registry knows are: it does not change any more.
  virtual const identity::ZoneIdentity& identity() const = 0;
  // Ends the call if its credential does not hold any more. Any thread.
  virtual void Recheck() = 0;

  // Sends the zone a question, on the strand. False when the stream is over, or none for questions.
  virtual bool Ask(const std::string& /*message*/) { return false; }
  // On the strand. How far the zone is with each type, where that is known. May block on the disk.
  virtual std::vector<TypeProgress> Deliveries() { return {}; }

 protected:
  std::shared_ptr<AuthenticatedCall> Self() {
    return std::static_pointer_cast<AuthenticatedCall>(shared_from_this());
  }
};

}  // namespace skyden::kds
