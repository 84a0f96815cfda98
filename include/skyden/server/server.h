// SPDX-License-Identifier: Apache-2.0
// The daemon: everything built, in order, and stopped in reverse.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/server/config.h"

namespace skyden::server {

// What was really bound, "host:port" each, and whether it wants TLS. Also in
// <data_dir>/addresses.json, under the same names and with the process id.
struct Addresses {
  std::string http;
  std::string admin;
  std::string kds;
  std::string diagnostics;
  bool http_tls = false;
  bool admin_tls = false;
  bool kds_tls = false;
};

// Thread-safe.
class Server {
 public:
  // Opens the store and listens. Returns once every port answers. INVALID_ARGUMENT when the
  // configuration is at fault, naming the setting; any other code when the machine is.
  static absl::StatusOr<std::unique_ptr<Server>> Start(Config config);
  // Drains what is still open, then closes.
  virtual ~Server() = default;

  virtual const Addresses& addresses() const = 0;
  // Blocks until Stop, or until the store can write no more: the reason then.
  virtual absl::Status Wait() = 0;
  // Makes Wait return OK. May be called from any thread, many times.
  virtual void Stop() = 0;
  // From here on calls `beat` about every `every`, from some thread, for as long as tasks are run
  // and the diagnostics port answers. At most once.
  virtual void Beat(absl::Duration every, std::function<void()> beat) = 0;
  // Takes over what can change while it runs (ChangesWhileRunning). Certificates are not of it:
  // files that were exchanged are read again by themselves.
  virtual void Reload(const Config& config) = 0;
};

// Whether a setting holds without a restart once it is read again.
bool ChangesWhileRunning(std::string_view key);

// `skyden serve`: blocks until SIGTERM or SIGINT (0), or a failure (1; 2 when it lies in the
// configuration). SIGHUP has the configuration read again, by `read_again`, from another thread. A
// service manager (sd_notify(3)) is told how it goes. Must be called before any thread is started.
int Serve(Config config, std::function<absl::StatusOr<Config>()> read_again);

}  // namespace skyden::server
