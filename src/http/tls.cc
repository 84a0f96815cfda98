// SPDX-License-Identifier: Apache-2.0
#include "tls.h"

#include <fmt/format.h>
#include <openssl/ssl.h>

#include "skyden/telemetry/log.h"

namespace skyden::http {
namespace {

absl::Status BadFile(const std::string& file, const boost::system::error_code& ec) {
  return absl::InvalidArgumentError(fmt::format("TLS file {}: {}", file, ec.message()));
}

}  // namespace

absl::StatusOr<std::unique_ptr<TlsContexts>> TlsContexts::Load(TlsFiles files) {
  std::unique_ptr<TlsContexts> contexts(new TlsContexts(std::move(files)));
  contexts->stamp_ = contexts->StampNow();
  auto built = contexts->Build();
  if (!built.ok()) return std::move(built).status();
  contexts->current_ = *std::move(built);
  return contexts;
}

absl::StatusOr<std::shared_ptr<asio::ssl::context>> TlsContexts::Build() const {
  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
  boost::system::error_code ec;
  SSL_CTX* const native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // Buffers of idle connections are 34 KiB each otherwise.
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  static constexpr unsigned char kSessions[] = "skyden-http";
  SSL_CTX_set_session_id_context(native, kSessions, sizeof(kSessions) - 1);
  if (context->use_certificate_chain_file(files_.certificate_file, ec); ec) {
    return BadFile(files_.certificate_file, ec);
  }
  if (context->use_private_key_file(files_.key_file, asio::ssl::context::pem, ec); ec) {
    return BadFile(files_.key_file, ec);
  }
  if (SSL_CTX_check_private_key(native) != 1) {
    return absl::InvalidArgumentError(
        fmt::format("TLS file {}: not the key of {}", files_.key_file, files_.certificate_file));
  }
  return context;
}

TlsContexts::Stamp TlsContexts::StampNow() const {
  Stamp stamp;
  size_t i = 0;
  for (const std::string* file : {&files_.certificate_file, &files_.key_file}) {
    struct stat st {};
    if (::stat(file->c_str(), &st) != 0) st = {};
    for (const int64_t value :
         {static_cast<int64_t>(st.st_ino), static_cast<int64_t>(st.st_size),
          static_cast<int64_t>(st.st_mtim.tv_sec), static_cast<int64_t>(st.st_mtim.tv_nsec)}) {
      stamp.values[i++] = value;
    }
  }
  return stamp;
}

std::shared_ptr<asio::ssl::context> TlsContexts::Current() {
  const auto now = std::chrono::steady_clock::now();
  if (now - looked_at_ < std::chrono::seconds(1)) return current_;
  looked_at_ = now;
  const Stamp stamp = StampNow();
  if (stamp == stamp_) return current_;
  stamp_ = stamp;
  auto built = Build();
  if (built.ok()) {
    current_ = *std::move(built);
    telemetry::Log(telemetry::Level::info, "certificate reloaded",
                   {{"file", files_.certificate_file}});
  } else {
    telemetry::Log(telemetry::Level::error, "certificate not reloaded",
                   {{"reason", std::string(built.status().message())}});
  }
  return current_;
}

}  // namespace skyden::http
