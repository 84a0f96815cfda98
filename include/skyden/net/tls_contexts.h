// SPDX-License-Identifier: Apache-2.0
// The certificate of a listener, read again when its files change.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/base/clock.h"

struct ssl_ctx_st;

namespace skyden::net {

enum class Alpn { kHttp1, kHttp2 };

struct TlsOptions {
  std::string certificate_file;  // PEM chain
  std::string key_file;
  std::string client_ca_file = {};  // clients must show a certificate of one of these
  // What clients that ask must be content with; those that offer other protocols only are refused.
  Alpn alpn = Alpn::kHttp1;
};

// Thread-compatible. Connections share the context they began with.
class TlsContexts {
 public:
  // INVALID_ARGUMENT names the file that does not read or parse, or says that the two do not fit.
  static absl::StatusOr<std::unique_ptr<TlsContexts>> Load(TlsOptions options);

  // The context for a new connection: OpenSSL's SSL_CTX. Looks at the files at most once a second;
  // files that do not load are logged and what is in use stays.
  std::shared_ptr<ssl_ctx_st> Current();

 private:
  static constexpr size_t kFiles = 3;
  static constexpr size_t kNumbers = 4;  // of each
  using Stamp = std::array<int64_t, kFiles * kNumbers>;

  explicit TlsContexts(TlsOptions options) : options_(std::move(options)) {}
  absl::StatusOr<std::shared_ptr<ssl_ctx_st>> Build() const;
  Stamp StampNow() const;

  const TlsOptions options_;
  const base::RealClock clock_;
  std::shared_ptr<ssl_ctx_st> current_;
  Stamp stamp_{};
  absl::Duration looked_at_;
};

}  // namespace skyden::net
