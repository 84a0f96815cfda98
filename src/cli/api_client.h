// SPDX-License-Identifier: Apache-2.0
// The REST API of a running daemon, as the commands use it. Errors are ready to be shown: they say
// what went wrong and what to do next.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "cli/json.h"

namespace skyden::cli {

// Where the daemon is and who we are. Empty fields are filled from the environment, then from the
// data directory of a daemon on this machine (FindDestination).
struct ClientOptions {
  std::string address;   // "https://host:port"; without a scheme: see CompleteAddress
  std::string ca_file;   // PEM; for https
  std::string data_dir;  // empty: "skyden-data"
  std::string context;   // see contexts.h
};

class ApiClient {
 public:
  // INVALID_ARGUMENT when the address is none; UNAUTHENTICATED when there is no token to be found.
  static absl::StatusOr<ApiClient> Open(ClientOptions options);
  // Of an address that is complete; `token` empty: a stranger.
  static ApiClient To(std::string address, std::string token, std::string ca_file) {
    return {std::move(address), std::move(token), std::move(ca_file)};
  }

  // `path` begins with '/'. `body` null sends none. The answer is null when there was none, and a
  // string when it was not JSON.
  absl::StatusOr<Json> Call(const std::string& method, const std::string& path,
                            const Json& body = nullptr) const;

  // An answer without an end: `on_text` gets it piece by piece, and ends it by returning false. OK
  // when it ended in order, UNAVAILABLE when the connection did. `last_event_id` may be empty.
  absl::Status Listen(const std::string& path, const std::string& last_event_id,
                      const std::function<bool(std::string_view)>& on_text) const;
  // The same of an answer that is no text.
  absl::Status Receive(const std::string& method, const std::string& path,
                       const std::function<bool(std::string_view)>& on_piece) const;
  // The same with a body and an answer that are taken as they are. `content_type` empty sends none.
  absl::StatusOr<std::string> Send(const std::string& method, const std::string& path,
                                   const std::string& content_type = "",
                                   const std::string& body = "") const;
  // The answer to a GET as it came, and the value of one of its headers ("" when it has none).
  absl::StatusOr<std::string> Fetch(const std::string& path, const std::string& header_name,
                                    std::string& header) const;

  // Every control plane, or those called `name`.
  absl::StatusOr<Json> ListControlPlanes(const std::string& name = "") const;
  // Every item of a list of the manager: `path` may have a query.
  absl::StatusOr<Json> ListAll(const std::string& path) const;
  // The id of a control plane that is given by id or by name. NOT_FOUND, or INVALID_ARGUMENT when
  // several have the name.
  absl::StatusOr<std::string> FindControlPlane(const std::string& id_or_name) const;
  // "/v1/mesh/control-planes/<id>".
  static std::string PathOf(const std::string& control_plane_id);

  const std::string& address() const { return address_; }

 private:
  ApiClient(std::string address, std::string token, std::string ca_file)
      : address_(std::move(address)), token_(std::move(token)), ca_file_(std::move(ca_file)) {}

  std::string address_;
  std::string token_;
  std::string ca_file_;
};

// The time after a duration such as "48h", as the API takes it. INVALID_ARGUMENT naming `flag`.
absl::StatusOr<std::string> TimeAfter(std::string_view flag, const std::string& duration);

// Percent-encodes everything but letters, digits and "-._~".
std::string EncodeUrl(std::string_view text);

}  // namespace skyden::cli
