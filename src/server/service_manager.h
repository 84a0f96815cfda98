// SPDX-License-Identifier: Apache-2.0
// What systemd is told of a service of Type=notify (sd_notify(3)): datagrams of lines to a socket
// that the environment names.
#pragma once

#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace skyden::server {

// Immutable. Whoever is not run by a service manager tells nobody.
class ServiceManager {
 public:
  // Takes NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID out of the environment: they are not for
  // processes that we might start. Before any thread exists.
  static ServiceManager TakeFromEnvironment();

  // The address of a socket, as NOTIFY_SOCKET has it ("@" begins an abstract one).
  explicit ServiceManager(std::string socket, absl::Duration watchdog = absl::ZeroDuration())
      : socket_(std::move(socket)), watchdog_(watchdog) {}

  // How long it waits for a sign of life before it ends us; zero: it does not.
  absl::Duration watchdog() const { return watchdog_; }

  // `status`: a line for people.
  void TellReady(std::string_view status) const;
  // The configuration is being read again, from `now` of CLOCK_MONOTONIC on. TellReady ends it.
  void TellReloading(absl::Duration now) const;
  void TellStopping() const;
  void TellAlive() const;

 private:
  // Never blocks: what the socket has no room for is dropped.
  void Tell(const std::string& lines) const;

  const std::string socket_;
  const absl::Duration watchdog_;
};

}  // namespace skyden::server
