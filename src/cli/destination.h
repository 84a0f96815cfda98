// SPDX-License-Identifier: Apache-2.0
// Where a client's requests go, and with which token: one that was not meant for an address is not
// sent there.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "cli/contexts.h"

namespace skyden::cli {

struct Destination {
  std::string address;  // "https://host:port"
  std::string token;
  std::string context;  // whose token it is; empty: none's
};

// What was said, in order of weight. Empty: not said.
struct Directions {
  std::string address;           // --address
  std::string data_dir;          // --data-dir; without it "skyden-data", wherever we stand
  std::string address_variable;  // SKYDEN_ADDRESS
  std::string token_variable;    // SKYDEN_TOKEN
  std::string context = {};      // --context
  Contexts contexts = {};        // that the person signed in to
  std::string system_dir = {};   // of a package's daemon, where none runs on "skyden-data"
};

// SKYDEN_TOKEN goes to an address that was named, or to the default one; never to one that a folder
// names, since folders come from anywhere. A context's token goes to its address: where the context
// was named, where its address was, or where nothing was and it is the current one. A folder's
// admin.token goes to the address in the same folder; to one that was named only when the folder
// was named too, or it is on this machine. INVALID_ARGUMENT, or UNAUTHENTICATED when there is no
// token to be used; both say what to do.
absl::StatusOr<Destination> FindDestination(const Directions& directions);

// "host:port" as https, or http on loopback; what has a scheme stays. INVALID_ARGUMENT for any
// other scheme.
absl::StatusOr<std::string> CompleteAddress(std::string address);

}  // namespace skyden::cli
