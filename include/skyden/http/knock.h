// SPDX-License-Identifier: Apache-2.0
// Whether somebody answers at an address: more than a connection, which the kernel takes for a
// process that has long stopped accepting.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "skyden/http/fetch.h"

namespace skyden::http {

struct KnockOptions {
  std::string address = {};  // "127.0.0.1:5681"; "0.0.0.0" and "[::]" are this machine
  bool tls = false;          // whatever certificate it has
  // TLS clients have to show a certificate: its first answer in a handshake is enough.
  bool wants_certificate = false;
  enum class Speaks { kHttp1, kHttp2 } speaks = Speaks::kHttp1;
  absl::Duration time_max = absl::Seconds(2);
  const Interrupt* interrupt = nullptr;
};

// OK when it answers in its protocol. UNAVAILABLE, saying why not, without the address. Blocks
// (AssertMayBlock), at most for `time_max`.
absl::Status Knock(const KnockOptions& options);

}  // namespace skyden::http
