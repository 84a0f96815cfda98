// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "absl/time/time.h"
#include "skyden/base/limits.h"

namespace skyden::kds {

struct KdsOptions {
  std::string address;  // "127.0.0.1:0"
  // PEM files, reloaded when they change; empty for plaintext.
  std::string certificate_file;
  std::string key_file;
  std::string instance_id;  // of this daemon
  // Connections that one address may have: all zones of a control plane may sit
  // behind one.
  size_t connections_max = base::limits::kKdsConnections;
  size_t connections_per_address_max = base::limits::kZonesPerControlPlane;
  base::limits::Rate arrivals = base::limits::kArrivals;  // of one address; see net::Arrivals
  absl::Duration health_check_interval = absl::Seconds(30);
  absl::Duration debounce = absl::Milliseconds(2);       // quiet time before a change is sent
  absl::Duration debounce_max = absl::Milliseconds(20);  // and the longest a change waits
  absl::Duration insight_flush = absl::Seconds(10);
  absl::Duration resync = absl::Minutes(5);  // repairs lost notices
  // No call lets the others of its connection in: each needs an authorization
  // header.
  bool header_credentials_only = false;
};

}  // namespace skyden::kds
