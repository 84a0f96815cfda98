// SPDX-License-Identifier: Apache-2.0
// The certificate of a listener, read again when its files change.
#pragma once

#include <sys/stat.h>

#include <array>
#include <boost/asio/ssl/context.hpp>
#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "session.h"
#include "skyden/http/server.h"

namespace skyden::http {

// Strand-bound to the accepting loop. Sessions share the context they began with.
class TlsContexts {
 public:
  // INVALID_ARGUMENT names the file that does not read or parse, or says that the two do not fit.
  static absl::StatusOr<std::unique_ptr<TlsContexts>> Load(TlsFiles files);

  // The context for a new connection. Looks at the files at most once a second; a pair that does
  // not load is logged and the one in use stays.
  std::shared_ptr<asio::ssl::context> Current();

 private:
  struct Stamp {
    std::array<int64_t, 8> values{};
    friend bool operator==(const Stamp&, const Stamp&) = default;
  };

  explicit TlsContexts(TlsFiles files) : files_(std::move(files)) {}
  absl::StatusOr<std::shared_ptr<asio::ssl::context>> Build() const;
  Stamp StampNow() const;

  const TlsFiles files_;
  std::shared_ptr<asio::ssl::context> current_;
  Stamp stamp_;
  SteadyTime looked_at_{};
};

std::shared_ptr<Session> MakeTlsSession(std::shared_ptr<Loop> loop,
                                        std::shared_ptr<ListenerState> listener,
                                        std::string peer_ip, Socket socket,
                                        std::shared_ptr<asio::ssl::context> context);

}  // namespace skyden::http
