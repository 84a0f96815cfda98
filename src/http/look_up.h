// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/socket.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace skyden::http {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

// The addresses of a name. UNAVAILABLE when it has none, or is not found in `time_max`: the
// system's look-up cannot be cut short, so it goes on in a thread that nobody waits for. Of such
// threads there are few at a time.
absl::StatusOr<std::vector<SocketAddress>> LookUp(const std::string& host, const std::string& port,
                                                  absl::Duration time_max);

// The address that a host is without any look-up; nullopt for a name.
std::optional<sockaddr_storage> ReadAddress(const std::string& host, const std::string& port);

}  // namespace skyden::http
